"""Migrations run in the transaction that is open, and are known by the names of their files."""

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from onetime.store.database import open_database
from onetime.store.schema import MIGRATIONS, newest_version, version_of
from onetime.store.upgrades import upgrade


def test_what_is_rolled_back_leaves_no_schema(tmp_path) -> None:
    database = open_database(f"sqlite:///{tmp_path / 'onetime.db'}")
    with database.writer.connect() as connection:
        with connection.begin() as attempt:
            upgrade(connection, MIGRATIONS)
            assert version_of(connection) == newest_version()
            attempt.rollback()
        with connection.begin():
            assert version_of(connection) is None
    database.close()


def test_versions_are_those_that_the_library_knows(database) -> None:
    assert ScriptDirectory(str(MIGRATIONS)).get_current_head() == newest_version()
    with database.writer.connect() as connection, connection.begin():
        assert version_of(connection) == newest_version()
        assert MigrationContext.configure(connection).get_current_revision() == newest_version()
