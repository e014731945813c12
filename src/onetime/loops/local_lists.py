"""Keeps each station's list of cards in step with the cards of the garage (C13, C14)."""

import asyncio
from functools import partial
from typing import Final

from onetime.dispatch.local_lists import keep_list
from onetime.domain.facts import (
    ConfigurationChanged,
    ForeignCommit,
    GarageChanged,
    RevocationChanged,
    StationChanged,
)
from onetime.domain.ids import StationId
from onetime.garage import Garage
from onetime.loops.crew import Crew
from onetime.loops.pace import repeat_when
from onetime.queries.configuration import Standing, stations_in_reach
from onetime.queries.local_lists import cards_of_garage, lists

EVERY_SECONDS: Final = 10.0
AT_ONCE: Final = 8


async def keep_lists(garage: Garage) -> None:
    """Bring the list of every connected station in step, for ever.

    A station whose cards, list and configuration are as they were when it was in step is not
    looked at again.
    """
    done: dict[StationId, object] = {}
    async with asyncio.TaskGroup() as tasks:
        crew = Crew("local-lists", tasks, AT_ONCE)

        async def step() -> None:
            cards = await garage.archive.read(cards_of_garage, garage.clock.now())
            known = await garage.archive.read(lists)
            for station in await garage.archive.read(stations_in_reach):
                if not garage.stations.is_connected(station.station_id):
                    continue
                seen = (cards.stamp, station, known.get(station.station_id))
                if done.get(station.station_id) != seen:
                    crew.send(station.station_id, partial(bring, station))

        async def bring(station: Standing) -> None:
            cards = await garage.archive.read(cards_of_garage, garage.clock.now())
            if await keep_list(garage, station, cards):
                known = await garage.archive.read(lists)
                done[station.station_id] = (cards.stamp, station, known.get(station.station_id))

        await repeat_when(
            "local-lists",
            EVERY_SECONDS,
            step,
            garage.feed,
            ConfigurationChanged,
            ForeignCommit,
            GarageChanged,
            RevocationChanged,
            StationChanged,
        )
