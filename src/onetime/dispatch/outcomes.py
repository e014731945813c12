"""A command on its way and what became of it: the outcome of a call in one word.

Knows the outcomes of the exchange, never what a command means.
"""

from typing import Final

from msgspec import Struct, json

from onetime.domain.commands import CommandStatus
from onetime.domain.ids import StationId
from onetime.domain.people import Actor
from onetime.ocpp.exchange import (
    Answered,
    BrokenAnswer,
    CallErrored,
    ConnectionLost,
    ExpiredInQueue,
    Outcome,
    QueueFull,
    TimedOut,
)
from onetime.ocpp.redaction import redacted
from onetime.operations.commands import Ending
from onetime.operations.repeats import Sending
from onetime.queries.commands import Command

CAME_BACK: Final = (
    CommandStatus.ANSWERED,
    CommandStatus.CALL_ERROR,
    CommandStatus.BROKEN_ANSWER,
)
DEATH_SECONDS: Final = 5.0
ENDS_CONNECTIONS: Final = frozenset({"Reset"})
"""What a station may rightly do before it answers."""
NOTHING: Final = "null"
"""A payload that stands for an empty one (OCPP-J 1.6, 4.2.2)."""


class Order(Struct, frozen=True, kw_only=True):
    """What is to be sent: the typed request, and its text where it has to go out as it came."""

    actor: Actor
    station_id: StationId
    action: str
    request: Struct
    text: bytes | None = None
    timeout_seconds: float
    sending: Sending | None = None
    """Under which key a program sends it, so that it can safely send it again."""


class Sent(Struct, frozen=True, kw_only=True):
    """A command that has ended.

    `response` is there when the status is `answered`; `answer` is what the station sent, as JSON
    when it answered and as it came otherwise, secrets replaced; `code` is that of a CALLERROR.
    `has_died` says that the connection ended so soon that it may have died of the command (K22).
    """

    id: int
    station_id: StationId
    action: str
    status: CommandStatus
    response: Struct | None = None
    answer: str | None = None
    code: str | None = None
    description: str | None = None
    latency_ms: int | None = None
    has_died: bool = False

    @property
    def is_answered(self) -> bool:
        """Say whether the station answered; whether it agreed is in the response."""
        return self.status is CommandStatus.ANSWERED

    @property
    def came_back(self) -> bool:
        """Say whether the station said anything at all, be it no or nonsense."""
        return self.status in CAME_BACK


def sent(order: Order, command_id: int, outcome: Outcome, seconds: float) -> Sent:
    """Say in one word how a call ended."""
    status, was_sent = _status(outcome)
    response: Struct | None = None
    answer: str | None = None
    code: str | None = None
    description: str | None = None
    match outcome:
        case Answered(response, raw):
            text = raw.decode(errors="replace")
            answer = redacted(order.action, "{}" if text.strip() == NOTHING else text)
        case BrokenAnswer(description, raw):
            answer = redacted(order.action, raw.decode(errors="replace"))
        case CallErrored(code, description):
            pass
        case _:
            pass
    return Sent(
        id=command_id,
        station_id=order.station_id,
        action=order.action,
        status=status,
        response=response,
        answer=answer,
        code=code,
        description=description,
        latency_ms=round(seconds * 1000) if was_sent else None,
        has_died=_has_died(order.action, outcome, seconds),
    )


def withheld(order: Order, command_id: int) -> Sent:
    """Return the end of a command that is not sent, because it would do harm."""
    return Sent(
        id=command_id,
        station_id=order.station_id,
        action=order.action,
        status=CommandStatus.WITHHELD,
    )


def sent_before(kept: Command) -> Sent:
    """Return how a command of the books ended, without a typed response."""
    text = kept.raw_answer if kept.response is None else json.encode(kept.response).decode()
    return Sent(
        id=kept.id,
        station_id=StationId(kept.station_id),
        action=kept.action,
        status=kept.status,
        answer=text,
        code=kept.code,
        description=kept.description,
        latency_ms=kept.latency_ms,
    )


def ending(done: Sent) -> Ending:
    """Return what is recorded of a command that has ended."""
    return Ending(
        status=done.status,
        latency_ms=done.latency_ms,
        response=done.answer if done.is_answered else None,
        raw_answer=None if done.is_answered else done.answer,
        code=done.code,
        description=done.description,
    )


def _has_died(action: str, outcome: Outcome, seconds: float) -> bool:
    match outcome:
        case ConnectionLost(was_sent=True, was_ours=False):
            return seconds <= DEATH_SECONDS and action not in ENDS_CONNECTIONS
    return False


def _status(outcome: Outcome) -> tuple[CommandStatus, bool]:
    """Return the word for an outcome, and whether the call went out."""
    match outcome:
        case Answered():
            return CommandStatus.ANSWERED, True
        case CallErrored():
            return CommandStatus.CALL_ERROR, True
        case BrokenAnswer():
            return CommandStatus.BROKEN_ANSWER, True
        case TimedOut():
            return CommandStatus.TIMEOUT, True
        case ConnectionLost(was_sent):
            status = CommandStatus.CONNECTION_LOST if was_sent else CommandStatus.OFFLINE
            return status, was_sent
        case ExpiredInQueue():
            return CommandStatus.EXPIRED, False
        case QueueFull():
            return CommandStatus.QUEUE_FULL, False
