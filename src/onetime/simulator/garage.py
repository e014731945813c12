"""Many stations and their cars in one event loop; knows how a run begins and ends, no message."""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from ssl import SSLContext

from onetime.simulator.car import Pattern, Visit, fleet, visits
from onetime.simulator.faults import Fault
from onetime.simulator.habits import Habits
from onetime.simulator.ledger import Ledger
from onetime.simulator.line import Address
from onetime.simulator.moods import Moods
from onetime.simulator.pace import Pace
from onetime.simulator.progress import Progress
from onetime.simulator.station import Station
from onetime.simulator.stay import live

PROGRESS_SECONDS = 1.0
LOOK_SECONDS = 0.02


@dataclass(frozen=True)
class Layout:
    """Who stands in the garage."""

    url: str
    stations: Sequence[str]
    tags: Sequence[str]
    seed: int
    passwords: Mapping[str, str] = field(default_factory=dict)
    cars: int | None = None  # None: one for each connector
    pattern: Pattern = field(default_factory=Pattern)
    habits: Habits = field(default_factory=Habits)
    encryption: Mapping[str, SSLContext] = field(default_factory=dict)  # of who comes by TLS
    registers: Mapping[str, float] = field(default_factory=dict)  # Wh; others begin by the seed
    secure_url: str | None = None  # where those go that are told to speak TLS
    moods: Mapping[str, Moods] = field(default_factory=dict)  # of those that do not obey


@dataclass(frozen=True)
class Waits:
    """Real seconds: for all stations to connect before cars come, and for answers at the end."""

    opening: float = 5.0
    drain: float = 5.0


class Garage:
    """The stations of one run."""

    def __init__(self, layout: Layout, pace: Pace, ledger: Ledger) -> None:
        self.progress = Progress(stations=len(layout.stations))
        self.stations = [
            Station(
                Address(
                    layout.url,
                    identity,
                    layout.passwords.get(identity),
                    layout.encryption.get(identity),
                    layout.secure_url,
                ),
                pace,
                ledger,
                self.progress,
                layout.seed,
                layout.habits,
            )
            for identity in layout.stations
        ]
        for station in self.stations:
            station.moods = layout.moods.get(station.identity, {})
            for connector in station.connectors:
                connector.meter.register_wh = layout.registers.get(
                    station.identity, connector.meter.register_wh
                )
        self._pace = pace
        self._plans = _plans(layout)

    async def run(
        self,
        faults: Iterator[Fault],
        over: asyncio.Event,
        waits: Waits,
        watch: Callable[[Progress], None] | None,
    ) -> dict[str, int]:
        """Run until `over` is set; then end all charges and wait for what is still unanswered.

        Returns the transaction messages that were not answered in time, by station.
        """
        async with asyncio.TaskGroup() as group:
            lines = [group.create_task(one.stay_connected()) for one in self.stations]
            watcher = [group.create_task(self._watch(watch))] if watch else []
            await self._until(lambda: self.progress.connected == len(lines), waits.opening)
            self._pace.begin()
            await self._live(faults, over)
            for station in self.stations:
                station.finish()
            await self._until(lambda: self.progress.unanswered == 0, waits.drain)
            for task in lines + watcher:
                task.cancel()
        self._count()
        if watch:
            watch(self.progress)
        return {
            station.identity: station.outbox.unanswered
            for station in self.stations
            if station.outbox.unanswered
        }

    async def _live(self, faults: Iterator[Fault], over: asyncio.Event) -> None:
        """Let cars come and faults strike until it is over."""
        plans = iter(self._plans)
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(self._strike(faults))]
            for station in self.stations:
                for connector in station.connectors:
                    tasks.append(group.create_task(live(connector, next(plans))))
            await over.wait()
            for task in tasks:
                task.cancel()

    async def _strike(self, faults: Iterator[Fault]) -> None:
        for fault in faults:
            await self._pace.until(fault.at)
            self.stations[fault.station].suffer(fault)

    async def _until(self, holds: Callable[[], bool], seconds: float) -> None:
        """Wait until something holds, at most so many real seconds."""
        try:
            async with asyncio.timeout(seconds):
                while not holds():
                    await asyncio.sleep(LOOK_SECONDS)
        except TimeoutError:
            return

    async def _watch(self, watch: Callable[[Progress], None]) -> None:
        while True:
            self._count()
            watch(self.progress)
            await asyncio.sleep(PROGRESS_SECONDS)

    def _count(self) -> None:
        self.progress.simulated_seconds = self._pace.seconds()


def _plans(layout: Layout) -> list[Iterator[Visit]]:
    """Return the visits of each connector; each car has its own place."""
    places = len(layout.stations) * layout.habits.connectors
    cars = fleet(layout.seed, places if layout.cars is None else layout.cars, layout.tags)
    return [
        visits(f"{layout.seed}/{place}", cars[place::places], layout.pattern)
        for place in range(places)
    ]
