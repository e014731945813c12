"""Renters with their spots and cards."""

import pytest

from onetime.domain.errors import NotFound
from onetime.operations.renters import deactivate_renter
from onetime.operations.spots import assign_spot
from onetime.queries.pages import Asked
from onetime.queries.renters import renter, renter_list
from onetime.store.transaction import Transaction
from tests.garage_makers import OWNER, a_card, a_renter, a_spot


def test_a_renter_comes_with_spots_and_cards(tx: Transaction) -> None:
    anna, bob = a_renter(tx, "Anna"), a_renter(tx, "Bob")
    for label in ("B2", "B1"):
        a_spot(tx, label)
        assign_spot(tx, OWNER, label, anna)
    a_card(tx, "CARD", anna)

    [last, first] = renter_list(tx.connection).items

    assert (first.id, first.name, first.spots, first.token_count) == (anna, "Anna", ("B1", "B2"), 1)
    assert (last.id, last.spots, last.token_count) == (bob, (), 0)
    assert renter(tx.connection, anna) == first


def test_past_renters_can_be_told_apart(tx: Transaction) -> None:
    past, active = a_renter(tx), a_renter(tx)
    deactivate_renter(tx, OWNER, past)

    assert [each.id for each in renter_list(tx.connection, is_active=True).items] == [active]
    assert [each.id for each in renter_list(tx.connection, is_active=False).items] == [past]


def test_renters_come_in_pages(tx: Transaction) -> None:
    ids = [a_renter(tx) for _ in range(3)]

    page = renter_list(tx.connection, asked=Asked(2))
    rest = renter_list(tx.connection, asked=Asked(2, page.next_cursor))

    assert [each.id for each in page.items + rest.items] == ids[::-1]
    assert rest.next_cursor is None


def test_an_unknown_renter_is_named(tx: Transaction) -> None:
    with pytest.raises(NotFound, match=r"There is no renter 404\."):
        renter(tx.connection, 404)
