"""Opens the database: which engine, which settings of it, and what its errors mean.

Knows SQLite and PostgreSQL; never knows a table.
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from enum import Enum
from pathlib import Path
from typing import Protocol, cast

from msgspec import Struct
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import ConnectionPoolEntry, NullPool

from onetime.domain.errors import StoreDown

BUSY_TIMEOUT_MS = 5_000
READER_POOL = 4
WRITER_PRAGMAS = ("cache_size=-16000", "wal_autocheckpoint=4000")
"""In KiB, so that pages to which thousands of stations write stay in memory; in pages, so that one
which many batches touch goes back to the file once each 16 MB, which spares flash."""
_FATAL_SQLITE = ("SQLITE_IOERR_FSYNC", "SQLITE_IOERR_DIR_FSYNC", "SQLITE_CORRUPT", "SQLITE_NOTADB")
_DOWN_SQLITE = (
    "SQLITE_FULL",
    "SQLITE_IOERR",
    "SQLITE_READONLY",
    "SQLITE_CANTOPEN",
    "SQLITE_BUSY",
    "SQLITE_LOCKED",
    "SQLITE_PROTOCOL",
    "SQLITE_NOMEM",
)
_RETRY_STATES = ("40001", "40P01")
_FATAL_STATES = ("XX001", "XX002")
_DOWN_STATES = ("08", "25", "53", "55", "57", "58")
_CONNECTION_ERRORS = frozenset({"OperationalError", "InterfaceError"})
_IN_ERROR = 3  # libpq: the transaction failed, and COMMIT would silently roll it back


class Trouble(Enum):
    """What a database error asks for."""

    BUG = "the statement or its values are wrong"
    RETRY = "another transaction was in the way"
    DOWN = "the database can not commit at present"
    FATAL = "the disk or the database file can not be trusted any more"


_GRAVITY = (Trouble.BUG, Trouble.RETRY, Trouble.DOWN, Trouble.FATAL)


class TransactionLost(Exception):
    """The open transaction was rolled back beneath its operations."""


class _Libpq(Protocol):
    transaction_status: int


class _Raw(Protocol):
    """What is asked of a driver's connection: `in_transaction` of sqlite3, `pgconn` of psycopg."""

    in_transaction: bool
    pgconn: _Libpq


class Database(Struct, frozen=True):
    """The two ways in: one engine for the single writer, one for readers."""

    writer: Engine
    reader: Engine
    is_sqlite: bool
    url: str

    def close(self) -> None:
        """Give up all connections."""
        self.writer.dispose()
        self.reader.dispose()


def open_database(url: str) -> Database:
    """Open `sqlite:///path` or `postgresql://user@host/name`; nothing is read or written yet.

    Raises ValueError with one sentence when the address is of another kind.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        if not parsed.database:
            raise ValueError("DATABASE_URL names no file; write sqlite:////path/to/onetime.db")
        Path(parsed.database).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        return Database(_sqlite(parsed, False), _sqlite(parsed, True), True, url)
    if parsed.get_backend_name() == "postgresql":
        parsed = parsed.set(drivername="postgresql+psycopg")
        return Database(
            create_engine(parsed, poolclass=NullPool, hide_parameters=True),
            create_engine(parsed, pool_size=READER_POOL, pool_pre_ping=True, hide_parameters=True),
            False,
            url,
        )
    kind = parsed.get_backend_name()
    raise ValueError(f"DATABASE_URL names {kind!r}; onetime works with sqlite and postgresql")


def _sqlite(url: URL, read_only: bool) -> Engine:
    connect_args = {"check_same_thread": False, "timeout": BUSY_TIMEOUT_MS / 1000}
    # Values could be cards or keys; without them an error can be logged.
    engine = (
        create_engine(url, pool_size=READER_POOL, connect_args=connect_args, hide_parameters=True)
        if read_only
        else create_engine(url, poolclass=NullPool, connect_args=connect_args, hide_parameters=True)
    )

    def prepare(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
        assert isinstance(connection, sqlite3.Connection)
        connection.isolation_level = None
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            f"busy_timeout={BUSY_TIMEOUT_MS}",
            f"query_only={'ON' if read_only else 'OFF'}",
            *(() if read_only else WRITER_PRAGMAS),
        ):
            connection.execute(f"PRAGMA {pragma}").close()

    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")

    def keep_private(*_: object) -> None:
        # A new file is for its owner alone, whatever the folder; its log gets the same mode.
        with suppress(OSError):
            os.close(os.open(str(url.database), os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))

    event.listen(engine, "do_connect", keep_private)
    event.listen(engine, "connect", prepare)
    event.listen(engine, "begin", begin)
    return engine


def trouble(error: BaseException) -> Trouble:
    """Say what an exception means for the batch that met it.

    The gravest of its chain counts: undoing what a full disk has already undone fails in its own,
    harmless looking way.
    """
    return max((_trouble(each) for each in _chain(error)), key=_GRAVITY.index)


def reason_of(error: Exception) -> str:
    """Return one line that says what the database driver complained of."""
    cause = getattr(error, "orig", None) or error
    lines = str(cause).splitlines()
    return lines[0] if lines else type(cause).__name__


@contextmanager
def down_is_no_bug() -> Iterator[None]:
    """Say StoreDown where the database can not be used at present."""
    try:
        yield
    except DBAPIError as error:
        if trouble(error) is Trouble.BUG:
            raise
        raise StoreDown(reason_of(error)) from error


def require_transaction(connection: Connection, is_sqlite: bool) -> None:
    """Make sure, before a commit, that what is to be committed is still there.

    Both databases give up a transaction by themselves after some errors, and then take a commit
    without complaint. Raises TransactionLost.
    """
    raw = cast("_Raw", connection.connection.dbapi_connection)
    is_lost = not raw.in_transaction if is_sqlite else raw.pgconn.transaction_status == _IN_ERROR
    if is_lost:
        raise TransactionLost("the database gave up the transaction")


def _chain(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and all that led to it; chains of exceptions have an end."""
    yield error
    beneath = {
        id(each): each
        for each in (getattr(error, "orig", None), error.__cause__, error.__context__)
        if isinstance(each, BaseException)
    }
    for each in beneath.values():
        yield from _chain(each)


def _trouble(error: BaseException) -> Trouble:
    if isinstance(error, TransactionLost):
        return Trouble.DOWN
    if isinstance(error, sqlite3.Error):
        name = getattr(error, "sqlite_errorname", "")
        if name.startswith(_FATAL_SQLITE):
            return Trouble.FATAL
        return Trouble.DOWN if name.startswith(_DOWN_SQLITE) else Trouble.BUG
    if not type(error).__module__.startswith("psycopg"):
        return Trouble.BUG
    state = getattr(error, "sqlstate", None)
    if state is None:
        is_down = any(each.__name__ in _CONNECTION_ERRORS for each in type(error).__mro__)
        return Trouble.DOWN if is_down else Trouble.BUG
    if state in _RETRY_STATES:
        return Trouble.RETRY
    if state in _FATAL_STATES:
        return Trouble.FATAL
    return Trouble.DOWN if state.startswith(_DOWN_STATES) else Trouble.BUG
