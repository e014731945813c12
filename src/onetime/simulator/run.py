"""One run of the simulator, from its arguments to its last ledger line; knows no station inside."""

import asyncio
import os
import resource
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from ssl import SSLContext

from onetime.kit.clock import Clock, SystemClock
from onetime.simulator.car import Pattern
from onetime.simulator.faults import Fault, FaultPlan, planned_faults
from onetime.simulator.garage import Garage, Layout, Waits
from onetime.simulator.habits import Habits
from onetime.simulator.ledger import Ledger, RunBegan, RunEnded
from onetime.simulator.moods import Moods
from onetime.simulator.pace import Pace
from onetime.simulator.progress import Progress

SPARE_FILES = 64
FILES_PER_STATION = 2


def identities(count: int, prefix: str = "SIM") -> list[str]:
    """Return the identities of so many simulated stations: SIM-0001, SIM-0002, ..."""
    return [f"{prefix}-{number:04d}" for number in range(1, count + 1)]


async def simulate(
    url: str,
    stations: Sequence[str],
    tags: Sequence[str],
    *,
    speed: float = 1.0,
    seed: int = 1,
    ledger_path: Path | None = None,
    ledger_synced: bool = True,
    passwords: Mapping[str, str] | None = None,
    encryption: Mapping[str, SSLContext] | None = None,
    faults: FaultPlan | Sequence[Fault] = (),
    watch: Callable[[Progress], None] | None = None,
    duration: float | None = None,
    waits: Waits | None = None,
    stop: asyncio.Event | None = None,
    cars: int | None = None,
    pattern: Pattern | None = None,
    habits: Habits | None = None,
    starts_at: datetime | None = None,
    clock: Clock | None = None,
    registers: Mapping[str, float] | None = None,
    secure_url: str | None = None,
    moods: Mapping[str, Moods] | None = None,
) -> Progress:
    """Let stations charge at a central system until `stop` is set or `duration` is over.

    `url` is the base, such as `ws://127.0.0.1:9000/ocpp`, `secure_url` that for stations that are
    told to speak TLS; `duration` is in real seconds; `registers` is where some meters stand at
    first, in Wh; `moods` are of stations that do not obey. The file of the ledger must not exist
    yet. Raises ValueError for arguments that make no sense, and FileExistsError.
    """
    if not stations or len(set(stations)) != len(stations):
        raise ValueError("stations need identities, each its own")
    layout = Layout(
        url,
        stations,
        tags,
        seed,
        passwords=passwords or {},
        encryption=encryption or {},
        cars=cars,
        pattern=pattern or Pattern(),
        habits=habits or Habits(),
        registers=registers or {},
        secure_url=secure_url,
        moods=moods or {},
    )
    _allow_files(len(stations))
    pace = Pace(clock or SystemClock(), speed, starts_at)
    ledger = Ledger(ledger_path, pace, os.fsync if ledger_synced else None)
    try:
        ledger.note("", RunBegan(seed, speed, url, len(stations), pace.starts_at))
        garage = Garage(layout, pace, ledger)
        struck = _struck(faults, seed, len(stations))
        over = stop or asyncio.Event()
        ledger.note("", RunEnded(await _run(garage, struck, over, waits, watch, duration)))
    finally:
        ledger.close()
    return garage.progress


async def _run(
    garage: Garage,
    faults: Iterator[Fault],
    over: asyncio.Event,
    waits: Waits | None,
    watch: Callable[[Progress], None] | None,
    duration: float | None,
) -> dict[str, int]:
    """Run until it is over; return what was left unanswered, by station."""
    async with asyncio.TaskGroup() as group:
        timer = group.create_task(_end_after(duration, over))
        left = await garage.run(faults, over, waits or Waits(), watch)
        timer.cancel()
    return left


def _struck(faults: FaultPlan | Sequence[Fault], seed: int, stations: int) -> Iterator[Fault]:
    if isinstance(faults, FaultPlan):
        return planned_faults(seed, stations, faults)
    return iter(sorted(faults, key=lambda fault: fault.at))


async def _end_after(seconds: float | None, over: asyncio.Event) -> None:
    if seconds is not None:
        await asyncio.sleep(seconds)
        over.set()


def _allow_files(stations: int) -> None:
    """Raise the limit of open files as far as this many stations need and the system lets us."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = min(hard, stations * FILES_PER_STATION + SPARE_FILES)
    if hard != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
