"""Brings the schema to the version of this program, and says when it can not."""

import secrets
from datetime import datetime
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, insert, select

from onetime.domain.errors import Conflict
from onetime.store import access_tables, command_tables, security_tables, tables
from onetime.store.columns import metadata
from onetime.store.database import Database
from onetime.store.tables import installation

__all__ = ["metadata", "migrate", "newest_version", "require_known", "version_of"]

PAGES = (tables, access_tables, command_tables, security_tables)
"""The modules that declare tables; `metadata` is complete once they are imported."""
MIGRATIONS = Path(__file__).parent / "migrations"
SECRET_BYTES = 32


def newest_version() -> str:
    """Return the schema version that this program works with."""
    version = ScriptDirectory(str(MIGRATIONS)).get_current_head()
    assert version is not None
    return version


def version_of(connection: Connection) -> str | None:
    """Return the schema version of a database; None when it is empty."""
    return MigrationContext.configure(connection).get_current_revision()


def require_known(version: str | None) -> None:
    """Refuse a schema version that a newer program made; raises Conflict."""
    known = {each.revision for each in ScriptDirectory(str(MIGRATIONS)).walk_revisions()}
    if version is not None and version not in known:
        raise Conflict(
            f"The database has schema {version}, which this program does not know: it was made by"
            " a newer onetime. Install that version, or restore a backup made before the update."
        )


def migrate(database: Database, now: datetime) -> tuple[str | None, str]:
    """Create or upgrade the schema; return the version before and after.

    Raises Conflict when the database was made by a newer program: nothing is touched then.
    """
    with database.writer.connect() as connection, connection.begin():
        before = version_of(connection)
        require_known(before)
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
        config.attributes["connection"] = connection
        if before != newest_version():
            command.upgrade(config, "head")
        if connection.execute(select(installation.c.id)).first() is None:
            connection.execute(
                insert(installation).values(
                    id=1,
                    secret=secrets.token_bytes(SECRET_BYTES),
                    transaction_count=0,
                    created_at=now,
                )
            )
    return before, newest_version()
