"""Our calls to one connection: waits for their outcomes, minds their deadlines.

The rules are those of `ocpp/exchange.py`; here are the futures and the timer.
"""

import asyncio
from collections.abc import Callable

from msgspec import Struct

from onetime.kit.clock import Clock
from onetime.ocpp.envelope import CallError, CallResult, Malformed, with_fractions
from onetime.ocpp.exchange import (
    QUEUE_SECONDS,
    Ended,
    Exchange,
    Ignored,
    Outcome,
    Step,
    message_ids,
)


class Asked(Struct, frozen=True):
    """How a call ended, and the frame that was sent, if it was."""

    outcome: Outcome
    frame: bytes | None
    seconds: float


class Calls:
    """One connection's way out; made when the first call is asked for."""

    __slots__ = (
        "_clock",
        "_exchange",
        "_frames",
        "_loop",
        "_send",
        "_timer",
        "_waiters",
        "_with_fraction",
    )

    def __init__(
        self,
        prefix: str,
        send: Callable[[bytes], None],
        clock: Clock,
        *,
        held: bool,
        with_fraction: bool = False,
    ) -> None:
        self._exchange = Exchange(message_ids(prefix), held=held)
        self._send = send
        self._clock = clock
        self._with_fraction = with_fraction
        self._loop = asyncio.get_running_loop()
        self._timer: asyncio.TimerHandle | None = None
        self._waiters: dict[int, asyncio.Future[Ended]] = {}
        self._frames: dict[int, bytes] = {}

    async def ask(self, action: str, request: Struct | bytes, timeout_seconds: float) -> Asked:
        """Send a call when its turn comes, and wait for its one outcome."""
        ticket, step = self._exchange.ask(
            action,
            request,
            self._clock.monotonic(),
            answer_seconds=timeout_seconds,
            queue_seconds=QUEUE_SECONDS + timeout_seconds,
        )
        waiter: asyncio.Future[Ended] = self._loop.create_future()
        self._waiters[ticket] = waiter
        self._follow(step)
        try:
            ended = await waiter
            return Asked(ended.outcome, self._frames.get(ticket), ended.seconds)
        finally:
            self._waiters.pop(ticket, None)
            self._frames.pop(ticket, None)

    def receive(self, message: CallResult | CallError | Malformed, raw: bytes) -> Ignored | None:
        """Take an answer; return why it was ignored, if it was."""
        step = self._exchange.receive(message, self._clock.monotonic(), raw)
        self._follow(step)
        return step.ignored

    def release(self) -> None:
        """Let calls go out: the station has booted, or has had time to (B03)."""
        self._follow(self._exchange.release(self._clock.monotonic()))

    def hold(self) -> None:
        """Let no more calls go out: the station is booting (B03)."""
        self._exchange.hold()

    def lose(self, *, was_ours: bool = False) -> None:
        """End all calls: the connection is gone."""
        self._follow(self._exchange.lose(self._clock.monotonic(), was_ours=was_ours))
        if self._timer is not None:
            self._timer.cancel()

    def _tick(self) -> None:
        self._follow(self._exchange.tick(self._clock.monotonic()))

    def _follow(self, step: Step) -> None:
        if step.frame is not None:
            frame = with_fractions(step.frame) if self._with_fraction else step.frame
            if self._exchange.open_ticket is not None:
                self._frames[self._exchange.open_ticket] = frame
            self._send(frame)
        for ended in step.ended:
            waiter = self._waiters.get(ended.ticket)
            if waiter is not None and not waiter.done():
                waiter.set_result(ended)
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if (deadline := self._exchange.deadline) is not None:
            delay = max(deadline - self._clock.monotonic(), 0.0)
            self._timer = self._loop.call_later(delay, self._tick)
