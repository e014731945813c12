"""Brings the schema to the version of this program, and says when it can not.

A version is the number that the file of a migration begins with. The library that runs migrations
is looked at only when one is to run: most commands find that there is nothing to do.
"""

import secrets
from datetime import datetime
from importlib import import_module
from pathlib import Path

from sqlalchemy import Connection, insert, inspect, select, text

from onetime.domain.errors import Conflict
from onetime.store import access_tables, command_tables, message_tables, security_tables, tables
from onetime.store.columns import metadata
from onetime.store.database import Database
from onetime.store.tables import installation

__all__ = ["metadata", "migrate", "newest_version", "require_known", "version_of"]

PAGES = (tables, message_tables, access_tables, command_tables, security_tables)
"""The modules that declare tables; `metadata` is complete once they are imported."""
MIGRATIONS = Path(__file__).parent / "migrations"
SECRET_BYTES = 32


def newest_version() -> str:
    """Return the schema version that this program works with."""
    return max(_versions())


def version_of(connection: Connection) -> str | None:
    """Return the schema version of a database; None when it is empty."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.execute(
        text("SELECT version_num FROM alembic_version")
    ).scalar_one_or_none()
    return found


def require_known(version: str | None) -> None:
    """Refuse a schema version that a newer program made; raises Conflict."""
    if version is not None and version not in _versions():
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
        if before != newest_version():
            import_module("onetime.store.upgrades").upgrade(connection, MIGRATIONS)
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


def _versions() -> frozenset[str]:
    return frozenset(each.name[:4] for each in (MIGRATIONS / "versions").glob("[0-9]*.py"))
