"""How a command that has ended is told to the books: the station's word, or why there is none."""

from typing import Final

from msgspec import Struct

from onetime.dispatch.outcomes import Sent
from onetime.domain.commands import CommandStatus

NEVER_DONE: Final = frozenset(
    {
        CommandStatus.OFFLINE,
        CommandStatus.QUEUE_FULL,
        CommandStatus.EXPIRED,
        CommandStatus.WITHHELD,
        CommandStatus.CALL_ERROR,
    }
)
"""Endings after which the station has done nothing; after the others nobody knows."""


def word_of(done: Sent) -> str:
    """Return the code of a CALLERROR, or how the command ended, to be kept beside what it was."""
    return done.code or done.status.value


def may_have_acted(done: Sent) -> bool:
    """Say whether a station that did not answer may have done what it was asked."""
    return done.status not in NEVER_DONE


def is_answered_with(done: Sent, kind: type[Struct]) -> bool:
    """Say whether a station answered as OCPP wants it; whether it agreed is in the response."""
    return isinstance(done.response, kind)
