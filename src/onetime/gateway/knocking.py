"""Who was refused at the door: a bounded list in memory, written out by a loop.

An unauthenticated peer never reaches the writer, however often it knocks.
"""

from onetime.kit.clock import Clock
from onetime.operations.stations import Knocking

LIMIT = 200
MAX_IDENTITY_LENGTH = 255


class KnockingList:
    """Refusals that were not yet written out."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._refusals: dict[str, Knocking] = {}

    def note(self, identity: str, reason: str, address: str) -> None:
        """Count a refusal; past the limit new identities are not kept until the list is taken."""
        name = _printable(identity[:MAX_IDENTITY_LENGTH])
        known = self._refusals.get(name)
        if known is None and len(self._refusals) >= LIMIT:
            return
        count = known.count + 1 if known else 1
        self._refusals[name] = Knocking(
            identity=name,
            reason=reason,
            ip_address=address,
            count=count,
            last_at=self._clock.now(),
        )

    def take(self) -> list[Knocking]:
        """Return what has come together, and begin anew."""
        taken = list(self._refusals.values())
        self._refusals.clear()
        return taken


def _printable(identity: str) -> str:
    """Return a hostile text in the form that can be kept and shown (S11)."""
    return "".join(each if each.isprintable() else "\ufffd" for each in identity)
