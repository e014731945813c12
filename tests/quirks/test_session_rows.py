"""Rows X: how stations begin and end charges."""

import asyncio
import itertools
import json

import pytest

from onetime.operations.reconciliation import close_stale_sessions
from tests.ocpp.schemas import accepts
from tests.quirks.conftest import Connect
from tests.quirks.station import CARD, Central, Payload, Station, register

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_x01_the_same_call_with_the_same_id_has_one_effect_and_one_answer(
    central: Central, station: Station
) -> None:
    """ST#81: the answer is lost on GPRS, the station sends the same again."""
    opening = station.opening(1_000)
    first = await station.call("StartTransaction", "start-1", **opening)
    again = await station.call("StartTransaction", "start-1", **opening)
    metering = station.metering(register(1_500), transaction_id=first["transactionId"])
    for _ in range(2):
        await station.call("MeterValues", "meter-1", **metering)
    closing = station.closing(first["transactionId"], 2_000, idTag=CARD)
    stops = [await station.call("StopTransaction", "stop-1", **closing) for _ in range(2)]

    assert first == again
    assert stops[0] == stops[1]
    assert (await central.session(station))["energy_wh"] == 1_000
    assert len(await central.readings(station)) == 1
    assert await central.quirks(station) == {"X01": 3}


async def test_x02_a_start_that_is_repeated_under_a_new_id_is_the_same_charge(
    central: Central, station: Station
) -> None:
    """MO#237: another central system answers ConcurrentTx."""
    opening = station.opening(1_000)
    first = await station.call("StartTransaction", "a", **opening)
    central.later(minutes=3)
    again = await station.call("StartTransaction", "b", **opening)

    assert again == first
    assert (await central.session(station))["transaction_id"] == first["transactionId"]
    assert await central.quirks(station) == {"X02": 1}


async def test_x03_an_id_that_is_used_again_for_something_else_is_something_else(
    central: Central, station: Station
) -> None:
    """MO#174: the counter of messages begins anew at each boot."""
    first = await station.call("StartTransaction", "1", **station.opening(1_000))
    await station.call("StopTransaction", "1", **station.closing(first["transactionId"], 2_000))
    central.later(minutes=5)
    second = await station.call("StartTransaction", "1", **station.opening(2_000))

    assert second["transactionId"] != first["transactionId"]
    assert [row["energy_wh"] for row in await central.sessions(station)] == [1_000, None]


async def test_x04_a_second_start_on_a_busy_connector_ends_the_first_charge_by_estimate(
    central: Central, station: Station
) -> None:
    """ST#1295; the real Stop of the first one replaces the estimate."""
    first = await station.start(1_000)
    central.later(minutes=30)
    await station.meter(register(4_000), transaction_id=first)
    central.later(minutes=30)
    second = await station.start(4_500)

    older, newer = await central.sessions(station)
    assert second != first
    assert (older["ended_by"], older["energy_wh"]) == ("reconciliation", 3_000)
    assert older["estimated"] == "end_time,meter_stop"
    assert older["marks"] == "superseded"
    assert newer["ended_by"] is None
    assert await central.quirks(station) == {"X04": 1}
    assert "estimate" in await central.kinds(station)

    await station.stop(first, 4_400, timestamp=central.time(-5))
    older, newer = await central.sessions(station)
    assert (older["ended_by"], older["energy_wh"]) == ("station", 3_400)
    assert (older["estimated"], older["marks"]) == ("", "")
    assert await central.unassigned(station) == 100
    assert "estimate" not in await central.kinds(station)


async def test_x05_transaction_ids_are_unique_positive_and_follow_no_pattern(
    central: Central, station: Station
) -> None:
    """woopstar/hsem#907: 0 was ignored; HA#2128: clock seconds collided; ST#1296: sequential."""
    ids = []
    for number in range(20):
        central.later(minutes=1)
        ids.append(await station.start(1_000 * number, connectorId=1 + number % 2))

    steps = {later - earlier for earlier, later in itertools.pairwise(ids)}
    assert len(set(ids)) == 20
    assert all(1 <= each < 2**31 for each in ids)
    assert len(steps) == 19
    # One or two of twenty random numbers may well lie within days of the time in seconds.
    near = [each for each in ids if abs(each - central.clock.now().timestamp()) <= 1_000_000]
    assert len(near) < 10


@pytest.mark.parametrize("stated", [-1, 0, None])
async def test_x06_a_stop_without_usable_id_ends_the_only_charge_that_is_open(
    central: Central, station: Station, stated: int | None
) -> None:
    """EVerest LO#495 sends -1, MENNEKES ST#2058 sends 0."""
    await station.start(1_000)
    await station.stop(stated, 2_000)

    session = await central.session(station)
    assert (session["ended_by"], session["energy_wh"]) == ("station", 1_000)
    assert session["marks"] == "matched-stop"
    assert (await central.quirks(station))["X06"] >= 1


async def test_x06_a_stop_without_usable_id_is_not_guessed_among_two_charges(
    central: Central, station: Station
) -> None:
    await station.start(1_000, connectorId=1)
    await station.start(5_000, connectorId=2)
    assert await station.stop(-1, 6_000) == {}

    assert [row["ended_by"] for row in await central.sessions(station)] == [None, None]
    assert await central.kinds(station) == ["orphan-stop"]
    assert len(await central.frames(station)) == 1
    assert await central.quirks(station) == {"X06": 1}


@pytest.mark.parametrize("stated", [0, -1, None])
async def test_x07_meter_values_without_usable_id_go_to_the_charge_on_the_connector(
    central: Central, station: Station, stated: int | None
) -> None:
    """MH#478."""
    transaction_id = await station.start(1_000)
    central.later(minutes=1)
    await station.meter(register(1_500), transaction_id=stated)

    (reading,) = await central.readings(station)
    assert reading["transaction_id"] == transaction_id
    assert reading["stated_transaction_id"] == (stated or 0)
    assert await central.quirks(station) == {"X07": 1}


async def test_x09_an_id_that_is_used_after_the_end_reopens_nothing(
    central: Central, station: Station
) -> None:
    """EN+ EV#14673: the energy after the end is idle energy."""
    transaction_id = await station.start(1_000)
    await station.stop(transaction_id, 2_000)
    central.later(minutes=10)
    await station.meter(register(2_300), transaction_id=transaction_id)

    session = await central.session(station)
    assert (session["ended_by"], session["energy_wh"]) == ("station", 1_000)
    assert await central.unassigned(station) == 300
    assert (await central.quirks(station))["X09"] == 1


async def test_x10_a_stop_without_a_known_start_is_kept_and_given_to_nobody(
    central: Central, station: Station
) -> None:
    """ST#156: days late; HA#2128: guessing a connector books it to the wrong renter."""
    await station.start(1_000)
    closing = station.closing(987_654, 50_000, timestamp=central.time(-60 * 72))
    for _ in range(3):
        assert await station.call("StopTransaction", **closing) == {}

    assert (await central.session(station))["ended_by"] is None
    assert await central.kinds(station) == ["orphan-stop"]
    assert len(await central.frames(station)) == 1
    assert await central.quirks(station) == {"X10": 3}


async def test_x11_a_charge_whose_stop_never_comes_ends_when_the_connector_is_free_again(
    central: Central, station: Station
) -> None:
    """Zaptec EV#30247; the late Stop replaces the estimate."""
    transaction_id = await station.start(1_000)
    central.later(minutes=30)
    await station.meter(register(3_000), transaction_id=transaction_id)
    await station.status("Available")
    central.later(minutes=14)
    await central.do(close_stale_sessions)
    assert (await central.session(station))["ended_by"] is None
    central.later(minutes=2)
    await central.do(close_stale_sessions)

    session = await central.session(station)
    assert (session["ended_by"], session["energy_wh"]) == ("reconciliation", 2_000)
    assert session["estimated"] == "end_time,meter_stop"
    assert await central.kinds(station) == ["estimate"]
    assert (await central.quirks(station))["X11"] == 1

    await station.stop(transaction_id, 3_300, timestamp=central.time(-20))
    session = await central.session(station)
    assert (session["ended_by"], session["energy_wh"]) == ("station", 2_300)
    assert session["estimated"] == ""
    assert await central.kinds(station) == []


async def test_x11_a_charge_of_a_station_that_is_silent_for_a_day_ends_by_estimate(
    central: Central, connect: Connect
) -> None:
    async with connect() as station:
        await station.boot()
        await station.start(1_000)
    await central.until(lambda: central.of(station), lambda row: not row["is_online"])
    central.later(hours=23)
    await central.do(close_stale_sessions)
    assert (await central.session(station))["ended_by"] is None
    central.later(hours=2)
    await central.do(close_stale_sessions)

    session = await central.session(station)
    assert (session["ended_by"], session["energy_wh"]) == ("reconciliation", 0)
    assert (await central.quirks(station))["X11"] == 1


@pytest.mark.parametrize("tag", [None, ""])
async def test_x12_a_stop_without_card_is_taken(
    central: Central, station: Station, tag: str | None
) -> None:
    """Siemens OC#47: no idTag, which is allowed, or an empty one, which is not."""
    transaction_id = await station.start(1_000)
    assert await station.stop(transaction_id, 2_000, idTag=tag) == {}

    session = await central.session(station)
    assert (session["ended_by"], session["energy_wh"]) == ("station", 1_000)
    assert await central.quirks(station) == ({} if tag is None else {"X12": 1})


async def test_x13_a_stop_with_another_valid_card_is_booked_to_the_starter_and_flagged(
    central: Central, station: Station
) -> None:
    """CI#213: the station has stopped already, whoever it was."""
    other = await central.card("0BE50BE5", "Dora Example")
    transaction_id = await station.start(1_000)
    answer = await station.stop(transaction_id, 2_000, idTag=other)

    session = await central.session(station)
    assert answer == {"idTagInfo": {"status": "Accepted"}}
    assert (session["token_id"], session["stop_id_tag"]) == (CARD, other)
    assert session["energy_wh"] == 1_000
    assert session["marks"] == "other-stopper"
    assert await central.quirks(station) == {"X13": 1}


@pytest.mark.parametrize("meter_stop", [0, "null", None])
async def test_x14_a_stop_without_register_is_booked_by_the_last_sample(
    central: Central, station: Station, meter_stop: object
) -> None:
    """MO#73: meterStop is 0, null or missing."""
    transaction_id = await station.start(1_000)
    central.later(minutes=30)
    await station.meter(register(3_500), transaction_id=transaction_id)
    closing = station.closing(transaction_id, meter_stop)
    if meter_stop == "null":
        closing["meterStop"] = None
    assert await station.call("StopTransaction", **closing) == {}

    session = await central.session(station)
    assert (session["meter_stop"], session["energy_wh"]) == (3_500, 2_500)
    assert session["estimated"] == "meter_stop"
    assert "estimate" in await central.kinds(station)
    assert (await central.quirks(station))["X14"] == 1


async def test_x14_a_stop_below_the_start_is_booked_by_the_last_sample(
    central: Central, station: Station
) -> None:
    """MO#174: never negative, and never less than the meter has shown."""
    transaction_id = await station.start(1_000)
    central.later(minutes=30)
    await station.meter(register(3_500), transaction_id=transaction_id)
    await station.stop(transaction_id, 500)

    session = await central.session(station)
    assert (session["meter_stop"], session["energy_wh"]) == (3_500, 2_500)
    assert session["estimated"] == "meter_stop"
    assert (await central.quirks(station))["M10"] == 1


@pytest.mark.parametrize(("meter", "booked"), [(2_000.4, 1_000), ("2000.6", 1_001), ("2e3", 1_000)])
async def test_x15_numbers_with_fractions_or_as_text_are_read_and_rounded(
    central: Central, station: Station, meter: object, booked: int
) -> None:
    """shiv3/ocpp-cp-simulator#83: a strict server stranded sessions."""
    transaction_id = await station.start(1_000)
    await station.stop(transaction_id, meter)

    (stop,) = await central.journal(station, "StopTransaction")
    assert (await central.session(station))["energy_wh"] == booked
    assert json.dumps(meter) in stop["frame"]
    assert await central.quirks(station) == {"X15": 1}


@pytest.mark.parametrize("tag", [None, ""])
async def test_x17_a_start_without_card_is_booked_to_nobody_with_an_alarm(
    central: Central, station: Station, tag: str | None
) -> None:
    """OG#277: free vending."""
    answer = await station.call("StartTransaction", **station.opening(1_000, idTag=tag))
    await station.stop(answer["transactionId"], 2_000)

    session = await central.session(station)
    assert answer["idTagInfo"] == {"status": "Invalid"}
    assert (session["token_id"], session["renter_id"]) == (None, None)
    assert session["energy_wh"] == 1_000
    assert "charge-without-card" in await central.alarms(station)
    assert (await central.quirks(station))["X17"] >= 1


async def test_x18_energy_that_flows_although_the_card_was_refused_is_booked_with_an_alarm(
    central: Central, station: Station
) -> None:
    """ST#134: without an answer the station hangs; ST#1286: it charges on all the same."""
    answer = await station.call("StartTransaction", **station.opening(1_000, idTag="BADBADBAD"))
    assert answer["idTagInfo"] == {"status": "Invalid"}
    assert answer["transactionId"] > 0
    assert await central.alarms(station) == {}
    central.later(seconds=90)
    await station.meter(register(1_150), transaction_id=answer["transactionId"])

    session = await central.session(station)
    assert (session["verdict"], session["marks"]) == ("Unknown", "refused-tag")
    assert await central.alarms(station) == {"charge-without-permission": 1}
    assert "unknown-tag" in await central.kinds(station)
    assert await central.quirks(station) == {"X18": 1}


async def test_x18_power_without_a_register_is_energy_that_flows(
    central: Central, station: Station
) -> None:
    answer = await station.call("StartTransaction", **station.opening(1_000, idTag="BADBADBAD"))
    power = {"value": "3680.0", "measurand": "Power.Active.Import", "unit": "W"}
    await station.meter(power, transaction_id=answer["transactionId"])
    assert await central.alarms(station) == {}
    central.later(seconds=61)
    await station.meter(power, transaction_id=answer["transactionId"])

    assert await central.alarms(station) == {"charge-without-permission": 1}


async def test_x19_the_answer_to_each_message_obeys_the_schema(
    central: Central, station: Station
) -> None:
    """OC#31: after a bad answer to a Stop it came again every 10 s, for days."""
    transaction_id = await station.start(1_000)
    calls: list[tuple[str, Payload]] = [
        ("Authorize", {"idTag": CARD}),
        ("BootNotification", {"chargePointVendor": "V", "chargePointModel": "M"}),
        ("DataTransfer", {"vendorId": "V"}),
        ("DiagnosticsStatusNotification", {"status": "Idle"}),
        ("FirmwareStatusNotification", {"status": "Installed"}),
        ("Heartbeat", {}),
        ("MeterValues", station.metering(register(1_001), transaction_id=transaction_id)),
        ("StatusNotification", {"connectorId": 1, "status": "Charging", "errorCode": "NoError"}),
        ("StartTransaction", station.opening(9_000, connectorId=2, idTag="B0B0")),
        ("StopTransaction", station.closing(transaction_id, 2_000, idTag=CARD)),
        ("StopTransaction", station.closing(transaction_id, 2_000, idTag="B0B0")),
        ("StopTransaction", station.closing(-1, "x")),
    ]
    for action, payload in calls:
        answer = await station.call(action, **payload)
        assert accepts(f"{action}Response", json.dumps(answer).encode()), action


async def test_x20_a_start_that_is_repeated_because_the_answer_is_slow_opens_one_charge(
    central: Central, station: Station
) -> None:
    """ST#1141: slow answers cause a storm of repeats."""
    opening = station.opening(1_000)
    central.gate.shut()
    for _ in range(4):
        await station.say(json.dumps([2, "slow", "StartTransaction", opening]))
    await asyncio.to_thread(central.gate.reached.wait)
    central.gate.open()
    answers = [await station.answer("slow", "StartTransaction") for _ in range(4)]

    assert answers[0] == answers[1] == answers[2] == answers[3]
    assert (await central.session(station))["transaction_id"] == answers[0][2]["transactionId"]


async def test_x20_stations_that_return_all_at_once_are_all_answered(
    central: Central, connect: Connect
) -> None:
    """ST#34: 10 to 25 stations killed the pool of connections."""

    async def returning() -> int:
        async with connect() as station:
            await station.boot()
            for connector_id in range(3):
                await station.status("Available", connector_id)
            for number in range(10):
                await station.meter(register(1_000 + number), timestamp=central.time(number - 60))
            return len(await central.readings(station))

    assert await asyncio.gather(*(returning() for _ in range(25))) == [10] * 25


async def test_x21_a_queue_that_is_flushed_between_live_messages_leaves_the_live_state(
    central: Central, station: Station
) -> None:
    """What was queued offline belongs to its own time, what is live to now."""
    await station.status("Available")
    queued = await station.start(1_000, timestamp=central.time(-120))
    await station.status("Preparing")
    await station.meter(register(2_000), transaction_id=queued, timestamp=central.time(-90))
    live = await station.start(5_000, connectorId=2)
    await station.stop(queued, 3_000, timestamp=central.time(-60))
    await station.meter(register(5_100), transaction_id=live, connector_id=2)

    first, second = await central.sessions(station)
    state = await central.connector(station)
    assert state is not None
    assert (first["energy_wh"], first["ended_by"]) == (2_000, "station")
    assert second["ended_by"] is None
    assert state["status"] == "Preparing"
    assert [
        row["action"] for row in await central.journal(station) if row["direction"] == "in"
    ] == [
        "BootNotification",
        "StatusNotification",
        "StartTransaction",
        "StatusNotification",
        "MeterValues",
        "StartTransaction",
        "StopTransaction",
        "MeterValues",
    ]
    assert await central.quirks(station) == {}


async def test_x22_a_start_needs_no_authorize_before_it(central: Central, station: Station) -> None:
    """HA#2147."""
    answer = await station.call("StartTransaction", **station.opening(1_000))

    assert answer["idTagInfo"] == {"status": "Accepted"}
    assert (await central.session(station))["verdict"] == "Accepted"
    assert await central.quirks(station) == {}
