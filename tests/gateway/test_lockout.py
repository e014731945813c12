"""Who guesses keys shuts out himself, and nobody else (S04)."""

from onetime.gateway.lockout import Lockout
from onetime.kit.clock import ManualClock

ATTACKER, STATION = "198.51.100.7", "10.0.0.7"


def guess(lockout: Lockout, identity: str, address: str, times: int) -> int:
    """Guess so often; return how many guesses were looked at."""
    judged = 0
    for _ in range(times):
        if lockout.may_try(identity, address):
            lockout.failed(identity, address)
            judged += 1
    return judged


def test_of_a_flood_of_guesses_few_are_looked_at(clock: ManualClock) -> None:
    lockout = Lockout(clock)
    judged = 0
    for _ in range(600):  # ten minutes
        judged += guess(lockout, "CP-1", ATTACKER, 200)
        clock.advance(1)

    assert judged < 40


def test_guesses_at_many_identities_are_limited_by_address(clock: ManualClock) -> None:
    lockout = Lockout(clock)

    assert sum(guess(lockout, f"CP-{number}", ATTACKER, 1) for number in range(5_000)) == 100


def test_guesses_from_many_addresses_are_limited_by_identity(clock: ManualClock) -> None:
    lockout = Lockout(clock)

    assert sum(guess(lockout, "CP-1", f"2001:db8:{n:x}::1", 1) for n in range(5_000)) == 100


def test_the_station_at_its_own_address_is_not_locked_out(clock: ManualClock) -> None:
    lockout = Lockout(clock)
    guess(lockout, "CP-1", ATTACKER, 1_000)

    assert lockout.may_try("CP-1", STATION)


def test_where_it_has_logged_in_before_the_misdeeds_of_all_others_do_not_count(
    clock: ManualClock,
) -> None:
    """Behind one router, and with the whole world guessing."""
    lockout = Lockout(clock)
    lockout.succeeded("CP-1", STATION)
    for number in range(1_000):
        guess(lockout, "CP-1", f"2001:db8:{number:x}::1", 1)
        guess(lockout, f"CP-{number + 2}", STATION, 1)

    assert lockout.may_try("CP-1", STATION)
    assert not lockout.may_try("CP-2000", STATION)
    assert not lockout.may_try("CP-1", "192.0.2.99")


def test_a_station_whose_key_is_put_right_is_let_in_within_a_minute(clock: ManualClock) -> None:
    lockout = Lockout(clock)
    for _ in range(3_600):
        guess(lockout, "CP-1", STATION, 1)
        clock.advance(1)
    waited = 0
    while not lockout.may_try("CP-1", STATION):
        clock.advance(1)
        waited += 1
    lockout.succeeded("CP-1", STATION)

    assert waited <= 60
    assert guess(lockout, "CP-1", STATION, 10) == 10


def test_addresses_of_one_customer_count_as_one(clock: ManualClock) -> None:
    lockout = Lockout(clock)

    assert sum(guess(lockout, "CP-1", f"2001:db8::{n:x}", 1) for n in range(1, 500)) == 10


def test_a_station_that_a_person_enters_at_last_is_let_in_at_once(clock: ManualClock) -> None:
    """It had knocked all night."""
    lockout = Lockout(clock)
    for _ in range(2_000):
        guess(lockout, "CP-1", STATION, 1)
        clock.advance(3)
    assert not lockout.may_try("CP-1", STATION)
    lockout.forgive("CP-1")

    assert lockout.may_try("CP-1", STATION)
    assert guess(lockout, "CP-1", STATION, 1_000) == 10
