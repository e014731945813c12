"""What people come to the screen for, each in the words that stand there."""

import asyncio
from pathlib import Path

from playwright.async_api import Locator, Page, expect
from websockets.exceptions import InvalidStatus

from onetime.domain.accounts import Role
from onetime.kit.times import to_text
from onetime.operations.renters import create_renter
from onetime.operations.spots import add_spot, assign_spot
from onetime.operations.stations import register_station
from onetime.operations.tokens import issue_card
from onetime.store.transaction import Transaction
from tests.garage_makers import OWNER
from tests.garages import BOOT, STARTED, Answer, Station
from tests.ui.dialogs import looked_at
from tests.ui.garage import PHONE, Screen

CARD = "04A1B2C3D4E5F6"


def furnished(tx: Transaction) -> int:
    """One spot with a station and a renter, who has a card; return the renter's number."""
    register_station(tx, OWNER, "CP-1", 0)
    renter_id = create_renter(tx, OWNER, name="Anna Example", contact_email="anna@example.org")
    add_spot(tx, OWNER, "B1-01", floor_level="Level -1", station_id="CP-1")
    assign_spot(tx, OWNER, "B1-01", renter_id)
    issue_card(tx, OWNER, CARD, renter_id)
    return renter_id


async def arrive(screen: Screen, status: str = "Available") -> Station:
    """Let the station connect and say that it is there."""
    async with asyncio.timeout(5):
        while (station := await knock(screen)) is None:
            await asyncio.sleep(0.02)
    await station.call("BootNotification", BOOT)
    await tell(station, status)
    return station


async def knock(screen: Screen) -> Station | None:
    """Connect; the door learns of a new station a moment after it was registered."""
    try:
        return await screen.house.connect("CP-1")
    except InvalidStatus:
        return None


async def tell(station: Station, status: str) -> None:
    await station.call(
        "StatusNotification", {"connectorId": 1, "errorCode": "NoError", "status": status}
    )


def now(screen: Screen) -> str:
    return to_text(screen.house.garage.clock.now())


async def begin(screen: Screen, station: Station) -> Answer:
    opened = await station.call(
        "StartTransaction", {**STARTED, "idTag": CARD, "timestamp": now(screen)}
    )
    await tell(station, "Charging")
    return opened


async def end(screen: Screen, station: Station, opened: Answer, meter_stop: int = 8_200) -> None:
    await station.call(
        "StopTransaction",
        {
            "transactionId": opened["transactionId"],
            "meterStop": meter_stop,
            "timestamp": now(screen),
        },
    )
    await tell(station, "Available")


async def test_an_accountant_finds_and_exports_where_somebody_charged(screen: Screen) -> None:
    await screen.perform(furnished)
    station = await arrive(screen)
    await end(screen, station, await begin(screen, station))
    page = await screen.signed_in(Role.ACCOUNTANT)

    await page.get_by_label("Renter").select_option(label="Anna Example")
    await expect(page.locator("[data-sums]")).to_have_text("1 session · 7.20 kWh")
    await expect(page.get_by_role("row").filter(has_text="B1-01")).to_contain_text("7.20 kWh")
    assert "renter=1" in page.url
    async with page.expect_download() as coming:
        await page.get_by_role("link", name="Export as table").click()
    path = await (await coming.value).path()
    text = await asyncio.to_thread(Path(path).read_text, "utf-8-sig")
    lines = text.splitlines()
    assert len(lines) == 2
    assert "CP-1" in lines[1]
    await expect(page.get_by_role("link", name="Garage")).to_have_count(0)


async def test_a_lost_card_is_blocked_and_each_station_says_that_it_knows(screen: Screen) -> None:
    await screen.perform(furnished)
    station = await arrive(screen)
    station.replies = lambda action, payload: {"status": "Accepted"}
    page = await screen.signed_in(Role.MANAGER)

    await page.get_by_role("link", name="People and cards").click()
    await page.get_by_role("button", name="Cards").click()
    await page.get_by_role("button", name="Block").click()
    await expect(page.get_by_role("dialog", name="Where the card is blocked")).to_contain_text(
        "CP-1"
    )
    assert await looked_at(screen, page, "pages/people/Revocation") == []
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("button", name="Blocked")).to_be_visible()
    answer = await station.call("Authorize", {"idTag": CARD})
    assert answer["idTagInfo"] == {"status": "Invalid"}


async def test_a_charge_is_stopped_from_the_screen_and_ends_when_the_station_says_so(
    screen: Screen,
) -> None:
    await screen.perform(furnished)
    station = await arrive(screen)
    station.replies = lambda action, payload: {"status": "Accepted"}
    opened = await begin(screen, station)
    page = await screen.signed_in(Role.MANAGER)

    await page.get_by_role("link", name="B1-01: Charging").click()
    await page.get_by_role("button", name="Stop the charge").click()
    await expect(page.get_by_text("RemoteStopTransaction: Accepted")).to_be_visible()
    asked = [each for each in station.asked if each[0] == "RemoteStopTransaction"]
    assert asked == [("RemoteStopTransaction", {"transactionId": opened["transactionId"]})]
    await expect(page.get_by_role("button", name="Stop the charge")).to_be_visible()
    await end(screen, station, opened)
    await expect(page.get_by_text("Nobody charges here now.")).to_be_visible()


async def test_the_month_of_a_renter_counts_the_charge_that_goes_on(screen: Screen) -> None:
    renter_id = await screen.perform(furnished)
    station = await arrive(screen)
    opened = await begin(screen, station)
    page = await screen.signed_in(Role.MANAGER)
    await screen.show(page, f"/people/{renter_id}")
    month = page.locator("dl > div").filter(has_text="This month")
    sample = {"timestamp": now(screen), "sampledValue": [{"value": "3500"}]}

    await station.call(
        "MeterValues",
        {
            "connectorId": 1,
            "transactionId": opened["transactionId"],
            "meterValue": [sample],
        },
    )
    await expect(month).to_contain_text("2.50 kWh")
    await end(screen, station, opened)
    await expect(month).to_contain_text("7.20 kWh")


async def test_the_message_log_shows_pairs_filters_and_pauses(screen: Screen) -> None:
    await screen.perform(furnished)
    station = await arrive(screen)
    page = await screen.signed_in(Role.INSTALLER)
    await screen.open(page, "/stations/CP-1?part=messages")

    await page.get_by_label("Search").fill("bootnot")
    await page.get_by_role("button", name="BootNotification").click()
    dialog = page.get_by_role("dialog", name="BootNotification")
    await expect(dialog).to_contain_text("chargePointVendor")
    await expect(dialog).to_contain_text('"interval": 120')
    await page.keyboard.press("Escape")
    await page.get_by_label("Search").fill("dataTransfer")
    await expect(page.get_by_text("No messages.")).to_be_visible()
    await station.call("DataTransfer", {"vendorId": "maker"})
    await expect(page.get_by_role("button", name="DataTransfer")).to_be_visible()


async def test_an_electrician_commissions_a_spot_on_a_phone(screen: Screen) -> None:
    await screen.perform(furnished)
    page = await screen.signed_in(Role.INSTALLER, size=PHONE)
    await page.get_by_role("link", name="Set-up").click()
    await page.get_by_role("button", name="Begin").click()
    await expect(page.get_by_text("0 of 10 steps")).to_be_visible()

    station = await arrive(screen)
    await expect(done(page, "identified")).to_be_visible()
    await station.call("Authorize", {"idTag": "NOBODYS"})
    await expect(done(page, "unknown-card-refused")).to_be_visible()
    await page.get_by_role("button", name="I take it off the network now").click()
    await expect(page.locator("[data-step=unknown-card-offline] .soft")).to_be_visible()
    await page.get_by_label("Note").fill("cable 7 m")
    await page.context.set_offline(True)
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_text("Not kept yet")).to_be_visible()
    await page.context.set_offline(False)
    await expect(page.get_by_text("Everything is kept.")).to_be_visible()
    await page.reload()
    await expect(page.get_by_label("Note")).to_have_value("cable 7 m")
    await station.call("Authorize", {"idTag": CARD})
    await end(screen, station, await begin(screen, station), 1_310)
    await expect(done(page, "stop")).to_contain_text("310 Wh")
    await page.get_by_role("button", name="Finish although steps are open").click()
    await expect(page.get_by_text("cable 7 m")).to_be_visible()
    assert await page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]


def done(page: Page, step: str) -> Locator:
    return page.locator(f"[data-step={step}].done")


async def test_a_renter_sees_and_stops_only_the_own_charge(screen: Screen) -> None:
    renter_id = await screen.perform(furnished)
    station = await arrive(screen)
    station.replies = lambda action, payload: {"status": "Accepted"}
    opened = await begin(screen, station)
    page = await screen.signed_in(Role.RENTER, size=PHONE, renter_id=renter_id)

    await expect(page.get_by_role("heading", name="Charging at B1-01")).to_be_visible()
    await page.get_by_role("button", name="Stop the charge").click()
    await expect(page.get_by_text("The station ends the charge.")).to_be_visible()
    await end(screen, station, opened)
    await expect(page.get_by_role("button", name="Start a charge")).to_be_visible()
    await screen.open(page, "/people")
    await expect(page.get_by_text("There is no such page")).to_be_visible()
