"""Every page, full and empty, light and dark, wide and on a phone, is readable and in its frame.

With ONETIME_SCREENS set to a folder each page is photographed there.
"""

import json
import os
from collections.abc import Sequence
from pathlib import Path

import pytest
from playwright.async_api import Page

from onetime.domain.accounts import Role
from tests.house.source import ROOT
from tests.ui.garage import DESK, PHONE, Screen
from tests.ui.test_journeys import arrive, begin, end, furnished

AXE = ROOT / "ui" / "node_modules" / "axe-core" / "axe.min.js"
NARROWEST = 320
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]}
PAGES = {
    "garage": "/",
    "garage-list": "/?view=list",
    "kiosk": "/?kiosk=1",
    "spot": "/spots/1",
    "station-commands": "/stations/CP-1?part=commands",
    "station-settings": "/stations/CP-1?part=settings",
    "station-messages": "/stations/CP-1?part=messages",
    "station-history": "/stations/CP-1?part=history",
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
    "draw": "/garage/draw",
    "system": "/system",
    "system-garage": "/system?part=garage",
    "system-accounts": "/system?part=accounts",
    "system-tokens": "/system?part=tokens",
    "system-audit": "/system?part=audit",
    "system-about": "/system?part=about",
    "none": "/no/such/page",
}
EMPTY = ("garage", "sessions", "people", "people-spots", "people-cards", "review", "commissioning")


async def faults(page: Page, where: str) -> list[str]:
    """Return what axe finds wrong with a page, and whether it is wider than its window."""
    found = await page.evaluate(f"axe.run(document, {json.dumps(RULES)})")
    told = [
        f"{where}: {each['id']}: {node['target']} {node['failureSummary']}"
        for each in found["violations"]
        for node in each["nodes"][:3]
    ]
    width = await page.evaluate("document.documentElement.scrollWidth")
    size = page.viewport_size
    assert size is not None
    if width > size["width"]:
        told.append(f"{where}: {width} wide, {size['width']} there is")
    return told


async def looked_at(screen: Screen, page: Page, names: Sequence[str], prefix: str) -> list[str]:
    """Go through pages in both themes and sizes; return what is wrong."""
    script = AXE.read_text("utf-8")
    wrong: list[str] = []
    for name in names:
        await screen.open(page, PAGES[name])
        await page.evaluate(script)
        for size in (DESK, PHONE):
            await page.set_viewport_size({"width": size[0], "height": size[1]})
            for theme in ("light", "dark"):
                await page.evaluate(f"document.documentElement.dataset.theme = '{theme}'")
                where = f"{prefix}{name}-{theme}-{size[0]}"
                wrong += await faults(page, where)
                await photograph(page, where)
        await page.set_viewport_size({"width": NARROWEST, "height": PHONE[1]})
        if await page.evaluate("document.documentElement.scrollWidth") > NARROWEST:
            wrong.append(f"{prefix}{name}: scrolls sideways at {NARROWEST}")
    return wrong


async def photograph(page: Page, where: str) -> None:
    folder = os.environ.get("ONETIME_SCREENS")
    if folder:
        await page.screenshot(path=str(Path(folder) / f"{where}.png"))


@pytest.mark.parametrize("half", [0, 1])
async def test_every_page_is_readable_by_everybody(screen: Screen, half: int) -> None:
    assert AXE.exists(), "axe-core is not there: run `make test`, or `python hatch_build.py tools`."
    await screen.perform(furnished)
    station = await arrive(screen)
    await end(screen, station, await begin(screen, station))
    await station.call("Authorize", {"idTag": "NOBODYS"})
    await begin(screen, station)
    page = await screen.signed_in(Role.OWNER)

    assert await looked_at(screen, page, list(PAGES)[half::2], "") == []


async def test_an_empty_garage_has_a_sentence_and_a_button_on_every_page(screen: Screen) -> None:
    page = await screen.signed_in(Role.OWNER)

    assert await looked_at(screen, page, EMPTY, "empty-") == []


async def test_who_is_not_signed_in_finds_a_readable_page_too(screen: Screen) -> None:
    script = AXE.read_text("utf-8")
    page = await screen.visitor()
    await page.goto(f"{screen.address}/setup#{screen.house.setup_secret}")
    await page.locator("h1").wait_for()
    await page.evaluate(script)
    wrong = await faults(page, "setup")
    await photograph(page, "setup-light-1440")
    other = await screen.signed_in(Role.OWNER)
    await other.get_by_role("button", name="Sign out").click()
    await other.locator("input[name=email]").wait_for()
    await other.evaluate(script)
    wrong += await faults(other, "login")
    await photograph(other, "login-light-1440")

    assert wrong == []
