"""Runs a step again and again; a failure of one step never ends the loop, nor the garage."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Final

from onetime.domain.errors import Refusal, StoreDown
from onetime.domain.facts import Fact
from onetime.kit.broadcast import Broadcast
from onetime.kit.logs import get_log

REST_SECONDS: Final = 0.2
"""How long a loop rests between two steps at least, whatever happens: a burst is one step."""

log = get_log("loops")


async def repeat(name: str, every_seconds: float, step: Callable[[], Awaitable[None]]) -> None:
    """Run a step, wait, and run it again, until cancelled."""
    while True:
        await attempt(name, step)
        await asyncio.sleep(every_seconds)


async def repeat_when(
    name: str,
    every_seconds: float,
    step: Callable[[], Awaitable[None]],
    feed: Broadcast[Fact],
    *kinds: type,
) -> None:
    """Run a step again and again as `repeat`, and soon after a fact of these kinds.

    A fact that is missed costs the time until the next step.
    """
    subscription = feed.subscribe(*kinds)
    woken = asyncio.Event()

    async def listen() -> None:
        while True:
            await subscription.next()
            woken.set()

    try:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(listen())
            while True:
                woken.clear()
                await attempt(name, step)
                with suppress(TimeoutError):
                    async with asyncio.timeout(every_seconds):
                        await woken.wait()
                await asyncio.sleep(REST_SECONDS)
    finally:
        feed.unsubscribe(subscription)


async def attempt(name: str, step: Callable[[], Awaitable[None]]) -> bool:
    """Run a step once; False when it failed, which is in the log then."""
    try:
        await step()
    except StoreDown:
        log.warning("step_waits_for_database", step=name)
    except Refusal as refusal:  # a station was retired meanwhile, say
        log.info("step_refused", step=name, code=refusal.code)
    except Exception:
        log.exception("step_failed", step=name)
    else:
        return True
    return False
