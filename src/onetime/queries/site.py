"""The garage as a whole: its name, and whether it is locked."""

from datetime import datetime

from msgspec import Struct, convert
from sqlalchemy import Connection, select

from onetime.queries.demo import has_demo, may_have_demo
from onetime.queries.pages import widened
from onetime.store.tables import installation


class Site(Struct, frozen=True, kw_only=True):
    """The garage; while `locked_at` is set nobody may begin to charge.

    `has_demo`: some of it is made up; `may_have_demo`: there is nothing yet, so a demo is offered.
    """

    name: str
    locked_at: datetime | None
    locked_by: str | None
    lock_reason: str | None
    has_demo: bool
    may_have_demo: bool


def site(connection: Connection) -> Site:
    """Return what there is to say of the garage as a whole."""
    c = installation.c
    row = connection.execute(select(c.name, c.locked_at, c.locked_by, c.lock_reason)).mappings()
    demo = {"has_demo": has_demo(connection), "may_have_demo": may_have_demo(connection)}
    return convert(widened(row.one(), **demo), Site)
