"""One ordered way for each station, whatever becomes of its sockets."""

import asyncio
from pathlib import Path

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus
from websockets.typing import Subprotocol

from onetime.domain.errors import StoreDown
from onetime.domain.ids import StationId
from onetime.gateway.lane import (
    INBOX_LIMIT,
    REST_SECONDS,
    VIOLATIONS,
    VIOLATIONS_SECONDS,
    Lane,
)
from onetime.gateway.switchboard import Switchboard
from onetime.kit.clock import ManualClock
from onetime.store.archive import CONGESTED_AFTER_SECONDS
from onetime.store.tickets import Ticket
from tests.databases import NOW
from tests.garages import (
    BOOT,
    STARTED,
    Gate,
    Gone,
    House,
    Station,
    all_sent,
    failed,
    furnish,
    open_house,
    settings,
)
from tests.gateway.peers import on_uvloop

ONLINE = "SELECT is_online FROM charging_stations"
SESSIONS = "SELECT count(*) FROM charging_sessions"


def lane(house: House, identity: str = "CP-1") -> Lane:
    assert isinstance(house.garage.stations, Switchboard)
    return house.garage.stations.lane_of(StationId(identity))


@on_uvloop
async def test_the_newest_connection_wins_at_once_and_the_end_of_the_old_changes_nothing(
    database_url: str, tmp_path: Path
) -> None:
    furnish(database_url)
    async with open_house(settings(tmp_path, database_url)) as house:
        old = await house.connect()
        await old.call("BootNotification", BOOT)

        new = await house.connect()
        await new.call("BootNotification", BOOT)

        assert await old.closed() == 1001
        await new.call("Authorize", {"idTag": "X"})
        assert house.value(ONLINE)
        assert house.garage.stations.is_connected(StationId("CP-1"))
        assert house.quirks()["K08"] == 1


@on_uvloop
async def test_a_half_open_connection_does_not_keep_a_station_out(
    sqlite_url: str, tmp_path: Path
) -> None:
    """The old socket neither reads nor answers; its end comes when nobody waits for it."""
    furnish(sqlite_url)
    async with open_house(settings(tmp_path, sqlite_url)) as house:
        old = await house.connect()
        old.socket.transport.pause_reading()

        new = await house.connect()

        assert "currentTime" in await new.call("BootNotification", BOOT)
        third = await house.connect()  # a station has two sockets at most: the dead one goes
        await third.call("Heartbeat", {})
        await house.until(lambda: house.listener.lines <= 2)
        old.socket.transport.abort()
        await third.call("Heartbeat", {})
        assert house.garage.stations.is_connected(StationId("CP-1"))


@on_uvloop
async def test_an_answer_for_the_old_connection_is_dropped_and_the_repeat_gets_the_stored_one(
    database_url: str, tmp_path: Path
) -> None:
    furnish(database_url)
    gate = Gate()
    async with open_house(settings(tmp_path, database_url), at_phase=gate) as house:
        old = await house.connect()
        await old.call("BootNotification", BOOT)
        gate.close()
        lost = old.begin("StartTransaction", STARTED)
        await gate.hold()

        new = await house.connect()
        gate.open.set()
        repeated = await new.call("StartTransaction", STARTED)

        with pytest.raises(Gone):
            await lost
        assert (
            house.value("SELECT transaction_id FROM charging_sessions") == repeated["transactionId"]
        )
        assert [each for each in new.heard if each[1] != "m1"] == []
        await house.until(lambda: "K10" in house.quirks())


@on_uvloop
async def test_frames_keep_their_order_across_a_takeover(sqlite_url: str, tmp_path: Path) -> None:
    furnish(sqlite_url)
    gate = Gate()
    async with open_house(settings(tmp_path, sqlite_url), at_phase=gate) as house:
        old = await house.connect()
        await old.call("BootNotification", BOOT)
        gate.close()
        lost = [old.begin("DataTransfer", {"vendorId": f"old-{number}"}) for number in range(5)]
        await gate.hold()
        await all_sent(old)
        new = await house.connect()
        said = [new.begin("DataTransfer", {"vendorId": f"new-{number}"}) for number in range(5)]
        await all_sent(new)
        gate.open.set()
        await asyncio.gather(*said)
        await asyncio.gather(*lost, return_exceptions=True)

        kept = "SELECT frame FROM ocpp_messages WHERE action = 'DataTransfer' ORDER BY id"
        order = [str(frame).partition("vendorId")[2][3:8] for (frame,) in house.rows(kept)]
        assert order == [f"{who}-{n}" for who in ("old", "new") for n in range(5)]


@on_uvloop
async def test_three_takeovers_in_ten_minutes_are_alarming(sqlite_url: str, tmp_path: Path) -> None:
    furnish(sqlite_url)
    clock = ManualClock(NOW)
    alarms = "SELECT kind, station_id FROM alarms"
    async with open_house(settings(tmp_path, sqlite_url), clock) as house:
        for _ in range(3):  # two takeovers
            await (await house.connect()).call("Heartbeat", {})
        clock.advance(601)
        for _ in range(2):
            await (await house.connect()).call("Heartbeat", {})
        await (await house.connect()).call("BootNotification", BOOT)
        assert "K09" in house.quirks()
        assert house.rows(alarms) == [("takeovers", "CP-1")]


@on_uvloop
async def test_who_breaks_the_protocol_again_and_again_has_to_rest(
    sqlite_url: str, tmp_path: Path
) -> None:
    """Else the others would pay for its logins."""
    furnish(sqlite_url, ("CP-1", "CP-2"))
    clock = ManualClock(NOW)
    async with open_house(settings(tmp_path, sqlite_url), clock) as house:

        async def break_it() -> None:
            station = await house.connect()
            await station.socket.send(b"no text")
            assert await station.closed() == 1003

        for _ in range(VIOLATIONS):
            await break_it()
        clock.advance(VIOLATIONS_SECONDS)
        for _ in range(VIOLATIONS + 1):  # so many a minute are borne
            await break_it()
        with pytest.raises(InvalidStatus) as refused:
            await house.connect()
        assert refused.value.response.status_code == 503
        await (await house.connect("CP-2")).call("Heartbeat", {})

        clock.advance(REST_SECONDS)
        await (await house.connect()).call("Heartbeat", {})


@on_uvloop
async def test_two_takeovers_in_ten_minutes_raise_none(sqlite_url: str, tmp_path: Path) -> None:
    furnish(sqlite_url)
    clock = ManualClock(NOW)
    async with open_house(settings(tmp_path, sqlite_url), clock) as house:
        for _ in range(3):
            await (await house.connect()).call("BootNotification", BOOT)
            clock.advance(301)
        assert house.rows("SELECT kind FROM alarms") == []
        assert house.quirks()["K08"] == 2


@on_uvloop
async def test_a_takeover_from_elsewhere_raises_an_alarm(sqlite_url: str, tmp_path: Path) -> None:
    furnish(sqlite_url)
    async with open_house(settings(tmp_path, sqlite_url)) as house:
        await (await house.connect()).call("BootNotification", BOOT)
        elsewhere = await connect(
            f"{house.url}/CP-1",
            subprotocols=[Subprotocol("ocpp1.6")],
            local_addr=("127.0.0.2", 0),
            proxy=None,
        )
        station = Station(elsewhere)
        await station.call("BootNotification", BOOT)
        ((sentence,),) = house.rows("SELECT sentence FROM alarms WHERE kind = 'takeovers'")
        await station.end()
    assert "127.0.0.2" in str(sentence)


@pytest.mark.parametrize("what", ["calls", "garbage"])
@on_uvloop
async def test_a_station_that_says_more_than_can_be_stored_is_held_back(
    what: str, sqlite_url: str, tmp_path: Path
) -> None:
    furnish(sqlite_url)
    gate = Gate()
    async with open_house(settings(tmp_path, sqlite_url), at_phase=gate) as house:
        station = await house.connect()
        await station.call("BootNotification", BOOT)
        gate.close()
        said = [station.begin("DataTransfer", {"vendorId": "V"})]
        await gate.hold()
        for number in range(200):
            if what == "calls":
                said.append(station.begin("DataTransfer", {"vendorId": f"V{number}"}))
            else:
                await station.tell("garbage")
        inbox = lane(house)._inbox
        await house.until(lambda: len(inbox) == INBOX_LIMIT)
        assert lane(house)._is_paused

        gate.open.set()
        await asyncio.gather(*said)
        kept = "SELECT count(*) FROM ocpp_messages WHERE outcome <> 'answered' OR action LIKE 'D%'"
        await house.until(lambda: house.value(kept) == 201)
        assert not lane(house)._is_paused


@on_uvloop
async def test_a_station_that_need_not_wait_is_heard_on_while_others_wait_long(
    sqlite_url: str, tmp_path: Path
) -> None:
    furnish(sqlite_url, ("CP-1", "CP-2", "CP-3"))
    gate, clock = Gate(), ManualClock(NOW)
    async with open_house(settings(tmp_path, sqlite_url), clock, at_phase=gate) as house:
        beating, first, second = [await house.connect(f"CP-{n}") for n in (1, 2, 3)]
        for each in (beating, first, second):
            await each.call("BootNotification", BOOT)
        gate.close()
        held = first.begin("DataTransfer", {"vendorId": "V"})
        await gate.hold()
        waiting = second.begin("DataTransfer", {"vendorId": "V"})
        await house.until(lambda: house.archive.waiting() > 0)
        clock.advance(CONGESTED_AFTER_SECONDS + 1)
        assert house.archive.is_congested()

        async with asyncio.timeout(8):
            for _ in range(2):
                assert "currentTime" in await beating.call("Heartbeat", {})
        gate.open.set()
        await asyncio.gather(held, waiting)


@on_uvloop
async def test_what_followed_a_frame_that_was_not_stored_is_not_stored_either(
    sqlite_url: str, tmp_path: Path
) -> None:
    """Otherwise a Stop could be in the books before its Start."""
    furnish(sqlite_url)
    gate = Gate()
    async with open_house(settings(tmp_path, sqlite_url), at_phase=gate) as house:
        station = await house.connect()
        await station.call("BootNotification", BOOT)
        gate.close()
        said = [station.begin("StartTransaction", STARTED)]
        await gate.hold()
        said += [station.begin("DataTransfer", {"vendorId": f"V{number}"}) for number in range(9)]
        await all_sent(station)
        gate.fault = failed("database or disk is full", "SQLITE_FULL")
        gate.open.set()
        ends = await asyncio.gather(*said, return_exceptions=True)
        gate.fault = None

        assert {type(each) for each in ends} == {Gone}
        await house.until(lambda: "stations_let_in_again" in house.events())
        await (await house.connect()).call("BootNotification", BOOT)
        assert (
            house.value("SELECT count(*) FROM ocpp_messages WHERE action <> 'BootNotification'")
            == 0
        )
        assert house.value(SESSIONS) == 0
        await house.until(lambda: house.value(ONLINE))


@on_uvloop
async def test_when_the_queue_is_full_for_one_frame_those_behind_it_are_not_stored(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    furnish(sqlite_url)
    gate = Gate()
    async with open_house(settings(tmp_path, sqlite_url), at_phase=gate) as house:
        station = await house.connect()
        await station.call("BootNotification", BOOT)
        writer = house.archive._writer
        enqueue = writer.enqueue
        gate.close()
        said = [station.begin("DataTransfer", {"vendorId": "V"})]
        await gate.hold()
        said += [station.begin("DataTransfer", {"vendorId": f"V{number}"}) for number in range(3)]
        await all_sent(station)

        def refuse_once(ticket: Ticket) -> None:
            monkeypatch.setattr(writer, "enqueue", enqueue)
            raise StoreDown("too much is waiting")

        monkeypatch.setattr(writer, "enqueue", refuse_once)
        gate.open.set()
        ends = await asyncio.gather(*said, return_exceptions=True)

        assert [type(each) for each in ends] == [list, Gone, Gone, Gone]
        await (await house.connect()).call("BootNotification", BOOT)
        assert house.value("SELECT count(*) FROM ocpp_messages WHERE action LIKE 'Data%'") == 1
