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
    heeds_retry_after: bool = True
    """Many stations never look at it, and are back as soon as they please."""

    def pause(self, failures: int, wanted: float | None, rng: random.Random) -> float:
        """Return how long to wait: doubling, with jitter, never less than it was told and heeds."""
        wait = min(self.longest_wait, self.first_wait * 2.0 ** min(failures, 16))
        asked = wanted if wanted is not None and self.heeds_retry_after else 0.0
        return max(asked, wait * rng.uniform(0.5, 1.0))
