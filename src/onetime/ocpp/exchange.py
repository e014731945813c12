"""Our calls in one conversation: one open at a time, the others waiting, each with one end.

Knows ids, deadlines and answers, never sockets, tasks or clocks: `now` is monotonic seconds that
are handed in, and each act returns a `Step` that says what to send and which calls have ended.
"""

from collections import deque
from collections.abc import Iterator
from itertools import count
from typing import Final, Literal

from msgspec import Struct

from onetime.ocpp.codec import decode_response
from onetime.ocpp.envelope import CallError, CallResult, Malformed, write_call
from onetime.ocpp.errors import OcppViolation

ANSWER_SECONDS: Final = 30.0
QUEUE_SECONDS: Final = 60.0
QUEUE_LIMIT: Final = 32
REMEMBERED_IDS: Final = 64


class Answered(Struct, frozen=True):
    """The station answered as the schema wants it; whether it agreed is in the response."""

    response: Struct
    raw: bytes


class CallErrored(Struct, frozen=True):
    """The station answered with a CALLERROR, whatever its code."""

    code: str
    description: str


class BrokenAnswer(Struct, frozen=True):
    """The station answered with something that breaks the schema (C03) or is malformed (K19)."""

    reason: str
    raw: bytes
    is_malformed: bool = False


class TimedOut(Struct, frozen=True):
    """No answer came in time; what the station did is not known."""


class ConnectionLost(Struct, frozen=True):
    """The connection went; if the call was sent, what the station did is not known.

    It was ours to end when we closed it, for whatever reason.
    """

    was_sent: bool
    was_ours: bool = False


class ExpiredInQueue(Struct, frozen=True):
    """The call waited too long and was never sent."""


class QueueFull(Struct, frozen=True):
    """Too many calls were waiting; this one was never sent."""


Outcome = (
    Answered | CallErrored | BrokenAnswer | TimedOut | ConnectionLost | ExpiredInQueue | QueueFull
)


class Ended(Struct, frozen=True):
    """A call has come to its one end; `seconds` since it was sent, or asked for if it never was."""

    ticket: int
    outcome: Outcome
    seconds: float


Why = Literal["late", "double", "unknown"]


class Ignored(Struct, frozen=True):
    """An answer that nobody waits for (C02)."""

    why: Why
    message_id: str | None


class Step(Struct, frozen=True):
    """What follows from one act: a frame to send, the calls that ended, what was ignored."""

    frame: bytes | None = None
    ended: tuple[Ended, ...] = ()
    ignored: Ignored | None = None


class _Waiting(Struct, frozen=True):
    ticket: int
    action: str
    payload: bytes | Struct
    asked_at: float
    expires_at: float
    answer_seconds: float


class _Open(Struct, frozen=True):
    ticket: int
    action: str
    message_id: str
    sent_at: float
    deadline: float


def message_ids(prefix: str) -> Iterator[str]:
    """Yield ids that no other conversation uses, as long as the prefix is this one's alone."""
    return (f"{prefix}-{number}" for number in count(1))


class Exchange:
    """The calls of one connection. A held exchange queues, and sends nothing until released."""

    def __init__(self, ids: Iterator[str], *, held: bool = False) -> None:
        self._ids = ids
        self._tickets = count(1)
        self._held = held
        self._lost = False
        self._waiting: deque[_Waiting] = deque()
        self._open: _Open | None = None
        self._past: dict[str, Why] = {}

    @property
    def deadline(self) -> float | None:
        """When `tick` is due next; None while nothing waits."""
        deadlines = [call.expires_at for call in self._waiting]
        if self._open is not None:
            deadlines.append(self._open.deadline)
        return min(deadlines, default=None)

    @property
    def open_ticket(self) -> int | None:
        """The ticket of the call that is open now; None while none is."""
        return None if self._open is None else self._open.ticket

    def ask(
        self,
        action: str,
        payload: bytes | Struct,
        now: float,
        *,
        answer_seconds: float = ANSWER_SECONDS,
        queue_seconds: float = QUEUE_SECONDS,
    ) -> tuple[int, Step]:
        """Send a call, or queue it behind the open one; return its ticket and what follows."""
        ticket = next(self._tickets)
        if self._lost:
            return ticket, Step(ended=(Ended(ticket, ConnectionLost(was_sent=False), 0.0),))
        if len(self._waiting) >= QUEUE_LIMIT:
            return ticket, Step(ended=(Ended(ticket, QueueFull(), 0.0),))
        expires_at = now + queue_seconds
        self._waiting.append(_Waiting(ticket, action, payload, now, expires_at, answer_seconds))
        return ticket, self._step(now)

    def release(self, now: float) -> Step:
        """Begin to send: BootNotification.conf is out, or it never will be (B03)."""
        self._held = False
        return self._step(now)

    def hold(self) -> None:
        """Send nothing more until released: the station is booting (B03)."""
        self._held = True

    def receive(
        self, message: CallResult | CallError | Malformed, now: float, raw: bytes = b""
    ) -> Step:
        """Match an answer with the open call; `raw` is the frame, kept when it is malformed."""
        call = self._open
        if call is None or message.message_id != call.message_id:
            why = self._past.get(message.message_id or "", "unknown")
            return Step(ignored=Ignored(why, message.message_id))
        return self._step(now, self._end(_outcome(call.action, message, raw), now))

    def tick(self, now: float) -> Step:
        """End what is overdue, and send the next call."""
        return self._step(now)

    def lose(self, now: float, *, was_ours: bool = False) -> Step:
        """End everything: the connection is gone, and nothing will be sent on it again."""
        self._lost = True
        ended: list[Ended] = []
        if self._open is not None:
            ended.append(self._end(ConnectionLost(was_sent=True, was_ours=was_ours), now))
        ended += [
            Ended(call.ticket, ConnectionLost(was_sent=False), now - call.asked_at)
            for call in self._waiting
        ]
        self._waiting.clear()
        return Step(ended=tuple(ended))

    def _step(self, now: float, *ended: Ended) -> Step:
        overdue: list[Ended] = []
        if self._open is not None and self._open.deadline <= now:
            overdue.append(self._end(TimedOut(), now))
        overdue += [
            Ended(call.ticket, ExpiredInQueue(), now - call.asked_at)
            for call in self._waiting
            if call.expires_at <= now
        ]
        self._waiting = deque(call for call in self._waiting if call.expires_at > now)
        return Step(frame=self._send_next(now), ended=(*ended, *overdue))

    def _send_next(self, now: float) -> bytes | None:
        if self._held or self._open is not None or not self._waiting:
            return None
        call = self._waiting.popleft()
        message_id = next(self._ids)
        deadline = now + call.answer_seconds
        self._open = _Open(call.ticket, call.action, message_id, now, deadline)
        return write_call(message_id, call.action, call.payload)

    def _end(self, outcome: Outcome, now: float) -> Ended:
        call = self._open
        assert call is not None
        self._open = None
        self._past[call.message_id] = "late" if isinstance(outcome, TimedOut) else "double"
        if len(self._past) > REMEMBERED_IDS:
            del self._past[next(iter(self._past))]
        return Ended(call.ticket, outcome, now - call.sent_at)


def _outcome(action: str, message: CallResult | CallError | Malformed, raw: bytes) -> Outcome:
    if isinstance(message, Malformed):
        return BrokenAnswer(message.reason, raw, is_malformed=True)
    if isinstance(message, CallError):
        return CallErrored(message.code, message.description)
    payload = bytes(message.payload)
    try:
        return Answered(decode_response(action, payload), payload)
    except OcppViolation as violation:
        return BrokenAnswer(str(violation), payload)
