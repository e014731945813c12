"""Cards with their holders, and whether they may charge."""

from datetime import timedelta

import pytest

from onetime.domain.errors import NotFound
from onetime.domain.tokens import Verdict
from onetime.operations.renters import deactivate_renter
from onetime.operations.tokens import issue_card
from onetime.queries.pages import Asked
from onetime.queries.tokens import token, token_list, verdict_on
from onetime.store.transaction import Transaction
from tests.garage_makers import OWNER, a_renter


def test_cards_are_listed_of_all_or_of_one_renter(tx: Transaction) -> None:
    anna, bob = a_renter(tx, "Anna"), a_renter(tx, "Bob")
    issue_card(tx, OWNER, "FIRST", anna, description="Main Driver")
    tx.now += timedelta(days=1)
    issue_card(tx, OWNER, "SECOND", bob)

    assert [each.token for each in token_list(tx.connection).items] == ["SECOND", "FIRST"]
    [card] = token_list(tx.connection, renter_id=anna).items
    assert (card.token, card.renter_name, card.description) == ("FIRST", "Anna", "Main Driver")
    assert token(tx.connection, "first") == card


def test_a_card_tells_whether_it_may_charge(tx: Transaction) -> None:
    anna = a_renter(tx)
    issue_card(tx, OWNER, "CARD", anna, expiry_date=tx.now + timedelta(days=1))
    card = token(tx.connection, "CARD")

    assert verdict_on(card, tx.now) is Verdict.ACCEPTED
    assert verdict_on(card, tx.now + timedelta(days=1)) is Verdict.EXPIRED
    deactivate_renter(tx, OWNER, anna)
    assert verdict_on(token(tx.connection, "CARD"), tx.now) is Verdict.INACTIVE


def test_cards_of_one_moment_come_in_pages(tx: Transaction) -> None:
    anna = a_renter(tx)
    for n in range(3):
        issue_card(tx, OWNER, f"CARD-{n}", anna)

    page = token_list(tx.connection, asked=Asked(2))
    rest = token_list(tx.connection, asked=Asked(2, page.next_cursor))

    assert [each.token for each in page.items + rest.items] == ["CARD-2", "CARD-1", "CARD-0"]


@pytest.mark.parametrize("number", ["04A2B3C4", "CARD\0", "\udcff"])
def test_an_unknown_card_is_not_repeated_in_full(tx: Transaction, number: str) -> None:
    with pytest.raises(NotFound, match=r"There is no card …") as refusal:
        token(tx.connection, number)

    assert number not in refusal.value.sentence
