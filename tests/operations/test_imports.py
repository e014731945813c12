"""Whole tables: entered as if each line had been entered by hand, or not at all."""

from msgspec import structs
from sqlalchemy import Table, func, select

from onetime.domain.imports import MAX_LINES, Noun
from onetime.domain.reviews import ReviewKind
from onetime.operations.imports import Imported, import_lines
from onetime.operations.knocks import Knock, note_knocks
from onetime.operations.renters import create_renter
from onetime.operations.spots import add_spot, assign_spot
from onetime.operations.stations import register_station
from onetime.operations.tokens import issue_card
from onetime.queries.audit import audit_chain
from onetime.queries.imports import import_draft
from onetime.store import knocks, reviews, spots, tokens
from onetime.store.archive import Archive
from onetime.store.reviews import Finding
from onetime.store.stations import credentials
from onetime.store.tables import (
    authorization_tokens,
    parking_spots,
    renters,
    spot_renters,
    spot_stations,
    token_renters,
)
from onetime.store.transaction import Transaction
from tests.garage_makers import OWNER, a_renter, a_station, audit_trail

PASSWORD = "a-password-of-24-letters"


def bring(tx: Transaction, noun: Noun, table: str) -> Imported:
    return import_lines(tx, OWNER, import_draft(tx.connection, noun, table.encode()))


def rows(tx: Transaction, table: Table) -> list[tuple]:
    found = tx.connection.execute(select(table).order_by(table.c.id)).all()
    return [tuple(row)[1:] for row in found]


def test_renters_are_entered(tx: Transaction) -> None:
    done = bring(tx, Noun.RENTERS, "name,contact_email\nAnna,a@example.org\nBert,b@example.org\n")

    found = tx.connection.execute(select(renters).order_by(renters.c.id)).all()
    assert (done.created, done.unchanged, done.faults) == (2, 0, ())
    assert [(each.name, each.is_active, each.created_at) for each in found] == [
        ("Anna", True, tx.now),
        ("Bert", True, tx.now),
    ]
    assert audit_trail(tx) == [
        ("renter.created", f"renter:{each.id}", None, {"is_active": True}) for each in found
    ]


def test_a_table_brought_twice_changes_nothing_the_second_time(tx: Transaction) -> None:
    table = "name,contact_email\nAnna,a@example.org\nBert,b@example.org\n"
    bring(tx, Noun.RENTERS, table)
    acts = len(audit_trail(tx))

    again = bring(tx, Noun.RENTERS, table)

    assert (again.created, again.unchanged, again.faults) == (0, 2, ())
    assert tx.connection.execute(select(func.count()).select_from(renters)).scalar() == 2
    assert len(audit_trail(tx)) == acts


def test_with_one_fault_nothing_is_entered(tx: Transaction) -> None:
    done = bring(tx, Noun.RENTERS, "name,contact_email\nAnna,a@example.org\nBert,nowhere\n")

    assert (done.created, len(done.faults)) == (0, 1)
    assert tx.connection.execute(select(func.count()).select_from(renters)).scalar() == 0


def test_a_spot_is_as_if_it_had_been_added_and_assigned_by_hand(tx: Transaction) -> None:
    anna = create_renter(tx, OWNER, name="Anna", contact_email="a@example.org")
    a_station(tx, "CP-1")
    a_station(tx, "CP-2")
    by_hand = add_spot(tx, OWNER, "B-1", floor_level="Level -2", station_id="CP-1")
    assign_spot(tx, OWNER, by_hand, anna)

    done = bring(
        tx,
        Noun.SPOTS,
        "label,floor_level,renter_email,charging_station_id\nB-2,Level -2,a@example.org,CP-2\n",
    )

    first, second = rows(tx, parking_spots)
    assert done.created == 1
    assert second == ("B-2", *first[1:3], "CP-2")
    (_, *one), (spot_id, *other) = rows(tx, spot_renters)
    assert one == other
    standing = [(each[0], each[1], each[3]) for each in rows(tx, spot_stations)]
    assert standing == [(by_hand, "CP-1", None), (spot_id, "CP-2", None)]
    found = spots.with_station(tx, "CP-2")
    assert found is not None
    assert found.id == spot_id


def test_a_card_is_as_if_it_had_been_issued_by_hand(tx: Transaction) -> None:
    anna = create_renter(tx, OWNER, name="Anna", contact_email="a@example.org")
    reviews.open_review(tx, Finding(kind=ReviewKind.UNKNOWN_TAG, key="04a1b2c3d4", evidence="?"))
    issue_card(tx, OWNER, "04A1B2C3D3", anna, description="Key ring")

    bring(tx, Noun.TOKENS, "token,renter_id,description\n" + f"04A1B2C3D4,{anna},Key ring\n")

    first, second = tx.connection.execute(select(authorization_tokens)).mappings().all()
    differing = {name for name in first if first[name] != second[name]}
    assert differing == {"token", "token_key", "bare_hex"}
    assert [each[1:] for each in rows(tx, token_renters)] == [(anna, tx.now, None)] * 2
    assert tokens.find(tx, "04:a1:b2:c3:d4") is not None
    assert reviews.open_keys(tx, ReviewKind.UNKNOWN_TAG) == set()
    assert [each[:2] for each in audit_trail(tx)][-2:] == [
        ("card.issued", "card:…C3D3"),
        ("card.issued", "card:…C3D4"),
    ]


def test_stations_get_a_key_unless_they_bring_a_password(tx: Transaction) -> None:
    register_station(tx, OWNER, "CP-1", 1, PASSWORD)
    note_knocks(
        tx, [Knock(identity="CP-2", reason="unknown", ip_address="::1", count=1, last_at=tx.now)]
    )

    done = bring(
        tx,
        Noun.STATIONS,
        f"id,security_profile,password\nCP-2,1,{PASSWORD}\nCP-3,,\nCP-4,0,\n",
    )

    logins = credentials(tx.connection)
    assert [each.id for each in done.keys] == ["CP-3"]
    assert {str(each): bool(login.digest) for each, login in logins.items()} == {
        "CP-1": True,
        "CP-2": True,
        "CP-3": True,
        "CP-4": False,
    }
    assert knocks.identities(tx) == set()
    assert "a-password" not in str(audit_trail(tx))


def test_what_changed_since_the_table_was_read_is_heeded(tx: Transaction) -> None:
    table = b"name,contact_email\nAnna,a@example.org\nBert,b@example.org\n"
    draft = import_draft(tx.connection, Noun.RENTERS, table)
    create_renter(tx, OWNER, name="Anna", contact_email="a@example.org")

    done = import_lines(tx, OWNER, draft)

    assert (done.created, done.unchanged) == (1, 1)


def test_what_was_worked_out_before_is_not_worked_out_again_while_stations_wait(
    tx: Transaction,
) -> None:
    draft = import_draft(tx.connection, Noun.RENTERS, b"name,contact_email\nAnna,a@example.org\n")
    changed = structs.replace(draft, lines=())

    assert import_lines(tx, OWNER, changed).created == 1


def test_the_largest_table_leaves_the_audit_whole(archive: Archive) -> None:
    lines = "".join(f"04A1{n:08},{{renter}},Card {n}\n" for n in range(MAX_LINES))
    renter = archive.perform(a_renter)
    table = "token,renter_id,description\n" + lines.format(renter=renter)

    draft = archive.ask(import_draft, Noun.TOKENS, table.encode())
    done = archive.perform(import_lines, OWNER, draft)

    assert (done.created, done.faults) == (MAX_LINES, ())
    chain = archive.ask(audit_chain)
    assert (chain.entries, chain.fault) == (MAX_LINES, None)
