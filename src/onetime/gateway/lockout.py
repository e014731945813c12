"""How often a login may fail before the next one is not even looked at (S04).

Counts by identity and address, so that whoever guesses shuts out himself, never the station at its
own address. Knows no password and no judgement.
"""

from msgspec import Struct

from onetime.kit.addresses import neighbourhood
from onetime.kit.attempts import Attempts, Pace
from onetime.kit.clock import Clock


class LockoutLimits(Struct, frozen=True, kw_only=True):
    """After so many failures each next login waits twice as long as the one before it."""

    of_identity_from_address: Pace = Pace(free=10, longest_wait_seconds=60.0)
    of_address: Pace = Pace(free=100, longest_wait_seconds=60.0)
    of_identity: Pace = Pace(free=100, longest_wait_seconds=60.0)
    familiar: int = 4096  # identities with the address from which they logged in


class Lockout:
    """The failed logins of late; asked before a login is judged, told how it went."""

    def __init__(self, clock: Clock, limits: LockoutLimits | None = None) -> None:
        limits = limits or LockoutLimits()
        self._of_both: Attempts[tuple[str, int, str]] = Attempts(
            clock, limits.of_identity_from_address
        )
        self._of_address: Attempts[str] = Attempts(clock, limits.of_address)
        self._of_identity: Attempts[tuple[str, int]] = Attempts(clock, limits.of_identity)
        self._familiar: dict[tuple[str, str], None] = {}  # the oldest login comes first
        self._forgiven: dict[str, int] = {}  # how often; only of stations that are registered
        self._limit = limits.familiar

    def may_try(self, identity: str, address: str) -> bool:
        """Say whether a login may be judged now.

        Where an identity has logged in before, what others do wrong there does not count; nor does
        it where people have just entered or changed it.
        """
        place, turn = neighbourhood(address), self._forgiven.get(identity, 0)
        if self._of_both.wait_seconds((identity, turn, place)) > 0:
            return False
        if (identity, place) in self._familiar:
            return True
        if self._of_identity.wait_seconds((identity, turn)) > 0:
            return False
        return turn > 0 or self._of_address.wait_seconds(place) == 0

    def failed(self, identity: str, address: str) -> None:
        """Count a login that was judged and refused."""
        place, turn = neighbourhood(address), self._forgiven.get(identity, 0)
        self._of_both.begin((identity, turn, place))
        self._of_address.begin(place)
        self._of_identity.begin((identity, turn))

    def succeeded(self, identity: str, address: str) -> None:
        """Forget the failures of this identity here: it has proven who it is."""
        place, turn = neighbourhood(address), self._forgiven.get(identity, 0)
        self._of_both.forget((identity, turn, place))
        self._familiar.pop((identity, place), None)
        self._familiar[identity, place] = None
        if len(self._familiar) > self._limit:
            del self._familiar[next(iter(self._familiar))]

    def forgive(self, identity: str) -> None:
        """Begin anew with an identity: a person has entered it, or changed how it logs in."""
        self._forgiven[identity] = self._forgiven.get(identity, 0) + 1
