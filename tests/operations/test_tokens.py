"""How cards are issued, blocked and handed over."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from onetime.domain.errors import Conflict, NotFound, Unacceptable
from onetime.domain.ids import StationId
from onetime.domain.tokens import TokenStatus, Verdict, verdict
from onetime.operations.authorization import note_unknown_tag
from onetime.operations.tokens import (
    CardChanges,
    block_card,
    edit_card,
    hand_over_card,
    issue_card,
    unblock_card,
)
from onetime.store import tokens
from onetime.store.tables import review_items
from onetime.store.transaction import Transaction
from tests.garage_makers import OWNER, a_renter, audit_trail


def test_a_card_charges_as_soon_as_it_is_issued(tx: Transaction) -> None:
    renter = a_renter(tx)

    issue_card(tx, OWNER, "04A2B3C4", renter, description="Main Driver", parent_id_tag="GROUP")

    card = tokens.find(tx, "04a2b3c4")
    assert verdict(card, tx.now) is Verdict.ACCEPTED
    assert card is not None
    assert (card.description, card.parent_id_tag) == ("Main Driver", "GROUP")
    assert audit_trail(tx) == [
        (
            "card.issued",
            "card:…B3C4",
            None,
            {"renter_id": renter, "status": "Accepted", "expiry_date": None},
        )
    ]


def test_a_card_that_differs_by_case_only_is_refused(tx: Transaction) -> None:
    first, second = a_renter(tx, "Anna"), a_renter(tx, "Bob")
    issue_card(tx, OWNER, "04a2b3c4", first)

    with pytest.raises(Conflict, match=f"Card …b3c4 is issued already, to renter {first}"):
        issue_card(tx, OWNER, "04A2B3C4", second)


@pytest.mark.parametrize("token", ["", "x" * 21, " CARD", "CARD ", "CÄRD", "CA\nRD", "\udcff"])
def test_a_card_number_that_no_reader_sends_is_refused(tx: Transaction, token: str) -> None:
    renter = a_renter(tx)

    with pytest.raises(Unacceptable) as refusal:
        issue_card(tx, OWNER, token, renter)

    assert refusal.value.field == "token"


def test_a_past_renter_gets_no_card(tx: Transaction) -> None:
    past = a_renter(tx, is_active=False)

    with pytest.raises(Conflict, match="is not active any more"):
        issue_card(tx, OWNER, "CARD", past)


def test_a_card_may_have_expired_when_it_is_issued(tx: Transaction) -> None:
    issue_card(tx, OWNER, "CARD", a_renter(tx), expiry_date=tx.now - timedelta(days=1))

    assert verdict(tokens.find(tx, "CARD"), tx.now) is Verdict.EXPIRED


def test_issuing_an_unknown_tag_settles_its_finding(tx: Transaction) -> None:
    note_unknown_tag(tx, StationId("CP-1"), "04A2B3C4")

    issue_card(tx, OWNER, "04a2b3c4", a_renter(tx))

    finding = tx.connection.execute(select(review_items)).one()
    assert finding.resolution == "The card was issued."


def test_blocking_and_unblocking(tx: Transaction) -> None:
    issue_card(tx, OWNER, "CARD", a_renter(tx))

    block_card(tx, OWNER, "card")
    assert verdict(tokens.find(tx, "CARD"), tx.now) is Verdict.BLOCKED
    block_card(tx, OWNER, "CARD")

    unblock_card(tx, OWNER, "CARD")
    assert verdict(tokens.find(tx, "CARD"), tx.now) is Verdict.ACCEPTED
    assert audit_trail(tx)[1:] == [
        ("card.blocked", "card:…", {"status": "Accepted"}, {"status": "Blocked"}),
        ("card.unblocked", "card:…", {"status": "Blocked"}, {"status": "Accepted"}),
    ]


def test_an_edit_changes_what_was_given(tx: Transaction) -> None:
    ends = tx.now + timedelta(days=1)
    issue_card(tx, OWNER, "04A2B3C4", a_renter(tx), description="Anna's", parent_id_tag="GROUP-1")

    edit_card(
        tx, OWNER, "04A2B3C4", CardChanges(expiry_date=ends, description=None, parent_id_tag=None)
    )

    card = tokens.find(tx, "04A2B3C4")
    assert card is not None
    assert (card.expiry_date, card.description, card.parent_id_tag) == (ends, None, None)
    assert card.status is TokenStatus.ACCEPTED
    assert audit_trail(tx)[1:] == [
        (
            "card.edited",
            "card:…B3C4",
            {"expiry_date": None, "description": "…", "parent_id_tag": "…UP-1"},
            {"expiry_date": "2026-03-02T12:00:00Z", "description": None, "parent_id_tag": None},
        )
    ]


def test_a_card_changes_hands_and_the_past_stays_with_its_holder(tx: Transaction) -> None:
    anna, bob = a_renter(tx, "Anna"), a_renter(tx, "Bob")
    issue_card(tx, OWNER, "CARD", anna)
    tx.now = changed = tx.now + timedelta(days=30)

    assert hand_over_card(tx, OWNER, "CARD", bob) == anna

    assert tokens.holder_at(tx, "CARD", changed - timedelta(days=1)) == anna
    assert tokens.holder_at(tx, "CARD", changed) == bob
    assert audit_trail(tx)[1:] == [
        ("card.handed-over", "card:…", {"renter_id": anna}, {"renter_id": bob})
    ]


def test_an_unknown_card_is_named_by_its_last_four_characters(tx: Transaction) -> None:
    for act in (block_card, unblock_card):
        with pytest.raises(NotFound, match=r"^There is no card …B3C4\.$"):
            act(tx, OWNER, "04A2B3C4")
