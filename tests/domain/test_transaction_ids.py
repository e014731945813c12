"""Transaction ids look random, and never come twice (X05)."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onetime.domain import transaction_ids
from onetime.domain.ids import MAX_TRANSACTION_ID
from onetime.domain.transaction_ids import transaction_id

SECRET = bytes(range(32))
COUNTS = st.integers(1, MAX_TRANSACTION_ID)


@given(COUNTS, st.binary(min_size=1, max_size=64))
def test_an_id_is_one_to_two_to_the_31_less_one(count: int, secret: bytes) -> None:
    assert 1 <= transaction_id(count, secret) <= 2_147_483_647


@given(COUNTS, COUNTS)
def test_two_charges_never_have_the_same_id(one: int, other: int) -> None:
    assert (transaction_id(one, SECRET) == transaction_id(other, SECRET)) is (one == other)


def test_every_id_of_a_small_installation_is_issued_exactly_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The same network over 8 bits instead of 32, so that all of it can be looked at."""
    monkeypatch.setattr(transaction_ids, "_HALF_BITS", 4)
    monkeypatch.setattr(transaction_ids, "_HALF_MASK", 15)
    monkeypatch.setattr(transaction_ids, "MAX_TRANSACTION_ID", 127)
    narrow = transaction_ids._round

    def low_bits(half: int, turn: int, secret: bytes) -> int:
        return narrow(half, turn, secret) & 15

    monkeypatch.setattr(transaction_ids, "_round", low_bits)

    for secret in (SECRET, b"another", b"x"):
        issued = [transaction_id(count, secret) for count in range(1, 128)]
        assert sorted(issued) == list(range(1, 128))


def test_ids_do_not_follow_each_other_and_differ_between_installations() -> None:
    ids = [transaction_id(count, SECRET) for count in range(1, 101)]
    steps = {later - earlier for earlier, later in pairwise(ids)}

    assert len(steps) == 99
    assert ids != sorted(ids)
    assert transaction_id(1, b"another installation") != ids[0]


def test_an_id_stays_what_it_was_after_an_update_of_the_program() -> None:
    """Changing the network would issue ids again that a restored backup has."""
    assert [transaction_id(count, SECRET) for count in (1, 2, MAX_TRANSACTION_ID)] == [
        2_131_614_190,
        1_132_169_858,
        1_522_636_811,
    ]


@pytest.mark.parametrize("count", [0, -1, MAX_TRANSACTION_ID + 1])
def test_ids_run_out_rather_than_come_again(count: int) -> None:
    with pytest.raises(ValueError, match="used up"):
        transaction_id(count, SECRET)
