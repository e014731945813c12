"""Cars: when they come, what they draw, when they leave; know no station and no protocol.

A car draws constant power and tapers near full. The curve has a closed form, so what a car has
drawn at a given second does not depend on how often somebody looks.
"""

import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

VOLTS = 230.0
TAPER_SHARE = 0.15
"""The last part of the battery, in which the power falls in proportion to what is missing."""
FULL_SHARE = 0.05
"""A car stops drawing when the taper has fallen to this part of its power."""
LEAST_AMPS = 6.0
"""Below this a car does not charge (IEC 61851)."""
SECONDS_PER_HOUR = 3600.0
HOUR = 3600.0

MODELS: tuple[tuple[float, int, float], ...] = (
    (77_000, 3, 16),
    (58_000, 3, 16),
    (52_000, 3, 32),
    (40_000, 1, 32),
    (60_000, 3, 16),
    (12_000, 1, 16),
    (31_000, 1, 16),
)
"""Battery in Wh, phases, largest current in A."""


@dataclass(frozen=True)
class Car:
    """One car and the tag its driver presents."""

    tag: str
    battery_wh: float
    phases: int
    amps: float

    @property
    def watts(self) -> float:
        """Return the largest power the car takes."""
        return self.amps * VOLTS * self.phases


@dataclass(frozen=True)
class Visit:
    """One stay of a car at a connector, in simulated seconds."""

    car: Car
    arrives_at: float
    plugs_after: float
    departs_at: float
    needs_wh: float


@dataclass(frozen=True)
class Pattern:
    """How busy the garage is: means, in simulated seconds."""

    first_within: float = 600.0
    gap: float = 4 * HOUR
    stay: float = 3 * HOUR


class Battery:
    """What is still missing in the battery of a car that stands at a connector."""

    def __init__(self, car: Car, needs_wh: float) -> None:
        self.car = car
        self.missing_wh = needs_wh
        self._taper_wh = car.battery_wh * TAPER_SHARE

    @property
    def full(self) -> bool:
        """Say whether the car has stopped drawing by itself."""
        return self.missing_wh <= self._taper_wh * FULL_SHARE * (1 + 1e-9)

    @property
    def charged_percent(self) -> float:
        """Return the state of charge."""
        return 100.0 * (1.0 - self.missing_wh / self.car.battery_wh)

    def watts(self, limit_amps: float) -> float:
        """Return the power drawn at this moment under a limit of the station."""
        if self.full or limit_amps < LEAST_AMPS:
            return 0.0
        return min(self._allowed(limit_amps), self.car.watts * self.missing_wh / self._taper_wh)

    def draw(self, seconds: float, limit_amps: float) -> float:
        """Let time pass at a constant limit and return the Wh that flowed."""
        if self.full or limit_amps < LEAST_AMPS:
            return 0.0
        before = self.missing_wh
        seconds = self._draw_steadily(seconds, self._allowed(limit_amps))
        if seconds > 0:
            rate = self.car.watts / SECONDS_PER_HOUR / self._taper_wh
            self.missing_wh *= math.exp(-rate * seconds)
            self.missing_wh = max(self.missing_wh, self._taper_wh * FULL_SHARE)
        return before - self.missing_wh

    def _allowed(self, limit_amps: float) -> float:
        return min(self.car.amps, limit_amps) * VOLTS * self.car.phases

    def _draw_steadily(self, seconds: float, watts: float) -> float:
        """Draw at constant power until the taper begins; return the seconds that are left over."""
        steady_wh = self.missing_wh - self._taper_wh * watts / self.car.watts
        if steady_wh <= 0:
            return seconds
        lasts = steady_wh / watts * SECONDS_PER_HOUR
        spent = min(seconds, lasts)
        self.missing_wh -= watts * spent / SECONDS_PER_HOUR
        return seconds - spent


def fleet(seed: int, count: int, tags: Sequence[str]) -> list[Car]:
    """Return cars that share the tags in turn; the same seed gives the same cars."""
    if not tags:
        raise ValueError("cars need at least one tag")
    rng = random.Random(f"cars {seed}")
    return [Car(tags[i % len(tags)], *rng.choice(MODELS)) for i in range(count)]


def visits(seed: str, cars: Sequence[Car], pattern: Pattern) -> Iterator[Visit]:
    """Return the stays at one connector, one after the other, without end; none without cars."""
    rng = random.Random(f"visits {seed}")
    if not cars:
        return
    arrives_at = rng.uniform(1.0, pattern.first_within)
    while True:
        car = rng.choice(cars)
        stay = pattern.stay * rng.uniform(0.4, 1.8)
        departs_at = arrives_at + stay
        needs_wh = car.battery_wh * rng.uniform(0.2, 0.8)
        yield Visit(car, arrives_at, rng.uniform(5.0, 40.0), departs_at, needs_wh)
        arrives_at = departs_at + 60.0 + rng.expovariate(1.0 / pattern.gap)
