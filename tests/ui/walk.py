"""The way through all pages of the client, and what is looked at on each.

A page is gone to as by a link; theme and size change while it stands, as they do before people.
"""

import json
from collections.abc import AsyncIterator, Mapping
from typing import Literal

from playwright.async_api import Page

from tests.house.source import ROOT
from tests.ui.garage import DESK, PHONE, Screen

AXE = ROOT / "ui" / "node_modules" / "axe-core" / "axe.min.js"
NOT_FETCHED = "axe-core is not there: run `make test`, or `python hatch_build.py tools`."
NARROWEST = 320
PSEUDO = "/?lang=pseudo"
"""Where the client widens its sentences by two fifths, until it is loaded again."""
RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice")
RULES_OF_COLOUR = ("color-contrast",)
SIZES = {"desk": DESK, "phone": PHONE}
Theme = Literal["light", "dark"]
THEMES: tuple[Theme, ...] = ("light", "dark")
STATION = "/stations/CP-B1-01"
PAGES = {
    "garage": "/",
    "garage-list": "/?view=list",
    "kiosk": "/?kiosk=1",
    "spot": "/spots/1",
    "spot-bare": "/spots/24",
    "spot-reservations": "/spots/1?part=reservations",
    "spot-profiles": "/spots/1?part=profiles",
    "station-commands": f"{STATION}?part=commands",
    "station-settings": f"{STATION}?part=settings",
    "station-messages": f"{STATION}?part=messages",
    "station-history": f"{STATION}?part=history",
    "station-files": f"{STATION}?part=files",
    "sessions": "/sessions",
    "session": "/sessions/1",
    "people": "/people",
    "people-spots": "/people?part=spots",
    "people-cards": "/people?part=cards",
    "people-import": "/people?part=import",
    "renter": "/people/1",
    "review": "/review",
    "review-findings": "/review?part=findings",
    "commissioning": "/commissioning",
    "commissioning-spot": "/commissioning/1",
    "draw": "/garage/draw",
    "system": "/system",
    "system-garage": "/system?part=garage",
    "system-accounts": "/system?part=accounts",
    "system-settings": "/system?part=settings",
    "system-tokens": "/system?part=tokens",
    "system-health": "/system?part=health",
    "system-audit": "/system?part=audit",
    "system-about": "/system?part=about",
    "none": "/no/such/page",
}
"""What an owner can see of a garage that is in use."""
OF_A_RENTER = {"my": "/my", "my-account": "/system"}
EMPTY = {
    f"empty-{name}": PAGES[name]
    for name in (
        "garage",
        "sessions",
        "people",
        "people-spots",
        "people-cards",
        "review",
        "review-findings",
        "commissioning",
        "system-tokens",
    )
}


async def views(
    screen: Screen, page: Page, pages: Mapping[str, str]
) -> AsyncIterator[tuple[str, Theme, str]]:
    """Stand before each page in each size and theme; yield their names."""
    for name, path in pages.items():
        await screen.show(page, path)
        for size, (width, height) in SIZES.items():
            await page.set_viewport_size({"width": width, "height": height})
            for theme in THEMES:
                await page.emulate_media(color_scheme=theme)
                await screen.settled(page)
                yield name, theme, size
        await page.set_viewport_size({"width": DESK[0], "height": DESK[1]})


async def faults(
    page: Page, where: str, theme: Theme = THEMES[0], within: str = "html"
) -> list[str]:
    """Return what axe finds wrong with a page; a second theme changes nothing but colours."""
    if not await page.evaluate("'axe' in window"):
        assert AXE.exists(), NOT_FETCHED
        await page.evaluate(AXE.read_text("utf-8"))
    rules = RULES if theme == THEMES[0] else RULES_OF_COLOUR
    asked = json.dumps({"runOnly": rules, "resultTypes": ["violations"]})
    found = await page.evaluate(f"axe.run({json.dumps(within)}, {asked})")
    return [
        f"{where}: {each['id']}: {node['target']} {node['failureSummary']}"
        for each in found["violations"]
        for node in each["nodes"][:3]
    ]


async def too_wide(page: Page, where: str) -> list[str]:
    """Say so if a page is wider than its window."""
    assert page.viewport_size is not None
    there_is = page.viewport_size["width"]
    width = await page.evaluate("document.documentElement.scrollWidth")
    return [f"{where}: {width} wide, {there_is} there is"] if width > there_is else []


CUT_OFF = """() => {
    const found = [];
    const holds = style => style.overflowX !== "visible" || style.borderRightWidth !== "0px";
    const isShort = style => style.textOverflow === "ellipsis" || style.webkitLineClamp !== "none";
    const goesOn = style => ["auto", "scroll"].includes(style.overflowX);
    for (const each of document.querySelectorAll("body *")) {
        const own = [...each.childNodes].some(node => node.nodeType === 3 && node.data.trim());
        if (!own || each.closest(".only-read-aloud, .skip, svg, option")) continue;
        if (!each.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue;
        const range = document.createRange();
        range.selectNodeContents(each);
        const text = range.getBoundingClientRect();
        if (text.width === 0) continue;
        for (let around = each; around !== document.body; around = around.parentElement) {
            const style = getComputedStyle(around);
            const box = around.getBoundingClientRect();
            if (isShort(style) || goesOn(style) || style.clipPath !== "none") break;
            const isWide = text.right > box.right + 1 || text.left < box.left - 1;
            const isHigh = text.bottom > box.bottom + 1 || text.top < box.top - 1;
            if (holds(style) && (isWide || (isHigh && style.overflowY === "hidden"))) {
                found.push(`${each.tagName} "${each.textContent.trim().slice(0, 50)}" leaves`
                    + ` ${around.tagName}.${around.className}`);
                break;
            }
        }
    }
    return found;
}"""


async def cut_off(page: Page, where: str) -> list[str]:
    """Return texts that leave what holds them; those that end in an ellipsis or scroll may."""
    return [f"{where}: {each}" for each in await page.evaluate(CUT_OFF)]
