"""Whatever goes wrong is told in one sentence, and a bug leaves its trace without values."""

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import text

from onetime.store import database
from onetime.store.database import open_database
from onetime.store.transaction import Transaction
from tests.cli.conftest import Run

ADD = ("renter", "add", "Anna", "--email", "anna@example.org")


def test_a_locked_database_is_waited_for_and_then_told(
    run: Run, data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "BUSY_TIMEOUT_MS", 50)
    other = sqlite3.connect(data_dir / "onetime.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    refused = run(*ADD)
    listed = run("renter", "list")
    other.execute("ROLLBACK")

    assert (refused.code, refused.out) == (1, "")
    assert refused.err == (
        "Not done: the database can not be used at present (database is locked);"
        " try again, or ask `onetime doctor`.\n"
    )
    assert listed.out.startswith("No renters yet.")
    assert run(*ADD).code == 0
    other.close()


def test_a_database_of_a_newer_version_is_left_alone(run: Run, data_dir: Path) -> None:
    opened = open_database(f"sqlite:///{data_dir}/onetime.db")
    with opened.writer.connect() as connection, connection.begin():
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    opened.close()

    for argv in (ADD, ("renter", "list")):
        ended = run(*argv)

        assert (ended.code, ended.out) == (1, "")
        assert "made by a newer onetime" in ended.err
        assert ended.err.count("\n") == 1


def test_a_file_that_is_no_database_is_told(run: Run, data_dir: Path) -> None:
    (data_dir / "onetime.db").write_bytes(b"This is not a database. " * 100)

    ended = run("renter", "list")

    assert ended.code == 1
    assert ended.err == (
        "The database can not be trusted any more (file is not a database);"
        " restore a backup with `onetime database restore`.\n"
    )


def test_a_data_directory_that_is_a_file_is_told(run: Run, data_dir: Path) -> None:
    ended = run("--data-dir", str(data_dir / "onetime.db"), "renter", "list")

    assert (ended.code, ended.out) == (1, "")
    assert ended.err == f"{data_dir}/onetime.db/onetime.toml can not be read: Not a directory.\n"


def test_a_data_directory_that_can_not_be_made_is_told(run: Run) -> None:
    ended = run("--data-dir", "/dev/null/x", "renter", "list")

    assert (ended.code, ended.out) == (1, "")
    assert ended.err.count("\n") == 1


def test_a_database_that_nobody_answers_for_is_told(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ONETIME_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/nothing")

    ended = run("renter", "list")

    assert (ended.code, ended.out) == (1, "")
    assert ended.err.startswith("Not done: the database can not be used at present (")
    assert ended.err.count("\n") == 1


def test_postgresql_without_its_driver_is_told(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONETIME_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/nothing")
    monkeypatch.setitem(__import__("sys").modules, "psycopg", None)

    ended = run("renter", "list")

    assert ended.err == (
        "PostgreSQL needs psycopg; install onetime with its extra: onetime[postgresql].\n"
    )


def broken(tx: Transaction, *_: object, **__: object) -> int:
    tx.connection.execute(text("INSERT INTO nowhere VALUES (:tag)"), {"tag": "04A2" + "B3C4"})
    return 0


def test_a_bug_leaves_a_trace_without_values(
    run: Run, data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("onetime.cli.renter.create_renter", broken)

    ended = run(*ADD)

    log = data_dir / "command-line.log"
    assert (ended.code, ended.out) == (1, "")
    assert ended.err == (
        f"Not done: onetime has a bug here (OperationFailed); its trace is in {log},"
        " and ONETIME_DEBUG=1 shows more.\n"
    )
    trace = log.read_text()
    assert "in broken" in trace
    assert "OperationalError" in trace
    assert "04A2B3C4" not in trace
    assert run("renter", "list", "--json").json == []


def test_a_bug_is_shown_to_whoever_asks_for_it(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("onetime.cli.renter.create_renter", broken)
    monkeypatch.setenv("ONETIME_DEBUG", "1")

    ended = run(*ADD)

    assert ended.code == 1
    assert "Traceback" in ended.err


def test_a_trace_that_can_not_be_kept_is_said_to_be_lost(
    run: Run, data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("onetime.cli.renter.create_renter", broken)
    (data_dir / "command-line.log").mkdir()

    assert f"{data_dir}/command-line.log can not be written" in run(*ADD).err
