"""What happens to renters, to their spots and cards, and what the audit keeps of it."""

import pytest
from sqlalchemy import select

from onetime.domain.errors import NotFound, Unacceptable
from onetime.domain.facts import GarageChanged
from onetime.domain.tokens import Verdict, verdict
from onetime.operations.renters import (
    RenterChanges,
    create_renter,
    deactivate_renter,
    edit_renter,
    reactivate_renter,
)
from onetime.store import renters, spots, tokens
from onetime.store.tables import audit_entries, spot_renters
from onetime.store.tables import renters as renters_table
from onetime.store.transaction import Transaction
from tests.garage_makers import OWNER, a_card, a_renter, a_spot, audit_trail


def test_a_renter_is_entered_active_and_audited_without_a_name(tx: Transaction) -> None:
    renter_id = create_renter(
        tx,
        OWNER,
        name="  Anna  Example ",
        contact_email="anna@example.org",
        phone_number="+49 (89) 123-45",
    )

    renter = renters.find(tx, renter_id)
    assert renter is not None
    assert (renter.name, renter.phone_number) == ("Anna Example", "+49 (89) 123-45")
    assert renter.is_active
    assert audit_trail(tx) == [
        ("renter.created", f"renter:{renter_id}", None, {"is_active": True}),
    ]
    assert tx.facts() == [GarageChanged()]


def test_an_audit_entry_says_who_and_when(tx: Transaction) -> None:
    create_renter(tx, OWNER, name="Anna", contact_email="anna@example.org")

    tx.flush(audit_entries)
    entry = tx.connection.execute(select(audit_entries)).one()

    assert (entry.actor, entry.at, entry.reason) == ("cli:uid-0", tx.now, None)


@pytest.mark.parametrize(
    ("name", "email", "phone", "field", "sentence"),
    [
        ("", "a@b", None, "name", "A name has 1 to 200 characters."),
        ("x" * 201, "a@b", None, "name", "A name has 1 to 200 characters."),
        ("A\x00na", "a@b", None, "name", "Control characters and broken letters"),
        ("A\udcffna", "a@b", None, "name", "Control characters and broken letters"),
        ("Anna", "anna.example.org", None, "contact_email", "is not an e-mail address."),
        ("Anna", "a@b\x00", None, "contact_email", "Control characters"),
        ("Anna", "a@b", "call me", "phone_number", "'call me' is not a phone number."),
        ("Anna", "a@b", "12", "phone_number", "'12' is not a phone number."),
    ],
)
def test_a_renter_that_makes_no_sense_is_refused(
    tx: Transaction, name: str, email: str, phone: str | None, field: str, sentence: str
) -> None:
    with pytest.raises(Unacceptable) as refusal:
        create_renter(tx, OWNER, name=name, contact_email=email, phone_number=phone)

    assert refusal.value.field == field
    assert sentence in refusal.value.sentence
    assert tx.connection.execute(select(renters_table)).first() is None
    assert audit_trail(tx) == []


def test_an_edit_changes_what_was_given_and_audits_only_that_it_did(tx: Transaction) -> None:
    renter_id = create_renter(
        tx, OWNER, name="Anna", contact_email="anna@example.org", phone_number="12345"
    )

    edit_renter(tx, OWNER, renter_id, RenterChanges(name="Anna B.", phone_number=None))

    renter = renters.find(tx, renter_id)
    assert renter is not None
    assert (renter.name, renter.phone_number) == ("Anna B.", None)
    assert renter.contact_email == "anna@example.org"
    assert audit_trail(tx)[1:] == [
        ("renter.edited", f"renter:{renter_id}", None, {"changed": "name phone_number"}),
    ]


def test_an_edit_that_changes_nothing_leaves_no_trace(tx: Transaction) -> None:
    renter_id = a_renter(tx, "Anna")

    edit_renter(tx, OWNER, renter_id, RenterChanges(name="Anna"))

    assert audit_trail(tx) == []
    assert tx.facts() == []


def test_deactivating_frees_the_spots_and_stops_the_cards(tx: Transaction) -> None:
    renter_id = a_renter(tx)
    spot = a_spot(tx, "B1-1")
    spots.set_renter(tx, spot, renter_id)
    a_card(tx, "CARD", renter_id)

    assert deactivate_renter(tx, OWNER, renter_id) == ["B1-1"]

    freed = spots.find(tx, spot)
    assert freed is not None
    assert freed.renter_id is None
    assert verdict(tokens.find(tx, "CARD"), tx.now) is Verdict.INACTIVE
    interval = tx.connection.execute(select(spot_renters)).one()
    assert (interval.renter_id, interval.valid_to) == (renter_id, tx.now)
    assert audit_trail(tx) == [
        ("spot.released", f"spot:{spot}", {"renter_id": renter_id}, {"renter_id": None}),
        ("renter.deactivated", f"renter:{renter_id}", {"is_active": True}, {"is_active": False}),
    ]


def test_a_renter_who_comes_back_may_charge_again(tx: Transaction) -> None:
    renter_id = a_renter(tx)
    a_card(tx, "CARD", renter_id)
    deactivate_renter(tx, OWNER, renter_id)

    reactivate_renter(tx, OWNER, renter_id)

    assert verdict(tokens.find(tx, "CARD"), tx.now) is Verdict.ACCEPTED


def test_deactivating_twice_is_told_once(tx: Transaction) -> None:
    renter_id = a_renter(tx)
    deactivate_renter(tx, OWNER, renter_id)
    deactivate_renter(tx, OWNER, renter_id)

    assert [act for act, *_ in audit_trail(tx)] == ["renter.deactivated"]


def test_an_unknown_renter_is_named(tx: Transaction) -> None:
    for act in (deactivate_renter, reactivate_renter):
        with pytest.raises(NotFound, match=r"There is no renter 404\."):
            act(tx, OWNER, 404)
    with pytest.raises(NotFound, match=r"There is no renter 404\."):
        edit_renter(tx, OWNER, 404, RenterChanges(name="Anna"))
