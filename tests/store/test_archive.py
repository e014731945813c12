"""The archive as the doors see it: one writer, one commit for many, refusals that cost nobody."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine

import pytest
from psycopg.errors import SerializationFailure
from sqlalchemy import Connection, insert, select
from sqlalchemy.exc import DBAPIError, IntegrityError

from onetime.domain.errors import NotFound, OperationFailed, StoreDown
from onetime.domain.facts import Fact, ForeignCommit, SessionStarted
from onetime.domain.policy import Policy
from onetime.kit.clock import ManualClock
from onetime.store.archive import Archive
from onetime.store.database import open_database
from onetime.store.tables import parking_spots
from onetime.store.transaction import Transaction
from onetime.store.writer import Phase
from tests.databases import NOW
from tests.garages import Gate, failed
from tests.store.frames import frame_written


def labels(connection: Connection) -> list[str]:
    found = connection.execute(select(parking_spots.c.label).order_by(parking_spots.c.id))
    return [str(each) for each in found.scalars()]


def build(tx: Transaction, label: str) -> str:
    tx.append(parking_spots, {"label": label})
    tx.announce(SessionStarted(len(label)))
    return label


def refuse(tx: Transaction, label: str) -> None:
    build(tx, label)
    tx.flush()
    raise NotFound(f"{label} is refused")


def stumble(tx: Transaction, label: str) -> None:
    build(tx, label)
    raise ZeroDivisionError(label)


def clash(tx: Transaction, label: str) -> None:
    tx.connection.execute(insert(parking_spots), [{"label": label}, {"label": label}])


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(8):
        while not condition():
            await asyncio.sleep(0.002)


class Opened:
    """An archive with a gate, in the test's event loop."""

    def __init__(self, url: str, phase: Phase = Phase.BEFORE_WRITE) -> None:
        self.gate = Gate(phase)
        self.facts: list[Fact] = []
        self.downs: list[bool] = []
        self.fatal: list[str] = []
        clock = ManualClock(NOW)
        self.archive = Archive(open_database(url), clock, Policy(), at_phase=self.gate)
        self.archive.on_facts = self.facts.extend
        self.archive.on_down = self.downs.append
        self.archive.on_fatal = self.fatal.append
        self.archive.start(asyncio.get_running_loop())

    async def together(self, *works: Coroutine[None, None, object]) -> list[object]:
        """Let these operations run in one batch; return what became of them."""
        self.gate.close()
        first = asyncio.ensure_future(self.archive.write(build, "first"))
        await self.gate.hold()
        ends = asyncio.gather(*works, return_exceptions=True)
        await until(lambda: len(self.archive._writer._queue) == len(works))
        self.gate.open.set()
        await first
        return list(await ends)


@pytest.fixture
async def opened(database_url: str) -> AsyncIterator[Opened]:
    opened = Opened(database_url)
    yield opened
    opened.gate.open.set()
    opened.gate.fault = None
    await asyncio.to_thread(opened.archive.stop)


async def test_a_refusal_or_a_bug_costs_the_others_of_the_batch_nothing(opened: Opened) -> None:
    archive = opened.archive
    ends = await opened.together(
        frame_written(archive, build, "a"),
        archive.write(refuse, "no"),
        frame_written(archive, stumble, "bug"),
        frame_written(archive, clash, "twice"),
        archive.write(stumble, "bug-too"),
        frame_written(archive, build, "b"),
        archive.write(build, "c"),
    )

    assert [ends[0], ends[5], ends[6]] == ["a", "b", "c"]
    assert isinstance(ends[1], NotFound)
    assert [type(ends[n]) for n in (2, 3, 4)] == [OperationFailed] * 3
    assert [str(ends[n]) for n in (2, 3)] == ["ZeroDivisionError", "IntegrityError"]
    assert isinstance(ends[3], OperationFailed)
    assert isinstance(ends[3].__cause__, IntegrityError)
    assert archive.ask(labels) == ["first", "a", "b", "c"]
    assert opened.facts == [SessionStarted(n) for n in (5, 1, 1, 1)]
    assert opened.gate.commits == 2


async def test_a_refusal_does_not_make_the_others_run_again(opened: Opened) -> None:
    ran: list[str] = []

    def count(tx: Transaction) -> None:
        ran.append("once")

    await opened.together(frame_written(opened.archive, count), opened.archive.write(refuse, "no"))

    assert ran == ["once"]


async def test_a_batch_without_trouble_is_one_commit(opened: Opened) -> None:
    works = [frame_written(opened.archive, build, f"spot-{number}") for number in range(100)]
    await opened.together(*works)

    assert opened.gate.commits == 2
    assert len(opened.archive.ask(labels)) == 101


async def test_an_operation_is_not_withdrawn_when_nobody_waits_any_more(opened: Opened) -> None:
    opened.gate.close()
    gone = asyncio.ensure_future(opened.archive.write(build, "gone"))
    await opened.gate.hold()
    gone.cancel()
    opened.gate.open.set()
    await opened.archive.write(build, "next")

    assert gone.cancelled()
    assert opened.archive.ask(labels) == ["gone", "next"]


async def test_what_can_wait_goes_with_the_next_batch_in_order(opened: Opened) -> None:
    opened.archive.write_lazily(build, "lazy-1")
    opened.archive.write_lazily(stumble, "lazy-bug")
    opened.archive.write_lazily(build, "lazy-2")
    await opened.archive.write(build, "keen")

    assert opened.archive.ask(labels) == ["keen", "lazy-1", "lazy-2"]
    assert opened.gate.commits == 1


async def test_a_failed_commit_fails_everybody_and_is_told(opened: Opened) -> None:
    opened.gate.phase = Phase.BEFORE_COMMIT
    opened.gate.close()
    first = asyncio.ensure_future(opened.archive.write(build, "first"))
    await opened.gate.hold()
    queued = asyncio.ensure_future(frame_written(opened.archive, build, "queued"))
    await asyncio.sleep(0)
    opened.gate.fault = failed("database or disk is full", "SQLITE_FULL")
    opened.gate.open.set()
    told_before: list[bool] = []
    first.add_done_callback(lambda done: told_before.extend(opened.downs))
    ends = await asyncio.gather(first, queued, return_exceptions=True)

    assert [type(each) for each in ends] == [StoreDown, StoreDown]
    assert told_before == [True]  # the door is shut before stations are sent away
    assert str(ends[0]) == "database or disk is full"
    opened.gate.fault = None
    await until(lambda: opened.downs == [True, False])
    assert await opened.archive.write(build, "again") == "again"
    assert opened.archive.ask(labels) == ["again"]
    assert opened.facts == [ForeignCommit(), SessionStarted(5)]
    assert opened.fatal == []


async def test_after_a_failed_fsync_nothing_is_written_any_more(opened: Opened) -> None:
    opened.gate.phase = Phase.BEFORE_COMMIT
    opened.gate.fault = failed("disk I/O error", "SQLITE_IOERR_FSYNC")
    with pytest.raises(StoreDown):
        await opened.archive.write(build, "lost")
    await until(lambda: opened.fatal)
    opened.gate.fault = None
    with pytest.raises(StoreDown):
        await opened.archive.write(build, "more")
    assert opened.fatal == ["disk I/O error"]


async def test_a_serialization_failure_is_tried_again_with_empty_hands(opened: Opened) -> None:
    tries = []

    def conflict(tx: Transaction) -> int:
        tries.append(tx)
        build(tx, "once")
        if len(tries) < 3:
            raise SerializationFailure
        return len(tries)

    assert await frame_written(opened.archive, conflict) == 3
    assert opened.archive.ask(labels) == ["once"]
    assert opened.facts == [SessionStarted(4)]


async def test_reading_while_the_database_is_away_is_no_bug(opened: Opened) -> None:
    def away(connection: Connection) -> None:
        raise failed("unable to open database file", "SQLITE_CANTOPEN")

    def bug(connection: Connection) -> None:
        connection.exec_driver_sql("SELECT nonsense")

    with pytest.raises(StoreDown):
        await opened.archive.read(away)
    with pytest.raises(DBAPIError):
        await opened.archive.read(bug)


async def test_stopping_writes_what_is_queued(database_url: str) -> None:
    opened = Opened(database_url)
    opened.gate.close()
    first = asyncio.ensure_future(opened.archive.write(build, "first"))
    await opened.gate.hold()
    second = asyncio.ensure_future(opened.archive.write(build, "second"))
    opened.archive.write_lazily(build, "lazy")
    await asyncio.sleep(0)
    stopped = asyncio.ensure_future(asyncio.to_thread(opened.archive.stop))
    await until(lambda: opened.archive._writer._is_stopping)
    opened.gate.open.set()
    await stopped
    assert (await first, await second) == ("first", "second")
    with pytest.raises(StoreDown):
        await opened.archive.write(build, "late")
    database = open_database(database_url)
    with database.reader.connect() as connection:
        assert labels(connection) == ["first", "second", "lazy"]
    database.close()


async def test_the_queue_has_an_end(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("onetime.store.writer.QUEUE_LIMIT", 3)
    opened.gate.close()
    works = [asyncio.ensure_future(opened.archive.write(build, "0"))]
    await opened.gate.hold()
    works += [asyncio.ensure_future(opened.archive.write(build, f"{n}")) for n in range(1, 4)]
    await asyncio.sleep(0)
    with pytest.raises(StoreDown):
        await opened.archive.write(build, "one too many")
    opened.gate.open.set()
    await asyncio.gather(*works)
    assert opened.archive.ask(labels) == ["0", "1", "2", "3"]


async def test_the_doors_can_see_that_the_writer_is_behind(opened: Opened) -> None:
    clock = opened.archive._clock
    assert isinstance(clock, ManualClock)
    opened.gate.close()
    works = [asyncio.ensure_future(opened.archive.write(build, "0"))]
    await opened.gate.hold()
    works.append(asyncio.ensure_future(opened.archive.write(build, "1")))
    await asyncio.sleep(0)
    clock.advance(5)
    assert not opened.archive.is_congested()
    clock.advance(0.1)
    assert opened.archive.is_congested()
    opened.gate.open.set()
    await asyncio.gather(*works)
    assert not opened.archive.is_congested()


async def test_commits_of_another_process_are_noticed_and_own_ones_are_not(
    database_url: str,
) -> None:
    other = Opened(database_url)
    await other.archive.write(lambda tx: None)  # from now on it watches
    opened = Opened(database_url)
    try:
        await opened.archive.write(build, "mine")
        await until(lambda: ForeignCommit() in other.facts)
        assert ForeignCommit() not in opened.facts
        await other.archive.write(build, "theirs")
        await until(lambda: ForeignCommit() in opened.facts)
    finally:
        await asyncio.to_thread(opened.archive.stop)
        await asyncio.to_thread(other.archive.stop)


def test_a_caller_without_event_loop_waits_for_the_commit(archive: Archive) -> None:
    told: list[Fact] = []
    archive.on_facts = told.extend

    assert archive.perform(build, "spot") == "spot"
    with pytest.raises(NotFound):
        archive.perform(refuse, "no")
    assert archive.ask(labels) == ["spot"]
    assert told == [SessionStarted(4)]
