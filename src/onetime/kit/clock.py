"""The only place where time comes from; it never knows what the time is used for."""

import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Tells the time of day and a steady count of seconds."""

    def now(self) -> datetime:
        """Return the time of day, in UTC with zone."""
        ...

    def monotonic(self) -> float:
        """Return seconds that never go back; only differences mean something."""
        ...


class SystemClock:
    """The clock of this computer."""

    def now(self) -> datetime:
        """Return the time of day, in UTC with zone."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Return seconds that never go back; only differences mean something."""
        return time.monotonic()


class ManualClock:
    """A clock that a test moves by hand."""

    def __init__(self, at: datetime) -> None:
        self._now = at
        self._monotonic = 0.0

    def now(self) -> datetime:
        """Return the time of day, in UTC with zone."""
        return self._now

    def monotonic(self) -> float:
        """Return seconds that never go back; only differences mean something."""
        return self._monotonic

    def advance(self, seconds: float) -> None:
        """Let this many seconds pass on both scales."""
        self._now += timedelta(seconds=seconds)
        self._monotonic += seconds

    def set(self, at: datetime) -> None:
        """Jump to another time of day, as a clock that is put right does."""
        self._now = at
