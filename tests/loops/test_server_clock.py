"""A clock that jumps against the steady seconds is logged and alarmed; one that runs is not."""

import asyncio
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from onetime.domain.facts import Fact
from onetime.domain.policy import Policy
from onetime.garage import Garage
from onetime.kit.broadcast import Broadcast
from onetime.kit.clock import ManualClock
from onetime.loops import server_clock
from onetime.loops.server_clock import watch_clock
from onetime.store.archive import Archive
from onetime.store.database import open_database
from tests.databases import NOW
from tests.dispatch.test_configuration import OneStation


@pytest.mark.parametrize(
    ("jump", "told"),
    [
        (timedelta(hours=1), 1),
        (-timedelta(hours=1), 1),
        (timedelta(days=365), 1),
        (timedelta(seconds=20), 0),
        (timedelta(0), 0),
    ],
    ids=str,
)
async def test_a_jump_is_told_once(
    jump: timedelta, told: int, sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = ManualClock(NOW)
    archive = Archive(open_database(sqlite_url), clock, Policy())
    archive.start(asyncio.get_running_loop())
    rounds = 0
    done = asyncio.Event()

    async def sleep(seconds: float) -> None:
        nonlocal rounds
        rounds += 1
        clock.advance(server_clock.EVERY_SECONDS)
        if rounds == 2:
            clock.set(clock.now() + jump)
        if rounds == 5:
            done.set()
            await asyncio.Event().wait()

    monkeypatch.setattr("onetime.loops.pace.asyncio.sleep", sleep)
    garage = Garage(archive, clock, Broadcast[Fact](), OneStation(lambda asked: {}))
    with capture_logs() as logs:
        loop = asyncio.create_task(watch_clock(garage))
        await asyncio.wait_for(done.wait(), 10)
        loop.cancel()
    with archive.database.reader.connect() as connection:
        alarmed = connection.exec_driver_sql(
            "SELECT coalesce(sum(count), 0) FROM alarms WHERE kind = 'server-clock'"
        ).scalar()
    await asyncio.to_thread(archive.stop)

    assert alarmed == told
    assert [each["event"] for each in logs] == ["server_clock_jumped"] * told
