"""Lets the stations of a demo garage charge beside the central system, as long as there is one.

Knows the simulator, and facts that may mean that the demo came or went; nothing else.
"""

import asyncio
from contextlib import suppress
from typing import Final

from onetime.domain.errors import Refusal, StoreDown
from onetime.domain.facts import ForeignCommit, GarageChanged, StationChanged
from onetime.domain.people import Actor
from onetime.garage import Garage
from onetime.kit.logs import get_log
from onetime.operations.demo import demo_keys, tag_of
from onetime.queries.demo import demo_stations
from onetime.simulator.car import Pattern
from onetime.simulator.habits import Habits
from onetime.simulator.run import simulate

ACTOR: Final = Actor("cli", "demo")
PATTERN: Final = Pattern(first_within=15.0, gap=600.0, stay=2_400.0)
HABITS: Final = Habits(connects_within=1.0)

log = get_log("cli")


async def keep_demo(garage: Garage, url: str) -> None:
    """Simulate the demo's stations at this address, whenever there is a demo, until cancelled."""
    facts = garage.feed.subscribe(GarageChanged, StationChanged, ForeignCommit)
    charging: asyncio.Task[object] | None = None
    known: tuple[str, ...] = ()
    try:
        while True:
            with suppress(StoreDown):
                found = await garage.archive.read(demo_stations)
                if found != known:
                    await _end(charging)
                    known = found
                    charging = await _begin(garage, url) if found else None
            await facts.next()
    finally:
        garage.feed.unsubscribe(facts)
        await _end(charging)


async def _begin(garage: Garage, url: str) -> asyncio.Task[object] | None:
    with suppress(Refusal):
        keys = await garage.archive.write(demo_keys, ACTOR)
        log.info("demo_began", stations=len(keys))
        return asyncio.create_task(
            simulate(
                url,
                list(keys),
                [tag_of(number) for number in range(1, len(keys) + 1)],
                passwords=keys,
                pattern=PATTERN,
                habits=HABITS,
                starts_at=garage.clock.now(),
            )
        )
    return None


async def _end(charging: asyncio.Task[object] | None) -> None:
    if charging is not None:
        charging.cancel()
        await asyncio.gather(charging, return_exceptions=True)
        log.info("demo_ended")
