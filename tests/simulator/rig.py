"""One station with the cars that a test wants, connected to the tests' central system."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from onetime.kit.clock import SystemClock
from onetime.simulator.car import Car, Visit
from onetime.simulator.faults import Fault, FaultKind
from onetime.simulator.habits import Habits
from onetime.simulator.ledger import Fact, Ledger, read
from onetime.simulator.line import Address
from onetime.simulator.pace import Pace
from onetime.simulator.progress import Progress
from onetime.simulator.station import Station
from onetime.simulator.stay import live
from tests.simulator.central import Central

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)
QUICK = Habits(first_wait=0.01, longest_wait=0.05, answer_within=2.0)
CAR = Car("TAG-1", battery_wh=60_000, phases=3, amps=16)
LONG_STAY = Visit(CAR, arrives_at=5, plugs_after=5, departs_at=50_000, needs_wh=50_000)


def stay(begins: float, ends: float, tag: str = "TAG-1") -> Visit:
    """Return a visit whose charge begins and ends at these seconds."""
    return Visit(Car(tag, 60_000, 3, 16), begins - 5, 5, ends, 50_000)


@dataclass
class Rig:
    station: Station
    pace: Pace
    path: Path
    central: Central
    ledger: Ledger

    def strike(self, kind: FaultKind, seconds: float = 0.0) -> float:
        """Let a fault strike now; return the simulated second."""
        fault = Fault(self.pace.seconds(), 0, kind, seconds)
        self.station.suffer(fault)
        return fault.at

    async def seen(self, action: str, count: int = 1) -> None:
        """Wait until the central system has received so many messages of an action."""
        await self.central.until(lambda: len(self.central.calls(action)) >= count)

    async def until(self, holds: Callable[[], object]) -> None:
        """Wait until something holds of the station."""
        async with asyncio.timeout(30):
            while not holds():
                await asyncio.sleep(0.005)

    def facts(self, kind: type[Fact]) -> list[Fact]:
        assert self.ledger._file
        self.ledger._file.flush()
        return [one.fact for one in read(self.path) if isinstance(one.fact, kind)]

    def violations(self) -> int:
        return self.station.progress.violations


@asynccontextmanager
async def running(
    central: Central,
    folder: Path,
    *visits: Visit,
    speed: float = 3_000,
    identity: str = "RIG",
    password: str | None = None,
    habits: Habits = QUICK,
    sync: Callable[[int], None] | None = None,
    prepare: Callable[[Station], None] = lambda station: None,
    connects: bool = True,
) -> AsyncIterator[Rig]:
    pace = Pace(SystemClock(), speed, NOON)
    path = folder / "ledger.jsonl"
    ledger = Ledger(path, pace, sync)
    address = Address(central.url, identity, password)
    station = Station(address, pace, ledger, Progress(), 1, habits)
    prepare(station)
    rig = Rig(station, pace, path, central, ledger)
    tasks = [asyncio.create_task(station.stay_connected())]
    plans = [iter(visits), *(iter(()) for _ in station.connectors[1:])]
    try:
        if connects:
            await rig.until(lambda: station.online)
        pace.begin()
        for connector, plan in zip(station.connectors, plans, strict=True):
            tasks.append(asyncio.create_task(live(connector, plan)))
        yield rig
    finally:
        for task in tasks:
            task.cancel()
        ended = await asyncio.gather(*tasks, return_exceptions=True)
        ledger.close()
        assert all(isinstance(one, asyncio.CancelledError) for one in ended), ended
