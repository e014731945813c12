"""What a station still has to say, in order; knows neither the socket nor what an answer means.

Transaction messages survive a lost line and a power cut and are repeated until they are answered
(OCPP 1.6, 3.7.1); everything else is forgotten with the connection. Live messages go first, so that
a long queue does not keep a driver waiting.
"""

import asyncio
from collections import deque
from dataclasses import dataclass, field

from onetime.simulator.answers import Answer
from onetime.simulator.messages import NO_TRANSACTION, Json, JsonObject


@dataclass(eq=False)
class Charge:
    """One real charge as the station remembers it; the Start's answer gives `transaction_id`."""

    session: str
    connector: int
    tag: str
    began_at: float
    transaction_id: int | None = None
    values: list[Json] = field(default_factory=list)


@dataclass(eq=False)
class Message:
    """One message; `durable` ones wait for their answer however long it takes."""

    action: str
    payload: JsonObject
    durable: bool = False
    charge: Charge | None = None
    register_wh: int | None = None
    answered: asyncio.Future[Answer | None] | None = None
    message_id: str | None = None
    sendings: int = 0
    failures: int = 0
    earlier_answer: bytes | None = None

    def content(self) -> JsonObject:
        """Return the payload, with the transaction's id as far as it is known by now."""
        if self.charge is None or self.action == "StartTransaction":
            return self.payload
        if self.charge.transaction_id is not None:
            return {**self.payload, "transactionId": self.charge.transaction_id}
        if self.action == "StopTransaction":
            return {**self.payload, "transactionId": NO_TRANSACTION}
        return self.payload


class Outbox:
    """Two queues: live messages and transaction messages."""

    def __init__(self) -> None:
        self._live: deque[Message] = deque()
        self._durable: deque[Message] = deque()
        self.blocked_until = 0.0

    def __len__(self) -> int:
        return len(self._live) + len(self._durable)

    @property
    def unanswered(self) -> int:
        """Return how many transaction messages wait for their answer."""
        return len(self._durable)

    def put(self, message: Message) -> None:
        """Add a message at the end of its queue."""
        (self._durable if message.durable else self._live).append(message)

    def next(self, at: float) -> Message | None:
        """Return the message whose turn it is; it stays until `remove`."""
        if self._live:
            return self._live[0]
        if self._durable and at >= self.blocked_until:
            return self._durable[0]
        return None

    def remove(self, message: Message) -> None:
        """Take out a message that is settled."""
        (self._durable if message.durable else self._live).remove(message)

    def repeat(self, message: Message, earlier_answer: bytes, same_id: bool) -> None:
        """Put an answered message back at the front, as a station that did not note the answer."""
        message.earlier_answer = earlier_answer
        if not same_id:
            message.message_id = None
        self._durable.appendleft(message)

    def swap(self) -> bool:
        """Let the first two transaction messages change places, if neither opens a transaction."""
        if len(self._durable) < 2:
            return False
        first, second = self._durable[0], self._durable[1]
        if "StartTransaction" in (first.action, second.action) or first.sendings:
            return False
        self._durable[0], self._durable[1] = second, first
        return True

    def forget_live(self) -> None:
        """Drop what was meant for a connection that has ended."""
        while self._live:
            message = self._live.popleft()
            if message.answered is not None and not message.answered.done():
                message.answered.set_result(None)
