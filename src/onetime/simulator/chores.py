"""What a station does beside its talk, such as sending a file; knows none of the work."""

import asyncio
from collections.abc import Coroutine


class Chores:
    """One piece of work of each name at most; all end with the station."""

    def __init__(self) -> None:
        self._group = asyncio.TaskGroup()
        self._tasks: dict[str, asyncio.Task[None]] = {}

    async def __aenter__(self) -> "Chores":
        """A station that was ended may be begun again."""
        self._group, self._tasks = asyncio.TaskGroup(), {}
        await self._group.__aenter__()
        return self

    async def __aexit__(self, *exception: object) -> None:
        for task in self._tasks.values():
            task.cancel()
        await self._group.__aexit__(*exception)  # type: ignore[arg-type]  # as it was given

    def is_under_way(self, name: str) -> bool:
        """Say whether such work is not done yet."""
        task = self._tasks.get(name)
        return task is not None and not task.done()

    def begin(self, name: str, work: Coroutine[None, None, None]) -> None:
        """Begin; an earlier piece of this name is given up."""
        if (earlier := self._tasks.get(name)) is not None:
            earlier.cancel()
        self._tasks[name] = self._group.create_task(work)
