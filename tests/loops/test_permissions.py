"""Charges whose card was refused are told to stop, each once, whatever the stations do."""

import asyncio

import pytest
from structlog.testing import capture_logs

from onetime.domain.ids import StationId
from onetime.loops.permissions import AT_ONCE, stop_unpermitted
from onetime.ocpp.exchange import CallErrored, Outcome, TimedOut
from onetime.store import presence
from onetime.store.transaction import Transaction
from tests.charges import begin
from tests.garage_makers import a_station
from tests.garages import failed
from tests.operations.test_connectors import say
from tests.ports import Port, Rests, Yard, a_yard, answered

STOP = "RemoteStopTransaction"


def names(count: int) -> list[StationId]:
    return [StationId(f"CP-{number}") for number in range(count)]


def charging(tx: Transaction, count: int) -> None:
    """Let so many stations charge with a card that was refused."""
    for each in names(count):
        a_station(tx, each)
        presence.set_online(tx, each)
        begin(tx, tag="BADBADBAD", station=each)
        say(tx, "Charging", station=each)


async def run(yard: Yard, steps: int, patch: pytest.MonkeyPatch) -> list:
    """Let the loop take so many steps a minute later; return what it logged."""
    rests = Rests(steps)
    patch.setattr("onetime.loops.pace.asyncio.sleep", rests.sleep)
    yard.clock.advance(61)
    with capture_logs() as logs:
        loop = asyncio.create_task(stop_unpermitted(yard.garage))
        await asyncio.wait_for(rests.over.wait(), 20)
        loop.cancel()
        await asyncio.wait([loop])
    patch.undo()
    return logs


@pytest.mark.parametrize(
    ("outcome", "end"),
    [
        (answered(STOP, status="Accepted"), "answered"),
        (answered(STOP, status="Rejected"), "answered"),
        (CallErrored("InternalError", ""), "call-error"),
        (TimedOut(), "timeout"),
    ],
)
async def test_each_is_told_once_whatever_the_station_says(
    outcome: Outcome, end: str, sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = Port(lambda *_: outcome)
    async with a_yard(sqlite_url, port) as yard:
        await yard.garage.archive.write(charging, 1)
        logs = await run(yard, 3, monkeypatch)

        assert port.stations() == names(1)
        told = [each["end"] for each in logs if each["event"] == "unpermitted_told_to_stop"]
        assert told == [end]
        assert yard.rows("SELECT ended_by FROM charging_sessions") == [(None,)]


async def test_a_bug_at_one_station_keeps_no_other_charge_from_being_told(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def script(station_id: StationId, _action: str) -> Outcome:
        if station_id == "CP-0":
            raise ZeroDivisionError
        return answered(STOP, status="Accepted")

    port = Port(script)
    async with a_yard(sqlite_url, port) as yard:
        await yard.garage.archive.write(charging, 3)
        logs = await run(yard, 2, monkeypatch)

        assert sorted(port.stations()) == names(3)
        told = [each["station"] for each in logs if each["event"] == "unpermitted_told_to_stop"]
        assert sorted(told) == names(3)[1:]
        errors = {each["event"] for each in logs if each["log_level"] == "error"}
        assert errors == {"step_failed", "task_failed"}


async def test_so_many_are_told_at_once_and_the_others_in_the_next_step(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = Port(lambda *_: answered(STOP, status="Accepted"))
    async with a_yard(sqlite_url, port) as yard:
        await yard.garage.archive.write(charging, AT_ONCE + 2)
        await run(yard, 1, monkeypatch)
        assert sorted(port.stations()) == sorted(names(AT_ONCE))
        await run(yard, 2, monkeypatch)

        assert sorted(port.stations()) == sorted(names(AT_ONCE + 2))


async def test_while_the_database_is_down_nobody_is_told_and_then_everybody_is(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = Port(lambda *_: answered(STOP, status="Accepted"))
    async with a_yard(sqlite_url, port) as yard:
        await yard.garage.archive.write(charging, 2)
        yard.gate.fault = failed("database or disk is full", "SQLITE_FULL")
        logs = await run(yard, 2, monkeypatch)
        assert port.asked == []
        assert {each["event"] for each in logs} >= {"step_waits_for_database"}
        yard.gate.fault = None
        while yard.garage.archive.is_down:
            await asyncio.sleep(0.02)
        await run(yard, 1, monkeypatch)

        assert sorted(port.stations()) == names(2)
