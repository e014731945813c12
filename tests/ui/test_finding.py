"""Finding something by its words, the keys, and the way back from what was done."""

import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Locator, Page, expect

from onetime.domain.accounts import Role
from tests.ui.garage import PHONE, Screen
from tests.ui.test_journeys import CARD, furnished
from tests.ui.test_manners import PAGES, PATTERN

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def page(shared_screen: Screen) -> AsyncIterator[Page]:
    """The owner's page."""
    await shared_screen.perform(furnished)
    yield await shared_screen.signed_in(Role.OWNER)


def hits(page: Page) -> Locator:
    return page.get_by_role("listbox", name="Search").get_by_role("option")


async def test_a_spot_a_renter_a_card_and_a_station_are_found_by_the_keyboard(
    shared_screen: Screen, page: Page
) -> None:
    for typed, heading in (
        ("b1-0", "B1-01"),
        ("anna exa", "Anna Example"),
        (CARD[:6], "People and cards"),
        ("cp-", "B1-01"),
    ):
        await shared_screen.open(page, "/")
        await page.keyboard.press("/")
        field = page.get_by_role("combobox", name="Spot, renter, card or station")
        await field.fill(typed)
        await expect(hits(page).first).to_have_attribute("aria-selected", "true")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("heading", name=heading, level=1)).to_be_visible()
    await page.keyboard.press("/")
    await page.keyboard.type("no such thing")
    await expect(page.get_by_text("Nothing has these words.")).to_be_visible()
    await page.keyboard.press("Escape")


async def test_the_keys_are_on_a_sheet_and_lead_to_pages(shared_screen: Screen, page: Page) -> None:
    await shared_screen.open(page, "/")
    await page.keyboard.press("?")
    sheet = page.get_by_role("dialog", name="Keys")
    await expect(sheet).to_contain_text("Sessions")
    await page.keyboard.press("Escape")
    await expect(sheet).to_be_hidden()
    await page.keyboard.type("gs")
    await expect(page.get_by_role("heading", name="Sessions")).to_be_visible()


async def test_who_sits_before_a_phone_finds_too(shared_screen: Screen, page: Page) -> None:
    await page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    await page.get_by_role("button", name="More").click()
    await page.get_by_role("button", name="Search").click()
    await page.get_by_role("combobox", name="Spot, renter, card or station").fill("anna")
    await hits(page).filter(has_text="anna@example.org").click()
    await expect(page.get_by_role("heading", name="Anna Example")).to_be_visible()
    await page.set_viewport_size({"width": 1440, "height": 900})


async def test_where_there_is_nothing_that_is_said_and_no_more_is_offered(
    shared_screen: Screen, page: Page
) -> None:
    patterns = [pattern for pattern, _ in PATTERN.findall(PAGES.read_text("utf-8"))]
    of_one_thing = [each for each in patterns if ":" in each]
    assert len(of_one_thing) == 5

    for pattern in of_one_thing:
        await shared_screen.show(page, re.sub(r":\w+", "99", pattern))
        await expect(page.locator("main .banner")).to_contain_text("There is no ")
        offered = await page.locator("main button").all_inner_texts()
        assert set(offered) <= {"Try again"}, pattern


async def test_a_blocked_card_is_unblocked_again_by_undoing(
    shared_screen: Screen, page: Page
) -> None:
    await shared_screen.open(page, "/people?part=cards")
    await page.get_by_role("button", name="Block").click()
    await page.get_by_role("dialog", name="Where the card is blocked").wait_for()
    await page.locator(".toast").get_by_text("Undo").click()
    await expect(page.get_by_text("Undone.")).to_be_visible()
    await expect(page.locator(".pill", has_text="Valid")).to_be_visible()
    await expect(page.get_by_role("dialog")).to_be_hidden()


async def test_a_spot_that_lost_its_renter_gets_the_same_one_back(
    shared_screen: Screen, page: Page
) -> None:
    await shared_screen.open(page, "/people?part=spots")
    await page.get_by_role("button", name="Change spot B1-01").click()
    await page.get_by_role("dialog").get_by_label("Renter").select_option(label="Nobody")
    await page.get_by_role("button", name="Save").click()
    row = page.get_by_role("row").filter(has_text="B1-01")
    await expect(row).to_contain_text("Nobody")
    await page.locator(".toast").get_by_text("Undo").last.click()
    await expect(row).to_contain_text("Anna Example")
    await expect(row).to_contain_text("CP-1")
