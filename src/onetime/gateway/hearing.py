"""Whether a station still listens: calls that time out while it talks (K12).

Knows how calls end, never what they ask.
"""

from enum import Enum, auto
from typing import Final

from onetime.ocpp.exchange import (
    ConnectionLost,
    ExpiredInQueue,
    Outcome,
    QueueFull,
    TimedOut,
)

TIMEOUTS: Final = 2
CLOSED_EVERY_SECONDS: Final = 3_600.0


class Finding(Enum):
    """What a call has shown of its station."""

    HEARS = auto()
    DEAF = auto()
    DEAF_AT_LAST = auto()
    """Deaf, and its connection may be ended, so that it opens another."""


class Hearing:
    """What is remembered of one station; a new connection begins with good ears."""

    __slots__ = ("_closed_at", "_connection", "_has_heard", "_timeouts")

    def __init__(self) -> None:
        self._connection: object = None
        self._timeouts = 0
        self._has_heard = False
        self._closed_at: float | None = None

    def note(
        self, connection: object, outcome: Outcome, has_talked: bool, now: float
    ) -> Finding | None:
        """Note how a call ended, and whether the station talked since it was sent.

        Each finding is told once for each connection. A station that is silent is not deaf: its
        line is dead, and ends by other rules (K13).
        """
        if connection is not self._connection:
            self._connection, self._timeouts, self._has_heard = connection, 0, False
        if isinstance(outcome, ConnectionLost | ExpiredInQueue | QueueFull):
            return None
        if not isinstance(outcome, TimedOut):
            is_news, self._has_heard, self._timeouts = not self._has_heard, True, 0
            return Finding.HEARS if is_news else None
        if not has_talked:
            return None
        self._timeouts += 1
        if self._timeouts != TIMEOUTS:
            return None
        self._has_heard = False
        if self._closed_at is not None and now - self._closed_at < CLOSED_EVERY_SECONDS:
            return Finding.DEAF
        self._closed_at = now
        return Finding.DEAF_AT_LAST
