"""The page of a station: how commands end, reservations, charging profiles, phases."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import pytest_asyncio
from playwright.async_api import Locator, Page, expect

from onetime.domain.accounts import Role
from onetime.kit.times import to_text
from tests.garages import Station
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
