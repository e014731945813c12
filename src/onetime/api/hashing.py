"""Hashes passwords in threads, a few at once: slow and large work that must not hold up stations.

Whoever comes when too many wait is sent away at once, so that a flood of logins costs a bounded
share of the machine. Knows nothing of whose password it is.
"""

import asyncio
import os
from collections.abc import Callable
from typing import Final, ParamSpec, TypeVar

from onetime.domain.errors import TooManyAttempts

P = ParamSpec("P")
T = TypeVar("T")

AT_ONCE: Final = max((os.cpu_count() or 2) // 2, 1)
WAITING: Final = 32
RETRY_SECONDS: Final = 2


class Hashing:
    """The few places at which passwords are hashed."""

    def __init__(self, at_once: int = AT_ONCE, waiting: int = WAITING) -> None:
        self._places = asyncio.Semaphore(at_once)
        self._room = at_once + waiting

    async def __call__(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a function in a thread when a place is free; raises TooManyAttempts, and its own."""
        if self._room <= 0:
            raise TooManyAttempts(
                "Too many people sign in at this moment; try again in a few seconds.",
                RETRY_SECONDS,
            )
        self._room -= 1
        try:
            async with self._places:
                return await asyncio.to_thread(function, *args, **kwargs)
        finally:
            self._room += 1
