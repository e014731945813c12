"""Watches this computer's clock: a jump against the steady seconds is logged and alarmed (S38)."""

from onetime.garage import Garage
from onetime.kit.logs import get_log
from onetime.loops.pace import repeat
from onetime.operations.server_clock import TOLERANCE, note_clock_jump, note_if_behind

EVERY_SECONDS = 5.0

log = get_log("loops")


async def watch_clock(garage: Garage) -> None:
    """Compare the time of day with the steady seconds, for ever."""
    clock = garage.clock
    zero = clock.now(), clock.monotonic()
    is_first = True

    async def step() -> None:
        nonlocal zero, is_first
        if is_first:
            await garage.archive.write(note_if_behind)
            is_first = False
        at, steady = clock.now(), clock.monotonic()
        jumped = round((at - zero[0]).total_seconds() - (steady - zero[1]))
        if abs(jumped) >= TOLERANCE.total_seconds():
            log.warning("server_clock_jumped", seconds=jumped)
            await garage.archive.write(note_clock_jump, jumped)
        zero = at, steady

    await repeat("server-clock", EVERY_SECONDS, step)
