"""The record of who changed what: the chain holds, and whatever is done to it shows."""

from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from onetime.domain.errors import Conflict
from onetime.domain.policy import Policy
from onetime.kit.clock import ManualClock
from onetime.operations.spots import add_spot
from onetime.queries.audit import audit_chain, audit_list
from onetime.queries.pages import Asked
from onetime.store import audit
from onetime.store.archive import Archive
from onetime.store.database import open_database
from onetime.store.transaction import Transaction
from tests.databases import NOW
from tests.garage_makers import OWNER

KEEPERS = ("changed", "deleted", "replaced")


@pytest.fixture
def kept(tx: Transaction) -> Transaction:
    """A transaction in whose database the audit has five entries."""
    for number in range(1, 6):
        note(tx, number)
    tx.flush()
    return tx


def note(tx: Transaction, number: int, reason: str | None = "Because.") -> None:
    audit.record(tx, OWNER, "spot.added", f"spot:{number}", None, {"label": "B-1"}, reason)


def attack(tx: Transaction, *statements: str) -> None:
    """Change the table behind the back of its triggers, as who owns the database can."""
    if tx.connection.dialect.name == "sqlite":
        for each in KEEPERS:
            tx.connection.exec_driver_sql(f"DROP TRIGGER audit_entries_are_not_{each}")
    else:
        tx.connection.exec_driver_sql("ALTER TABLE audit_entries DISABLE TRIGGER USER")
    for statement in statements:
        tx.connection.execute(text(statement))


def test_a_record_that_nobody_touched_is_whole(kept: Transaction) -> None:
    chain = audit_chain(kept.connection)

    assert (chain.entries, chain.last_id, chain.fault) == (5, 5, None)
    assert chain.head == audit_list(kept.connection, asked=Asked(1)).items[0].digest
    assert audit_chain(kept.connection, (5, chain.head)).fault is None


def test_an_empty_record_is_whole(tx: Transaction) -> None:
    assert audit_chain(tx.connection).fault is None


@pytest.mark.parametrize(
    "change",
    [
        "actor = 'cli:uid-1'",
        "at = '2026-03-01T12:00:00.000001Z'",
        "act = 'spot.addee'",
        "subject = 'spot:4'",
        "before = '{}'",
        "after = NULL",
        "reason = 'Becausf.'",
        "reason = NULL",
        "reason_digest = NULL",
        f"digest = '{'0' * 64}'",
    ],
)
def test_an_entry_that_was_changed_is_named(kept: Transaction, change: str) -> None:
    attack(kept, f"UPDATE audit_entries SET {change} WHERE id = 3")

    chain = audit_chain(kept.connection)

    assert (chain.broken_id, chain.entries) == (3, 2)
    assert chain.fault is not None


@pytest.mark.parametrize(
    ("statement", "broken_id"),
    [
        ("DELETE FROM audit_entries WHERE id = 1", 2),
        ("DELETE FROM audit_entries WHERE id = 3", 4),
        ("DELETE FROM audit_entries WHERE id > 3", 3),
        ("DELETE FROM audit_entries", 0),
        ("UPDATE audit_entries SET id = 30 WHERE id = 3", 4),
        ("UPDATE audit_entries SET reason = 'erased', reason_digest = NULL WHERE id = 2", 2),
        (
            "INSERT INTO audit_entries (id, at, actor, act, subject, digest)"
            " SELECT 6, at, actor, act, subject, digest FROM audit_entries WHERE id = 5",
            6,
        ),
    ],
)
def test_entries_that_were_removed_or_put_in_show(
    kept: Transaction, statement: str, broken_id: int
) -> None:
    attack(kept, statement)

    assert audit_chain(kept.connection).broken_id == broken_id


def test_a_digest_noted_elsewhere_shows_a_record_that_was_made_anew(kept: Transaction) -> None:
    chain = audit_chain(kept.connection)
    attack(
        kept,
        "DELETE FROM audit_entries",
        f"UPDATE installation SET audit_count = 0, audit_head = '{'0' * 64}'",
    )
    for number in range(2, 8):
        note(kept, number)
    kept.flush()

    assert audit_chain(kept.connection).fault is None
    assert audit_chain(kept.connection, (chain.last_id, chain.head)).broken_id == 5
    assert audit_chain(kept.connection, (9, chain.head)).fault is not None


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entries SET after = NULL WHERE id = 2",
        "UPDATE audit_entries SET reason = 'Another one.' WHERE id = 2",
        "UPDATE audit_entries SET reason = NULL WHERE id = 2",
        "UPDATE audit_entries SET reason = 'erased', act = 'nothing' WHERE id = 2",
        "DELETE FROM audit_entries WHERE id = 5",
        "all at once",
    ],
)
def test_the_database_refuses_to_change_entries(kept: Transaction, statement: str) -> None:
    if statement == "all at once":
        statement = (
            "INSERT OR REPLACE INTO audit_entries SELECT * FROM audit_entries WHERE id = 2"
            if kept.connection.dialect.name == "sqlite"
            else "TRUNCATE audit_entries"
        )
    with pytest.raises(DBAPIError, match="of the audit are never"), kept.connection.begin_nested():
        kept.connection.execute(text(statement))


def test_a_reason_can_be_erased_and_the_chain_holds(kept: Transaction) -> None:
    kept.connection.execute(text("UPDATE audit_entries SET reason = 'erased' WHERE id = 2"))

    assert audit_chain(kept.connection).fault is None


def test_operations_that_are_rolled_back_leave_no_gap(archive: Archive) -> None:
    def refused(tx: Transaction, error: Exception) -> None:
        note(tx, 6)
        raise error

    def several(tx: Transaction) -> None:
        note(tx, 1)
        add_spot(tx, OWNER, "B-1")
        note(tx, 2)

    archive.perform(several)
    for error in (Conflict("Not today."), ZeroDivisionError()):
        with pytest.raises(Exception, match=r"Not today|ZeroDivision"):
            archive.perform(refused, error)
    archive.perform(note, 7)

    chain = archive.ask(audit_chain)
    assert (chain.entries, chain.last_id, chain.fault) == (4, 4, None)


def test_another_process_that_writes_in_between_adds_to_the_same_chain(archive: Archive) -> None:
    other = Archive(open_database(archive.database.url), ManualClock(NOW), Policy())
    other.start()
    try:
        for number in range(6):
            (other if number % 2 else archive).perform(note, number)
    finally:
        other.stop()

    assert (archive.ask(audit_chain).entries, archive.ask(audit_chain).fault) == (6, None)


def test_the_list_can_be_asked_for_an_actor_an_act_and_a_subject(kept: Transaction) -> None:
    found = [
        audit_list(kept.connection, actor=str(OWNER), asked=Asked(2)),
        audit_list(kept.connection, act="spot.added", asked=Asked(2)),
        audit_list(kept.connection, asked=Asked(2)),
    ]

    for page in found:
        assert [entry.subject for entry in page.items] == ["spot:5", "spot:4"]
    assert [each.id for each in audit_list(kept.connection, subject="spot:2").items] == [2]
    assert audit_list(kept.connection, actor="cli:uid-9").items == ()


def test_one_byte_in_the_file_is_found(sqlite_url: str) -> None:
    archive = Archive(open_database(sqlite_url), ManualClock(NOW), Policy())
    archive.start()
    archive.perform(note, 1, "The charger stands at the wrong spot.")
    archive.stop()
    file = Path(sqlite_url.removeprefix("sqlite:///"))
    content = file.read_bytes()
    at = content.index(b"wrong spot.")
    file.write_bytes(content[:at] + b"W" + content[at + 1 :])

    archive = Archive(open_database(sqlite_url), ManualClock(NOW), Policy())
    try:
        assert archive.ask(audit_chain).broken_id == 1
    finally:
        archive.database.close()
