"""A station is asked for its configuration when it has booted; who was missed a little later."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

import pytest

from onetime.domain.facts import StationBooted
from onetime.domain.ids import StationId
from onetime.loops import configuration
from onetime.loops.configuration import AT_ONCE, keep_configurations_read
from onetime.ocpp.exchange import Outcome, TimedOut
from onetime.store import presence
from onetime.store.transaction import Transaction
from tests.garage_makers import a_station
from tests.ports import Port, Yard, a_yard, answered

A, B = StationId("CP-A"), StationId("CP-B")
NEVER = 3_600.0
KEY = {"key": "HeartbeatInterval", "readonly": False, "value": "120"}


def tells(station_id: StationId, action: str) -> Outcome:
    return answered(action, configurationKey=[KEY])


def connected(tx: Transaction, *names: StationId) -> None:
    for each in names:
        a_station(tx, each)
        presence.set_online(tx, each)


@asynccontextmanager
async def looking(url: str, port: Port, *names: StationId) -> AsyncIterator[Yard]:
    """Run the loop beside these stations."""
    async with a_yard(url, port) as yard:
        await yard.garage.archive.write(connected, *names)
        loop = asyncio.create_task(keep_configurations_read(yard.garage))
        try:
            yield yard
        finally:
            loop.cancel()
            with suppress(asyncio.CancelledError):
                await loop


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(20):
        while not condition():
            await asyncio.sleep(0.01)


async def test_a_boot_wakes_whoever_asks(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(configuration, "EVERY_SECONDS", NEVER)
    port = Port(tells)
    async with looking(sqlite_url, port, A) as yard:
        await until(lambda: port.stations() == [A])
        await yard.garage.archive.write(connected, B)
        yard.garage.feed.publish([StationBooted(B)])
        await until(lambda: port.stations() == [A, B])

    assert {action for _, action, _ in port.asked} == {"GetConfiguration"}


async def test_who_is_there_without_a_boot_in_our_sight_is_asked_all_the_same(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(configuration, "EVERY_SECONDS", 0.01)
    port = Port(tells)
    async with looking(sqlite_url, port, A) as yard:
        await until(lambda: port.stations() == [A])
        await yard.garage.archive.write(connected, B)
        await until(lambda: port.stations() == [A, B])


async def test_a_storm_of_boots_is_asked_a_few_at_a_time_and_who_is_silent_waits(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(configuration, "EVERY_SECONDS", NEVER)
    names = [StationId(f"CP-{number}") for number in range(AT_ONCE + 1)]
    port = Port(lambda station_id, action: TimedOut())
    async with looking(sqlite_url, port, *names) as yard:
        await until(lambda: len(port.asked) == AT_ONCE)
        for each in names:
            yard.garage.feed.publish([StationBooted(each)])
        await until(lambda: len(port.asked) == len(names))

    assert sorted(port.stations()) == sorted(names)
