"""How a presented tag finds its card, and who held a card when."""

from datetime import timedelta

import pytest

from onetime.store.tokens import cut_or_padded, find, hand_over, holder_at
from onetime.store.transaction import Transaction
from tests.garage_makers import a_card, a_renter


def test_a_card_is_found_without_regard_to_case(tx: Transaction) -> None:
    a_card(tx, "04a2B3C4", a_renter(tx))

    found = find(tx, "04A2b3c4")

    assert found is not None
    assert found.token == "04a2B3C4"
    assert found.renter_is_active


def test_a_card_that_nobody_issued_is_not_found(tx: Transaction) -> None:
    a_card(tx, "04A2B3C4", a_renter(tx))

    assert find(tx, "04A2B3") is None
    assert find(tx, "C4B3A204") is None


def test_separators_of_a_reader_are_ignored_between_hexadecimal_digits(tx: Transaction) -> None:
    a_card(tx, "04A2B3C4", a_renter(tx))

    assert find(tx, "04:a2:b3:c4") == find(tx, "04A2B3C4")
    assert find(tx, "04 A2-B3 C4") == find(tx, "04A2B3C4")


def test_a_card_issued_with_separators_is_not_found_by_its_bare_digits(tx: Transaction) -> None:
    a_card(tx, "04:A2:B3:C4", a_renter(tx))

    assert find(tx, "04A2B3C4") is None
    assert find(tx, "04-A2-B3-C4") is not None


def test_two_cards_with_the_same_digits_are_not_guessed_between(tx: Transaction) -> None:
    renter = a_renter(tx)
    a_card(tx, "04A2B3C4", renter)
    a_card(tx, "04:A2:B3:C4", renter)

    assert find(tx, "04 A2 B3 C4") is None
    assert find(tx, "04:A2:B3:C4") is not None


def test_hostile_text_finds_no_card_and_does_not_trouble_the_database(tx: Transaction) -> None:
    a_card(tx, "KEY12345", a_renter(tx))

    for id_tag in ("KEY12345\0", "\N{KELVIN SIGN}EY12345", "\ud800", "", "x" * 300):
        assert find(tx, id_tag) is None


def test_the_holder_of_a_card_is_who_held_it_at_that_moment(tx: Transaction) -> None:
    anna, bob = a_renter(tx, "Anna"), a_renter(tx, "Bob")
    issued = tx.now
    a_card(tx, "CARD", anna)
    tx.now = changed = issued + timedelta(days=10)
    hand_over(tx, "CARD", bob)

    assert holder_at(tx, "CARD", issued - timedelta(days=1)) == anna
    assert holder_at(tx, "CARD", changed - timedelta(microseconds=1)) == anna
    assert holder_at(tx, "CARD", changed) == bob
    assert holder_at(tx, "CARD", changed + timedelta(days=900)) == bob


def test_an_unknown_card_has_no_holder(tx: Transaction) -> None:
    assert holder_at(tx, "CARD", tx.now) is None


@pytest.mark.parametrize(
    ("presented", "resembled"),
    [
        ("04A1B2C3D4E5", "04A1B2C3D4E5F6"),  # cut to six bytes
        ("04a1b2c3", "04A1B2C3D4E5F6"),
        ("04A1B2C3D4E5F600", "04A1B2C3D4E5F6"),  # filled up
        ("04A1B2C", None),  # too short to tell
        ("04A1B2C3D4E5F6", None),  # the card itself
        ("F6E5D4C3B2A104", None),
        ("09090909", None),  # two cards begin like this
        ("not-a-card", None),
    ],
)
def test_a_tag_that_was_cut_or_filled_up_is_like_one_card(
    tx: Transaction, presented: str, resembled: str | None
) -> None:
    renter = a_renter(tx)
    for token in ("04A1B2C3D4E5F6", "0909090901", "0909090902"):
        a_card(tx, token, renter)

    found = cut_or_padded(tx, presented)

    assert (found.token if found else None) == resembled
