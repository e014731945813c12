"""Backups of a PostgreSQL database, by PostgreSQL's own programs `pg_dump` and `pg_restore`.

A restore fills a new database and then exchanges the names; a password is never an argument.
"""

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import NullPool, create_engine, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError

from onetime.domain.errors import Conflict, Unacceptable
from onetime.store.database import open_database
from onetime.store.schema import require_known, version_of

PACKAGE = "postgresql-client"
MAGIC = b"PGDMP"
MAX_NAME_BYTES = 63
PRIVATE = 0o600


def save(url: str, target: Path) -> None:
    """Write a consistent dump of a database; others go on writing meanwhile.

    Raises Conflict when the file exists already, or a program is missing or fails; OSError.
    """
    partial = target.with_name(f".{target.name}.{os.getpid()}.part")
    os.close(os.open(partial, os.O_CREAT | os.O_EXCL | os.O_WRONLY, PRIVATE))
    try:
        _run("pg_dump", url, ["--format=custom", "--no-owner", f"--file={partial}"])
        verify(partial)
        _sync(partial)
        try:
            os.link(partial, target)
        except FileExistsError:
            raise Conflict(f"{target} exists already; a backup overwrites nothing.") from None
        except OSError:  # a file system without links
            os.rename(partial, target)
        _sync(target.parent)
    finally:
        partial.unlink(missing_ok=True)


def verify(source: Path) -> None:
    """Refuse a file that is no dump of onetime; raises Unacceptable, Conflict, OSError."""
    with source.open("rb") as file:
        if file.read(len(MAGIC)) != MAGIC:
            raise Unacceptable(f"{source} is no dump of PostgreSQL, so it is no backup of onetime.")
    try:
        listed = _run("pg_restore", None, ["--list", str(source)])
    except Conflict as refusal:
        raise Unacceptable(f"{source} can not be read: {refusal.sentence}") from None
    if "TABLE DATA public installation" not in listed:
        raise Unacceptable(f"{source} is a dump of PostgreSQL, but not one of onetime.")


def stage(url: str, source: Path) -> str:
    """Fill a new database beside the present one from a dump; return its address.

    Raises Conflict when the dump is newer than this program, or this can not be done.
    """
    present = make_url(url)
    staged = present.set(database=_name(present, "restoring"))
    discard(_address(staged))
    _administer(present, f"CREATE DATABASE {_quoted(staged)} TEMPLATE template0")
    try:
        options = ["--exit-on-error", "--single-transaction", "--no-owner", "--no-privileges"]
        _run("pg_restore", _address(staged), [*options, str(source)])
        database = open_database(_address(staged))
        with database.reader.connect() as connection:
            version = version_of(connection)
        database.close()
        require_known(version)
    except Conflict:
        discard(_address(staged))
        raise
    return _address(staged)


def discard(staged: str) -> None:
    """Remove what was staged."""
    gone = make_url(staged)
    present = gone.set(database=(gone.database or "").removesuffix("_restoring"))
    _administer(present, f"DROP DATABASE IF EXISTS {_quoted(gone)}")


def swap(url: str, staged: str, label: str) -> str:
    """Exchange the names; return under which the present database is kept.

    Raises Conflict when somebody is connected to it.
    """
    present, ready = make_url(url), make_url(staged)
    kept = present.set(database=_name(present, label))
    _administer(ready, f"ALTER DATABASE {_quoted(present)} RENAME TO {_quoted(kept)}")
    try:
        _administer(kept, f"ALTER DATABASE {_quoted(ready)} RENAME TO {_quoted(present)}")
    except Conflict:
        _administer(ready, f"ALTER DATABASE {_quoted(kept)} RENAME TO {_quoted(present)}")
        raise
    return kept.database or ""


def transactions_issued(url: str) -> int | None:
    """Return how many transaction ids a database has issued; None when it does not tell."""
    database = open_database(url)
    try:
        with database.reader.connect() as connection:
            count = connection.execute(text("SELECT transaction_count FROM installation")).scalar()
    except DBAPIError:
        return None
    finally:
        database.close()
    return int(count) if count is not None else None


def _run(program: str, url: str | None, options: Sequence[str]) -> str:
    path = shutil.which(program)
    if path is None:
        raise Conflict(
            f"{program} is not found on the PATH; install PostgreSQL's programs"
            f" (Debian: {PACKAGE}, of the server's version)."
        )
    environment = dict(os.environ)
    command = [path, *options]
    if url is not None:
        parsed = make_url(url).set(drivername="postgresql")
        if parsed.password is not None:
            environment["PGPASSWORD"] = str(parsed.password)
        bare = parsed._replace(password=None).render_as_string(hide_password=False)
        command.insert(1, f"--dbname={bare}")
    done = subprocess.run(
        command,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode != 0:
        lines = [line for line in done.stderr.splitlines() if line.strip()] or ["no reason given"]
        raise Conflict(f"{program} failed: {lines[0].removeprefix(f'{program}: ')}.")
    return done.stdout


def _administer(url: URL, statement: str) -> None:
    """Run a statement that can not be part of a transaction; raises Conflict."""
    engine = create_engine(
        url.set(drivername="postgresql+psycopg"), poolclass=NullPool, isolation_level="AUTOCOMMIT"
    )
    try:
        with engine.connect() as connection:
            connection.execute(text(statement))
    except DBAPIError as error:
        reason = (str(error.orig).splitlines() or ["no reason given"])[0]
        raise Conflict(f"PostgreSQL refuses: {reason}.") from None
    finally:
        engine.dispose()


def _name(url: URL, label: str) -> str:
    ending = f"_{label}"
    return f"{(url.database or '')[: MAX_NAME_BYTES - len(ending)]}{ending}"


def _quoted(url: URL) -> str:
    return '"' + (url.database or "").replace('"', '""') + '"'


def _address(url: URL) -> str:
    return url.set(drivername="postgresql").render_as_string(hide_password=False)


def _sync(path: Path) -> None:
    file = os.open(path, os.O_RDONLY)
    try:
        os.fsync(file)
    finally:
        os.close(file)
