"""The garage as a whole: its name, and whether it is locked."""

from datetime import datetime

from msgspec import Struct, convert
from sqlalchemy import Connection, select

from onetime.store.tables import installation


class Site(Struct, frozen=True, kw_only=True):
    """The garage; while `locked_at` is set nobody may begin to charge."""

    name: str
    locked_at: datetime | None
    locked_by: str | None
    lock_reason: str | None


def site(connection: Connection) -> Site:
    """Return what there is to say of the garage as a whole."""
    c = installation.c
    row = connection.execute(select(c.name, c.locked_at, c.locked_by, c.lock_reason)).mappings()
    return convert(row.one(), Site)
