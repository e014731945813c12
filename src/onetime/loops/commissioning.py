"""Keeps each station's configuration as it is wanted, after each boot and each change (C09)."""

import asyncio
from datetime import datetime
from functools import partial
from typing import Final

from onetime.dispatch.commissioning import bring_in_step, read_back, restart_if_idle
from onetime.domain.facts import ConfigurationChanged, StationChanged
from onetime.domain.ids import StationId
from onetime.garage import Garage
from onetime.loops.crew import Crew
from onetime.loops.pace import repeat_when
from onetime.queries.configuration import (
    Standing,
    stations_in_reach,
    stations_to_read_back,
    stations_to_restart,
)

EVERY_SECONDS: Final = 10.0
AT_ONCE: Final = 8
RETRY_SECONDS: Final = 600.0


async def keep_configured(garage: Garage, *, is_on: bool) -> None:
    """Bring every connected station in step, for ever; if not on, only read back what people ask.

    A station that does not answer is left alone for a while.
    """
    done: dict[StationId, datetime | None] = {}
    retry_at: dict[StationId, float] = {}
    async with asyncio.TaskGroup() as tasks:
        crew = Crew("commissioning", tasks, AT_ONCE)

        async def step() -> None:
            accepted = await garage.archive.read(stations_to_read_back)
            waiting = await garage.archive.read(stations_to_restart) if is_on else set()
            now = garage.clock.monotonic()
            for station in await garage.archive.read(stations_in_reach):
                name = station.station_id
                if not garage.stations.is_connected(name) or retry_at.get(name, 0.0) > now:
                    continue
                is_planned = not is_on or done.get(name) == station.configuration_read_at
                if station.is_kept_in_step and not is_planned:
                    crew.send(name, partial(bring, station))
                elif name in accepted:
                    crew.send(name, partial(show, station))
                elif name in waiting and station.is_kept_in_step:
                    crew.send(name, partial(restart_if_idle, garage, station))

        async def bring(station: Standing) -> None:
            retry_at[station.station_id] = garage.clock.monotonic() + RETRY_SECONDS
            if await bring_in_step(garage, station.station_id):
                del retry_at[station.station_id]
                done[station.station_id] = station.configuration_read_at

        async def show(station: Standing) -> None:
            retry_at[station.station_id] = garage.clock.monotonic() + RETRY_SECONDS
            if await read_back(garage, station.station_id):
                del retry_at[station.station_id]

        await repeat_when(
            "commissioning",
            EVERY_SECONDS,
            step,
            garage.feed,
            ConfigurationChanged,
            StationChanged,
        )
