"""One open call at a time, and one end for each call, whatever arrives and whenever."""

import json

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from msgspec import Raw

from onetime.ocpp.envelope import CallError, CallResult, Malformed, read
from onetime.ocpp.exchange import (
    ANSWER_SECONDS,
    QUEUE_LIMIT,
    QUEUE_SECONDS,
    REMEMBERED_IDS,
    Answered,
    BrokenAnswer,
    CallErrored,
    ConnectionLost,
    Ended,
    Exchange,
    ExpiredInQueue,
    Ignored,
    Outcome,
    QueueFull,
    Step,
    TimedOut,
    message_ids,
)
from onetime.ocpp.v16.core import ClearCacheResponse, ResetRequest

ACCEPTED = Raw(b'{"status":"Accepted"}')


def an_exchange(*, held: bool = False) -> Exchange:
    return Exchange(message_ids("x"), held=held)


def outcomes(step: Step) -> list[tuple[int, Outcome]]:
    return [(ended.ticket, ended.outcome) for ended in step.ended]


def test_a_call_is_sent_at_once_and_ends_with_its_answer() -> None:
    exchange = an_exchange()

    ticket, sent = exchange.ask("Reset", ResetRequest(type="Soft"), 10.0)
    answered = exchange.receive(CallResult("x-1", ACCEPTED), 10.5)

    assert sent == Step(frame=b'[2,"x-1","Reset",{"type":"Soft"}]')
    (ended,) = answered.ended
    assert (ended.ticket, ended.seconds) == (ticket, 0.5)
    assert isinstance(ended.outcome, Answered)
    assert ended.outcome.raw == bytes(ACCEPTED)
    assert exchange.deadline is None


def test_the_answer_is_read_as_the_answer_to_that_action() -> None:
    exchange = an_exchange()
    exchange.ask("ClearCache", b"{}", 0.0)

    step = exchange.receive(CallResult("x-1", ACCEPTED), 1.0)

    assert outcomes(step) == [
        (1, Answered(ClearCacheResponse(status="Accepted"), b'{"status":"Accepted"}'))
    ]


def test_the_next_call_leaves_when_the_open_one_has_ended() -> None:
    exchange = an_exchange()
    exchange.ask("ClearCache", b"{}", 0.0)
    _, queued = exchange.ask("ClearCache", b"{}", 0.0)

    step = exchange.receive(CallResult("x-1", ACCEPTED), 1.0)

    assert queued == Step()
    assert step.frame == b'[2,"x-2","ClearCache",{}]'


def test_a_call_error_is_an_end_whatever_its_code() -> None:
    exchange = an_exchange()
    exchange.ask("ClearCache", b"{}", 0.0)

    step = exchange.receive(CallError("x-1", "VendorCode", "no", Raw(b"{}")), 1.0)

    assert outcomes(step) == [(1, CallErrored("VendorCode", "no"))]


def test_c03_an_answer_that_breaks_the_schema_is_kept_raw() -> None:
    exchange = an_exchange()
    exchange.ask("UnlockConnector", b'{"connectorId":1}', 0.0)

    step = exchange.receive(CallResult("x-1", ACCEPTED), 1.0)

    (ended,) = step.ended
    assert isinstance(ended.outcome, BrokenAnswer)
    assert ended.outcome.raw == bytes(ACCEPTED)
    assert "status" in ended.outcome.reason


def test_k19_a_truncated_answer_fails_the_call_now() -> None:
    exchange = an_exchange()
    exchange.ask("GetConfiguration", b"{}", 0.0)
    frame = b'[3,"x-1",{"configurationKey":[{"key":"Hea'
    message = read(frame)
    assert isinstance(message, Malformed)

    step = exchange.receive(message, 1.0, frame)

    assert outcomes(step) == [(1, BrokenAnswer(message.reason, frame, is_malformed=True))]


def test_without_answer_a_call_times_out_and_a_late_answer_is_ignored() -> None:
    exchange = an_exchange()
    exchange.ask("ClearCache", b"{}", 0.0)
    assert exchange.deadline == ANSWER_SECONDS

    early = exchange.tick(ANSWER_SECONDS - 0.1)
    due = exchange.tick(ANSWER_SECONDS)
    late = exchange.receive(CallResult("x-1", ACCEPTED), ANSWER_SECONDS + 1)

    assert early == Step()
    assert due.ended == (Ended(1, TimedOut(), ANSWER_SECONDS),)
    assert late == Step(ignored=Ignored("late", "x-1"))


def test_a_second_answer_and_an_answer_to_nothing_are_ignored() -> None:
    exchange = an_exchange()
    exchange.ask("ClearCache", b"{}", 0.0)
    exchange.receive(CallResult("x-1", ACCEPTED), 1.0)

    assert exchange.receive(CallResult("x-1", ACCEPTED), 2.0).ignored == Ignored("double", "x-1")
    assert exchange.receive(CallResult("y", ACCEPTED), 2.0).ignored == Ignored("unknown", "y")


def test_an_answer_to_nothing_does_not_end_the_open_call() -> None:
    exchange = an_exchange()
    exchange.ask("ClearCache", b"{}", 0.0)
    nameless = Malformed("broken", None, None, "call_result")

    assert exchange.receive(CallResult("y", ACCEPTED), 1.0).ended == ()
    assert exchange.receive(nameless, 1.0) == Step(ignored=Ignored("unknown", None))
    assert outcomes(exchange.tick(ANSWER_SECONDS)) == [(1, TimedOut())]


def test_what_waits_too_long_is_never_sent() -> None:
    exchange = an_exchange()
    exchange.ask("ClearCache", b"{}", 0.0, answer_seconds=2 * QUEUE_SECONDS)
    exchange.ask("Reset", b"{}", 0.0)

    expired = exchange.tick(QUEUE_SECONDS)
    step = exchange.receive(CallResult("x-1", ACCEPTED), QUEUE_SECONDS + 1)

    assert expired == Step(ended=(Ended(2, ExpiredInQueue(), QUEUE_SECONDS),))
    assert step.frame is None


def test_a_full_queue_takes_no_more() -> None:
    exchange = an_exchange(held=True)
    for _ in range(QUEUE_LIMIT):
        assert exchange.ask("ClearCache", b"{}", 0.0)[1] == Step()

    ticket, step = exchange.ask("ClearCache", b"{}", 0.0)

    assert outcomes(step) == [(ticket, QueueFull())]


def test_b03_nothing_is_sent_before_the_exchange_is_released() -> None:
    exchange = an_exchange(held=True)
    _, queued = exchange.ask("ClearCache", b"{}", 0.0)

    assert queued == exchange.tick(1.0) == Step()
    assert exchange.release(2.0).frame == b'[2,"x-1","ClearCache",{}]'


def test_a_lost_connection_ends_everything_and_says_what_was_sent() -> None:
    exchange = an_exchange()
    exchange.ask("ClearCache", b"{}", 0.0)
    exchange.ask("ClearCache", b"{}", 1.0)

    lost = exchange.lose(3.0)
    ticket, after = exchange.ask("ClearCache", b"{}", 4.0)

    assert lost.ended == (
        Ended(1, ConnectionLost(was_sent=True), 3.0),
        Ended(2, ConnectionLost(was_sent=False), 2.0),
    )
    assert outcomes(after) == [(ticket, ConnectionLost(was_sent=False))]
    assert exchange.tick(100.0) == exchange.lose(101.0) == Step()


def test_ids_of_two_conversations_differ_and_are_short() -> None:
    first, second = message_ids("a1b2c3d4e5f6"), message_ids("f6e5d4c3b2a1")

    ids = [next(ids) for ids in (first, second) for _ in range(1_000)]

    assert len(set(ids)) == 2_000
    assert max(len(message_id) for message_id in ids) <= 36


def test_only_so_many_past_ids_are_remembered() -> None:
    exchange = an_exchange()
    for number in range(REMEMBERED_IDS + 1):
        exchange.ask("ClearCache", b"{}", 0.0)
        exchange.receive(CallResult(f"x-{number + 1}", ACCEPTED), 0.0)

    assert exchange.receive(CallResult("x-1", ACCEPTED), 0.0).ignored == Ignored("unknown", "x-1")
    assert exchange.receive(CallResult("x-2", ACCEPTED), 0.0).ignored == Ignored("double", "x-2")


class Conversation(RuleBasedStateMachine):
    """A station that answers, repeats, errs, stays silent or goes, against a plain model."""

    def __init__(self) -> None:
        super().__init__()
        self.exchange = an_exchange(held=True)
        self.now = 0.0
        self.tickets: dict[int, float] = {}  # when it expires at the latest
        self.ends: dict[int, Outcome] = {}
        self.sent: list[str] = []
        self.open: str | None = None
        self.released = False
        self.lost = False

    def take(self, step: Step) -> None:
        for ended in step.ended:
            assert ended.ticket in self.tickets
            assert ended.ticket not in self.ends, "a call ended twice"
            assert ended.seconds >= 0
            self.ends[ended.ticket] = ended.outcome
            if isinstance(ended.outcome, Answered | CallErrored | BrokenAnswer | TimedOut):
                assert self.open is not None
                self.open = None
        if step.frame is not None:
            assert self.open is None, "two calls are open"
            assert self.released
            assert not self.lost
            self.open = json.loads(step.frame)[1]
            assert self.open not in self.sent, "an id was used twice"
            assert self.open is not None
            self.sent.append(self.open)

    @rule(patience=st.integers(1, 9), timeout=st.integers(1, 9))
    def ask(self, patience: int, timeout: int) -> None:
        ticket, step = self.exchange.ask(
            "ClearCache", b"{}", self.now, answer_seconds=timeout, queue_seconds=patience
        )
        assert ticket not in self.tickets
        self.tickets[ticket] = self.now + patience + timeout
        self.take(step)

    @rule()
    def release(self) -> None:
        self.released = True
        self.take(self.exchange.release(self.now))

    @rule(seconds=st.integers(0, 5))
    def wait(self, seconds: int) -> None:
        self.now += seconds
        self.take(self.exchange.tick(self.now))

    @precondition(lambda self: self.open is not None)
    @rule(kind=st.sampled_from(["result", "broken", "error", "malformed"]))
    def answer(self, kind: str) -> None:
        assert self.open is not None
        message_id = self.open
        messages: dict[str, CallResult | CallError | Malformed] = {
            "result": CallResult(message_id, ACCEPTED),
            "broken": CallResult(message_id, Raw(b"[]")),
            "error": CallError(message_id, "GenericError", "", Raw(b"{}")),
            "malformed": Malformed("broken", message_id, None, "call_result"),
        }
        before = len(self.ends)
        step = self.exchange.receive(messages[kind], self.now)
        assert step.ignored is None
        self.take(step)
        assert len(self.ends) > before

    @precondition(lambda self: any(one != self.open for one in self.sent))
    @rule(pick=st.integers(0, 10**6))
    def answer_again(self, pick: int) -> None:
        past = [one for one in self.sent if one != self.open]
        message_id = past[pick % len(past)]
        step = self.exchange.receive(CallResult(message_id, ACCEPTED), self.now)
        assert step.ignored is not None
        assert step == Step(ignored=step.ignored)

    @rule()
    def answer_unasked(self) -> None:
        step = self.exchange.receive(CallResult("stranger", ACCEPTED), self.now)
        assert step == Step(ignored=Ignored("unknown", "stranger"))

    @precondition(lambda self: len(self.tickets) > 5)
    @rule()
    def lose(self) -> None:
        self.take(self.exchange.lose(self.now))
        self.lost = True
        self.open = None
        assert self.ends.keys() == self.tickets.keys()

    @invariant()
    def nothing_is_open_past_its_time(self) -> None:
        self.take(self.exchange.tick(self.now))
        overdue = {ticket for ticket, latest in self.tickets.items() if latest <= self.now}
        assert overdue <= self.ends.keys()

    @invariant()
    def a_deadline_is_set_while_something_waits(self) -> None:
        waits = self.ends.keys() != self.tickets.keys()
        deadline = self.exchange.deadline
        assert (deadline is not None) == waits
        assert deadline is None or deadline > self.now


TestConversation = Conversation.TestCase
TestConversation.settings = settings(max_examples=60, stateful_step_count=50, deadline=None)
