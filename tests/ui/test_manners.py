"""What the client keeps to on every page: who sees what, no other host, its theme and motion."""

import re

import pytest
from playwright.async_api import Locator, Page, Route, expect

from onetime.domain.accounts import Role
from onetime.operations.renters import create_renter
from tests.garage_makers import OWNER
from tests.house.source import ROOT
from tests.ui.colours import tokens
from tests.ui.garage import Screen
from tests.ui.test_journeys import CARD, arrive, begin, end, furnished

TOKENS = ROOT / "ui" / "src" / "tokens.css"
PAGES = ROOT / "ui" / "src" / "lib" / "pages.ts"
PATTERN = re.compile(r'pattern: "([^"]+)",\s+roles: (.+?),\s+load')
AT_ONCE_MILLISECONDS = 3_000
"""Well before a page asks for the garage as a whole again."""
FIRST_LOOK = """
new PerformanceObserver(list => {
    if (list.getEntriesByName("first-paint").length === 0) return;
    window.firstLook = getComputedStyle(document.documentElement).backgroundColor;
}).observe({ type: "paint", buffered: true });
new MutationObserver((_, self) => {
    if (document.body === null) return;
    window.firstTheme = document.documentElement.dataset.theme;
    self.disconnect();
}).observe(document, { childList: true, subtree: true });
"""
LONGEST_MOTION = """Math.max(...[...document.querySelectorAll("*")].flatMap(each => {
    const style = getComputedStyle(each);
    return [style.transitionDuration, style.animationDuration]
        .flatMap(all => all.split(",")).map(parseFloat);
}))"""


async def test_the_page_of_the_api_asks_no_other_host(screen: Screen) -> None:
    page = await screen.signed_in(Role.OWNER)

    await page.goto(f"{screen.address}/api/docs")
    await page.locator(".opblock").first.wait_for()

    assert screen.hosts == {f"127.0.0.1:{screen.house.web.port}"}


async def test_a_renter_finds_no_page_and_no_answer_about_somebody_else(screen: Screen) -> None:
    """Every route is asked for in `tests/api/test_rights.py`; this is what the pages do."""
    await screen.perform(furnished)
    station = await arrive(screen)
    await end(screen, station, await begin(screen, station))
    renter_id = await screen.perform(
        create_renter, OWNER, name="Bert Other", contact_email="bert@example.org"
    )
    page = await screen.signed_in(Role.RENTER, renter_id=renter_id)
    pages = PATTERN.findall(PAGES.read_text("utf-8"))
    foreign = [pattern for pattern, roles in pages if "renter" not in roles]
    assert len(foreign) > 9

    for pattern in foreign:
        await screen.show(page, "/my")
        await screen.show(page, re.sub(r":\w+", "1", pattern))
        # The first page leads to that of a renter; the others are none.
        expected = "My charging" if pattern == "/" else "There is no such page"
        await expect(page.get_by_role("heading", name=expected)).to_be_visible()
    for path in ("/renters/1", "/sessions/1", "/spots/1", f"/tokens/{CARD}", "/renters/1/sessions"):
        answer = await page.context.request.get(f"{screen.address}/api/v1{path}")
        assert answer.status in (403, 404), path
    assert "Anna" not in await page.content()


@pytest.mark.parametrize(("system", "chosen"), [("light", "dark"), ("dark", "light")])
async def test_the_theme_is_there_before_anything_is_painted(
    screen: Screen, system: str, chosen: str
) -> None:
    page = await screen.visitor(theme=system)
    await page.add_init_script(f"localStorage.setItem('onetime.theme', '{chosen}');{FIRST_LOOK}")

    await page.goto(screen.address)
    await page.wait_for_function("window.firstLook !== undefined")

    ground = tokens(TOKENS, chosen)["ground"]
    channels = ", ".join(str(int(ground[at : at + 2], 16)) for at in (1, 3, 5))
    assert await page.evaluate("window.firstTheme") == chosen
    assert await page.evaluate("window.firstLook") == f"rgb({channels})"


async def test_nothing_moves_for_those_who_want_no_motion(screen: Screen) -> None:
    await screen.perform(furnished)
    await begin(screen, await arrive(screen))
    page = await screen.signed_in(Role.OWNER)
    await page.locator(".tile").wait_for()

    still = await page.evaluate(LONGEST_MOTION)
    await page.emulate_media(reduced_motion="no-preference")
    moving = await page.evaluate(LONGEST_MOTION)

    assert still == 0
    assert 0 < moving < 1


async def test_a_kiosk_shows_spots_alone_and_comes_back_by_itself(screen: Screen) -> None:
    """As after a power cut, when the screen is there before the central system."""
    await screen.perform(furnished)
    page = await screen.signed_in(Role.OWNER)
    await page.route("**/api/v1/me", _cut)
    await page.goto(f"{screen.address}/?kiosk=1")
    await expect(page.get_by_text("Not connected")).to_be_visible()

    await page.unroute("**/api/v1/me")

    await expect(page.get_by_role("link", name="B1-01: Offline")).to_be_visible()
    await expect(page.locator("nav")).to_have_count(0)
    await expect(page.get_by_role("button", name="As list")).to_have_count(0)


async def _cut(route: Route) -> None:
    await route.abort()


async def test_the_lock_of_all_starts_is_seen_by_everybody_and_refuses_cards(
    screen: Screen,
) -> None:
    await screen.perform(furnished)
    station = await arrive(screen)
    page = await screen.signed_in(Role.OWNER)
    manager = await screen.signed_in(Role.MANAGER, email="max@example.org")
    await screen.show(page, "/system?part=garage")
    await page.get_by_role("button", name="Lock all starts").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_role("textbox").fill("Smoke on level -2")
    await dialog.get_by_role("button", name="Lock all starts").click()
    await expect(locked(page)).to_be_visible()
    await expect(locked(manager)).to_be_visible(timeout=AT_ONCE_MILLISECONDS)
    assert (await station.call("Authorize", {"idTag": CARD}))["idTagInfo"] != {"status": "Accepted"}

    await page.reload()
    await page.get_by_role("button", name="Unlock").click()
    await expect(locked(page)).to_have_count(0)
    info = (await station.call("Authorize", {"idTag": CARD}))["idTagInfo"]
    assert isinstance(info, dict)
    assert info["status"] == "Accepted"


def locked(page: Page) -> Locator:
    """The notice that stands on every page."""
    return page.get_by_text("All starts are locked: Smoke on level -2")
