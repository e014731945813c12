"""After each boot: moves what the books know of a station's configuration towards the truth."""

import asyncio
from typing import Final

from onetime.dispatch.configuration import read_configuration
from onetime.domain.facts import StationBooted
from onetime.domain.ids import StationId
from onetime.garage import Garage
from onetime.loops.pace import attempt, repeat_when
from onetime.queries.configuration import unread_stations

EVERY_SECONDS: Final = 5.0
AT_ONCE: Final = 8
"""How many stations are asked at the same time: a reconnect storm must not become one of ours."""
RETRY_SECONDS: Final = 600.0


async def keep_configurations_read(garage: Garage) -> None:
    """Ask every connected station that was not asked since its boot, for ever; a boot wakes it."""
    retry_at: dict[StationId, float] = {}

    async def step() -> None:
        now = garage.clock.monotonic()
        for station_id in [each for each in retry_at if not garage.stations.is_connected(each)]:
            del retry_at[station_id]
        due = [
            each
            for each in await garage.archive.read(unread_stations)
            if garage.stations.is_connected(each) and retry_at.get(each, 0.0) <= now
        ][:AT_ONCE]
        async with asyncio.TaskGroup() as group:
            for station_id in due:
                retry_at[station_id] = now + RETRY_SECONDS
                group.create_task(ask(station_id))

    async def ask(station_id: StationId) -> None:
        async def read() -> None:
            if await read_configuration(garage, station_id):
                retry_at.pop(station_id, None)

        await attempt("configuration", read)

    await repeat_when("configuration", EVERY_SECONDS, step, garage.feed, StationBooted)
