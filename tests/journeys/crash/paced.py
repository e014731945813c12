"""The time of day that stations and central system share, although it runs fast.

Without it a message would seem to be days old when it arrives, and no clock could be told from a
wrong one. Monotonic seconds are the computer's: they are the same in all its processes.
"""

from datetime import datetime, timedelta
from pathlib import Path

import msgspec
from msgspec import Struct

from onetime.kit.clock import SystemClock
from onetime.simulator.pace import Pace

FILE = "pace.json"


class Beat(Struct):
    """Simulated time: from when, how fast, and since which monotonic second, once it runs."""

    starts_at: datetime
    speed: float
    zero: float | None = None


class SharedPace(Pace):
    """The stations' pace, told to the central system."""

    def __init__(self, folder: Path, speed: float, starts_at: datetime) -> None:
        super().__init__(SystemClock(), speed, starts_at)
        self._folder = folder
        self._share(Beat(self.starts_at, speed))

    def begin(self) -> None:
        """Let time run."""
        super().begin()
        zero = self.clock.monotonic() - self.seconds() / self.speed
        self._share(Beat(self.starts_at, self.speed, zero))

    def _share(self, beat: Beat) -> None:
        hidden = self._folder / f"{FILE}.new"
        hidden.write_bytes(msgspec.json.encode(beat))
        hidden.rename(self._folder / FILE)


class SharedClock(SystemClock):
    """The central system's clock, which tells the stations' time of day."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / FILE
        self._beat = self._read()

    def now(self) -> datetime:
        """Return the simulated time of day."""
        if self._beat.zero is None:
            self._beat = self._read()
        zero = self._beat.zero
        passed = 0.0 if zero is None else max(0.0, self.monotonic() - zero)
        return self._beat.starts_at + timedelta(seconds=passed * self._beat.speed)

    def _read(self) -> Beat:
        return msgspec.json.decode(self._file.read_bytes(), type=Beat)
