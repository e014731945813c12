"""What the door remembers of who comes in: attempts, and which uses were noted lately.

One per application; knows nothing of routes.
"""

from typing import Final

from litestar.datastructures import State

from onetime.api.hashing import Hashing
from onetime.api.turnstile import Turnstile
from onetime.kit.clock import Clock

NOTED_EVERY_SECONDS: Final = 60.0
NOTED: Final = 10_000


class Access:
    """Attempts, hashing places, and when the use of each token and sign-in was last noted."""

    def __init__(self, clock: Clock) -> None:
        self.turnstile = Turnstile(clock)
        self.hashing = Hashing()
        self._clock = clock
        self._noted: dict[str, float] = {}

    def is_worth_noting(self, name: str) -> bool:
        """Say whether a use is to be written down: once a minute is enough."""
        now = self._clock.monotonic()
        before = self._noted.pop(name, None)
        is_due = before is None or now - before >= NOTED_EVERY_SECONDS
        self._noted[name] = now if is_due or before is None else before
        if len(self._noted) > NOTED:
            del self._noted[next(iter(self._noted))]
        return is_due


def access_of(state: State) -> Access:
    """Return what the door of an application remembers."""
    access = state["access"]
    assert isinstance(access, Access)
    return access
