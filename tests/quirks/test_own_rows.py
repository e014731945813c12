"""Deviations that the catalogue does not name: the same mechanism takes them, as `other`."""

import json

import pytest

from tests.quirks.station import CARD, Central, Station, register

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_payload_inside_a_list_is_taken_out_of_it(
    central: Central, station: Station
) -> None:
    answer = await station.ask("StartTransaction", [station.opening(1_000)])

    assert answer[2]["idTagInfo"] == {"status": "Accepted"}
    assert (await central.session(station))["meter_start"] == 1_000
    assert await central.quirks(station) == {"other": 1}


async def test_a_payload_that_is_text_is_read_as_the_json_that_it_holds(
    central: Central, station: Station
) -> None:
    transaction_id = await station.start(1_000)
    answer = await station.ask(
        "StopTransaction", json.dumps(station.closing(transaction_id, 2_000))
    )

    assert answer[2] == {}
    assert (await central.session(station))["energy_wh"] == 1_000
    assert await central.quirks(station) == {"other": 1}
    assert await central.kinds(station) == ["quarantine"]


async def test_fields_in_another_spelling_are_understood(
    central: Central, station: Station
) -> None:
    transaction_id = await station.start(1_000)
    answer = await station.ask(
        "StopTransaction",
        {"transaction_id": transaction_id, "MeterStop": 2_500, "TIMESTAMP": central.time()},
    )

    assert answer[2] == {}
    assert (await central.session(station))["energy_wh"] == 1_500
    assert await central.quirks(station) == {"other": 1}


async def test_one_meter_value_that_is_not_in_a_list_is_taken_as_a_list_of_one(
    central: Central, station: Station
) -> None:
    transaction_id = await station.start(1_000)
    moment = {"timestamp": central.time(), "sampledValue": register(1_500)}
    answer = await station.ask(
        "MeterValues", {"connectorId": 1, "transactionId": transaction_id, "meterValue": moment}
    )

    (reading,) = await central.readings(station)
    assert answer[2] == {}
    assert (reading["value"], reading["transaction_id"]) == (1_500, transaction_id)
    assert await central.quirks(station) == {"other": 1}


async def test_a_card_number_that_is_a_number_is_read_as_its_digits(
    central: Central, station: Station
) -> None:
    await central.card("20070044", "Emil Example")
    answer = await station.ask("Authorize", {"idTag": 20070044})

    assert answer[2] == {"idTagInfo": {"status": "Accepted"}}
    assert await central.quirks(station) == {"other": 1}


async def test_a_reason_that_ocpp_does_not_know_is_kept_as_sent(
    central: Central, station: Station
) -> None:
    transaction_id = await station.start(1_000)
    await station.stop(transaction_id, 2_000, reason="CablePulledByFox")

    session = await central.session(station)
    assert (session["stop_reason"], session["energy_wh"]) == ("CablePulledByFox", 1_000)
    assert await central.quirks(station) == {"other": 1}


async def test_samples_without_value_are_left_out_and_the_others_are_kept(
    central: Central, station: Station
) -> None:
    transaction_id = await station.start(1_000)
    await station.meter(
        {"measurand": "Voltage", "unit": "V"}, register(1_700), transaction_id=transaction_id
    )

    (reading,) = await central.readings(station)
    assert reading["value"] == 1_700
    assert await central.quirks(station) == {"other": 1}
    assert await central.kinds(station) == ["quarantine"]


async def test_nothing_at_all_in_a_start_is_a_charge_all_the_same(
    central: Central, station: Station
) -> None:
    answer = await station.ask("StartTransaction", {})

    session = await central.session(station)
    assert answer[0] == 3
    assert answer[2]["idTagInfo"] == {"status": "Invalid"}
    assert session["transaction_id"] == answer[2]["transactionId"]
    assert session["start_time"] == central.clock.now()
    assert await central.frames(station) != []
    assert {"other", "T01", "X14", "X17"} <= (await central.quirks(station)).keys()


@pytest.mark.parametrize("payload", [None, True, 7, "hello", [], [1, 2], {"meterValue": "none"}])
async def test_whatever_stands_in_place_of_meter_values_is_answered_and_kept(
    central: Central, station: Station, payload: object
) -> None:
    answer = await station.ask("MeterValues", payload)

    assert answer[2] == {}
    assert len(await central.frames(station)) == 1
    assert await central.readings(station) == []
    assert sum((await central.quirks(station)).values()) >= 1


@pytest.mark.parametrize(
    "frame",
    [
        '["2","odd","Heartbeat",{}]',
        '[2,4711,"Heartbeat",{}]',
        '[2,"odd","Heartbeat"]',
        '[2,"odd","Heartbeat",{},"more"]',
        '\ufeff[2,"odd","Heartbeat",{}]',
        '[2,"odd","Heartbeat",{}]]',
    ],
)
async def test_a_frame_that_is_nearly_a_message_is_answered(
    central: Central, station: Station, frame: str
) -> None:
    await station.say(frame)
    answer = await station.hear()

    assert answer[0] == 3
    assert answer[1] in ("odd", "4711")
    assert sum((await central.quirks(station)).values()) == 1


async def test_what_no_database_keeps_is_replaced_and_the_message_is_booked(
    central: Central, station: Station
) -> None:
    """Half a letter and NUL in a text."""
    transaction_id = await station.start(1_000)
    await station.status("Char\0ging\ud800", info="\0")
    await station.stop(transaction_id, 2_000, reason="\udc00Local")

    state = await central.connector(station)
    assert state is not None
    assert state["status"] == "Char\ufffdging\ufffd"
    assert (await central.session(station))["energy_wh"] == 1_000
    assert sum((await central.quirks(station)).values()) >= 2


async def test_a_time_in_seconds_since_1970_is_no_time_and_the_charge_is_booked(
    central: Central, station: Station
) -> None:
    began = central.clock.now()
    transaction_id = await station.start(1_000, timestamp=began.timestamp())
    await station.stop(transaction_id, 2_000, timestamp=str(began.timestamp()))

    session = await central.session(station)
    assert (session["start_time"], session["energy_wh"]) == (began, 1_000)
    assert session["estimated"] == "end_time,start_time"
    assert session["token_id"] == CARD
    assert (await central.quirks(station))["T01"] == 2  # each message once
