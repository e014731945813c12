"""Remembers what follows from what is seen again and again, within bounds; never knows what it is.

Where strangers choose the keys, a number of entries alone bounds nothing: what is large is found
anew each time.
"""

from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

KeyT = TypeVar("KeyT", bound=Hashable)
T = TypeVar("T")


class Memory(Generic[KeyT, T]):
    """Answers as `find` does, and remembers the answers for so many small keys."""

    __slots__ = ("_find", "_is_small", "_known", "_limit")

    def __init__(
        self, find: Callable[[KeyT], T], is_small: Callable[[KeyT], bool], limit: int
    ) -> None:
        self._find = find
        self._is_small = is_small
        self._limit = limit
        self._known: dict[KeyT, T] = {}

    def __call__(self, key: KeyT) -> T:
        """Return what follows from a key."""
        found = self._known.get(key)
        if found is None:
            found = self._find(key)
            if self._is_small(key):
                if len(self._known) >= self._limit:
                    self._known.clear()
                self._known[key] = found
        return found
