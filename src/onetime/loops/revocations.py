"""Sees that a card that was revoked can charge nowhere, and which stations have confirmed it."""

import asyncio
from functools import partial
from typing import Final

from onetime.dispatch.caches import clear_cache
from onetime.domain.facts import (
    ForeignCommit,
    GarageChanged,
    RevocationChanged,
    StationBooted,
    StationConnected,
)
from onetime.garage import Garage
from onetime.loops.crew import Crew
from onetime.loops.pace import repeat_when
from onetime.operations.revocations import confirm_revocations, note_revocations
from onetime.queries.revocations import stations_to_clear

EVERY_SECONDS: Final = 10.0
AT_ONCE: Final = 16


async def spread_revocations(garage: Garage) -> None:
    """Note revocations, have caches cleared, note what is confirmed, for ever."""
    async with asyncio.TaskGroup() as tasks:
        crew = Crew("revocations", tasks, AT_ONCE)

        async def step() -> None:
            await garage.archive.write(note_revocations)
            await garage.archive.write(confirm_revocations)
            now = garage.clock.now()
            for station_id in await garage.archive.read(stations_to_clear, now):
                if garage.stations.is_connected(station_id):
                    crew.send(station_id, partial(clear_cache, garage, station_id))

        await repeat_when(
            "revocations",
            EVERY_SECONDS,
            step,
            garage.feed,
            ForeignCommit,
            GarageChanged,
            RevocationChanged,
            StationBooted,
            StationConnected,
        )
