"""What waits for the writer: an operation, what became of it, and who wants to know."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future
from typing import Generic, Protocol, TypeVar

from onetime.store.transaction import Transaction

T = TypeVar("T")


class Ticket(Protocol):
    """An operation in the queue, whatever it returns."""

    guarded: bool
    queued_at: float
    name: str
    belongs_to_loop: bool

    def run(self, tx: Transaction) -> None:
        """Run the operation and keep its result; its exception is let through."""
        ...

    def fail(self, error: Exception) -> None:
        """Keep this error as the outcome."""
        ...

    def settle(self) -> None:
        """Tell the outcome to whoever waits."""
        ...


class Errand(Generic[T]):
    """A ticket for an operation that returns T; nobody waits if there is no waiter."""

    __slots__ = (
        "_error",
        "_operation",
        "_result",
        "_waiter",
        "belongs_to_loop",
        "guarded",
        "name",
        "queued_at",
    )

    def __init__(
        self,
        operation: Callable[[Transaction], T],
        waiter: "asyncio.Future[T] | Future[T] | None",
        *,
        name: str,
        guarded: bool,
        queued_at: float,
    ) -> None:
        self._operation = operation
        self._waiter = waiter
        self._result: list[T] = []
        self._error: Exception | None = None
        self.name = name
        self.belongs_to_loop = isinstance(waiter, asyncio.Future)
        self.guarded = guarded
        self.queued_at = queued_at

    def run(self, tx: Transaction) -> None:
        """Run the operation and keep its result; its exception is let through."""
        self._error = None
        self._result = [self._operation(tx)]

    def fail(self, error: Exception) -> None:
        """Keep this error as the outcome."""
        self._error = error

    def settle(self) -> None:
        """Tell the outcome to whoever waits, unless they have gone."""
        if self._waiter is None or self._waiter.done():
            return
        if self._error is not None:
            self._waiter.set_exception(self._error)
        else:
            self._waiter.set_result(self._result[0])
