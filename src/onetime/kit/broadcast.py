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

    def listens_for(self, kind: type) -> bool:
        """Say whether facts of this kind are for this listener."""
        return not self._kinds or issubclass(kind, self._kinds)

    def offer(self, fact: T) -> None:
        """Queue a fact, or note that it was lost."""
        try:
            self._queue.put_nowait(fact)
        except asyncio.QueueFull:
            self.missed = True


class Broadcast(Generic[T]):
    """Hands every fact to every listener, in order, and never waits for any of them."""

    def __init__(self, limit: int = QUEUE_LIMIT) -> None:
        self._limit = limit
        self._subscriptions: list[Subscription[T]] = []
        self._listeners: dict[type, list[Subscription[T]]] = {}

    def subscribe(self, *kinds: type) -> Subscription[T]:
        """Start to listen, for these kinds of facts or for all; end with `unsubscribe`."""
        subscription: Subscription[T] = Subscription(self._limit, kinds)
        self._subscriptions.append(subscription)
        self._listeners.clear()
        return subscription

    def unsubscribe(self, subscription: Subscription[T]) -> None:
        """Stop to listen."""
        if subscription in self._subscriptions:
            self._subscriptions.remove(subscription)
            self._listeners.clear()

    def publish(self, facts: Iterable[T]) -> None:
        """Tell all listeners these facts."""
        for fact in facts:
            listeners = self._listeners.get(type(fact))
            if listeners is None:
                listeners = self._listeners[type(fact)] = self._listening_for(type(fact))
            for each in listeners:
                each.offer(fact)

    def _listening_for(self, kind: type) -> list[Subscription[T]]:
        return [each for each in self._subscriptions if each.listens_for(kind)]
