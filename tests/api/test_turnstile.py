"""Who tries to come in is held up by what that one tries, and nobody else is."""

import pytest

from onetime.api.turnstile import KNOWN, Turnstile
from onetime.domain.errors import TooManyAttempts
from onetime.kit.clock import ManualClock
from tests.databases import NOW

HOME, AWAY = "192.0.2.1", "198.51.100.1"


@pytest.fixture
def turnstile(clock: ManualClock) -> Turnstile:
    return Turnstile(clock)


def tried(turnstile: Turnstile, name: str, address: str, times: int = 1) -> int:
    """Fail so many times; return how many attempts were let through."""
    through = 0
    for _ in range(times):
        try:
            turnstile.login(name, address)
        except TooManyAttempts:
            continue
        through += 1
    return through


def test_five_attempts_are_free_and_a_hundred_thousand_are_not(turnstile: Turnstile) -> None:
    assert tried(turnstile, "olga@example.org", AWAY, 100_000) == 5
    assert tried(turnstile, "olga@example.org", HOME) == 1


def test_a_day_of_guessing_is_less_than_two_hundred_guesses() -> None:
    clock = ManualClock(NOW)
    turnstile = Turnstile(clock)
    through = 0
    for _ in range(24 * 3_600):
        through += tried(turnstile, "olga@example.org", AWAY)
        clock.advance(1)

    assert through < 200


def test_a_name_is_the_same_however_it_is_written(turnstile: Turnstile) -> None:
    assert tried(turnstile, "olga@example.org", AWAY, 5) == 5
    assert tried(turnstile, " OLGA@Example.org", AWAY) == 0


def test_many_names_from_one_address_are_one_attacker(turnstile: Turnstile) -> None:
    through = sum(tried(turnstile, f"n{n}@example.org", AWAY) for n in range(1_000))

    assert through == 20
    assert tried(turnstile, "olga@example.org", HOME) == 1


def test_addresses_of_one_customer_are_one(turnstile: Turnstile) -> None:
    through = sum(
        tried(turnstile, "olga@example.org", f"2001:db8:1:2::{n:x}") for n in range(1, 100)
    )

    assert through == 5


def test_who_came_in_before_is_not_held_up_by_a_neighbour(turnstile: Turnstile) -> None:
    """In a garage behind one router all have one address."""
    turnstile.login("olga@example.org", HOME).came_in()
    for n in range(100):
        tried(turnstile, f"n{n}@example.org", HOME)

    assert tried(turnstile, "new@example.org", HOME) == 0
    assert tried(turnstile, "olga@example.org", HOME, 10) == 5


def test_a_right_password_between_guesses_does_not_help_with_other_names(
    turnstile: Turnstile,
) -> None:
    through = 0
    for n in range(100):
        through += tried(turnstile, f"n{n}@example.org", AWAY)
        try:
            turnstile.login("renter@example.org", AWAY).came_in()
        except TooManyAttempts:
            continue

    assert through <= 21


def test_half_of_a_login_forgives_nothing(turnstile: Turnstile) -> None:
    tried(turnstile, "olga@example.org", AWAY, 4)
    for _ in range(50):
        turnstile.login("olga@example.org", AWAY).half_way()

    assert tried(turnstile, "olga@example.org", AWAY, 3) == 1


def test_codes_are_counted_by_account_from_wherever(turnstile: Turnstile) -> None:
    for _ in range(10):
        turnstile.code(1)
    with pytest.raises(TooManyAttempts):
        turnstile.code(1)
    turnstile.code(2)
    turnstile.code_was_right(1)
    turnstile.code(1)


def test_a_token_that_was_good_is_never_held_up_until_it_is_bad(turnstile: Turnstile) -> None:
    turnstile.token_was(True, "good", AWAY)
    for n in range(100):
        turnstile.token_was(False, f"bad {n}", AWAY)
    with pytest.raises(TooManyAttempts):
        turnstile.token("another", AWAY)
    turnstile.token("another", HOME)
    turnstile.token("good", AWAY)
    turnstile.token_was(False, "good", AWAY)
    with pytest.raises(TooManyAttempts):
        turnstile.token("good", AWAY)


def test_set_up_links_are_counted_by_address(turnstile: Turnstile) -> None:
    for _ in range(10):
        turnstile.setup(AWAY)
    with pytest.raises(TooManyAttempts) as refused:
        turnstile.setup(AWAY)
    assert refused.value.wait_seconds == 1
    for _ in range(50):
        turnstile.setup(HOME)
        turnstile.setup_was_right(HOME)


def test_memory_stays_bounded(turnstile: Turnstile) -> None:
    for n in range(KNOWN + 100):
        turnstile.token_was(True, str(n), HOME)
        turnstile.login(f"n{n}@example.org", f"2001:db8:{n:x}::1").came_in()

    assert len(turnstile._good_tokens) == len(turnstile._came_in) == KNOWN
