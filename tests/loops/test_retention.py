"""What is past its time goes, in slices; what is kept for ever stays."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import insert

from onetime.domain.facts import Fact
from onetime.domain.policy import Policy
from onetime.garage import Garage
from onetime.kit.broadcast import Broadcast
from onetime.kit.clock import ManualClock
from onetime.loops import retention
from onetime.loops.retention import retain
from onetime.store.archive import Archive
from onetime.store.database import open_database
from onetime.store.message_tables import ocpp_messages
from onetime.store.transaction import Transaction
from tests.databases import NOW
from tests.dispatch.test_configuration import OneStation


def say_something_daily(tx: Transaction, days: int) -> None:
    rows = [
        {
            "station_id": "CP-1",
            "at": NOW - timedelta(days=day, seconds=1),
            "direction": "in",
            "frame": "[]",
            "outcome": "answered",
        }
        for day in reversed(range(days))  # oldest first, as they come
    ]
    tx.connection.execute(insert(ocpp_messages), rows)


@pytest.mark.parametrize(("keep_days", "left"), [(90, 90), (None, 100)])
async def test_messages_past_their_time_are_deleted(
    keep_days: int | None, left: int, sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "SLICE_ROWS", 4)
    monkeypatch.setattr(retention, "PAUSE_SECONDS", 0.0)
    clock = ManualClock(NOW)
    archive = Archive(open_database(sqlite_url), clock, Policy())
    archive.start(asyncio.get_running_loop())
    await archive.write(say_something_daily, 100)
    feed: Broadcast[Fact] = Broadcast()
    slept = asyncio.Event()

    async def sleep(seconds: float) -> None:
        if seconds == retention.EVERY_SECONDS:
            slept.set()
            await asyncio.Event().wait()

    monkeypatch.setattr("onetime.loops.pace.asyncio.sleep", sleep)
    garage = Garage(archive, clock, feed, OneStation(lambda asked: {}))
    loop = asyncio.create_task(retain(garage, keep_days, None))
    await asyncio.wait_for(slept.wait(), 5)
    loop.cancel()

    with archive.database.reader.connect() as connection:
        found = connection.exec_driver_sql("SELECT count(*) FROM ocpp_messages").scalar()
    archive.stop()
    assert found == left
