"""Runs a step again and again, and when woken; a failure of one step never ends the loop."""

import asyncio
from collections.abc import Awaitable, Callable

from onetime.domain.errors import OperationFailed, StoreDown
from onetime.kit.logs import get_log

log = get_log("loops")


async def repeat(name: str, every_seconds: float, step: Callable[[], Awaitable[None]]) -> None:
    """Run a step, wait, and run it again, until cancelled."""
    while True:
        try:
            await step()
        except StoreDown:
            log.warning("loop_waits_for_database", loop=name)
        except OperationFailed as failure:
            log.error("loop_step_failed", loop=name, error=str(failure))
        await asyncio.sleep(every_seconds)
