"""Every dialog of the client, how it is opened in the garage in use, and what is looked at in it.

Knows the pages and their buttons; whoever looks at a dialog leaves it without having done anything.
"""

from collections.abc import Mapping

from playwright.async_api import Page

from tests.ui.garage import DESK, PHONE, Screen
from tests.ui.walk import STATION, faults, too_wide

DIALOG = "[role=dialog]"
KEYS = ("/", "?")
DIALOGS: dict[str, tuple[str, ...]] = {
    "components/Search": ("/", "/"),
    "components/Shortcuts": ("/", "?"),
    "pages/Review": ("/review?part=findings", "Decide"),
    "pages/people/CardForm": ("/people?part=cards", "Issue a card"),
    "pages/people/MoveOut": ("/people/1", "Moves out"),
    "pages/people/NewRenter": ("/people", "Add a renter"),
    "pages/people/RenterForm": ("/people/1", "Change"),
    "pages/people/SpotForm": ("/people?part=spots", "Add a spot"),
    "pages/station/Access": (
        *(f"{STATION}?part=settings", "New key over the air", "New key by hand"),
        "Take out of use",
    ),
    "pages/station/Configuration": (f"{STATION}?part=settings", "Change HeartbeatInterval"),
    "pages/station/Messages": (f"{STATION}?part=messages", "BootNotification"),
    "pages/station/NewProfile": ("/spots/1?part=profiles", "New profile"),
    "pages/station/RemoteStart": ("/spots/2", "Start a charge"),
    "pages/station/Reservations": ("/spots/1?part=reservations", "Reserve"),
    "pages/system/Accounts": ("/system?part=accounts", "Add an account"),
    "pages/system/Garage": ("/system?part=garage", "Lock all starts"),
    "pages/system/Tokens": ("/system?part=tokens", "Make a token"),
}
"""By the file that holds them: where they are, and the button or the key that opens each."""
LOOKED_AT_ELSEWHERE = {
    "components/Adopted": "test_first_run.py",
    "pages/Renter": "test_moving.py",
    "pages/Session": "test_system.py",
    "pages/people/MoveIn": "test_moving.py",
    "pages/people/Revocation": "test_journeys.py",
}
"""What the garage in use has no occasion for, and the test in which it is open anyway."""


NEVER_OPEN = {"pages/station/Files"}
"""No station has sent a file here; it asks with the same few lines as others (`Confirm`)."""


async def all_looked_at(
    screen: Screen, page: Page, chosen: Mapping[str, tuple[str, ...]]
) -> list[str]:
    """Open dialogs on a phone, one after the other; return what is wrong."""
    wrong = []
    await page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    for name, (path, *openers) in chosen.items():
        await screen.show(page, path)
        for opener in openers:
            if opener in KEYS:
                await page.keyboard.press(opener)
            else:
                await page.get_by_role("button", name=opener).first.click()
            wrong += await looked_at(screen, page, name)
            await page.keyboard.press("Escape")
            await page.locator(DIALOG).wait_for(state="detached")
    await page.set_viewport_size({"width": DESK[0], "height": DESK[1]})
    return wrong


async def looked_at(screen: Screen, page: Page, name: str) -> list[str]:
    """Return what is wrong with the dialog that is open."""
    await page.locator(DIALOG).wait_for()
    await screen.settled(page)
    return await faults(page, name, within=DIALOG) + await too_wide(page, name)
