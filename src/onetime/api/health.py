"""Whether the program lives, and whether it can do its work, for whoever supervises it.

Knows how the archive and the door for stations are asked; tells nothing else.
"""

import asyncio
from collections.abc import Callable
from typing import Final

from litestar import Response, get
from litestar.datastructures import State
from litestar.handlers import BaseRouteHandler
from msgspec import Struct

from onetime.api.given import Incoming
from onetime.domain.errors import StoreDown
from onetime.garage import Garage, Transaction

WRITE_SECONDS: Final = 2.0
GOOD_FOR_SECONDS: Final = 1.0
NO_DATABASE: Final = "The database can not be written."
NO_DOOR: Final = "Stations are not let in."


class Alive(Struct, frozen=True):
    """The program lives."""

    status: str = "alive"


class Ready(Struct, frozen=True):
    """Whether the program can do its work; if not, why."""

    is_ready: bool
    reasons: tuple[str, ...]


class Readiness:
    """Finds out whether all is well, not more often than once a second."""

    def __init__(self, garage: Garage, is_open: Callable[[], bool]) -> None:
        """`is_open` says whether stations are let in."""
        self._garage = garage
        self._is_open = is_open
        self._at = -GOOD_FOR_SECONDS
        self._is_writable = False
        self._looking = asyncio.Lock()

    async def found(self) -> Ready:
        """Return whether the program can do its work now."""
        async with self._looking:
            now = asyncio.get_running_loop().time()
            if now - self._at >= GOOD_FOR_SECONDS:
                self._is_writable = await self._can_write()
                self._at = asyncio.get_running_loop().time()
        reasons = []
        if not self._is_writable:
            reasons.append(NO_DATABASE)
        if not self._is_open():
            reasons.append(NO_DOOR)
        return Ready(not reasons, tuple(reasons))

    async def _can_write(self) -> bool:
        try:
            async with asyncio.timeout(WRITE_SECONDS):
                await self._garage.archive.write(_nothing)
        except (StoreDown, TimeoutError):
            return False
        return True


@get("/healthz", include_in_schema=False)
async def show_life() -> Alive:
    """Say that the program lives: it answers."""
    return Alive()


@get("/readyz", include_in_schema=False)
async def show_readiness(request: Incoming) -> Response[Ready]:
    """Say whether the program can do its work; 503 with the reasons when it can not."""
    ready = await readiness_of(request.state).found()
    return Response(ready, status_code=200 if ready.is_ready else 503)


def readiness_of(state: State) -> Readiness:
    """Return what a door finds out about itself."""
    found = state["readiness"]
    assert isinstance(found, Readiness)
    return found


def _nothing(tx: Transaction) -> None:
    """Take a turn in the writer: a batch that can be begun and committed."""


ROUTES: tuple[BaseRouteHandler, ...] = (show_life, show_readiness)
