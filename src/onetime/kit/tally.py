"""Counts of what goes through the house, cheap enough to be kept for every message.

Knows words and numbers; never what they stand for, nor who reads them. Each is written by one
thread, and a reader may see it a moment old.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from typing import Final

SECONDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
SIZES: Final = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512)


class Spread:
    """How often a value fell into each of some ranges, and what all values add up to."""

    __slots__ = ("_counts", "bounds", "total")

    def __init__(self, bounds: Sequence[float]) -> None:
        self.bounds = tuple(bounds)
        self.total = 0.0
        self._counts = [0] * (len(bounds) + 1)

    def note(self, value: float) -> None:
        """Count a value."""
        self._counts[bisect_left(self.bounds, value)] += 1
        self.total += value

    def up_to(self) -> list[tuple[float, int]]:
        """Return each upper bound, the last being infinity, with how many values lie below it."""
        found, below = [], 0
        for bound, count in zip((*self.bounds, float("inf")), self._counts, strict=True):
            below += count
            found.append((bound, below))
        return found


class Tally:
    """What was counted since the program began."""

    __slots__ = (
        "answer_seconds",
        "commit_operations",
        "commit_seconds",
        "failed_commits",
        "messages",
        "request_seconds",
        "requests",
    )

    def __init__(self) -> None:
        self.messages: Counter[tuple[str, str]] = Counter()
        """Messages of stations by action and by what became of them."""
        self.answer_seconds = Spread(SECONDS)
        self.commit_seconds = Spread(SECONDS)
        self.commit_operations = Spread(SIZES)
        self.failed_commits = 0
        self.requests: Counter[tuple[str, str, int]] = Counter()
        """Requests of programs and people by method, route and status."""
        self.request_seconds = Spread(SECONDS)
