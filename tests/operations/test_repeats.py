"""An answer is kept for a day, for the one who got it and for the same request alone."""

from datetime import timedelta

import pytest

from onetime.domain.errors import Conflict, Unacceptable
from onetime.domain.people import Actor
from onetime.operations.repeats import KEPT_FOR, Sending, Told, claim, once, release, settle
from onetime.store.transaction import Transaction

SENDING = Sending(Actor("api", "1"), "key", "digest")
OTHER = Sending(Actor("api", "1"), "key", "another digest")


class Errand:
    """Counts how often it was done."""

    def __init__(self, told: Told) -> None:
        self.told = told
        self.times = 0

    def __call__(self) -> Told:
        self.times += 1
        return self.told


def test_what_is_kept_is_told_again_without_its_secret(tx: Transaction) -> None:
    errand = Errand(Told(b"with secret", 201, b"without"))

    first, again = once(tx, SENDING, errand), once(tx, SENDING, errand)

    assert errand.times == 1
    assert (first.answer, first.status) == (b"with secret", 201)
    assert (again.answer, again.status) == (b"without", 201)


def test_a_day_later_it_is_a_new_request(tx: Transaction) -> None:
    errand = Errand(Told(b"done"))
    once(tx, SENDING, errand)

    tx.now += KEPT_FOR
    once(tx, SENDING, errand)
    assert errand.times == 1

    tx.now += timedelta(seconds=1)
    once(tx, SENDING, errand)
    assert errand.times == 2


def test_another_request_under_the_same_key_is_refused(tx: Transaction) -> None:
    errand = Errand(Told(b"done"))
    once(tx, SENDING, errand)

    with pytest.raises(Unacceptable, match="used for another request"):
        once(tx, OTHER, errand)
    assert errand.times == 1


def test_what_takes_long_is_claimed_first_and_settled_then(tx: Transaction) -> None:
    assert claim(tx, SENDING) is None
    with pytest.raises(Conflict, match="under way, or was cut off"):
        claim(tx, SENDING)
    with pytest.raises(Unacceptable):
        claim(tx, OTHER)

    settle(tx, SENDING, Told(b"done", 202))

    assert claim(tx, SENDING) == Told(b"done", 202)


def test_what_was_not_done_after_all_can_be_sent_again(tx: Transaction) -> None:
    claim(tx, SENDING)
    release(tx, SENDING)

    assert claim(tx, SENDING) is None
