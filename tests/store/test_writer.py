"""The writer thread in the database's worst moods."""

import asyncio
from collections.abc import AsyncIterator, Callable
from functools import partial

import pytest
from sqlalchemy import Connection, event, insert, select

from onetime.domain.errors import StoreDown
from onetime.domain.policy import Policy
from onetime.kit.clock import SystemClock
from onetime.store import writer
from onetime.store.archive import Archive
from onetime.store.database import open_database, reason_of
from onetime.store.tables import parking_spots
from onetime.store.transaction import Transaction
from onetime.store.writer import Phase
from tests.garages import Gate, locked
from tests.store.frames import frame_written

ROW = 3_000


def note(tx: Transaction, label: str) -> str:
    tx.connection.execute(insert(parking_spots).values(label=label, floor_level="-"))
    return label


def note_much(tx: Transaction) -> None:
    """More than is left on the disk."""
    for number in range(200):
        label = f"much-{number}"
        tx.connection.execute(insert(parking_spots).values(label=label, floor_level="x" * ROW))


def labels(connection: Connection) -> list[str]:
    return [str(each) for each in connection.execute(select(parking_spots.c.label)).scalars()]


def tables_called(connection: Connection, name: str) -> int:
    asked = "SELECT count(*) FROM sqlite_master WHERE name = ?"
    return int(connection.exec_driver_sql(asked, (name,)).scalar_one())


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not holds():
            await asyncio.sleep(0.01)


class Small:
    """An archive on a disk that is nearly full, with a gate."""

    def __init__(self, url: str) -> None:
        self.gate = Gate(Phase.BEFORE_WRITE)
        self.archive = Archive(open_database(url), SystemClock(), Policy(), at_phase=self.gate)
        self.spare_pages: int | None = None
        self.begun = 0
        event.listen(self.archive.database.writer, "begin", self._limit)
        self.archive.start(asyncio.get_running_loop())

    def _limit(self, connection: Connection) -> None:
        self.begun += 1
        if self.spare_pages is not None:
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
            connection.exec_driver_sql(f"PRAGMA max_page_count={pages + self.spare_pages}")


@pytest.fixture
async def small(sqlite_url: str) -> AsyncIterator[Small]:
    small = Small(sqlite_url)
    yield small
    small.gate.open.set()
    await asyncio.to_thread(small.archive.stop)


async def test_a_full_disk_stays_down_until_there_is_room(
    small: Small, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else the doors would open and close each second, as what is there can be written over."""
    monkeypatch.setattr(writer, "TICK_SECONDS", 0.01)
    archive = small.archive
    downs: list[bool] = []
    archive.on_down = downs.append
    small.spare_pages = 5
    with pytest.raises(StoreDown):
        await archive.write(note_much)
    small.begun = 0
    await until(lambda: small.begun > 5)
    assert downs == [True]

    small.spare_pages = None
    await until(lambda: downs == [True, False])
    assert await archive.write(note, "after") == "after"
    assert archive.ask(tables_called, "probe") == 0


@pytest.mark.parametrize("is_guarded", [True, False])
async def test_a_disk_that_fills_up_within_a_batch_takes_all_of_it_back(
    is_guarded: bool, small: Small
) -> None:
    """SQLite ends the whole transaction then; nobody of the batch may hear that all is well."""
    archive = small.archive
    small.spare_pages = 5
    small.gate.close()
    works = [asyncio.ensure_future(archive.write(note, "first"))]
    await small.gate.hold()
    write = archive.write if is_guarded else partial(frame_written, archive)
    works.append(asyncio.ensure_future(frame_written(archive, note, "before")))
    much = asyncio.ensure_future(write(note_much))
    works.append(asyncio.ensure_future(archive.write(note, "after")))
    await asyncio.sleep(0)
    small.gate.open.set()
    ends = await asyncio.gather(*works, much, return_exceptions=True)

    assert ends[0] == "first"
    assert [type(each) for each in ends[1:]] == [StoreDown] * 3
    assert archive.ask(labels) == ["first"]


async def test_the_writer_waits_for_a_lock_and_gives_up_in_the_end(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("onetime.store.database.BUSY_TIMEOUT_MS", 200)
    archive = Archive(open_database(sqlite_url), SystemClock(), Policy())
    downs: list[bool] = []
    archive.on_down = downs.append
    archive.start(asyncio.get_running_loop())
    with locked(sqlite_url):
        waiting = asyncio.ensure_future(archive.write(note, "waiting"))
        ended, _ = await asyncio.wait([waiting], timeout=0.1)
        assert not ended
        with pytest.raises(StoreDown, match="database is locked"):
            await waiting
    await until(lambda: downs == [True, False])
    assert await archive.write(note, "again") == "again"
    await asyncio.to_thread(archive.stop)


def test_a_reason_is_one_line() -> None:
    assert reason_of(ValueError("first\nsecond")) == "first"
    assert reason_of(ValueError()) == "ValueError"
