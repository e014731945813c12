"""What errors of the database mean, and how the database is set up."""

import sqlite3
from pathlib import Path

import psycopg
import pytest
from psycopg import errors
from sqlalchemy import insert
from sqlalchemy.exc import DBAPIError, OperationalError

from onetime.store.database import (
    Database,
    TransactionLost,
    Trouble,
    open_database,
    require_transaction,
    trouble,
)
from onetime.store.tables import renters


def sqlite_error(name: str) -> Exception:
    error = sqlite3.OperationalError("what SQLite says")
    error.sqlite_errorname = name
    return error


def test_a_new_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    database = open_database(f"sqlite:///{tmp_path}/onetime.db")
    with database.writer.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE some (thing)")
        modes = {each.name: each.stat().st_mode & 0o777 for each in tmp_path.iterdir()}
    database.close()

    assert modes == dict.fromkeys(["onetime.db", "onetime.db-shm", "onetime.db-wal"], 0o600)


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (sqlite_error("SQLITE_FULL"), Trouble.DOWN),
        (sqlite_error("SQLITE_BUSY"), Trouble.DOWN),
        (sqlite_error("SQLITE_IOERR_WRITE"), Trouble.DOWN),
        (sqlite_error("SQLITE_IOERR_FSYNC"), Trouble.FATAL),
        (sqlite_error("SQLITE_CORRUPT_INDEX"), Trouble.FATAL),
        (sqlite_error("SQLITE_CONSTRAINT_UNIQUE"), Trouble.BUG),
        (errors.SerializationFailure(), Trouble.RETRY),
        (errors.DiskFull(), Trouble.DOWN),
        (errors.DataCorrupted(), Trouble.FATAL),
        (errors.UniqueViolation(), Trouble.BUG),
        (psycopg.OperationalError("the connection is lost"), Trouble.DOWN),
        (psycopg.DataError("PostgreSQL text fields cannot contain NUL (0x00) bytes"), Trouble.BUG),
        (TransactionLost(), Trouble.DOWN),
        (ZeroDivisionError(), Trouble.BUG),
    ],
)
def test_an_error_means_one_thing_wrapped_or_not(error: Exception, expected: Trouble) -> None:
    assert trouble(error) is expected
    assert trouble(DBAPIError("SELECT", {}, error)) is expected


def test_what_was_beneath_an_error_counts_if_it_is_graver() -> None:
    """Rolling back to a savepoint fails harmlessly once a full disk has ended the transaction."""
    harmless = OperationalError("ROLLBACK TO", {}, sqlite_error("SQLITE_ERROR"))
    harmless.__context__ = OperationalError("INSERT", {}, sqlite_error("SQLITE_FULL"))

    assert trouble(harmless) is Trouble.DOWN


def test_a_transaction_that_is_gone_is_noticed_before_the_commit(database: Database) -> None:
    with database.writer.connect() as connection:
        transaction = connection.begin()
        connection.exec_driver_sql("SELECT 1")
        require_transaction(connection, database.is_sqlite)
        if database.is_sqlite:
            connection.exec_driver_sql("ROLLBACK")
        else:
            with pytest.raises(DBAPIError):
                connection.exec_driver_sql("SELECT 1 / 0")
        with pytest.raises(TransactionLost):
            require_transaction(connection, database.is_sqlite)
        transaction.rollback()


def test_readers_cannot_write(sqlite_url: str) -> None:
    database = open_database(sqlite_url)
    with (
        database.reader.connect() as connection,
        connection.begin(),
        pytest.raises(OperationalError),
    ):
        connection.exec_driver_sql("DELETE FROM renters")
    database.close()


def test_sqlite_syncs_each_commit_and_keeps_relations(sqlite_url: str) -> None:
    database = open_database(sqlite_url)
    with database.writer.connect() as connection:
        found = [
            connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        ]
    database.close()
    assert found == ["wal", 2, 1, 5000]


@pytest.mark.parametrize("url", ["mysql://host/name", "sqlite://", "sqlite:///"])
def test_an_address_of_another_kind_is_refused_in_a_sentence(url: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"DATABASE_URL names"):
        open_database(url)


def test_an_error_of_the_database_holds_no_values(sqlite_url: str) -> None:
    """Errors are shown to people; values may be cards, keys and names (S36)."""
    database = open_database(sqlite_url)
    with (
        database.writer.connect() as connection,
        connection.begin(),
        pytest.raises(DBAPIError) as failure,
    ):
        connection.execute(insert(renters).values(name="04CANARY", contact_email=None))
    database.close()

    assert "04CANARY" not in str(failure.value)
