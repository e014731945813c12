"""`onetime doctor` tells all it finds and ends with 1 when something is wrong."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from onetime.cli import checks
from onetime.kit.lockfile import locked
from onetime.operations.stations import register_station
from onetime.store.archive import Archive
from tests.cli.conftest import Run
from tests.garage_makers import OWNER


@pytest.fixture(autouse=True)
def good_clock(monkeypatch: pytest.MonkeyPatch, data_dir: Path) -> None:
    """A computer on which all is well, whatever this one is like."""
    monkeypatch.setattr(checks, "is_clock_synchronised", lambda: True)
    monkeypatch.setattr(checks, "LEAST_FREE_BYTES", 0)
    monkeypatch.setenv("ONETIME_OCPP_PORT", "0")
    monkeypatch.setenv("ONETIME_HTTP_PORT", "0")
    data_dir.chmod(0o700)


def test_a_healthy_installation_has_nothing_wrong(run: Run) -> None:
    ended = run("doctor")

    assert (ended.code, ended.err) == (0, "")
    assert ended.lines[-1] == "Nothing is wrong."
    assert all(line.startswith("ok") for line in ended.lines[:-2])


def test_what_is_wrong_comes_with_what_to_do(run: Run, books: Archive, data_dir: Path) -> None:
    books.perform(register_station, OWNER, "CP-1")  # at NOW, long before today
    data_dir.chmod(0o755)

    ended = run("doctor")
    as_json = run("doctor", "--json")

    assert ended.code == as_json.code == 1
    assert ended.lines[-1] == "2 things to do."
    assert f"do: chmod 700 {data_dir}" in ended.out
    assert "Station CP-1 was registered" in ended.out
    assert isinstance(as_json.json, list)
    assert [each["check"] for each in as_json.json if each["is_wrong"]] == ["data-dir", "stations"]


def test_a_server_that_runs_is_noticed(run: Run, data_dir: Path) -> None:
    with locked(data_dir / "serve.lock"):
        ended = run("doctor")

    assert "The central system runs on a port of its own choice." in ended.out


def test_a_database_that_can_not_be_used_is_told_after_the_rest(run: Run, data_dir: Path) -> None:
    (data_dir / "onetime.db").write_bytes(b"\xff" * 9_000)

    ended = run("doctor")

    assert ended.code == 1
    assert "can be written" in ended.out
    assert "file is not a database" in ended.err


def test_a_database_of_a_newer_program_is_one_thing_to_do(run: Run, data_dir: Path) -> None:
    with closing(sqlite3.connect(data_dir / "onetime.db")) as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
        database.commit()

    ended = run("doctor")
    as_json = run("doctor", "--json")

    assert (ended.code, ended.err) == (as_json.code, as_json.err) == (1, "")
    assert "WRONG  The database has schema 9999" in ended.out
    assert "1 thing to do." in ended.out
    assert isinstance(as_json.json, list)
    assert [each["check"] for each in as_json.json if each["is_wrong"]] == ["database"]
