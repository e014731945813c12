"""Attempts are free at first, then ever slower; what is remembered stays small."""

from onetime.kit.attempts import Attempts, Pace
from onetime.kit.clock import ManualClock
from tests.databases import NOW


def limit(clock: ManualClock, free: int = 3, keys: int = 10) -> Attempts[str]:
    return Attempts(clock, Pace(free=free, keys=keys))


def fail(attempts: Attempts[str], key: str, times: int = 1) -> None:
    for _ in range(times):
        attempts.begin(key)


def test_a_few_failures_cost_nothing_and_each_further_one_doubles_the_wait() -> None:
    attempts = limit(ManualClock(NOW))
    waits = []
    for _ in range(7):
        waits.append(attempts.wait_seconds("a"))
        attempts.begin("a")

    assert waits == [0, 0, 0, 1, 2, 4, 8]


def test_the_wait_ends_and_is_never_longer_than_the_longest() -> None:
    clock = ManualClock(NOW)
    attempts = limit(clock)
    fail(attempts, "a", 1_000)

    assert attempts.wait_seconds("a") == 900
    clock.advance(899)
    assert attempts.wait_seconds("a") == 1
    clock.advance(1)
    assert attempts.wait_seconds("a") == 0
    attempts.begin("a")
    assert attempts.wait_seconds("a") == 900


def test_one_key_does_not_hold_up_another() -> None:
    attempts = limit(ManualClock(NOW))
    fail(attempts, "a", 50)

    assert attempts.wait_seconds("b") == 0


def test_many_at_once_gain_nothing() -> None:
    attempts = limit(ManualClock(NOW))
    let_in = 0
    for _ in range(100_000):
        if attempts.wait_seconds("a") == 0:
            attempts.begin("a")
            let_in += 1

    assert let_in == 3


def test_an_attempt_that_succeeded_is_taken_back_or_forgets_all() -> None:
    attempts = limit(ManualClock(NOW))
    fail(attempts, "a", 3)
    attempts.take_back("a")
    assert attempts.wait_seconds("a") == 0
    attempts.begin("a")
    assert attempts.wait_seconds("a") == 1
    attempts.forget("a")
    fail(attempts, "a", 2)
    assert attempts.wait_seconds("a") == 0
    attempts.take_back("never seen")
    assert attempts.wait_seconds("never seen") == 0


def test_failures_are_forgotten_after_an_hour_of_quiet() -> None:
    clock = ManualClock(NOW)
    attempts = limit(clock)
    fail(attempts, "a", 20)
    clock.advance(3_601)
    fail(attempts, "a", 1)

    assert attempts.wait_seconds("a") == 0


def test_what_is_remembered_is_bounded_and_the_quietest_goes_first() -> None:
    attempts = limit(ManualClock(NOW))
    fail(attempts, "loud", 20)
    for n in range(1_000):
        attempts.begin(f"other {n}")
        attempts.begin("loud")

    assert len(attempts) == 10
    assert attempts.wait_seconds("loud") > 0
