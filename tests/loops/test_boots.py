"""Stations that never booted in our sight are asked to, once; what goes wrong stops nobody."""

import asyncio
from collections.abc import Callable, Container

import pytest
from structlog.testing import capture_logs

from onetime.domain.ids import StationId
from onetime.domain.stations import Identification
from onetime.loops.boots import ask_for_boots
from onetime.ocpp.exchange import CallErrored, ConnectionLost, Outcome, TimedOut
from onetime.operations.harm import note_boot_harm
from onetime.store import presence
from onetime.store.transaction import Transaction
from tests.garage_makers import a_station
from tests.garages import failed
from tests.ports import Port, Rests, Yard, a_yard, answered

NAMES = A, B, C = [StationId(each) for each in ("CP-A", "CP-B", "CP-C")]
BOOT = Identification(
    model="M", vendor="V", firmware_version=None, serial_number=None, ip_address="10.0.0.7"
)
Pick = Callable[[Container[StationId]], list[StationId]]


def connected(tx: Transaction) -> None:
    for each in NAMES:
        a_station(tx, each)
        presence.set_online(tx, each)


def each_once() -> Pick:
    """What the switchboard does: who is calm is picked, and never again."""
    left = list(NAMES)

    def take(unknown: Container[StationId]) -> list[StationId]:
        taken = [each for each in left if each in unknown]
        left[:] = [each for each in left if each not in taken]
        return taken

    return take


async def run(yard: Yard, steps: int, patch: pytest.MonkeyPatch, pick: Pick | None = None) -> list:
    """Let the loop take so many steps; return what it logged."""
    rests = Rests(steps)
    patch.setattr("onetime.loops.pace.asyncio.sleep", rests.sleep)
    with capture_logs() as logs:
        loop = asyncio.create_task(ask_for_boots(yard.garage, pick or each_once()))
        await asyncio.wait_for(rests.over.wait(), 20)
        loop.cancel()
        await asyncio.wait([loop])
    patch.undo()
    return logs


async def test_a_station_that_fails_in_any_way_keeps_no_other_from_being_asked(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ends: dict[StationId, Outcome] = {
        A: ConnectionLost(was_sent=True),
        B: TimedOut(),
        C: CallErrored("NotSupported", ""),
    }
    port = Port(lambda station_id, _: ends[station_id])
    async with a_yard(sqlite_url, port) as yard:
        await yard.garage.archive.write(connected)
        logs = await run(yard, 3, monkeypatch)

        assert port.stations() == [A, B, C]
        assert [each[2] for each in yard.commands()] == [
            "connection-lost",
            "timeout",
            "call-error",
        ]
        assert [each for each in logs if each["event"] == "step_failed"] == []


async def test_a_bug_at_one_station_is_logged_and_the_others_are_asked(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def script(station_id: StationId, _action: str) -> Outcome:
        if station_id == A:
            raise ZeroDivisionError
        return answered("TriggerMessage", status="Rejected")

    port = Port(script)
    async with a_yard(sqlite_url, port) as yard:
        await yard.garage.archive.write(connected)
        logs = await run(yard, 2, monkeypatch)

        assert port.stations() == [A, B, C]
        errors = {each["event"] for each in logs if each["log_level"] == "error"}
        assert errors == {"step_failed", "task_failed"}


async def test_who_has_booted_and_who_is_harmed_by_the_question_is_left_alone(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = Port(lambda *_: answered("TriggerMessage", status="Accepted"))
    async with a_yard(sqlite_url, port) as yard:
        await yard.garage.archive.write(connected)
        await yard.garage.archive.write(presence.write_boot, A, BOOT)
        await yard.garage.archive.write(note_boot_harm, B)
        await run(yard, 2, monkeypatch)

        assert port.stations() == [C]


async def test_while_the_database_is_down_nobody_is_asked_and_the_loop_goes_on(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever was picked meanwhile is not asked again on this connection: a question less."""
    port = Port(lambda *_: answered("TriggerMessage", status="Accepted"))
    async with a_yard(sqlite_url, port) as yard:
        await yard.garage.archive.write(connected)
        yard.gate.fault = failed("database or disk is full", "SQLITE_FULL")
        logs = await run(yard, 2, monkeypatch)
        assert port.asked == []
        assert {"step_waits_for_database"} <= {each["event"] for each in logs}
        yard.gate.fault = None
        while yard.garage.archive.is_down:
            await asyncio.sleep(0.02)
        await run(yard, 1, monkeypatch)

        assert port.stations() == [A, B, C]
