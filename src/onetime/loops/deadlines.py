"""Ends what is past its time: reservations, and remote starts of which no charge came (C10)."""

from typing import Final

from onetime.garage import Garage
from onetime.kit.logs import get_log
from onetime.loops.pace import repeat
from onetime.operations.remote_starts import watch_remote_starts
from onetime.operations.reservations import expire_reservations

EVERY_SECONDS: Final = 5.0

log = get_log("loops")


async def mind_deadlines(garage: Garage) -> None:
    """Look every few seconds, for ever."""

    async def step() -> None:
        if expired := await garage.archive.write(expire_reservations):
            log.info("reservations_expired", count=expired)
        if missed := await garage.archive.write(watch_remote_starts):
            log.warning("remote_starts_missed", count=missed)

    await repeat("deadlines", EVERY_SECONDS, step)
