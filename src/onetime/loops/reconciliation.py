"""Once a minute: closes charges whose Stop never came, as estimates (X11)."""

from onetime.garage import Garage
from onetime.kit.logs import get_log
from onetime.loops.pace import repeat
from onetime.operations.reconciliation import close_stale_sessions

EVERY_SECONDS = 60.0

log = get_log("loops")


async def reconcile(garage: Garage) -> None:
    """Close stale charges, for ever."""

    async def step() -> None:
        closed = await garage.archive.write(close_stale_sessions)
        if closed:
            log.info("stale_sessions_closed", count=closed)

    await repeat("reconciliation", EVERY_SECONDS, step)
