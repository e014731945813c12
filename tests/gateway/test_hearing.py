"""A station that talks and does not answer is deaf; one that is silent is not (K12)."""

from onetime.gateway.hearing import Finding, Hearing
from onetime.ocpp.exchange import CallErrored, ConnectionLost, Outcome, TimedOut

NO = TimedOut()
YES = CallErrored("NotSupported", "")


def findings(*calls: Outcome, has_talked: bool = True) -> list[Finding | None]:
    hearing, line = Hearing(), object()
    return [
        hearing.note(line, each, has_talked, float(second)) for second, each in enumerate(calls)
    ]


def test_two_calls_without_answer_are_enough_and_told_once() -> None:
    assert findings(NO, NO, NO, NO) == [None, Finding.DEAF_AT_LAST, None, None]


def test_an_answer_between_them_shows_good_ears() -> None:
    assert findings(NO, YES, NO, YES) == [None, Finding.HEARS, None, None]


def test_a_call_that_was_lost_shows_nothing() -> None:
    assert findings(NO, ConnectionLost(was_sent=True), NO) == [None, None, Finding.DEAF_AT_LAST]


def test_a_silent_station_is_not_deaf() -> None:
    assert findings(NO, NO, NO, has_talked=False) == [None, None, None]


def test_a_deaf_station_that_answers_again_is_told() -> None:
    assert findings(NO, NO, YES, YES)[2:] == [Finding.HEARS, None]


def test_the_connection_is_ended_at_most_once_an_hour() -> None:
    hearing, found = Hearing(), []
    for second in (0.0, 1_800.0, 3_599.0, 3_601.0):
        line = object()
        hearing.note(line, NO, True, second)
        found.append(hearing.note(line, NO, True, second))
    assert found == [Finding.DEAF_AT_LAST, Finding.DEAF, Finding.DEAF, Finding.DEAF_AT_LAST]
