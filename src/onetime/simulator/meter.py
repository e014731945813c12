"""An energy meter; knows what truly flowed and what it shows, never who drew it or who is billed.

The register counts in fractions of a watt-hour inside and shows whole ones, as real meters do. It
only goes up, unless a fault is asked for.
"""

import math
from dataclasses import dataclass

SECONDS_PER_HOUR = 3600.0


@dataclass(frozen=True)
class Jump:
    """A register that changed without energy: a fault. Both ends in Wh."""

    before_wh: float
    after_wh: float


class Meter:
    """The register of one connector."""

    def __init__(self, register_wh: float) -> None:
        self.register_wh = register_wh
        self.moved_wh = 0.0
        self.idle_watts = 0.0

    @property
    def reading_wh(self) -> int:
        """Return what the display and the wire show: whole Wh, rounded down."""
        return math.floor(self.register_wh)

    def feed(self, wh: float) -> None:
        """Let energy flow through; raises ValueError below zero."""
        if wh < 0:
            raise ValueError(f"a meter cannot take {wh} Wh back")
        self.register_wh += wh
        self.moved_wh += wh

    def idle(self, seconds: float) -> None:
        """Let time pass without a charge; only a leak (`idle_watts`) moves the register then."""
        self.feed(self.idle_watts * seconds / SECONDS_PER_HOUR)

    def reset(self) -> Jump:
        """Begin again at zero, as some meters do at each boot (quirk M10)."""
        return self._jump(0.0)

    def roll_back(self, wh: float) -> Jump:
        """Show less than before, as after a lost write; never below zero (quirk M10)."""
        return self._jump(max(0.0, self.register_wh - wh))

    def _jump(self, to_wh: float) -> Jump:
        jump = Jump(self.register_wh, to_wh)
        self.register_wh = to_wh
        return jump
