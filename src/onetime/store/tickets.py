"""What waits for the writer: an operation, what became of it, and who wants to know."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future
from typing import Generic, Protocol, TypeVar

from onetime.store.transaction import Transaction

T = TypeVar("T")

NOT_RUN = RuntimeError("the operation was not run")


class Ticket(Protocol):
    """An operation in the queue, whatever it returns."""

    queued_at: float

    @property
    def guarded(self) -> bool:
        """Whether it runs in a savepoint."""
        ...

    @property
    def name(self) -> str:
        """What the log calls it."""
        ...

    @property
    def belongs_to_loop(self) -> bool:
        """Whether its outcome is told in the event loop."""
        ...

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


class Delivery(Generic[T]):
    """A ticket whose outcome is told to a callback in the event loop: the way of every message.

    A future, and a task that waits for it, cost as much again as the message itself.
    """

    __slots__ = ("_arguments", "_operation", "_outcome", "_told", "queued_at")

    belongs_to_loop = True
    guarded = False

    def __init__(
        self,
        told: Callable[[T | Exception], None],
        operation: Callable[..., T],
        arguments: tuple[object, ...],
        queued_at: float,
    ) -> None:
        self._told = told
        self._operation = operation
        self._arguments = arguments
        self._outcome: T | Exception = NOT_RUN
        self.queued_at = queued_at

    @property
    def name(self) -> str:
        """The name of the operation, for the log."""
        return name_of(self._operation)

    def run(self, tx: Transaction) -> None:
        """Run the operation and keep its result; its exception is let through."""
        self._outcome = self._operation(tx, *self._arguments)

    def fail(self, error: Exception) -> None:
        """Keep this error as the outcome."""
        self._outcome = error

    def settle(self) -> None:
        """Tell the outcome."""
        self._told(self._outcome)


def name_of(operation: Callable[..., object]) -> str:
    """Return an operation's name for the log."""
    return getattr(operation, "__name__", "operation")
