"""Runs a step again and again; a failure of one step never ends the loop, nor the garage."""

import asyncio
from collections.abc import Awaitable, Callable

from onetime.domain.errors import StoreDown
from onetime.kit.logs import get_log

log = get_log("loops")


async def repeat(name: str, every_seconds: float, step: Callable[[], Awaitable[None]]) -> None:
    """Run a step, wait, and run it again, until cancelled."""
    while True:
        await attempt(name, step)
        await asyncio.sleep(every_seconds)


async def attempt(name: str, step: Callable[[], Awaitable[None]]) -> bool:
    """Run a step once; False when it failed, which is in the log then."""
    try:
        await step()
    except StoreDown:
        log.warning("step_waits_for_database", step=name)
    except Exception:
        log.exception("step_failed", step=name)
    else:
        return True
    return False
