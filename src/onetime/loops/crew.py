"""Runs errands to many stations at a time, one at a time to each; knows nothing of the errands."""

import asyncio
from collections.abc import Awaitable, Callable

from onetime.domain.ids import StationId
from onetime.loops.pace import attempt


class Crew:
    """So many errands at once and no more: a storm of stations must not become one of ours.

    A station that is slow to answer holds up nobody else.
    """

    def __init__(self, name: str, tasks: asyncio.TaskGroup, at_once: int) -> None:
        self._name = name
        self._tasks = tasks
        self._at_once = at_once
        self._busy: set[StationId] = set()

    def has_room(self) -> bool:
        """Say whether another errand can be begun."""
        return len(self._busy) < self._at_once

    def send(self, station_id: StationId, errand: Callable[[], Awaitable[None]]) -> bool:
        """Begin an errand, unless one to this station is under way or all hands are busy."""
        if station_id in self._busy or not self.has_room():
            return False
        self._busy.add(station_id)
        self._tasks.create_task(self._run(station_id, errand))
        return True

    async def _run(self, station_id: StationId, errand: Callable[[], Awaitable[None]]) -> None:
        try:
            await attempt(self._name, errand)
        finally:
            self._busy.discard(station_id)
