"""Simulated time: real time that runs faster; knows neither stations nor what happens in them.

Simulated seconds are counted from `begin`; before that time stands still, so that the stations can
connect first. What happens in a garage happens at planned simulated seconds, so the same seed gives
the same messages however busy the computer is.
"""

import asyncio
from datetime import UTC, datetime, timedelta

from onetime.kit.clock import Clock


class Pace:
    """The simulated clock of one run."""

    def __init__(self, clock: Clock, speed: float, starts_at: datetime | None = None) -> None:
        if not speed > 0:
            raise ValueError(f"the speed must be above zero, not {speed}")
        self.clock = clock
        self.speed = speed
        self.starts_at = (starts_at or clock.now()).astimezone(UTC).replace(microsecond=0)
        self._zero: float | None = None

    def begin(self) -> None:
        """Let time run."""
        self._zero = self.clock.monotonic()

    def seconds(self) -> float:
        """Return the simulated seconds since time began to run."""
        if self._zero is None:
            return 0.0
        return (self.clock.monotonic() - self._zero) * self.speed

    def moment(self, at: float) -> datetime:
        """Return the time of day at a simulated second."""
        return self.starts_at + timedelta(seconds=at)

    async def until(self, at: float) -> None:
        """Wait for a simulated second; return at once when it has passed."""
        while (left := at - self.seconds()) > 0:
            await asyncio.sleep(left / self.speed)
