"""Rows M: what stations' meters say."""

import json
from hashlib import sha256

import pytest

from onetime.operations.reconciliation import close_stale_sessions
from onetime.operations.stations import StationChanges, edit_station
from tests.garage_makers import OWNER
from tests.quirks.conftest import Connect
from tests.quirks.station import Central, Payload, Station, register

pytestmark = pytest.mark.asyncio(loop_scope="module")
REGISTER = "Energy.Active.Import.Register"
POWER = "Power.Active.Import"


async def test_m01_without_unit_energy_is_in_wh_and_power_in_w(
    central: Central, station: Station
) -> None:
    """Autel HA#1989. OCPP names Wh as the default; for power a missing unit is a deviation."""
    transaction_id = await station.start(1_000)
    await station.meter(
        {"value": "1500"}, {"value": "3700", "measurand": POWER}, transaction_id=transaction_id
    )

    energy, power = await central.readings(station)
    session = await central.session(station)
    assert (energy["measurand"], energy["value"], energy["unit"]) == (REGISTER, 1_500, "Wh")
    assert (power["measurand"], power["value"], power["unit"]) == (POWER, 3_700, "W")
    assert session["last_register_wh"] == 1_500
    assert await central.quirks(station) == {"M01": 1}


async def test_m02_kwh_labelled_wh_is_shown_and_not_scaled_until_a_person_says_so(
    central: Central, connect: Connect
) -> None:
    """OE#703: the register moves by 7 while 7 kW flow for an hour."""
    async with connect() as station:
        await _charge_of_seven_kw(central, station, 1_000)
        session = await central.session(station)
        (finding,) = await central.reviews(station)
        assert session["energy_wh"] == 7
        assert (finding["kind"], finding["session_id"]) == ("implausible", session["id"])
        assert "kWh" in finding["evidence"]
        assert (await central.quirks(station))["M02"] == 1

        await central.do(edit_station, OWNER, station.id, StationChanges(register_factor=1_000))
        await station.closed()
    async with connect(station.id) as again:
        await _charge_of_seven_kw(central, again, 1_007)
    first, second = await central.sessions(station)
    assert first["energy_wh"] == 7
    assert (second["meter_start"], second["energy_wh"]) == (1_007_000, 7_000)
    assert await central.unassigned(station) == 0
    assert (await central.quirks(station))["M02"] == 1


async def test_m03_a_measurand_that_is_missing_is_inferred_from_the_unit(
    central: Central, station: Station
) -> None:
    """Alfen HA#361: no measurand though the unit is A; it must never be booked as energy."""
    transaction_id = await station.start(10)
    await station.meter({"value": "16", "unit": "A"}, transaction_id=transaction_id)

    (reading,) = await central.readings(station)
    assert (reading["measurand"], reading["value"], reading["unit"]) == ("Current.Import", 16, "A")
    assert (await central.session(station))["last_register_wh"] is None
    assert await central.quirks(station) == {"M03": 1}


async def test_m06_words_that_ocpp_does_not_know_are_kept_and_the_rest_is_used(
    central: Central, station: Station
) -> None:
    """Charge Amps HA#1576: unit Hz; HA#361: context CurrentMax."""
    transaction_id = await station.start(1_000)
    await station.meter(
        {"value": "50.01", "measurand": "Frequency", "unit": "Hz"},
        {"value": "32", "measurand": "Current.Import", "unit": "A", "context": "CurrentMax"},
        register(1_500),
        transaction_id=transaction_id,
    )

    frequency, current, energy = await central.readings(station)
    assert (frequency["value"], frequency["unit"]) == (50.01, "Hz")
    assert current["context"] == "CurrentMax"
    assert energy["value"] == 1_500
    assert (await central.session(station))["last_register_wh"] == 1_500
    assert await central.quirks(station) == {"M06": 1}


async def test_m06_power_in_wh_is_kept_as_sent_and_booked_as_nothing(
    central: Central, station: Station
) -> None:
    """Teison HA#1617."""
    transaction_id = await station.start(1_000)
    await station.meter(
        {"value": "7200", "measurand": POWER, "unit": "Wh"}, transaction_id=transaction_id
    )

    (reading,) = await central.readings(station)
    assert (reading["measurand"], reading["value"], reading["unit"]) == (POWER, 7_200, "Wh")
    assert (await central.session(station))["last_register_wh"] is None
    assert await central.quirks(station) == {"M06": 1}


async def test_m07_energy_of_each_phase_is_summed_only_if_all_phases_are_there(
    central: Central, station: Station
) -> None:
    """HA#442: energy per phase only; EV#16966: L1-N on a current; Injet HA#1311: phase N."""
    transaction_id = await station.start(900)
    await station.meter(
        register(400, phase="L1"), register(300, phase="L2"), transaction_id=transaction_id
    )
    assert (await central.session(station))["last_register_wh"] is None
    central.later(minutes=1)
    await station.meter(
        register(500, phase="L1-N"),
        register(400, phase="L2-N"),
        register(300, phase="L3-N"),
        {"value": "16", "measurand": "Current.Import", "unit": "A", "phase": "L1-N"},
        {"value": "0.1", "measurand": "Current.Import", "unit": "A", "phase": "N"},
        transaction_id=transaction_id,
    )

    assert (await central.session(station))["last_register_wh"] == 1_200
    assert [row["phase"] for row in await central.readings(station)] == [
        "L1", "L2", "L1-N", "L2-N", "L3-N", "L1-N", "N",
    ]  # fmt: skip
    assert (await central.quirks(station))["M07"] == 2


async def test_m08_the_value_at_the_begin_does_not_hide_that_of_the_moment(
    central: Central, station: Station
) -> None:
    """Growatt HA#1838: both in one list."""
    transaction_id = await station.start(1_000)
    central.later(minutes=10)
    await station.meter(
        register(1_000, context="Transaction.Begin"),
        register(1_700, context="Sample.Periodic"),
        transaction_id=transaction_id,
    )

    assert (await central.session(station))["last_register_wh"] == 1_700
    assert len(await central.readings(station)) == 2
    assert await central.quirks(station) == {"M08": 1}


async def test_m09_samples_that_count_from_zero_are_evidence_and_never_booked(
    central: Central, station: Station
) -> None:
    """Grizzl-E HA#2093: lifetime values in Start and Stop, values of the session between."""
    transaction_id = await station.start(5_000)
    for wh in (0, 900, 4_000, 7_000):
        central.later(minutes=10)
        await station.meter(register(wh), transaction_id=transaction_id)
    await station.status("Available")
    central.later(minutes=20)
    await central.do(close_stale_sessions)

    session = await central.session(station)
    assert session["ended_by"] == "reconciliation"
    assert session["energy_wh"] == 0  # 7,000 is no register of this meter
    assert "relative-samples" in session["marks"]

    await station.stop(transaction_id, 12_000)
    assert (await central.session(station))["energy_wh"] == 7_000
    assert len(await central.readings(station)) == 4
    assert (await central.quirks(station))["M09"] == 1


async def test_m10_a_register_that_drops_to_zero_for_a_moment_takes_nothing_away(
    central: Central, station: Station
) -> None:
    """ABB HA#374: dropouts within a charge."""
    transaction_id = await station.start(5_000)
    for wh in (6_000, 0, 7_000):
        central.later(minutes=10)
        await station.meter(register(wh), transaction_id=transaction_id)
    assert (await central.session(station))["last_register_wh"] == 7_000
    await station.stop(transaction_id, 8_000)

    assert (await central.session(station))["energy_wh"] == 3_000
    assert await central.unassigned(station) == 0
    assert await central.quirks(station) == {"M10": 1}


async def test_m10_a_register_that_begins_anew_is_a_new_stretch_and_nothing_is_negative(
    central: Central, station: Station
) -> None:
    """JO#331: the register is reset at each boot or each charge."""
    await station.stop(await station.start(0), 4_000)
    central.later(minutes=10)
    await station.stop(await station.start(0), 2_500)

    assert [row["energy_wh"] for row in await central.sessions(station)] == [4_000, 2_500]
    assert await central.unassigned(station) == 0
    assert "register" in await central.kinds(station)
    assert await central.quirks(station) == {"M10": 1}


async def test_m11_energy_after_the_stop_belongs_to_nobody(
    central: Central, station: Station
) -> None:
    """Wallbox Copper HA#1069: the register moves after meterStop."""
    await station.stop(await station.start(1_000), 2_000)
    central.later(minutes=10)
    await station.start(2_150)

    first, second = await central.sessions(station)
    assert (first["energy_wh"], second["meter_start"]) == (1_000, 2_150)
    assert await central.unassigned(station) == 150
    assert await central.kinds(station) == ["unassigned-energy"]
    assert await central.quirks(station) == {"M11": 1}


async def test_m12_the_meter_of_the_whole_station_is_never_added_to_a_connector(
    central: Central, station: Station
) -> None:
    """HA#1742: clock-aligned values of connector 0. As OCPP has it: no deviation."""
    await station.start(1_000)
    await station.meter(register(900_000, context="Sample.Clock"), connector_id=0)

    (reading,) = await central.readings(station)
    session = await central.session(station)
    assert (reading["connector_id"], reading["transaction_id"]) == (0, None)
    assert session["last_register_wh"] is None
    assert await central.unassigned(station) == 0
    assert await central.quirks(station) == {}


@pytest.mark.parametrize(
    "signed",
    [
        'OCMF|{"FV":"1.0","RD":[{"RV":1500,"RU":"Wh"}]}|{"SD":"3045\u00b5"}',
        "1b1b1b1b01010101760512345678",
        '{"format": "OCMF", "publicKey": "30 59", "data": "  x  "}',
    ],
)
async def test_m13_signed_values_are_kept_byte_for_byte_with_their_hash(
    central: Central, station: Station, signed: str
) -> None:
    """OM#3, OM#8: hex, text or an envelope of JSON; LO#472: dropped."""
    begin = {"value": signed, "format": "SignedData", "context": "Transaction.Begin"}
    end = {"value": signed[::-1], "format": "SignedData", "context": "Transaction.End"}
    transaction_id = await station.start(1_000)
    await station.meter(begin, transaction_id=transaction_id)  # EVR#2252: in a message of its own
    await station.stop(
        transaction_id,
        2_000,
        transactionData=[{"timestamp": central.time(), "sampledValue": [end]}],
    )

    readings = await central.readings(station)
    assert [row["raw_value"] for row in readings] == [signed, signed[::-1]]
    assert [row["raw_sha256"] for row in readings] == [
        sha256(text.encode()).hexdigest() for text in (signed, signed[::-1])
    ]
    assert [row["transaction_id"] for row in readings] == [transaction_id] * 2
    assert [row["value"] for row in readings] == [None, None]
    assert (await central.session(station))["energy_wh"] == 1_000
    assert await central.quirks(station) == {}


@pytest.mark.parametrize("value", ["NaN", "-1e400", "1e30", "9" * 5_000, "-5", "Infinity", "n/a"])
async def test_m14_numbers_that_no_meter_shows_are_kept_as_text_and_booked_as_nothing(
    central: Central, station: Station, value: str
) -> None:
    transaction_id = await station.start(1_000)
    await station.meter(register(value), transaction_id=transaction_id)
    await station.stop(transaction_id, 2_000)

    (reading,) = await central.readings(station)
    session = await central.session(station)
    assert (reading["raw_value"] or f"{reading['value']:.0f}") == value
    assert session["last_register_wh"] is None
    assert session["energy_wh"] == 1_000
    assert (await central.quirks(station))["M14"] == 1
    assert await central.kinds(station) != []


@pytest.mark.parametrize("number", ["1e30", "-7", "NaN", "9" * 40])
async def test_m14_a_register_at_the_end_that_no_meter_shows_is_an_estimate(
    central: Central, station: Station, number: str
) -> None:
    transaction_id = await station.start(1_000)
    payload = json.dumps(station.closing(transaction_id, 0)).replace(
        '"meterStop": 0', f'"meterStop": {number}'
    )
    await station.say(f'[2,"odd","StopTransaction",{payload}]')
    assert await station.answer("odd", "StopTransaction") == [3, "odd", {}]

    session = await central.session(station)
    assert session["energy_wh"] == 0
    assert session["estimated"] == "meter_stop"
    assert await central.kinds(station) != []
    assert {"M14", "X14", "K19"} & (await central.quirks(station)).keys()


async def _charge_of_seven_kw(central: Central, station: Station, meter: int) -> None:
    await station.boot()
    power: Payload = {"value": "7000", "measurand": POWER, "unit": "W"}
    transaction_id = await station.start(meter)
    for minutes in range(0, 60, 10):
        await station.meter(power, register(meter + minutes // 9), transaction_id=transaction_id)
        central.later(minutes=10)
    await station.meter(power, transaction_id=transaction_id)
    await station.stop(transaction_id, meter + 7)


async def test_m14_a_number_that_is_too_long_to_be_read_is_answered_and_kept(
    central: Central, station: Station
) -> None:
    transaction_id = await station.start(1_000)
    nines = "9" * 5_000
    frame = f'[2,"long","StopTransaction",{{"transactionId":{transaction_id},"meterStop":{nines}}}]'
    await station.say(frame)
    assert await station.answer("long", "StopTransaction") == [3, "long", {}]

    assert await central.frames(station) == [frame]
    assert (await central.session(station))["ended_by"] is None
    assert await central.kinds(station) == ["quarantine"]
    assert await central.quirks(station) == {"K19": 1}
