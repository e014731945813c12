"""Each outcome of the exchange has one word, and secrets are not in it."""

import pytest
from msgspec import Struct

from onetime.dispatch.outcomes import Order, ending, sent
from onetime.domain.commands import CommandStatus
from onetime.domain.ids import StationId
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
from onetime.ocpp.v16.core import (
    ClearCacheRequest,
    ClearCacheResponse,
    GetConfigurationRequest,
    GetConfigurationResponse,
    ResetRequest,
)
from tests.garage_makers import OWNER


def order(request: Struct | None = None) -> Order:
    asked = ClearCacheRequest() if request is None else request
    return Order(
        actor=OWNER,
        station_id=StationId("CP-1"),
        action=type(asked).__name__.removesuffix("Request"),
        request=asked,
        timeout_seconds=30.0,
    )


@pytest.mark.parametrize(
    ("outcome", "word", "latency_ms"),
    [
        (Answered(ClearCacheResponse(status="Rejected"), b"{}"), "answered", 1_500),
        (CallErrored("MyOwn", "no"), "call-error", 1_500),
        (BrokenAnswer("status: ...", b'{"status":"NotImplemented"}'), "broken-answer", 1_500),
        (TimedOut(), "timeout", 1_500),
        (ConnectionLost(was_sent=True), "connection-lost", 1_500),
        (ConnectionLost(was_sent=False), "offline", None),
        (ExpiredInQueue(), "expired", None),
        (QueueFull(), "queue-full", None),
    ],
)
def test_each_outcome_has_its_word_and_a_latency_if_it_was_sent(
    outcome: Outcome, word: str, latency_ms: int | None
) -> None:
    done = sent(order(), 7, outcome, 1.5)

    assert (done.id, done.status, done.latency_ms) == (7, word, latency_ms)
    assert done.is_answered == (word == "answered")


def test_an_answer_is_kept_as_response_and_a_broken_one_raw() -> None:
    answered = Answered(ClearCacheResponse(status="Rejected"), b'{"status":"Rejected","x":1}')
    fine = ending(sent(order(), 7, answered, 0.1))
    assert (fine.response, fine.raw_answer) == ('{"status":"Rejected","x":1}', None)

    broken = ending(sent(order(), 7, BrokenAnswer("status: no word", b'{"status":"?"}'), 0.1))
    assert (broken.response, broken.raw_answer) == (None, '{"status":"?"}')
    assert broken.description == "status: no word"
    assert broken.status is CommandStatus.BROKEN_ANSWER


def test_an_answer_of_null_is_an_empty_one() -> None:
    empty = Answered(GetConfigurationResponse(), b"null")

    assert sent(order(GetConfigurationRequest()), 7, empty, 0.1).answer == "{}"


def test_secrets_in_an_answer_are_replaced() -> None:
    said = b'{"configurationKey":[{"key":"AuthorizationKey","readonly":false,"value":"CANARY"}]}'
    done = sent(
        order(GetConfigurationRequest()), 7, Answered(GetConfigurationResponse(), said), 0.1
    )

    assert done.answer is not None
    assert "CANARY" not in done.answer
    assert "AuthorizationKey" in done.answer


@pytest.mark.parametrize(
    ("outcome", "seconds", "request_", "has_died"),
    [
        (ConnectionLost(was_sent=True), 4.9, ClearCacheRequest(), True),
        (ConnectionLost(was_sent=True), 5.1, ClearCacheRequest(), False),
        (ConnectionLost(was_sent=True, was_ours=True), 0.1, ClearCacheRequest(), False),
        (ConnectionLost(was_sent=False), 0.1, ClearCacheRequest(), False),
        (ConnectionLost(was_sent=True), 0.1, ResetRequest(type="Soft"), False),
        (TimedOut(), 0.1, ClearCacheRequest(), False),
    ],
)
def test_a_connection_that_ends_at_once_may_have_died_of_the_command(
    outcome: Outcome, seconds: float, request_: Struct, has_died: bool
) -> None:
    """K22; a Reset ends the connection rightly, and we end it when we stop."""
    assert sent(order(request_), 7, outcome, seconds).has_died == has_died
