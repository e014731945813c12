"""Ends charges that go on although their card was refused: one remote stop for each (X18)."""

import asyncio
from functools import partial
from typing import Final

from onetime.dispatch.remote_stops import stop_charge
from onetime.garage import Garage
from onetime.kit.logs import get_log
from onetime.loops.pace import attempt, repeat
from onetime.operations.unpermitted import Refused, take_unpermitted

EVERY_SECONDS: Final = 10.0
AT_ONCE: Final = 8

log = get_log("loops")


async def stop_unpermitted(garage: Garage) -> None:
    """Look every few seconds, for ever."""

    async def stop(charge: Refused) -> None:
        sent = await stop_charge(garage, charge.station_id, charge.transaction_id)
        log.info("unpermitted_told_to_stop", station=charge.station_id, end=sent.status.value)

    async def step() -> None:
        charges = await garage.archive.write(take_unpermitted, AT_ONCE)
        async with asyncio.TaskGroup() as group:
            for each in charges:
                group.create_task(attempt("permissions", partial(stop, each)))

    await repeat("permissions", EVERY_SECONDS, step)
