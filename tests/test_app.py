"""A garage on real sockets: what it promises about answers when the database is in trouble."""

import asyncio
import socket
from pathlib import Path

import pytest
from msgspec import structs
from sqlalchemy import Connection, event

from onetime.app import App, Fatal, Running
from onetime.domain.errors import StoreDown
from onetime.domain.sessions import Opening
from onetime.gateway.handlers import sessions as handlers
from onetime.operations import sessions
from onetime.operations.sessions import Opened
from onetime.store import database as database_module
from onetime.store.transaction import Transaction
from onetime.store.writer import Phase
from tests.garages import (
    BOOT,
    CARD,
    STARTED,
    Gate,
    Gone,
    Station,
    all_sent,
    failed,
    furnish,
    locked,
    open_house,
    settings,
)
from tests.gateway.peers import on_uvloop

SESSIONS = "SELECT count(*) FROM charging_sessions"
ONLINE = "SELECT count(*) FROM charging_stations WHERE is_online"


def overwrite(sqlite_url: str) -> None:
    """Put something else where the database was."""
    Path(sqlite_url.removeprefix("sqlite:///")).write_bytes(b"Dear diary, " * 1_000)


@on_uvloop
async def test_nothing_is_answered_before_it_is_committed(
    database_url: str, tmp_path: Path
) -> None:
    furnish(database_url)
    gate = Gate()
    async with open_house(settings(tmp_path, database_url), at_phase=gate) as house:
        station = await house.connect()
        await station.call("BootNotification", BOOT)
        gate.close()

        answer = asyncio.ensure_future(station.call("StartTransaction", STARTED))
        await gate.hold()
        await all_sent(station)

        assert len(station.heard) == 1
        assert house.value(SESSIONS) == 0
        gate.open.set()
        started = await answer
        (kept,) = house.rows("SELECT transaction_id, token_id FROM charging_sessions")
        assert kept == (started["transactionId"], CARD)


@on_uvloop
async def test_a_commit_that_fails_is_never_answered_and_stations_are_let_in_when_it_heals(
    database_url: str, tmp_path: Path
) -> None:
    furnish(database_url, ["CP-1", "CP-2"])
    gate = Gate()
    async with open_house(settings(tmp_path, database_url), at_phase=gate) as house:
        station, other = await house.connect(), await house.connect("CP-2")
        await station.call("BootNotification", BOOT)
        await other.call("BootNotification", BOOT)
        gate.fault = failed("database or disk is full", "SQLITE_FULL")

        with pytest.raises(Gone):
            await station.call("StartTransaction", STARTED)
        await other.closed()

        assert [len(each.heard) for each in (station, other)] == [1, 1]
        assert house.archive.is_down
        gate.fault = None
        await house.until(lambda: not house.archive.is_down)
        await house.until(lambda: house.value(ONLINE) == 0)
        await house.until(lambda: "stations_let_in_again" in house.events())
        again = await house.connect()
        assert "transactionId" in await again.call("StartTransaction", STARTED)
        assert house.value(SESSIONS) == 1


@on_uvloop
async def test_while_the_database_is_down_stations_are_refused_with_503(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database_module, "BUSY_TIMEOUT_MS", 100)
    furnish(sqlite_url)
    async with open_house(settings(tmp_path, sqlite_url)) as house:
        station = await house.connect()
        with locked(sqlite_url):
            with pytest.raises(Gone):
                await station.call("StartTransaction", STARTED)

            assert await house.status() == 503
            assert await house.status("NOBODY") == 503

        await house.until(lambda: not house.archive.is_down)
        await house.until(lambda: "stations_let_in_again" in house.events())
        assert await house.status() == 101
        assert house.value(SESSIONS) == 0


@on_uvloop
async def test_a_database_that_is_locked_for_a_moment_is_no_trouble(
    sqlite_url: str, tmp_path: Path
) -> None:
    furnish(sqlite_url)
    async with open_house(settings(tmp_path, sqlite_url)) as house:
        station = await house.connect()
        with locked(sqlite_url):
            answer = asyncio.ensure_future(station.call("StartTransaction", STARTED))
            await all_sent(station)
            assert not answer.done()
        assert "transactionId" in await answer
        assert house.value(SESSIONS) == 1


@on_uvloop
async def test_a_full_disk_answers_nobody_loses_nothing_and_heals(
    sqlite_url: str, tmp_path: Path
) -> None:
    """The limit of pages is SQLite's own way of a disk that is full."""
    furnish(sqlite_url, ["CP-1", "CP-2"])
    limit = [2**31 - 2]

    def hold_to_limit(connection: Connection) -> None:
        connection.exec_driver_sql(f"PRAGMA max_page_count={limit[0]}")

    def watch_each_begin(tx: Transaction) -> None:
        """In the writer's thread, so that no transaction begins meanwhile."""
        event.listen(tx.connection.engine, "begin", hold_to_limit)

    async with open_house(settings(tmp_path, sqlite_url)) as house:
        await house.archive.write(watch_each_begin)
        station, other = await house.connect(), await house.connect("CP-2")
        await other.call("StartTransaction", STARTED)
        limit[0] = 1  # less than there are: none can be added

        answered = 0
        for number in range(1_000):
            start = {**STARTED, "meterStart": number}
            try:
                await station.call("StartTransaction", start)
            except Gone:
                break
            answered = number + 1
        await other.closed()

        assert not [each for each in station.heard if each[0] == 4]
        limit[0] = 2**31 - 2
        await house.until(lambda: "stations_let_in_again" in house.events())
        assert house.value(SESSIONS) == answered + 1
        again = await house.connect()
        await again.call("StartTransaction", STARTED)
        assert house.value("PRAGMA integrity_check") == "ok"


@on_uvloop
async def test_after_a_failed_fsync_the_program_ends(sqlite_url: str, tmp_path: Path) -> None:
    furnish(sqlite_url)
    gate = Gate()
    stations: list[Station] = []

    async def story() -> None:
        async with open_house(settings(tmp_path, sqlite_url), at_phase=gate) as house:
            stations.append(await house.connect())
            await stations[0].call("BootNotification", BOOT)
            gate.fault = failed("disk I/O error", "SQLITE_IOERR_FSYNC")
            with pytest.raises(Gone):
                await stations[0].call("StartTransaction", STARTED)
            gate.fault = None
            await house.until(lambda: house.app._stopping.is_set())

    with pytest.raises(Fatal, match="disk I/O error"):
        await story()
    assert len(stations[0].heard) == 1


@on_uvloop
async def test_a_database_that_is_damaged_at_the_start_ends_the_program(
    sqlite_url: str, tmp_path: Path
) -> None:
    furnish(sqlite_url)
    gate = Gate()
    gate.fault = failed("database disk image is malformed", "SQLITE_CORRUPT")
    written = App(settings(tmp_path, sqlite_url), at_phase=gate)
    with pytest.raises(Fatal, match="malformed"):
        await written.run(lambda _: pytest.fail("it serves"))

    overwrite(sqlite_url)
    opened = App(settings(tmp_path, sqlite_url))
    with pytest.raises(Fatal, match="file is not a database"):
        await opened.run(lambda _: pytest.fail("it serves"))


@on_uvloop
async def test_a_full_disk_at_the_start_is_no_damage(sqlite_url: str, tmp_path: Path) -> None:
    furnish(sqlite_url)
    gate = Gate()
    gate.fault = failed("database or disk is full", "SQLITE_FULL")

    with pytest.raises(StoreDown, match="full"):
        await App(settings(tmp_path, sqlite_url), at_phase=gate).run(lambda _: None)


@on_uvloop
async def test_many_stations_share_one_commit(sqlite_url: str, tmp_path: Path) -> None:
    names = [f"CP-{number}" for number in range(30)]
    furnish(sqlite_url, names)
    gate = Gate(Phase.BEFORE_WRITE)
    async with open_house(settings(tmp_path, sqlite_url), at_phase=gate) as house:
        stations = [await house.connect(each) for each in names]
        await house.until(lambda: house.value(ONLINE) == 30)
        gate.close()
        first = asyncio.ensure_future(stations[0].call("StartTransaction", STARTED))
        await gate.hold()
        rest = [
            asyncio.ensure_future(each.call("StartTransaction", STARTED)) for each in stations[1:]
        ]
        await asyncio.gather(*(all_sent(each) for each in stations[1:]))
        await house.until(lambda: len(house.archive._writer._queue) >= 29)
        before = gate.commits
        gate.open.set()
        await asyncio.gather(first, *rest)

        assert gate.commits - before <= 4, "one each, but for what a loop writes meanwhile"
        assert house.value(SESSIONS) == 30


@on_uvloop
async def test_a_heartbeat_does_not_wait_for_the_disk(sqlite_url: str, tmp_path: Path) -> None:
    furnish(sqlite_url, ["CP-1", "CP-2"])
    gate = Gate()
    async with open_house(settings(tmp_path, sqlite_url), at_phase=gate) as house:
        station, other = await house.connect(), await house.connect("CP-2")
        await house.until(lambda: house.value(ONLINE) == 2)
        gate.close()
        answer = asyncio.ensure_future(other.call("StartTransaction", STARTED))
        await gate.hold()

        beat = await station.call("Heartbeat", {})

        assert not answer.done()
        gate.open.set()
        await answer
        kept = "SELECT answer FROM ocpp_messages WHERE action = 'Heartbeat'"
        await house.until(lambda: house.rows(kept))
        assert str(beat["currentTime"]) in str(house.value(kept))
        assert house.value("SELECT last_heartbeat FROM charging_stations WHERE id = 'CP-1'")


@on_uvloop
async def test_a_frame_that_meets_a_bug_is_kept_and_costs_the_others_nothing(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ["CP-1", "CP-2", "CP-3"]
    furnish(database_url, names)
    gate = Gate(Phase.BEFORE_WRITE)

    def start_session(tx: Transaction, opening: Opening, raw: str) -> Opened:
        if opening.station_id == "CP-2":
            raise ZeroDivisionError
        return sessions.start_session(tx, opening, raw)

    monkeypatch.setattr(handlers, "start_session", start_session)
    async with open_house(settings(tmp_path, database_url), at_phase=gate) as house:
        stations = [await house.connect(each) for each in names]
        await house.until(lambda: house.value(ONLINE) == 3)
        gate.close()
        blocker = asyncio.ensure_future(stations[0].call("Authorize", {"idTag": CARD}))
        await gate.hold()
        starts = [
            asyncio.ensure_future(each.call("StartTransaction", STARTED)) for each in stations[1:]
        ]
        await asyncio.gather(*(all_sent(each) for each in stations[1:]))
        gate.open.set()
        await blocker
        poisoned, healthy = await asyncio.gather(*starts)

        assert "'Accepted'" in str(healthy)
        assert "'Invalid'" in str(poisoned)
        assert house.rows("SELECT station_id FROM charging_sessions") == [("CP-3",)]
        ((where, frame),) = house.rows("SELECT station_id, frame FROM quarantined_frames")
        assert where == "CP-2"
        assert '"meterStart":1000' in str(frame)
        assert house.value("SELECT count(*) FROM review_items WHERE kind = 'quarantine'") == 1
        assert "batch_rolled_back" in house.events()


@on_uvloop
async def test_a_port_that_is_taken_is_said_as_such(sqlite_url: str, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        chosen = structs.replace(settings(tmp_path, sqlite_url), ocpp_port=taken.getsockname()[1])
        with pytest.raises(OSError, match="address already in use"):
            await App(chosen).run(lambda running: None)


@on_uvloop
async def test_a_database_that_is_locked_at_the_start_is_said_as_such(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database_module, "BUSY_TIMEOUT_MS", 100)
    with locked(sqlite_url), pytest.raises(StoreDown, match="database is locked"):
        await App(settings(tmp_path, sqlite_url)).run(lambda running: None)


@on_uvloop
async def test_an_app_that_is_cancelled_closes_its_door(sqlite_url: str, tmp_path: Path) -> None:
    furnish(sqlite_url)
    opened: asyncio.Future[Running] = asyncio.get_running_loop().create_future()
    app = asyncio.create_task(App(settings(tmp_path, sqlite_url)).run(opened.set_result))
    port = (await opened).listener.port
    app.cancel()
    with pytest.raises(asyncio.CancelledError):
        await app
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", port)


FAULTS = {
    "a full disk": ("database or disk is full", "SQLITE_FULL"),
    "a disk that became read-only": ("attempt to write a readonly database", "SQLITE_READONLY"),
    "a write error": ("disk I/O error", "SQLITE_IOERR_WRITE"),
}


@pytest.mark.parametrize("phase", list(Phase))
@pytest.mark.parametrize("fault", FAULTS)
@on_uvloop
async def test_what_fails_at_any_step_of_a_commit_is_not_answered_and_done_once_when_it_heals(
    fault: str, phase: Phase, sqlite_url: str, tmp_path: Path
) -> None:
    """L10: nobody hears an answer, everybody is sent away, and the repeat has one effect.

    The fault is injected at the writer's phases; what was on disk already stays there.
    """
    furnish(sqlite_url)
    gate = Gate(phase)
    async with open_house(settings(tmp_path, sqlite_url), at_phase=gate) as house:
        station = await house.connect()
        await station.call("BootNotification", BOOT)
        gate.fault = failed(*FAULTS[fault])
        with pytest.raises(Gone):
            await station.call("StartTransaction", STARTED)

        assert len(station.heard) == 1
        assert await house.status() == 503
        assert house.value(SESSIONS) == (1 if phase is Phase.AFTER_COMMIT else 0)
        gate.fault = None
        await house.until(lambda: "stations_let_in_again" in house.events())
        again = await house.connect()
        assert "transactionId" in await again.call("StartTransaction", STARTED)
        assert house.value(SESSIONS) == 1
