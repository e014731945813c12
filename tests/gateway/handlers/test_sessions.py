"""Starts, Stops and meter values on the wire: the promises about energy, on both databases."""

from pathlib import Path

import msgspec
import pytest
from msgspec import structs

from onetime.kit.clock import ManualClock
from onetime.operations.renters import deactivate_renter
from tests.databases import NOW
from tests.garage_makers import OWNER
from tests.garages import BOOT, CARD, STARTED, Answer, Station, furnish, open_house, settings
from tests.gateway.peers import on_uvloop
from tests.ocpp.schemas import accepts

SESSION = "SELECT energy_wh, ended_by, estimated FROM charging_sessions"
COUNT = "SELECT count(*) FROM charging_sessions"
READINGS = "SELECT count(*) FROM meter_readings"
SAMPLED: Answer = {
    "timestamp": "2026-03-01T11:30:00Z",
    "sampledValue": [{"value": "3000"}, {"value": "7.2", "measurand": "Power.Active.Import"}],
}


def stopped(transaction_id: object, meter_stop: object = 9_000) -> Answer:
    return {
        "transactionId": transaction_id,
        "idTag": CARD,
        "meterStop": meter_stop,
        "timestamp": "2026-03-01T12:00:00Z",
        "transactionData": [SAMPLED],
    }


async def start(station: Station, **changes: object) -> object:
    answer = await station.call("StartTransaction", {**STARTED, **changes})
    assert accepts("StartTransactionResponse", msgspec.json.encode(answer))
    return answer["transactionId"]


@on_uvloop
async def test_a_repeated_message_has_one_effect(database_url: str, tmp_path: Path) -> None:
    furnish(database_url)
    async with open_house(settings(tmp_path, database_url)) as house:
        station = await house.connect()
        first = await start(station)
        same_id = await station.call("StartTransaction", STARTED, "m1")
        assert {await start(station), same_id["transactionId"]} == {first}
        values = {"connectorId": 1, "transactionId": first, "meterValue": [SAMPLED]}
        for _ in range(3):
            assert await station.call("MeterValues", values) == {}
        for _ in range(3):
            await station.call("StopTransaction", stopped(first))

        assert house.rows(SESSION) == [(8_000, "station", "")]
        assert house.value(READINGS) == 2

        assert await start(station) != first  # equal, but the first one has had its Stop
        assert house.value(COUNT) == 2


@on_uvloop
async def test_a_refused_card_is_told_no_and_its_energy_is_booked(
    database_url: str, tmp_path: Path
) -> None:
    furnish(database_url)
    async with open_house(settings(tmp_path, database_url), ManualClock(NOW)) as house:
        station = await house.connect()
        assert await station.call("Authorize", {"idTag": "card-1"}) == {
            "idTagInfo": {"status": "Accepted"}
        }
        await house.archive.write(deactivate_renter, OWNER, 1)
        assert await station.call("Authorize", {"idTag": CARD}) == {
            "idTagInfo": {"status": "Invalid"}
        }
        for meter_start, tag in ((1_000, CARD), (9_000, "UNKNOWN"), (17_000, "")):
            begun = await station.call(
                "StartTransaction", {**STARTED, "meterStart": meter_start, "idTag": tag}
            )
            assert begun["idTagInfo"] == {"status": "Invalid"}
            await station.call(
                "StopTransaction", stopped(begun["transactionId"], meter_start + 8_000)
            )
        verdicts = "SELECT energy_wh, verdict FROM charging_sessions ORDER BY id"
        assert house.rows(verdicts) == [(8_000, "Inactive"), (8_000, "Unknown"), (8_000, "Unknown")]
        alarm = "SELECT count(*) FROM alarms WHERE kind = 'charge-without-permission'"
        assert house.value(alarm) == 3


@pytest.mark.parametrize(("reply", "told"), [("plain", "Invalid"), ("detailed", "ConcurrentTx")])
@on_uvloop
async def test_a_card_that_charges_elsewhere_is_told_no_and_its_energy_is_booked(
    reply: str, told: str, sqlite_url: str, tmp_path: Path
) -> None:
    """S14, where the owner switched it on."""
    furnish(sqlite_url, ["CP-1", "CP-2"])
    chosen = structs.replace(
        settings(tmp_path, sqlite_url), authorization_reply=reply, refuse_concurrent_charges=True
    )
    async with open_house(chosen, ManualClock(NOW)) as house:
        await start(await house.connect())
        second = await house.connect("CP-2")
        assert await second.call("Authorize", {"idTag": CARD}) == {"idTagInfo": {"status": told}}
        begun = await second.call("StartTransaction", STARTED)
        assert begun["idTagInfo"] == {"status": told}
        assert accepts("StartTransactionResponse", msgspec.json.encode(begun))
        ended = await second.call("StopTransaction", stopped(begun["transactionId"]))
        assert ended == {"idTagInfo": {"status": "Accepted"}}
        assert house.rows(f"{SESSION} WHERE station_id = 'CP-2'") == [(8_000, "station", "")]


@pytest.mark.parametrize(
    ("meter_stop", "energy", "estimated"),
    [(9_000, 8_000, ""), (500, 2_000, "meter_stop"), (0, 2_000, "meter_stop"),
     (None, 2_000, "meter_stop"), ("9000.4", 8_000, "")],
)  # fmt: skip
@on_uvloop
async def test_energy_is_what_the_register_moved_and_an_estimate_is_marked(
    meter_stop: object, energy: int, estimated: str, sqlite_url: str, tmp_path: Path
) -> None:
    furnish(sqlite_url)
    async with open_house(settings(tmp_path, sqlite_url)) as house:
        station = await house.connect()
        transaction = await start(station)
        assert await station.call("StopTransaction", stopped(transaction, meter_stop)) == {
            "idTagInfo": {"status": "Accepted"}
        }
        assert house.rows(SESSION) == [(energy, "station", estimated)]


@on_uvloop
async def test_only_its_stop_ends_a_charge(sqlite_url: str, tmp_path: Path) -> None:
    furnish(sqlite_url)
    async with open_house(settings(tmp_path, sqlite_url)) as house:
        station = await house.connect()
        transaction = await start(station)
        for status in ("SuspendedEV", "Finishing", "Faulted", "Available"):
            await station.call(
                "StatusNotification",
                {"connectorId": 1, "status": status, "errorCode": "NoError"},
            )
        await station.call("BootNotification", BOOT)
        station = await house.connect()
        await station.call("BootNotification", BOOT)
        assert house.rows(SESSION) == [(None, None, "")]
        await station.call("StopTransaction", stopped(transaction))
        assert house.rows(SESSION) == [(8_000, "station", "")]


JUNK = (
    "{}",
    "null",
    "[]",
    '"text"',
    "17",
    "[[]]",
    '{"connectorId":null,"transactionId":null}',
    '{"connectorId":-1,"idTag":["x"],"meterStart":1e400,"timestamp":"yesterday"}',
    '{"connectorId":99999999999999999999,"meterValue":{"timestamp":5},"transactionId":"x"}',
    '{"connectorId":4294967296,"idTag":"\\u0000\\ud800","meterStart":-5,"meterStop":-5,'
    '"timestamp":"9999-12-31T23:59:59-14:00","transactionId":4294967296,'
    '"meterValue":[{"sampledValue":[]}]}',
    '{"transactionId":1,"meterStop":9223372036854775807,"timestamp":"0001-01-01T00:00:00Z",'
    '"connectorId":1,"idTag":"x","meterStart":9223372036854775807}',
    '{"connectorId":1',
    "{{{",
    "",
)


@on_uvloop
async def test_a_message_that_carries_energy_is_always_answered(
    database_url: str, tmp_path: Path
) -> None:
    furnish(database_url)
    async with open_house(settings(tmp_path, database_url)) as house:
        station = await house.connect()
        for action in ("StartTransaction", "StopTransaction", "MeterValues"):
            for payload in JUNK * 2:
                answer = await station.say(f'[2,"a","{action}",{payload}]', "a")
                assert answer[0] == 3, (action, payload)
                assert accepts(f"{action}Response", msgspec.json.encode(answer[2]))
        assert house.value("SELECT count(*) FROM ocpp_messages") == 3 * 2 * len(JUNK)
        assert len(house.rows("SELECT id FROM review_items")) > 20
        await station.call("Heartbeat", {})


@on_uvloop
async def test_a_charge_of_another_station_is_left_alone(sqlite_url: str, tmp_path: Path) -> None:
    furnish(sqlite_url, ["CP-1", "CP-2"])
    async with open_house(settings(tmp_path, sqlite_url)) as house:
        transaction = await start(await house.connect())
        stranger = await house.connect("CP-2")
        await stranger.call("StopTransaction", stopped(transaction))
        await stranger.call(
            "MeterValues",
            {"connectorId": 1, "transactionId": transaction, "meterValue": [SAMPLED]},
        )
        assert house.rows(SESSION) == [(None, None, "")]
        assert house.rows("SELECT kind FROM alarms") == [("foreign-transaction",)]
