"""Moving in step by step, moving out in one go, taken back, and erased for good."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from onetime.domain.accounts import Role
from onetime.operations.renters import create_renter
from onetime.operations.spots import add_spot
from onetime.store.transaction import Transaction
from tests.garage_makers import OWNER
from tests.ui.dialogs import looked_at
from tests.ui.garage import Screen

pytestmark = pytest.mark.asyncio(loop_scope="module")


def vacant(tx: Transaction) -> int:
    """A spot, and somebody who moves in."""
    add_spot(tx, OWNER, "B1-01", floor_level="Level -1")
    return create_renter(tx, OWNER, name="Anna Example", contact_email="anna@example.org")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def page(shared_screen: Screen) -> AsyncIterator[Page]:
    """The manager's page of the renter."""
    await shared_screen.perform(vacant)
    opened = await shared_screen.signed_in(Role.MANAGER)
    await shared_screen.open(opened, "/people/1")
    yield opened


async def test_moving_in_says_what_is_done_and_what_comes_next(
    shared_screen: Screen, page: Page
) -> None:
    await expect(page.locator("[data-step=person].done")).to_be_visible()
    await page.get_by_role("button", name="Choose a spot").click()
    dialog = page.get_by_role("dialog", name="Choose a spot")
    assert await looked_at(shared_screen, page, "pages/people/MoveIn") == []
    await dialog.get_by_label("Spot").select_option(label="B1-01 · Level -1")
    await dialog.get_by_role("button", name="Save").click()
    await expect(page.locator("[data-step=spot].done")).to_be_visible()
    await page.locator("[data-step=card]").get_by_role("button", name="Issue a card").click()
    await page.get_by_label("Card number").fill("04A1B2C3D4E5F6")
    await page.get_by_role("dialog").get_by_role("button", name="Issue a card").click()
    await expect(page.locator("[data-step=card].done")).to_be_visible()
    await expect(page.locator("[data-step=charge].next")).to_be_visible()


async def test_moving_out_tells_what_is_given_up_and_can_be_taken_back(page: Page) -> None:
    spots = page.locator("dl div").filter(has_text="Spots")
    await page.get_by_role("button", name="Moves out").click()
    dialog = page.get_by_role("dialog", name="Moves out")
    await expect(dialog).to_contain_text("B1-01")
    await expect(dialog).to_contain_text("…E5F6")
    await dialog.get_by_role("button", name="Moves out").click()
    await expect(page.get_by_text("This renter has moved out")).to_be_visible()
    await expect(spots).not_to_contain_text("B1-01")
    await page.locator(".toast").get_by_text("Undo").click()
    await expect(spots).to_contain_text("B1-01")
    await expect(page.get_by_text("This renter has moved out")).to_be_hidden()


async def test_who_is_erased_has_no_name_any_more(shared_screen: Screen, page: Page) -> None:
    await page.get_by_role("button", name="Moves out").click()
    await page.get_by_role("dialog").get_by_role("button", name="Moves out").click()
    await page.get_by_role("button", name="Erase this person").click()
    dialog = page.get_by_role("dialog", name="Erase this person")
    erase = dialog.get_by_role("button", name="Erase this person")
    await expect(erase).to_be_disabled()
    assert await looked_at(shared_screen, page, "pages/Renter") == []
    await dialog.get_by_label("Type Anna Example to confirm").fill("Anna Example")
    await erase.click()
    await expect(page.get_by_text("The person is erased.")).to_be_visible()
    await expect(page.get_by_role("heading", level=1)).not_to_have_text("Anna Example")
