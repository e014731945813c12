"""Waiting for what an archive tells of a station's message."""

import asyncio
from collections.abc import Callable
from typing import TypeVar, TypeVarTuple

from onetime.store.archive import Archive
from onetime.store.transaction import Transaction

T = TypeVar("T")
Ts = TypeVarTuple("Ts")


async def frame_written(
    archive: Archive, operation: Callable[[Transaction, *Ts], T], *args: *Ts
) -> T:
    """Write as a lane does; return the result, or raise what the lane would be told."""
    waiter: asyncio.Future[T] = asyncio.get_running_loop().create_future()

    def told(outcome: T | Exception) -> None:
        if isinstance(outcome, Exception):
            waiter.set_exception(outcome)
        else:
            waiter.set_result(outcome)

    archive.write_frame(told, operation, *args)
    return await waiter
