"""Rows K: how stations connect, and what they do on the line."""

import asyncio
import json
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path

import pytest
from websockets.exceptions import InvalidStatus

from onetime.gateway.switchboard import Switchboard
from onetime.kit.times import EPOCH, to_wire
from onetime.ocpp.exchange import BrokenAnswer
from onetime.ocpp.v16.core import ChangeConfigurationRequest, ClearCacheRequest
from onetime.operations.stations import register_station
from tests.garage_makers import OWNER
from tests.quirks.conftest import Connect
from tests.quirks.station import (
    CARD,
    Central,
    Payload,
    Station,
    a_name,
    central_system,
    connected,
    knocked,
    register,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_k01_a_station_without_subprotocol_header_speaks_ocpp_1_6(
    central: Central, connect: Connect
) -> None:
    """Grizzl-E HA#442: no Sec-WebSocket-Protocol at all."""
    async with connect(protocols=()) as station:
        answer = await station.boot()

        assert station.line.subprotocol is None
        assert answer["status"] == "Accepted"
        assert await central.quirks(station) == {"K01": 1}


async def test_k01_a_station_of_another_version_is_let_in_sent_away_and_listed(
    central: Central, connect: Connect
) -> None:
    async with connect(protocols=("ocpp2.0.1", "ocpp2.1")) as station:
        assert station.line.subprotocol is None
        assert await station.closed() == 1002

        refused = await central.until(central.knocks, lambda found: station.id in found)
        assert refused[station.id]["reason"] == "foreign-version"


async def test_k02_a_station_that_offers_several_versions_gets_ocpp_1_6(
    central: Central, connect: Connect
) -> None:
    """HA#2008: the versions offered change with each connection, and so does their spelling."""
    name = a_name()
    async with connect(name, protocols=("ocpp2.0.1", "OCPP1.6")) as station:
        assert station.line.subprotocol == "OCPP1.6"
        assert (await station.boot())["status"] == "Accepted"
        assert await central.quirks(station) == {"K02": 1}
    async with connect(name, protocols=("ocpp2.0.1", "ocpp1.6")) as station:
        assert station.line.subprotocol == "ocpp1.6"
        assert (await station.boot())["status"] == "Accepted"
        assert await central.quirks(station) == {"K02": 1}


@pytest.mark.parametrize("path", ["///ocpp//{}", "/ocpp/{}/", "///{}"])
async def test_k03_extra_slashes_in_the_address_are_dropped(
    central: Central, connect: Connect, path: str
) -> None:
    """ZJ Beny HA#1078."""
    name = a_name()
    async with connect(name, path=path.format(name)) as station:
        await station.boot()

        assert (await central.of(station))["is_online"]
        assert await central.quirks(station) == {"K03": 1}


@pytest.mark.parametrize("path", ["/", "/ocpp", "/ocpp//"])
async def test_k04_an_address_without_identity_is_not_found_and_listed(
    central: Central, connect: Connect, path: str
) -> None:
    """Grizzl-E HA#442: GET /."""
    before = await central.knocks()
    assert await knocked(connect(path=path)) == 404

    count = before[""]["count"] if "" in before else 0
    knocks = await central.until(
        central.knocks, lambda found: "" in found and found[""]["count"] == count + 1
    )
    assert knocks[""]["reason"] == "no-identity"
    assert knocks[""]["ip_address"] == "127.0.0.1"


async def test_k06_an_identity_with_colons_logs_in_with_its_password(
    central: Central, connect: Connect
) -> None:
    """HA#13: an identity like a MAC address breaks whoever splits at the first colon."""
    name, password = "AA:BB:CC:DD:EE:FF", "a:password:with:colons"
    await central.do(register_station, OWNER, name, 1, password)

    async def knock(attempt: str) -> int:
        return await knocked(connect(name, password=attempt))

    await central.until(lambda: knock("with:colons"), lambda status: status == 401)
    async with connect(name, password=password) as station:
        assert (await station.boot())["status"] == "Accepted"
        assert await central.quirks(station) == {}


async def test_k07_a_station_nobody_registered_is_refused_and_disturbs_nobody(
    migrated_sqlite: Path, tmp_path: Path
) -> None:
    """EV#10029: evcc crashed in a loop."""
    async with central_system(tmp_path, migrated_sqlite, unknown_stations="refuse") as central:
        await central.do(register_station, OWNER, "CP-known", 0, None)
        await central.until(
            lambda: knocked(connected(central, "CP-known")), lambda status: status == 101
        )
        async with connected(central, "CP-known") as known:
            await known.boot()
            for _ in range(50):
                assert await knocked(connected(central, "CP-stranger")) == 401
            await known.stop(await known.start(1_000), 2_000)

            knocks = await central.until(
                central.knocks, lambda found: any(row["count"] == 50 for row in found.values())
            )
            assert knocks["CP-stranger"]["reason"] == "unknown"
            assert (await central.session(known))["energy_wh"] == 1_000
            assert await central.journal(Station(central, "CP-stranger", known.line)) == []


async def test_k08_the_newest_connection_wins_and_the_end_of_the_old_one_changes_nothing(
    central: Central, connect: Connect
) -> None:
    """OG#314: the server keeps the dead socket; voltbras/ts-ocpp#19: its end removes the new."""
    async with connect() as old:
        await old.boot()
        async with connect(old.id) as new:
            assert await old.closed() == 1001
            await new.boot()
            await central.until(lambda: central.of(new), lambda row: bool(row["is_online"]))

            assert (await new.call("Heartbeat")).keys() == {"currentTime"}
            assert central.running.garage.stations.is_connected(new.id)
            assert await central.quirks(new) == {"K08": 1}
    await central.until(lambda: central.of(old), lambda row: not row["is_online"])


async def test_k09_two_devices_that_replace_each_other_raise_an_alarm(
    central: Central, connect: Connect
) -> None:
    """HA#2116; also what an attack looks like (S06)."""
    name = a_name()
    async with connect(name) as first, connect(name) as second, connect(name) as third:
        await third.boot()
        assert "takeovers" not in await central.alarms(first)
        async with connect(name) as last:
            await last.boot()

            assert await second.closed() == 1001
            assert await central.alarms(last) == {"takeovers": 1}
            assert await central.quirks(last) == {"K08": 3, "K09": 1}


async def test_k09_a_takeover_from_another_address_raises_an_alarm_at_once(
    central: Central, connect: Connect
) -> None:
    async with connect() as first, connect(first.id, local="127.0.0.2") as second:
        await second.boot()

        assert await central.alarms(second) == {"takeovers": 1}
        assert await central.quirks(second) == {"K08": 1, "K09": 1}


async def test_k09_a_connection_that_is_alive_is_held_where_a_person_wants_that(
    tmp_path: Path, migrated_sqlite: Path
) -> None:
    async with central_system(tmp_path, migrated_sqlite, takeover_hold_seconds=600) as central:
        name = a_name()
        async with AsyncExitStack() as devices:
            for _ in range(4):
                last = await devices.enter_async_context(connected(central, name))
            await last.boot()

            with pytest.raises(InvalidStatus) as refused:
                await devices.enter_async_context(connected(central, name))
            assert refused.value.response.status_code == 503
            await last.boot()
            assert await central.quirks(last) == {"K08": 3, "K09": 1}

            central.clock.advance(200)  # nothing is heard of it any more
            latest = await devices.enter_async_context(connected(central, name))
            await latest.boot()
            assert await last.closed() == 1001

        await central.until(lambda: central.of(latest), lambda row: not row["is_online"])
        async with connected(central, name) as again:  # nobody is there to be held
            await again.boot()


async def test_k10_an_answer_for_a_connection_that_is_gone_is_dropped_and_the_repeat_gets_it(
    central: Central, connect: Connect
) -> None:
    """OG#358: the answer goes to the previous socket."""
    async with connect() as old:
        await old.boot()
        opening = old.opening(1_000)
        central.gate.shut()
        await old.say(json.dumps([2, "start", "StartTransaction", opening]))
        await asyncio.to_thread(central.gate.reached.wait)
        async with connect(old.id) as new:
            central.gate.open()
            assert [each for each in await old.rest() if json.loads(each)[0] != 2] == []
            answer = await new.call("StartTransaction", "again", **opening)

            session = await central.session(new)
            assert answer["transactionId"] == session["transaction_id"]
            assert (await central.quirks(new))["K10"] == 1


async def test_k11_a_station_that_answers_no_pings_stays_as_long_as_it_talks(
    central: Central, station: Station
) -> None:
    """EN+ AC7000 HA#211: no pong ever."""
    for _ in range(4):
        central.clock.advance(290)
        _switchboard(central).look_around()
        await station.call("Heartbeat")

    assert await central.quirks(station) == {"K11": 1}


async def test_k13_silence_shorter_than_three_heartbeat_intervals_ends_nothing(
    central: Central, connect: Connect
) -> None:
    """MENNEKES EV#33099: a read timeout that equals the interval drops every station."""
    async with connect() as station:
        interval = (await station.boot())["interval"]
        central.clock.advance(3 * interval)
        _switchboard(central).look_around()
        await station.call("Heartbeat")

        central.clock.advance(3 * interval + 1)
        _switchboard(central).look_around()
        assert await station.closed() == 1008


async def test_k14_frames_marked_as_compressed_end_their_own_line_alone(
    central: Central, connect: Connect
) -> None:
    """OC#45: compressed although it was not agreed."""
    async with connect() as honest, connect(compression="deflate") as station:
        assert station.line.protocol.extensions == []
        await station.boot()
        message = b'[2,"1","Heartbeat",{}]'
        marked = bytes([0xC1, 0x80 | len(message)]) + bytes(4) + message  # masked with zeros
        station.line.transport.write(marked)

        assert await station.closed() == 1002
        assert await central.quirks(station) == {"K14": 1}
        assert (await honest.boot())["status"] == "Accepted"


async def test_k16_a_message_in_fragments_is_put_together(
    central: Central, station: Station
) -> None:
    """OO#104."""
    opening = json.dumps([2, "pieces", "StartTransaction", station.opening(1_000)])
    await station.say([opening[:7], opening[7:40], opening[40:]])
    answer = await station.answer("pieces", "StartTransaction")

    assert answer[2]["transactionId"] == (await central.session(station))["transaction_id"]
    assert await central.quirks(station) == {"K16": 1}


async def test_k17_a_stop_of_almost_a_mebibyte_is_booked(
    central: Central, station: Station
) -> None:
    """JO#89: more than 16 kB went unhandled without a word."""
    transaction_id = await station.start(1_000)
    central.later(hours=2)
    moments = [
        {
            "timestamp": central.time((number - 7_000) / 60),
            "sampledValue": [{"value": f"{1_000 + number}", "format": "Raw", "location": "Outlet"}],
        }
        for number in range(7_000)
    ]
    await station.stop(transaction_id, 8_000, transactionData=moments)

    (stop,) = await central.journal(station, "StopTransaction")
    assert len(stop["frame"]) > 800_000
    assert (await central.session(station))["energy_wh"] == 7_000
    assert len(await central.readings(station)) == 7_000
    assert await central.quirks(station) == {}


@pytest.mark.parametrize("clock", ["one moment", "1970"])
async def test_k17_thousands_of_samples_hold_nobody_up(
    central: Central, connect: Connect, clock: str
) -> None:
    """Each would have to be compared with all others, if each were compared by itself."""
    async with connect() as station, connect() as other:
        await station.boot()
        transaction_id = await station.start(1_000)
        times = [to_wire(EPOCH + timedelta(minutes=number)) for number in range(5_000)]
        if clock == "one moment":
            times = [central.time()] * 5_000
        moments = [
            {"timestamp": time, "sampledValue": [{"value": f"{1_000 + number}"}]}
            for number, time in enumerate(times)
        ]
        payload: Payload = {
            "connectorId": 1,
            "transactionId": transaction_id,
            "meterValue": moments,
        }
        for _ in range(2):
            await station.call("MeterValues", **payload)
            assert (await other.boot())["status"] == "Accepted"

        assert len(await central.readings(station)) == 5_000


async def test_k17_a_message_past_the_limit_ends_the_line_with_an_alarm(
    central: Central, station: Station
) -> None:
    """A Stop may be stuck behind it."""
    await station.say(json.dumps([2, "1", "DataTransfer", {"vendorId": "V", "data": "x" * 2**20}]))

    assert await station.closed() == 1009
    await central.until(
        lambda: central.alarms(station), lambda found: found == {"message-too-large": 1}
    )
    assert await central.quirks(station) == {"K17": 1}


async def test_k19_stray_commas_are_mended(central: Central, station: Station) -> None:
    """ZJ Beny HA#1078: `[,{`."""
    transaction_id = await station.start(1_000)
    await station.say(
        f'[2,"commas","MeterValues",{{"connectorId":1,"transactionId":{transaction_id},'
        f'"meterValue":[,{{"timestamp":"{central.time()}","sampledValue":[,{{"value":"1500"}}]}}]}}]'
    )
    assert await station.answer("commas", "MeterValues") == [3, "commas", {}]

    (reading,) = await central.readings(station)
    assert (reading["value"], reading["transaction_id"]) == (1_500, transaction_id)
    assert await central.quirks(station) == {"K19": 1}


async def test_k19_a_truncated_start_is_answered_invalid_and_kept(
    central: Central, station: Station
) -> None:
    await station.say('[2,"cut","StartTransaction",{"connectorId":1,"idTag":"04A1B2C3')
    answer = await station.answer("cut", "StartTransaction")

    assert answer[2]["idTagInfo"] == {"status": "Invalid"}
    assert 1 <= answer[2]["transactionId"] < 2**31
    assert await central.frames(station) == [
        '[2,"cut","StartTransaction",{"connectorId":1,"idTag":"04A1B2C3'
    ]
    assert (await central.quirks(station))["K19"] == 1
    assert "quarantine" in await central.kinds(station)


async def test_k19_a_start_that_breaks_off_is_booked_by_what_it_told_in_full(
    central: Central, station: Station
) -> None:
    """Two of them are two charges, each with the register that it began with."""
    ids = []
    for connector_id, meter_start in ((2, 1_000), (3, 500_000)):
        whole = json.dumps(station.opening(meter_start, connectorId=connector_id))
        frame = f'[2,"cut{connector_id}","StartTransaction",{whole[:-1]}'
        await station.say(frame)
        answer = await station.answer(f"cut{connector_id}", "StartTransaction")
        assert answer[2]["idTagInfo"] == {"status": "Accepted"}
        ids.append(answer[2]["transactionId"])
        assert (await central.frames(station))[-1] == frame
    central.later(minutes=10)
    for transaction_id, meter_stop in zip(ids, (9_000, 510_000), strict=True):
        await station.stop(transaction_id, meter_stop)

    assert [(row["connector_id"], row["energy_wh"]) for row in await central.sessions(station)] == [
        (2, 8_000),
        (3, 10_000),
    ]
    assert await central.unassigned(station) == 0
    assert await central.quirks(station) == {"K19": 2}
    assert "quarantine" in await central.kinds(station)


async def test_k19_starts_that_say_nothing_are_one_charge_for_each_text(
    central: Central, station: Station
) -> None:
    ids = []
    for number, text in enumerate(
        ("{}]", "null]", '"x"]', "5]", '{"idTag":"04A1', "", "{}]", "5]")
    ):
        await station.say(f'[2,"{number}","StartTransaction",{text}')
        answer = await station.answer(str(number), "StartTransaction")
        ids.append(answer[2]["transactionId"])

    assert len(set(ids)) == 6
    assert ids[6:] == [ids[0], ids[3]]


async def test_k19_a_start_that_lost_its_connector_is_booked_where_its_values_come_from(
    central: Central, station: Station
) -> None:
    """Between two charges of the same connector nothing is lost, and nothing counts twice."""
    await station.start(70_000, connectorId=6)
    before = await station.start(1_000, connectorId=5)
    central.later(hours=1)
    await station.stop(before, 2_000)
    central.later(minutes=1)
    await station.say(f'[2,"cut","StartTransaction",{{"idTag":"{CARD}","meterStart":2000,"conn')
    answer = await station.answer("cut", "StartTransaction")
    transaction_id = answer[2]["transactionId"]
    central.later(minutes=1)
    await station.meter(register(2_000), transaction_id=transaction_id, connector_id=5)
    central.later(hours=1)
    await station.stop(transaction_id, 9_000)
    central.later(minutes=1)
    after = await station.start(9_000, connectorId=5)
    central.later(hours=1)
    await station.stop(after, 9_500)

    booked = [(row["connector_id"], row["energy_wh"]) for row in await central.sessions(station)]
    assert booked == [(6, None), (5, 1_000), (5, 7_000), (5, 500)]
    assert await central.unassigned(station) == 0


@pytest.mark.parametrize("action", ["MeterValues", "StopTransaction"])
async def test_k19_truncated_energy_is_answered_and_kept(
    central: Central, station: Station, action: str
) -> None:
    transaction_id = await station.start(1_000)
    frame = f'[2,"cut","{action}",{{"transactionId":{transaction_id},"meterStop":99'
    await station.say(frame)

    assert await station.answer("cut", action) == [3, "cut", {}]
    assert await central.frames(station) == [frame]
    assert (await central.session(station))["end_time"] is None
    assert await central.quirks(station) == {"K19": 1}
    assert await central.kinds(station) == ["quarantine"]


async def test_k19_what_carries_no_energy_and_is_broken_gets_a_formation_violation(
    central: Central, station: Station
) -> None:
    """CO#1050: with the corrected spelling of the code stations resent for ever."""
    await station.say('[2,"cut","StatusNotification",{"connectorId":1,"status":"Ava')
    answer = await station.hear()

    assert answer[:3] == [4, "cut", "FormationViolation"]
    assert await central.connector(station) is None
    assert await central.quirks(station) == {"K19": 1}
    assert (await station.call("Heartbeat")).keys() == {"currentTime"}


async def test_k19_a_truncated_answer_ends_the_call_at_once_and_the_line_stays(
    central: Central, station: Station
) -> None:
    """Grizzl-E HA#176."""
    asked = asyncio.create_task(
        central.running.garage.stations.call(station.id, "ClearCache", ClearCacheRequest(), 30.0)
    )
    while (call := json.loads(await station.listen()))[2] != "ClearCache":
        await station.say(json.dumps([3, call[1], {"configurationKey": []}]))
    await station.say(f'[3,"{call[1]}",{{"status":"Acc')

    assert isinstance((await asyncio.wait_for(asked, 5)).outcome, BrokenAnswer)
    assert (await station.call("Heartbeat")).keys() == {"currentTime"}
    assert await central.quirks(station) == {"K19": 1}


async def test_k21_answers_and_calls_are_compact_ascii(central: Central, station: Station) -> None:
    """MH#64: chargers choke on a blank after `,` or `:`."""
    boot = {"chargePointVendor": "V", "chargePointModel": "M"}
    await station.say(json.dumps([2, "1", "BootNotification", boot]))
    assert await station.listen() == (
        f'[3,"1",{{"status":"Accepted","currentTime":"{central.time()}","interval":120}}]'
    )
    await station.say(json.dumps([2, "ü", "Authorize", {"idTag": CARD}]))
    assert await station.listen() == '[3,"\\u00fc",{"idTagInfo":{"status":"Accepted"}}]'

    request = ChangeConfigurationRequest(key="Grüße", value="a b")
    asked = asyncio.create_task(
        central.running.garage.stations.call(station.id, "ChangeConfiguration", request, 30.0)
    )
    while (call := await station.listen()).find("ChangeConfiguration") < 0:
        await station.say(json.dumps([3, json.loads(call)[1], {"configurationKey": []}]))
    await station.say(json.dumps([3, json.loads(call)[1], {"status": "Accepted"}]))
    await asked
    assert call.endswith('"ChangeConfiguration",{"key":"Gr\\u00fc\\u00dfe","value":"a b"}]')


def _switchboard(central: Central) -> Switchboard:
    stations = central.running.garage.stations
    assert isinstance(stations, Switchboard)
    return stations
