"""Backups of a SQLite file: made while others write, checked, put in place whole or not at all.

Knows files and SQLite; of the schema it knows only how to recognise it.
"""

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

from onetime.domain.errors import Conflict, Unacceptable
from onetime.store.schema import require_known

MAGIC = b"SQLite format 3\0"
HEADER_BYTES = 100
PRIVATE = 0o600
BESIDE = ("-wal", "-shm")
_BUSY_SECONDS = 5.0


def save(database: Path, target: Path) -> None:
    """Write a consistent, compact copy of a database; others go on writing meanwhile.

    Under its own name the copy exists only when it is complete, checked and on disk. Raises
    Conflict when the file exists already or the copy can not be trusted, OSError.
    """
    partial = target.with_name(f".{target.name}.{os.getpid()}.part")
    os.close(os.open(partial, os.O_CREAT | os.O_EXCL | os.O_WRONLY, PRIVATE))
    try:
        with closing(_connect(database, "mode=rw")) as connection:
            connection.execute("VACUUM INTO ?", (str(partial),)).close()
        verify(partial)
        _sync(partial)
        _name(partial, target)
    except sqlite3.Error as error:
        raise Conflict(f"No backup was made: {error} ({target.parent}).") from None
    finally:
        partial.unlink(missing_ok=True)


def verify(source: Path) -> None:
    """Refuse a file that is damaged, or is no database of onetime, or of a newer one.

    The file is only read. Raises Unacceptable, Conflict when the version is newer, OSError.
    """
    with source.open("rb") as file:
        if file.read(HEADER_BYTES)[: len(MAGIC)] != MAGIC:
            raise Unacceptable(f"{source} is no SQLite database, so it is no backup of onetime.")
    beside = source.with_name(source.name + BESIDE[0])
    if beside.exists() and beside.stat().st_size > 0:
        raise Unacceptable(
            f"{source} is a database in use, with changes still in {beside.name};"
            " `onetime database backup` makes a complete copy."
        )
    try:
        with closing(_connect(source, "mode=ro&immutable=1")) as connection:
            tables = _texts(connection, "SELECT name FROM sqlite_master WHERE type = 'table'")
            if not {"alembic_version", "installation", "charging_sessions"} <= {*tables}:
                raise Unacceptable(f"{source} is a SQLite database, but not one of onetime.")
            faults = _texts(connection, "PRAGMA integrity_check(1)")
            dangling = _texts(connection, "PRAGMA foreign_key_check")
            versions = _texts(connection, "SELECT version_num FROM alembic_version")
            installed = _texts(connection, "SELECT id FROM installation")
    except sqlite3.Error as error:
        raise Unacceptable(f"{source} is damaged ({error}); take another backup.") from None
    if faults != ["ok"] or dangling or len(versions) != 1 or len(installed) != 1:
        what = faults[0].splitlines()[-1] if faults != ["ok"] else "rows are missing"
        raise Unacceptable(f"{source} is damaged ({what}); take another backup.")
    require_known(versions[0])


def stage(database: Path, source: Path) -> Path:
    """Copy a verified backup beside the database, to be made ready there; raises OSError."""
    staged = database.with_name(database.name + ".restoring")
    discard(staged)
    database.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        os.close(os.open(staged, os.O_CREAT | os.O_EXCL | os.O_WRONLY, PRIVATE))
        shutil.copyfile(source, staged)
    except OSError:
        discard(staged)
        raise
    return staged


def discard(staged: Path) -> None:
    """Remove what was staged."""
    for name in (staged.name, *(staged.name + ending for ending in BESIDE)):
        staged.with_name(name).unlink(missing_ok=True)


def swap(database: Path, staged: Path, label: str) -> Path | None:
    """Put the staged database in place of the present one; return under which name that is kept.

    A crash at any moment leaves one of the two in place, whole. Raises Conflict when another
    program has the present database open, OSError.
    """
    _fold_log(staged)
    _sync(staged)
    kept = None
    if database.exists():
        _give_owner(staged, database)
        _fold_log(database)
        kept = database.with_name(f"{database.name}.{label}")
        while kept.exists():
            kept = kept.with_name(kept.name + "_")
        wal = database.with_name(database.name + BESIDE[0])
        _twin(database, kept)
        if wal.exists():
            _twin(wal, kept.with_name(kept.name + BESIDE[0]))
        for ending in BESIDE:
            database.with_name(database.name + ending).unlink(missing_ok=True)
    else:
        _give_owner(staged, database.parent)
    os.replace(staged, database)
    _sync(database.parent)
    return kept


def transactions_issued(database: Path) -> int | None:
    """Return how many transaction ids a database has issued; None when it does not tell."""
    if not database.exists():
        return None
    try:
        with closing(_connect(database, "mode=rw")) as connection:
            row = connection.execute("SELECT transaction_count FROM installation").fetchone()
    except sqlite3.Error:
        return None
    return int(row[0]) if row else None


def faults(database: Path) -> list[str]:
    """Return what SQLite itself finds wrong in a database: pages, indexes, foreign keys."""
    try:
        with closing(_connect(database, "mode=rw")) as connection:
            found = [
                each for each in _texts(connection, "PRAGMA integrity_check(20)") if each != "ok"
            ]
            dangling = _texts(connection, "PRAGMA foreign_key_check")
    except sqlite3.Error as error:
        return [str(error)]
    return found + [f"table {table} has a row that points nowhere" for table in sorted({*dangling})]


def _connect(path: Path, options: str) -> sqlite3.Connection:
    return sqlite3.connect(
        f"file:{quote(str(path.absolute()))}?{options}",
        uri=True,
        timeout=_BUSY_SECONDS,
        isolation_level=None,
    )


def _texts(connection: sqlite3.Connection, statement: str) -> list[str]:
    return [str(row[0]) for row in connection.execute(statement)]


def _fold_log(database: Path) -> None:
    """Bring all changes into the one file, which works only when nobody else has it open.

    A database that is too damaged for it is kept with its log as it is.
    """
    try:
        with closing(_connect(database, "mode=rw")) as connection:
            connection.execute("PRAGMA journal_mode=DELETE").close()
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise Conflict(
                f"Another program has {database} open; end it, then restore again."
            ) from None
    except sqlite3.DatabaseError:
        return


def _name(partial: Path, target: Path) -> None:
    """Give a finished file its name; never that of a file that exists."""
    try:
        os.link(partial, target)
    except FileExistsError:
        raise Conflict(f"{target} exists already; a backup overwrites nothing.") from None
    except OSError:  # a file system without links
        os.rename(partial, target)
    _sync(target.parent)


def _twin(path: Path, name: Path) -> None:
    """Let a file have a second name, or a copy where there are no links."""
    try:
        os.link(path, name)
    except OSError:
        shutil.copy2(path, name)
        _sync(name)


def _give_owner(path: Path, like: Path) -> None:
    """When root restores, the server's user must be able to open what it finds."""
    owner = like.stat()
    with suppress(PermissionError):
        os.chown(path, owner.st_uid, owner.st_gid)


def _sync(path: Path) -> None:
    with _opened(path) as file:
        os.fsync(file)


@contextmanager
def _opened(path: Path) -> Iterator[int]:
    file = os.open(path, os.O_RDONLY)
    try:
        yield file
    finally:
        os.close(file)
