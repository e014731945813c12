"""Asks stations that talk and have never booted in our sight to say what they are (B04)."""

from collections.abc import Callable, Container
from functools import partial
from typing import Final

from onetime.dispatch.boots import ask_for_boot
from onetime.domain.ids import StationId
from onetime.garage import Garage
from onetime.loops.pace import attempt, repeat
from onetime.operations.harm import BOOT_TRIGGER
from onetime.queries.boots import never_booted_stations

EVERY_SECONDS: Final = 10.0


async def ask_for_boots(
    garage: Garage, take_unbooted: Callable[[Container[StationId]], list[StationId]]
) -> None:
    """Ask one station after another, each once for each connection, for ever.

    `take_unbooted` picks those whose connection is calm and was not asked yet.
    """

    async def step() -> None:
        unknown = await garage.archive.read(never_booted_stations, BOOT_TRIGGER)
        for station_id in take_unbooted(unknown):
            await attempt("boots", partial(ask_for_boot, garage, station_id))

    await repeat("boots", EVERY_SECONDS, step)
