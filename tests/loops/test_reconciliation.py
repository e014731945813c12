"""The loop closes charges whose Stop never came, says how many, and says nothing when none were."""

import asyncio
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from onetime.domain.facts import Fact
from onetime.domain.policy import Policy
from onetime.garage import Garage
from onetime.kit.broadcast import Broadcast
from onetime.kit.clock import ManualClock
from onetime.loops import reconciliation
from onetime.loops.reconciliation import reconcile
from onetime.store.archive import Archive
from onetime.store.database import open_database
from onetime.store.transaction import Transaction
from tests.charges import a_garage, begin
from tests.databases import NOW
from tests.dispatch.test_configuration import OneStation

SILENT_HOURS = 25


def charge_and_fall_silent(tx: Transaction) -> None:
    a_garage(tx)
    begin(tx)
    begin(tx, connector=2)


@pytest.mark.parametrize(("hours", "closed"), [(SILENT_HOURS, 2), (1, 0)])
async def test_stale_charges_are_closed_and_told(
    hours: int, closed: int, sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = ManualClock(NOW)
    archive = Archive(open_database(sqlite_url), clock, Policy())
    archive.start(asyncio.get_running_loop())
    await archive.write(charge_and_fall_silent)
    clock.advance(timedelta(hours=hours).total_seconds())
    done = asyncio.Event()

    async def sleep(seconds: float) -> None:
        assert seconds == reconciliation.EVERY_SECONDS
        done.set()
        await asyncio.Event().wait()

    monkeypatch.setattr("onetime.loops.pace.asyncio.sleep", sleep)
    garage = Garage(archive, clock, Broadcast[Fact](), OneStation(lambda asked: {}))
    with capture_logs() as logs:
        loop = asyncio.create_task(reconcile(garage))
        await asyncio.wait_for(done.wait(), 10)
        loop.cancel()
    with archive.database.reader.connect() as connection:
        ended = connection.exec_driver_sql(
            "SELECT count(*) FROM charging_sessions WHERE ended_by = 'reconciliation'"
        ).scalar()
    await asyncio.to_thread(archive.stop)

    assert ended == closed
    told = [each["count"] for each in logs if each["event"] == "stale_sessions_closed"]
    assert told == ([closed] if closed else [])
