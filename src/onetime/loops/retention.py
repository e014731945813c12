"""Deletes what is older than its owner wants to keep, in small slices.

The OCPP log with the commands, and readings.
"""

import asyncio
from datetime import timedelta
from typing import Final

from onetime.garage import Garage
from onetime.loops.pace import repeat
from onetime.operations.retention import purge_commands, purge_messages, purge_readings

EVERY_SECONDS: Final = 3_600.0
SLICE_ROWS: Final = 2_000
PAUSE_SECONDS: Final = 0.2
SETTLING_SECONDS: Final = 15.0


async def retain(garage: Garage, log_days: int | None, readings_days: int | None) -> None:
    """Delete what is past its time, for ever; None keeps everything."""

    async def step() -> None:
        now = garage.clock.now()
        await asyncio.sleep(SETTLING_SECONDS)  # a jump of the clock is noticed meanwhile
        if log_days is not None:
            before = now - timedelta(days=log_days)
            for purge in (purge_messages, purge_commands):
                while await garage.archive.write(purge, before, SLICE_ROWS) == SLICE_ROWS:
                    await asyncio.sleep(PAUSE_SECONDS)
        if readings_days is not None:
            before = now - timedelta(days=readings_days)
            while await garage.archive.write(purge_readings, before, SLICE_ROWS) == SLICE_ROWS:
                await asyncio.sleep(PAUSE_SECONDS)

    await repeat("retention", EVERY_SECONDS, step)
