"""Who was refused at the door: a bounded list in memory, written out by a loop.

An unauthenticated peer never reaches the writer, however often it knocks.
"""

from onetime.kit.clock import Clock
from onetime.operations.knocks import Knock

LIMIT = 200
MAX_IDENTITY_LENGTH = 255
MAX_DETAIL_LENGTH = 100


class KnockingList:
    """Refusals that were not yet written out."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._refusals: dict[tuple[str, str], Knock] = {}

    def note(self, identity: str, reason: str, address: str, detail: str = "") -> None:
        """Count a refusal; past the limit new ones are not kept until the list is taken."""
        name = _printable(identity[:MAX_IDENTITY_LENGTH])
        known = self._refusals.get((name, address))
        if known is None and len(self._refusals) >= LIMIT:
            return
        is_same = known is not None and known.reason == reason
        self._refusals[name, address] = Knock(
            identity=name,
            ip_address=address,
            reason=reason,
            detail=_printable(detail[:MAX_DETAIL_LENGTH]),
            count=known.count + 1 if known is not None and is_same else 1,
            last_at=self._clock.now(),
        )

    def forget(self, identity: str) -> None:
        """Drop what was not yet written out of a station that was let in meanwhile."""
        for place in [each for each in self._refusals if each[0] == identity]:
            del self._refusals[place]

    def take(self) -> list[Knock]:
        """Return what has come together, and begin anew."""
        taken = list(self._refusals.values())
        self._refusals.clear()
        return taken


def _printable(said: str) -> str:
    """Return a hostile text in the form that can be kept and shown (S11)."""
    return "".join(each if each.isprintable() else "\ufffd" for each in said)
