"""One sender, many listeners, each with a bounded queue; knows nothing of what is said."""

import asyncio
from collections.abc import Iterable
from typing import Generic, TypeVar

T = TypeVar("T")

QUEUE_LIMIT = 10_000


class Subscription(Generic[T]):
    """One listener's queue; when it overflows the listener is told that it missed something."""

    def __init__(self, limit: int, kinds: tuple[type, ...] = ()) -> None:
        self._queue: asyncio.Queue[T] = asyncio.Queue(limit)
        self._kinds = kinds
        self.missed = False

    async def next(self) -> T:
        """Wait for the next fact."""
        return await self._queue.get()

    def offer(self, fact: T) -> None:
        """Queue a fact of the kinds that are listened for, or note that one was lost."""
        if self._kinds and not isinstance(fact, self._kinds):
            return
        try:
            self._queue.put_nowait(fact)
        except asyncio.QueueFull:
            self.missed = True


class Broadcast(Generic[T]):
    """Hands every fact to every listener, in order, and never waits for any of them."""

    def __init__(self, limit: int = QUEUE_LIMIT) -> None:
        self._limit = limit
        self._subscriptions: set[Subscription[T]] = set()

    def subscribe(self, *kinds: type) -> Subscription[T]:
        """Start to listen, for these kinds of facts or for all; end with `unsubscribe`."""
        subscription: Subscription[T] = Subscription(self._limit, kinds)
        self._subscriptions.add(subscription)
        return subscription

    def unsubscribe(self, subscription: Subscription[T]) -> None:
        """Stop to listen."""
        self._subscriptions.discard(subscription)

    def publish(self, facts: Iterable[T]) -> None:
        """Tell all listeners these facts."""
        for fact in facts:
            for subscription in self._subscriptions:
                subscription.offer(fact)
