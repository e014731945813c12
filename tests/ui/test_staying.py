"""Pages that stay open, many and over restarts; nothing old is shown as true."""

import re
from pathlib import Path

from msgspec import structs
from playwright.async_api import Browser, Page, expect

from onetime.domain.accounts import Role
from tests.account_makers import PASSWORD, an_account
from tests.garages import open_house, settings
from tests.ui.garage import EMAIL, Screen, open_screen
from tests.ui.test_journeys import arrive, begin, furnished, now, tell

TABS = 12
WITHIN_MILLISECONDS = 15_000


async def test_twelve_tabs_are_all_live_and_leave_nothing_behind(screen: Screen) -> None:
    await screen.perform(furnished)
    station = await arrive(screen)
    page = await screen.signed_in(Role.OWNER)
    tabs = [page]
    while len(tabs) < TABS:
        tabs.append(await page.context.new_page())
        await screen.open(tabs[-1], "/")
    for each in tabs:
        # A tab in the background keeps no line; each is looked at in turn.
        await each.bring_to_front()
        await each.get_by_role("link", name="B1-01: Free").wait_for()
    await tell(station, "Preparing")
    for each in tabs:
        await each.bring_to_front()
        await each.get_by_role("link", name="B1-01: Plugged in").wait_for()
    for each in tabs:
        await each.close()


async def test_a_station_whose_cable_is_cut_is_shown_offline_with_the_time(screen: Screen) -> None:
    await screen.perform(furnished)
    station = await arrive(screen)
    page = await screen.signed_in(Role.OWNER)
    await expect(page.get_by_role("link", name="B1-01: Free")).to_be_visible()
    await station.end()

    tile = page.get_by_role("link", name="B1-01: Offline")
    await expect(tile).to_be_visible()
    await expect(tile).to_have_accessible_name(
        re.compile(r"The station is not connected; it last said something (now|\d+ seconds? ago)\.")
    )


async def test_open_pages_survive_a_restart_and_show_nothing_old_as_true(
    browser: Browser, sqlite_url: str, tmp_path: Path
) -> None:
    chosen = settings(tmp_path, sqlite_url)
    async with open_screen(browser, sqlite_url, tmp_path) as screen:
        await screen.perform(furnished)
        first = await screen.signed_in(Role.OWNER)
        port = screen.house.web.port
        context = await browser.new_context(storage_state=await first.context.storage_state())
        kiosk = await context.new_page()
        await screen.open(kiosk, "/?kiosk=1")
        page = await context.new_page()
        await screen.open(page, "/")
        await expect(page.get_by_role("link", name="B1-01: Offline")).to_be_visible()
    for each in (kiosk, page):
        await each.bring_to_front()
        await expect(each.get_by_text("No connection to the central system.")).to_be_visible(
            timeout=WITHIN_MILLISECONDS
        )
        assert await each.locator(".tile.stale").count() == 1
    async with open_house(structs.replace(chosen, http_port=port)):
        for each in (page, kiosk):
            await each.bring_to_front()
            await expect(each.get_by_text("No connection to the central system.")).to_be_hidden(
                timeout=WITHIN_MILLISECONDS
            )
            assert await each.locator(".tile.stale").count() == 0
    await context.close()


async def test_the_whole_journey_by_keyboard_alone(screen: Screen) -> None:
    await screen.perform(furnished)
    await screen.perform(an_account, EMAIL, Role.MANAGER, None)
    station = await arrive(screen)
    station.replies = lambda action, payload: {"status": "Accepted"}
    page = await screen.visitor()
    await page.goto(screen.address)
    await page.locator("input[name=email]").wait_for()
    await page.keyboard.type(EMAIL)
    await page.keyboard.press("Tab")
    await page.keyboard.type(PASSWORD)
    await page.keyboard.press("Enter")
    tile = page.get_by_role("link", name="B1-01: Free")
    await tile.wait_for()
    await reach(page, "B1-01: Free")
    await page.keyboard.press("Enter")
    await page.get_by_role("button", name="Start a charge").wait_for()
    await reach(page, "Start a charge")
    await page.keyboard.press("Enter")
    choice = page.get_by_role("dialog").get_by_role("combobox")
    await expect(choice.locator("option")).to_have_count(2)
    await choice.focus()
    await page.keyboard.press("ArrowDown")
    await reach(page, "Start a charge")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("RemoteStartTransaction: Accepted")).to_be_visible()
    await begin(screen, station)
    await page.get_by_role("button", name="Stop the charge").wait_for()
    await reach(page, "Stop the charge")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("RemoteStopTransaction: Accepted")).to_be_visible()
    await reach(page, "Details")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="Charge at B1-01")).to_be_visible()


async def reach(page: Page, name: str, most: int = 60) -> None:
    """Press the tabulator until what has the focus is called so."""
    for _ in range(most):
        focused = await page.evaluate(
            "(document.activeElement?.getAttribute('aria-label')"
            " ?? document.activeElement?.innerText ?? '').trim()"
        )
        if str(focused).startswith(name):
            return
        await page.keyboard.press("Tab")
    raise AssertionError(f"{name} is not reached by the keyboard")


async def test_numbers_follow_the_language_and_the_country(screen: Screen) -> None:
    await screen.perform(furnished)
    station = await arrive(screen)
    opened = await begin(screen, station)
    await station.call(
        "StopTransaction",
        {
            "transactionId": opened["transactionId"],
            "meterStop": 1_235_567,
            "timestamp": now(screen),
        },
    )
    await screen.perform(an_account, EMAIL, Role.ACCOUNTANT, None)
    shown = {}
    for locale in ("de-CH", "de-DE", "fr-FR", "it-IT"):
        page = await screen.signed_in_as(EMAIL, locale=locale)
        await expect(page.locator("[data-sums] b").nth(1)).to_have_text(re.compile("1.?234"))
        shown[locale] = (await page.locator("[data-sums] b").nth(1).inner_text()).split("\u202f")[0]

    assert shown["de-CH"].replace("\u2019", "'") == "1'234.57"
    assert shown["de-DE"] == "1.234,57"
    assert shown["it-IT"] == "1234,57"
    assert shown["fr-FR"] == "1"  # the blank that French puts between thousands was cut at
