"""Brings erasures that were begun to their end, in small slices, also after a restart."""

import asyncio
from typing import Final

from onetime.garage import Garage
from onetime.loops.pace import repeat
from onetime.operations.erasure import erase_traces
from onetime.queries.erasures import pending_erasures

EVERY_SECONDS: Final = 5.0
PAUSE_SECONDS: Final = 0.02


async def erase(garage: Garage) -> None:
    """Clean slice after slice while there are any, for ever."""

    async def step() -> None:
        for erasure_id in await garage.archive.read(pending_erasures):
            while await garage.archive.write(erase_traces, erasure_id):
                await asyncio.sleep(PAUSE_SECONDS)

    await repeat("erasure", EVERY_SECONDS, step)
