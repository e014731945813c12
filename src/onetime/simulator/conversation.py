"""One connection's talk: intent to disk, frame out, answer in; knows no car and no meter.

At most one message of the station is open at a time (OCPP-J 1.6, 4.1.1). What an answer means is
the station's business.
"""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto

import msgspec

from onetime.ocpp import envelope
from onetime.simulator.answers import Answer, answer_to
from onetime.simulator.faults import FaultKind, Switches
from onetime.simulator.ledger import (
    Acknowledged,
    AnswerLost,
    CallFailed,
    Intent,
    Ledger,
    Violated,
    fingerprint,
)
from onetime.simulator.line import Line
from onetime.simulator.outbox import Message
from onetime.simulator.progress import Progress
from onetime.simulator.wire import Violation


class Outcome(Enum):
    """How the sending of one message ended."""

    ANSWERED = auto()
    FAILED = auto()  # CALLERROR
    UNANSWERED = auto()  # the line ended first, or the answer was lost


@dataclass(frozen=True)
class Delivery:
    """What came of one message; `answer` only when it was answered by the book."""

    outcome: Outcome
    answer: Answer | None = None
    raw: bytes = b""


@dataclass(frozen=True)
class Books:
    """What every conversation of a station writes to."""

    identity: str
    ledger: Ledger
    progress: Progress
    new_id: Callable[[], str]
    answer_within: float

    def violated(self, rule: str, evidence: str) -> None:
        """Write down that the central system broke a rule."""
        self.progress.violations += 1
        self.ledger.note(self.identity, Violated(rule, evidence[:500]))


@dataclass
class _Open:
    """The message that waits for its answer."""

    message: Message
    message_id: str
    intent: int
    answer: asyncio.Future[envelope.CallResult | envelope.CallError | None]


class Conversation:
    """The messages of a station on one connection."""

    def __init__(self, line: Line, number: int, books: Books, switches: Switches) -> None:
        self.line = line
        self.number = number
        self._books = books
        self._switches = switches
        self._open: _Open | None = None
        self._copies: set[str] = set()

    async def deliver(self, message: Message) -> Delivery:
        """Send one message and wait for its answer."""
        payload = json.dumps(message.content(), separators=(",", ":")).encode()
        message.message_id = message.message_id or self._books.new_id()
        intent = await self._intend(message, payload)
        copies = 1
        if message.durable and self._switches.duplicate:
            self._switches.duplicate = False
            self._copies.add(message.message_id)
            intent = await self._intend(message, payload)
            copies = 2
        frame = envelope.write_call(message.message_id, message.action, payload)
        answer = asyncio.get_running_loop().create_future()
        self._open = _Open(message, message.message_id, intent, answer)
        if self.line.closed:
            answer.set_result(None)
        for _ in range(copies):
            self.line.send(frame)
        try:
            async with asyncio.timeout(self._books.answer_within):
                reply = await answer
        except TimeoutError:
            self._books.violated("no answer in time", message.action)
            self.line.cut()
            reply = None
        opened, self._open = self._open, None
        return Delivery(Outcome.UNANSWERED) if reply is None else self._settle(opened, reply)

    def heard(self, answer: envelope.CallResult | envelope.CallError) -> None:
        """Take an answer that has arrived."""
        opened = self._open
        if opened is not None and opened.message_id == answer.message_id:
            if not opened.answer.done():
                opened.answer.set_result(answer)
        elif answer.message_id in self._copies:
            self._copies.discard(answer.message_id)
        else:
            self._books.violated("an answer to nothing that was asked", answer.message_id)

    def ended(self) -> None:
        """The line has ended: nothing will be answered any more."""
        if self._open is not None and not self._open.answer.done():
            self._open.answer.set_result(None)

    async def _intend(self, message: Message, payload: bytes) -> int:
        assert message.message_id is not None
        message.sendings += 1
        intent = self._books.ledger.note(
            self._books.identity,
            Intent(
                connection=self.number,
                message_id=message.message_id,
                action=message.action,
                hash=fingerprint(payload),
                payload=msgspec.Raw(payload),
                sending=message.sendings,
                session=None if message.charge is None else message.charge.session,
                register_wh=message.register_wh,
            ),
        )
        await self._books.ledger.secured(intent)
        self._books.progress.sent += 1
        return intent

    def _settle(
        self, opened: _Open | None, reply: envelope.CallResult | envelope.CallError
    ) -> Delivery:
        assert opened is not None
        if isinstance(reply, envelope.CallError):
            return self._failed(opened, reply)
        message, raw = opened.message, bytes(reply.payload)
        lost = self._switches.lose_answer if message.durable else None
        self._books.ledger.note(
            self._books.identity,
            (AnswerLost if lost else Acknowledged)(
                intent=opened.intent,
                message_id=opened.message_id,
                action=message.action,
                hash=fingerprint(raw),
                payload=msgspec.Raw(raw),
                session=None if message.charge is None else message.charge.session,
            ),
        )
        if message.earlier_answer not in (None, raw):
            self._books.violated("a repeat was answered differently", message.action)
        if lost:
            self._switches.lose_answer = None
            if lost is FaultKind.LOST_ANSWER_NEW_ID:
                message.message_id = None
            message.earlier_answer = raw
            self.line.cut()
            return Delivery(Outcome.UNANSWERED)
        self._books.progress.answered += 1
        try:
            return Delivery(Outcome.ANSWERED, answer_to(message.action, reply.payload), raw)
        except Violation as wrong:
            self._books.violated(
                f"answer to {message.action}: {wrong}", raw.decode("utf-8", "replace")
            )
            return Delivery(Outcome.ANSWERED, None, raw)

    def _failed(self, opened: _Open, reply: envelope.CallError) -> Delivery:
        message = opened.message
        self._books.progress.failed += 1
        fact = CallFailed(
            opened.intent, opened.message_id, message.action, reply.code, reply.description
        )
        self._books.ledger.note(self._books.identity, fact)
        if message.durable:
            self._books.violated(f"{message.action} was refused with a CALLERROR", reply.code)
        return Delivery(Outcome.FAILED)
