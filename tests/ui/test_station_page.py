"""The page of a station: how commands end, reservations, profiles, phases, keys, its end of use."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import pytest_asyncio
from playwright.async_api import Locator, Page, expect

from onetime.domain.accounts import Role
from onetime.kit.times import to_text
from onetime.operations.spots import add_spot
from onetime.operations.stations import register_station, retire_station
from tests.garage_makers import OWNER
from tests.garages import BOOT, Station
from tests.ui.dialogs import looked_at
from tests.ui.garage import Screen
from tests.ui.test_journeys import CARD, arrive, begin, end, furnished

pytestmark = pytest.mark.asyncio(loop_scope="module")

COMMANDS = 26
HASHES = {
    "hashAlgorithm": "SHA256",
    "issuerNameHash": "aa",
    "issuerKeyHash": "bb",
    "serialNumber": "01",
}
FIRMWARE = {
    "location": "https://maker.example.org/firmware.bin",
    "retrieveDateTime": "2026-11-01T00:00:00Z",
    "signingCertificate": "PEM",
    "signature": "sig",
}
TYPED = {
    "idTag": CARD,
    "transactionId": "1",
    "reservationId": "1",
    "expiryDate": "2026-12-24T18:00",
    "vendorId": "maker",
    "key": "HeartbeatInterval",
    "value": "300",
    "location": "https://maker.example.org/firmware.bin",
    "retrieveDate": "2026-12-24T18:00",
    "firmware": json.dumps(FIRMWARE),
    "certificate": "PEM",
    "certificateHashData": json.dumps(HASHES),
    "certificateChain": "PEM",
}
"""What somebody types into the fields that a command needs and that are empty."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def page(shared_screen: Screen) -> Page:
    """The owner's page."""
    await shared_screen.perform(furnished)
    return await shared_screen.signed_in(Role.OWNER)


@pytest_asyncio.fixture(loop_scope="module")
async def station(shared_screen: Screen, page: Page) -> AsyncIterator[Station]:
    """The one station, connected and free."""
    arrived = await arrive(shared_screen)
    yield arrived
    await arrived.end()


async def send(page: Page, action: str) -> None:
    """Choose a command, type what it needs, send it."""
    await page.get_by_label("Command").select_option(action)
    for field in await page.locator("form .field").all():
        name = await field.locator("label").inner_text()
        entry = field.locator("input, textarea")
        if name in TYPED and await entry.count():
            await entry.fill(TYPED[name])
    await page.get_by_role("button", name="Send").click()


def current(page: Page, outcome: str) -> Locator:
    """The outcome that stands beside the form."""
    return page.locator(f".current [data-outcome={outcome}]")


async def test_every_command_that_is_not_answered_in_time_says_so(
    shared_screen: Screen, page: Page, station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    await shared_screen.open(page, "/stations/CP-1?part=commands")
    actions = await page.get_by_label("Command").locator("option").all_inner_texts()
    assert len(actions) == COMMANDS
    silent: set[str] = set()
    # What the central system asks by itself is answered, or the station's line would be taken.
    asked = {"GetConfiguration": {"key": [TYPED["key"]]}}
    station.replies = lambda action, payload: (
        None if action in silent and payload == asked.get(action, payload) else {}
    )
    monkeypatch.setattr("onetime.api.commands.ANSWER_SECONDS", 0.02)
    for action in actions:
        silent.add(action)
        await send(page, action)
        await expect(page.get_by_role("heading", name=action, exact=True)).to_be_visible()
        await expect(current(page, "timeout")).to_have_text("No answer in time")
        silent.clear()
    told = {action for action, _ in station.asked}
    assert told >= set(actions)
    await page.reload()
    await expect(current(page, "timeout")).to_have_text("No answer in time")
    await page.get_by_role("button", name="Show more").click()
    await expect(page.locator("summary [data-outcome=timeout]")).to_have_count(COMMANDS)


async def test_a_reply_a_refusal_an_error_and_no_connection_are_told_apart_after_a_reload(
    shared_screen: Screen, page: Page, station: Station
) -> None:
    await shared_screen.open(page, "/stations/CP-1?part=commands")
    said: list[object] = []
    station.replies = lambda action, payload: said[-1] if said else {}
    for reply, outcome, words in (
        ({"status": "Accepted"}, "answered", "Answered: Accepted"),
        ({"status": "Rejected"}, "answered", "Refused: Rejected"),
        ('[4,"$id","NotSupported","not here",{}]', "call-error", "Error: NotSupported"),
    ):
        said.append(reply)
        await send(page, "Reset")
        await expect(current(page, outcome)).to_have_text(words)
        await expect(page.locator(".current")).to_contain_text('"type": "Soft"')
    await expect(page.locator(".current")).to_contain_text("NotSupported: not here")
    await station.end()
    await expect(page.locator("[data-state=Offline]")).to_be_visible()
    await send(page, "Reset")
    await expect(current(page, "offline")).to_have_text("Not sent: offline")

    await page.reload()
    await expect(current(page, "offline")).to_have_text("Not sent: offline")
    history = page.locator("summary").filter(has_text="Reset")
    for words in (
        "Answered: Accepted",
        "Refused: Rejected",
        "Error: NotSupported",
        "Not sent: offline",
    ):
        await expect(history.filter(has_text=words)).to_have_count(1)


async def test_a_connector_is_reserved_and_given_up(
    shared_screen: Screen, page: Page, station: Station
) -> None:
    station.replies = lambda action, payload: {"status": "Accepted"}
    await shared_screen.open(page, "/spots/1?part=reservations")
    await page.get_by_role("button", name="Reserve", exact=True).click()
    dialog = page.get_by_role("dialog", name="Reserve")
    await dialog.get_by_label("For whom").select_option(value=CARD)
    await dialog.get_by_role("button", name="Reserve").click()
    row = page.get_by_role("row").filter(has=page.locator(".pill", has_text="Reserved"))
    await expect(row).to_contain_text(CARD)
    station.asked.clear()
    await row.get_by_role("button", name="Give up").click()
    await expect(page.locator(".pill", has_text="Given up")).to_be_visible()
    assert "CancelReservation" in [action for action, _ in station.asked]


async def test_a_profile_is_stored_sent_asked_for_and_cleared(
    shared_screen: Screen, page: Page, station: Station
) -> None:
    begins = shared_screen.house.garage.clock.now()
    schedule = {
        "chargingRateUnit": "A",
        "duration": 86_400,
        "chargingSchedulePeriod": [
            {"startPeriod": 0, "limit": 16.0},
            {"startPeriod": 3_600, "limit": 8.0},
        ],
    }
    composite = {
        "status": "Accepted",
        "connectorId": 1,
        "scheduleStart": to_text(begins),
        "chargingSchedule": schedule,
    }
    station.replies = lambda action, payload: (
        composite if action == "GetCompositeSchedule" else {"status": "Accepted"}
    )
    await shared_screen.open(page, "/spots/1?part=profiles")
    await page.get_by_role("button", name="New profile").click()
    dialog = page.get_by_role("dialog", name="New profile")
    await dialog.get_by_label("Description").fill("Less at night")
    await dialog.get_by_role("button", name="Another limit from a time on").click()
    await dialog.get_by_label("Limit").nth(1).fill("8")
    await dialog.get_by_role("button", name="New profile").click()
    await page.get_by_role("button", name="Send to the station").click()
    row = page.get_by_role("row").filter(has_text="Less at night")
    await expect(row.filter(has_text="Holds")).to_contain_text("8\u201316 A")
    (sent,) = [told for action, told in station.asked if action == "SetChargingProfile"]
    profile = sent["csChargingProfiles"]
    assert isinstance(profile, dict)
    periods = profile["chargingSchedule"]["chargingSchedulePeriod"]
    assert [(each["startPeriod"], each["limit"]) for each in periods] == [(0, 16), (79_200, 8)]

    await page.get_by_role("button", name="Ask the station").click()
    await expect(page.get_by_role("img", name="Between 8.0 and 16.0 A.")).to_be_visible()
    await page.get_by_role("button", name="Show as table").click()
    await expect(page.get_by_role("region", name="Limit").get_by_role("row")).to_have_count(4)

    await row.get_by_role("button", name="Clear").click()
    await expect(row.filter(has_text="Cleared")).to_have_count(1)


async def test_current_is_shown_by_phase(
    shared_screen: Screen, page: Page, station: Station
) -> None:
    opened = await begin(shared_screen, station)
    clock = shared_screen.house.garage.clock
    for minutes in (2, 1):
        await station.call(
            "MeterValues",
            {
                "connectorId": 1,
                "transactionId": opened["transactionId"],
                "meterValue": [
                    {
                        "timestamp": to_text(clock.now() - timedelta(minutes=minutes)),
                        "sampledValue": [
                            {
                                "value": f"{amps - minutes}.0",
                                "measurand": "Current.Import",
                                "phase": phase,
                                "unit": "A",
                            }
                            for phase, amps in (("L1", 17), ("L2", 15), ("L3", 13))
                        ],
                    }
                ],
            },
        )
    await shared_screen.open(page, "/spots/1")
    chart = page.get_by_role("figure").filter(has_text="Current by phase")
    await expect(chart).to_contain_text("Now: L1 16.0 A, L2 14.0 A, L3 12.0 A.")
    await chart.get_by_role("button", name="Show as table").click()
    await expect(chart.get_by_role("columnheader")).to_have_text(
        ["Time", "L1 (A)", "L2 (A)", "L3 (A)"]
    )
    await expect(chart.get_by_role("row").last).to_contain_text("12.0")
    await end(shared_screen, station, opened)


async def keyed(screen: Screen, identity: str) -> str:
    """Let a station in that needs a key, and return that."""
    key = await screen.perform(register_station, OWNER, identity, 1)
    assert key is not None
    async with asyncio.timeout(20):
        while await screen.house.status(identity, key.encode()) != 101:
            await asyncio.sleep(0.01)
    return key


async def test_a_new_key_is_sent_over_the_air_and_the_page_says_how_far_it_is(
    shared_screen: Screen, page: Page
) -> None:
    key = await keyed(shared_screen, "CP-2")
    await shared_screen.show(page, "/stations/CP-2?part=settings")
    errand = page.locator("[data-errand]")
    for is_meant in (False, True):
        await page.get_by_role("button", name="New key over the air").click()
        dialog = page.get_by_role("dialog", name="New key over the air")
        await expect(dialog).to_contain_text("the old one opens too, for a day at most")
        await dialog.get_by_role("button", name="Send a new key").click()
        await expect(errand).to_contain_text("it is sent as soon as the station is connected.")
        await expect(page.get_by_role("button", name="New key over the air")).to_have_count(0)
        if not is_meant:
            await errand.get_by_role("button", name="Call off").click()
            await expect(errand).to_contain_text("was called off")

    station = await shared_screen.house.connect("CP-2", key.encode())
    station.replies = lambda action, payload: {"status": "Accepted"}
    await station.call("BootNotification", BOOT)
    await expect(errand).to_contain_text("the station says Accepted.")
    (sent,) = [told for action, told in station.asked if told.get("key") == "AuthorizationKey"]
    await station.end()
    station = await shared_screen.house.connect("CP-2", str(sent["value"]).encode())
    await expect(errand).to_contain_text("The station has come with the new key")
    assert await shared_screen.house.status("CP-2", key.encode()) == 401
    await station.end()


async def test_a_key_that_is_replaced_by_hand_is_shown_once_and_copied(
    shared_screen: Screen, page: Page
) -> None:
    old = await keyed(shared_screen, "CP-3")
    await shared_screen.show(page, "/stations/CP-3?part=settings")
    await page.get_by_role("button", name="New key by hand").click()
    question = page.get_by_role("dialog", name="New key by hand")
    await expect(question).to_contain_text("the station is cut off until the new one is entered")
    await question.get_by_role("button", name="Replace the key").click()
    told = page.get_by_role("dialog", name="Station CP-3 has a new key")
    await expect(told).to_contain_text("The key is shown only this once.")
    await expect(question).to_be_hidden()
    assert await told.evaluate("dialog => dialog.contains(document.activeElement)")
    assert await looked_at(shared_screen, page, "components/Adopted") == []
    key = await told.locator("[data-value='Key (password)']").inner_text()
    # As where a page comes without encryption: there is no clipboard to write to.
    await page.evaluate("Object.defineProperty(navigator, 'clipboard', { configurable: true })")
    await told.get_by_role("button", name="Copy").last.click()
    await expect(page.get_by_text("Copied")).to_be_visible()
    assert await page.evaluate("getSelection().toString()") == key
    await told.get_by_role("button", name="I have noted the key").click()

    await expect(told).to_be_hidden()
    assert key not in await page.content()
    assert await shared_screen.house.status("CP-3", old.encode()) == 401
    assert await shared_screen.house.status("CP-3", key.encode()) == 101


async def test_a_station_is_taken_out_of_use_after_its_name_was_typed(
    shared_screen: Screen, page: Page
) -> None:
    key = await keyed(shared_screen, "CP-4")
    spot_id = await shared_screen.perform(add_spot, OWNER, "B1-04", station_id="CP-4")
    await shared_screen.show(page, f"/spots/{spot_id}?part=settings")
    await page.get_by_role("button", name="Take out of use").click()
    question = page.get_by_role("dialog", name="Take out of use")
    await expect(question).to_contain_text("its key and its spot are given up")
    submit = question.get_by_role("button", name="Take out of use")
    await expect(submit).to_be_disabled()
    await question.get_by_label("Type CP-4 to confirm").fill("CP-4")
    await submit.click()

    await expect(page.get_by_text("Station CP-4 is out of use.")).to_be_visible()
    await page.get_by_role("button", name="Place a station").click()
    await page.get_by_role("dialog").get_by_role("button", name="Close").click()
    await shared_screen.show(page, "/stations/CP-4?part=settings")
    await expect(page.get_by_text("The station has been out of use since")).to_be_visible()
    for name in ("Take out of use", "New key by hand", "Read again"):
        await expect(page.get_by_role("button", name=name)).to_have_count(0)
    for part, sentence, *acts in (
        ("Commands", "Nothing was asked of this station yet.", "Send"),
        ("Reservations", "Nothing is reserved here.", "Reserve"),
        ("Charging profiles", "No profile was sent", "New profile", "Ask the station"),
        ("Files", "This station has sent no files.", "Ask for diagnostics"),
        ("Now", "The station has not told its connectors", "Start a charge", "Restart"),
    ):
        await page.get_by_role("button", name=part, exact=True).click()
        await expect(page.get_by_text(sentence)).to_be_visible()
        for act in acts:
            await expect(page.get_by_role("button", name=act, exact=True)).to_have_count(0)
    assert await shared_screen.house.status("CP-4", key.encode()) == 401


async def test_what_the_server_refuses_is_told_in_the_question(
    shared_screen: Screen, page: Page
) -> None:
    await keyed(shared_screen, "CP-5")
    await shared_screen.show(page, "/stations/CP-5?part=settings")
    await page.get_by_role("button", name="New key by hand").click()
    await shared_screen.perform(retire_station, OWNER, "CP-5")  # by somebody else, meanwhile
    await page.get_by_role("button", name="Replace the key").click()

    told = page.get_by_role("dialog").get_by_role("alert")
    await expect(told).to_have_text("Station CP-5 is retired; register it again first.")
    await page.keyboard.press("Escape")


async def test_who_may_not_is_offered_neither_keys_nor_the_end(shared_screen: Screen) -> None:
    page = await shared_screen.signed_in(Role.MANAGER, email="max@example.org")
    await keyed(shared_screen, "CP-6")
    await shared_screen.show(page, "/stations/CP-6?part=settings")

    await expect(page.get_by_text("The station is let in by its key.")).to_be_visible()
    for name in ("New key over the air", "New key by hand", "Take out of use"):
        assert await page.get_by_role("button", name=name).count() == 0
