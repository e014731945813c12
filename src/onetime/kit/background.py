"""Tasks that go on when whoever asked for them is gone; knows nothing of what they do."""

import asyncio
from collections.abc import Coroutine
from typing import TypeVar

from onetime.kit.logs import get_log

T = TypeVar("T")

log = get_log("background")


class Background:
    """Keeps its tasks; one that fails ends alone, and is in the log unless that was foreseen.

    Who waits for one waits behind `asyncio.shield`, and gets its failure too. How many there are
    is limited by whoever starts them.
    """

    def __init__(self, *foreseen: type[Exception]) -> None:
        self._foreseen = foreseen
        self._tasks: set[asyncio.Task[object]] = set()

    def start(self, work: Coroutine[None, None, T]) -> asyncio.Task[T]:
        """Start a task of this loop."""
        task: asyncio.Task[T] = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._forget)
        return task

    async def end(self, seconds: float) -> None:
        """Wait for all tasks, those that they start included; end those that take longer."""
        deadline = asyncio.get_running_loop().time() + seconds
        while self._tasks:
            left = deadline - asyncio.get_running_loop().time()
            _, late = await asyncio.wait(tuple(self._tasks), timeout=max(left, 0.0))
            for task in late:
                task.cancel()

    def _forget(self, task: asyncio.Task[object]) -> None:
        self._tasks.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None and not isinstance(error, self._foreseen):
            log.error("task_failed", exc_info=error)
