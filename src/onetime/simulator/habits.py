"""How a station behaves on the network; knows no frame. All times are real seconds."""

import random
from dataclasses import dataclass


@dataclass(frozen=True)
class Habits:
    """The waits between connections, and how many connectors there are."""

    connectors: int = 1
    first_wait: float = 1.0
    longest_wait: float = 60.0
    connects_within: float = 0.0
    answer_within: float = 30.0
    """A central system that is silent for longer is taken for dead."""

    def pause(self, failures: int, wanted: float | None, rng: random.Random) -> float:
        """Return how long to wait: doubling, with jitter, never less than was asked for."""
        wait = min(self.longest_wait, self.first_wait * 2.0 ** min(failures, 16))
        return max(wanted or 0.0, wait * rng.uniform(0.5, 1.0))
