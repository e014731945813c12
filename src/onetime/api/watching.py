"""Looks at the garage for all viewers together, and lets each have what it has not been told.

A fact says only that it is worth looking again. Each viewer keeps the moment it was told last: who
is slow is told less often, and what it missed in between is nothing that has to be kept. Knows
moments and who watches; never sockets.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Final

import msgspec

from onetime.api.views import View, delta, of_renter, snapshot, view_of
from onetime.domain.accounts import Principal
from onetime.domain.errors import StoreDown
from onetime.domain.facts import AccessChanged, Fact, ForeignCommit
from onetime.garage import Garage
from onetime.kit.broadcast import Subscription
from onetime.queries.live import Charging, live

PACE_SECONDS: Final = 0.5
"""Between two looks at the garage, and between two messages to a viewer."""
LOOK_ANYWAY_SECONDS: Final = 10.0
MAX_VIEWERS: Final = 300
MAX_VIEWERS_OF_ONE: Final = 30
END_SECONDS: Final = 1.0


class Viewer:
    """One who watches: what it was told last, and what it waits for."""

    def __init__(self, principal: Principal) -> None:
        self.principal = principal
        self.woken = asyncio.Event()
        self.doubted = asyncio.Event()
        self._told: View | None = None
        self._number = 0

    def ask_anew(self) -> None:
        """Forget what it was told: it wants everything."""
        self._told = None
        self.woken.set()

    def message(self, view: View) -> bytes | None:
        """Return what it has not been told yet, and note that it was; None when that is nothing."""
        renter_id = self.principal.renter_id
        now = view if renter_id is None else of_renter(view, renter_id)
        before, self._told = self._told, now
        number = self._number + 1
        told = snapshot(now, number) if before is None else delta(before, now, number)
        if told is None:
            return None
        self._number = number
        return msgspec.json.encode(told)


class Watch:
    """All viewers, and the one look at the garage that they share."""

    def __init__(self, garage: Garage) -> None:
        self.ending = asyncio.Event()
        self.view: View | None = None
        self._garage = garage
        self._viewers: set[Viewer] = set()
        self._watched = asyncio.Event()
        self._unwatched = asyncio.Event()
        self._unwatched.set()
        self._news = asyncio.Event()
        self._power: dict[Charging, int | None] = {}
        self._version = 0

    def has_room(self, principal: Principal) -> bool:
        """Say whether one more may watch."""
        own = sum(each.principal.actor == principal.actor for each in self._viewers)
        is_full = len(self._viewers) >= MAX_VIEWERS or own >= MAX_VIEWERS_OF_ONE
        return not is_full and not self.ending.is_set()

    @contextmanager
    def joined(self, viewer: Viewer) -> Iterator[None]:
        """Let a viewer watch for as long as this lasts."""
        self._viewers.add(viewer)
        self._unwatched.clear()
        self._watched.set()
        viewer.woken.set()
        try:
            yield
        finally:
            self._viewers.discard(viewer)
            if not self._viewers:
                self._watched.clear()
                self._unwatched.set()

    async def run(self) -> None:
        """Look at the garage whenever something happened, as long as anybody watches."""
        while True:
            await self._watched.wait()
            heard = self._garage.feed.subscribe()
            listener = asyncio.create_task(self._listen(heard))
            try:
                await self._look_until_alone()
            finally:
                listener.cancel()
                self._garage.feed.unsubscribe(heard)
                self.view = None

    async def end(self) -> None:
        """Send all viewers away, at once; wait until they are gone, but not for long."""
        self.ending.set()
        with suppress(TimeoutError):
            async with asyncio.timeout(END_SECONDS):
                await self._unwatched.wait()

    async def _look_until_alone(self) -> None:
        loop = asyncio.get_running_loop()
        while self._watched.is_set():
            self._news.clear()
            due = loop.time() + PACE_SECONDS
            await self._look()
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK_ANYWAY_SECONDS):
                    await self._news.wait()
            await asyncio.sleep(due - loop.time())

    async def _look(self) -> None:
        try:
            found = await self._garage.archive.read(live, self._power)
        except StoreDown:
            return  # what viewers have stays; the news that it is up again comes as a fact
        self._version += 1
        self.view = view_of(found, self._version, self._garage.clock.now())
        for each in self._viewers:
            each.woken.set()

    async def _listen(self, heard: Subscription[Fact]) -> None:
        while True:
            fact = await heard.next()
            self._news.set()
            if isinstance(fact, AccessChanged | ForeignCommit):
                for each in self._viewers:
                    each.doubted.set()
