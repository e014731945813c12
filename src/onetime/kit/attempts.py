"""How often something may be tried: a few times freely, then ever more slowly; never what it is.

Every attempt counts as failed from its beginning, so that many at once gain nothing; one that
succeeded is taken back. What is remembered is bounded: the key that was quiet longest goes first.
"""

from collections.abc import Hashable
from typing import Generic, TypeVar

from msgspec import Struct

from onetime.kit.clock import Clock

KeyT = TypeVar("KeyT", bound=Hashable)


class Pace(Struct, frozen=True, kw_only=True):
    """The numbers of a limit: after `free` failures each further one doubles the wait."""

    free: int
    first_wait_seconds: float = 1.0
    longest_wait_seconds: float = 900.0
    forgotten_after_seconds: float = 3_600.0
    keys: int = 10_000


class _Failures:
    __slots__ = ("count", "last_at")

    def __init__(self) -> None:
        self.count = 0
        self.last_at = 0.0


class Attempts(Generic[KeyT]):
    """Counts failures by key: an address, say, or a name tried from an address."""

    def __init__(self, clock: Clock, pace: Pace) -> None:
        self._clock = clock
        self._pace = pace
        self._failures: dict[KeyT, _Failures] = {}  # the one that was quiet longest comes first

    def __len__(self) -> int:
        return len(self._failures)

    def wait_seconds(self, key: KeyT) -> float:
        """Return how long to wait before the next attempt; 0 when it may be made now."""
        known = self._failures.get(key)
        if known is None or known.count < self._pace.free:
            return 0.0
        doublings = min(known.count - self._pace.free, 64)
        wait = min(self._pace.first_wait_seconds * 2.0**doublings, self._pace.longest_wait_seconds)
        return max(known.last_at + wait - self._clock.monotonic(), 0.0)

    def begin(self, key: KeyT) -> None:
        """Count an attempt, for now as a failure."""
        now = self._clock.monotonic()
        known = self._failures.pop(key, None)
        if known is None or now - known.last_at > self._pace.forgotten_after_seconds:
            known = _Failures()
        known.count += 1
        known.last_at = now
        self._failures[key] = known
        if len(self._failures) > self._pace.keys:
            del self._failures[next(iter(self._failures))]

    def take_back(self, key: KeyT) -> None:
        """Count an attempt that was begun no more: it was no failure."""
        known = self._failures.get(key)
        if known is not None and known.count > 0:
            known.count -= 1

    def forget(self, key: KeyT) -> None:
        """Begin anew with this key: whoever it stands for has proven to be honest."""
        self._failures.pop(key, None)
