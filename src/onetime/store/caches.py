"""When each station last forgot the verdicts that it remembers, and what it said to that."""

from datetime import datetime

from msgspec import Struct, convert
from sqlalchemy import Connection, delete, insert, select

from onetime.domain.ids import StationId
from onetime.store.command_tables import authorization_caches as table
from onetime.store.command_tables import station_commands
from onetime.store.transaction import Transaction

c = table.c


class Cache(Struct, frozen=True, kw_only=True):
    """What is known of a station's cache; `answer` is its last word on clearing it.

    `tried_at` is when the last command to clear it was given.
    """

    cleared_at: datetime | None = None
    tried_at: datetime | None = None
    answer: str | None = None
    attempts: int = 0
    retry_at: datetime | None = None


def find_all(connection: Connection) -> dict[StationId, Cache]:
    """Return what is known of all stations' caches."""
    rows = connection.execute(
        select(c.station_id, c.cleared_at, c.tried_at, c.answer, c.attempts, c.retry_at)
    ).mappings()
    return {row["station_id"]: convert(row, Cache) for row in rows}


def find(connection: Connection, station_id: StationId) -> Cache:
    """Return what is known of a station's cache."""
    statement = select(c.cleared_at, c.tried_at, c.answer, c.attempts, c.retry_at)
    row = connection.execute(statement.where(c.station_id == station_id)).mappings().first()
    return convert(row, Cache) if row else Cache()


def put(tx: Transaction, station_id: StationId, cache: Cache) -> None:
    """Remember this of a station's cache from now on."""
    tx.connection.execute(delete(table).where(c.station_id == station_id))
    tx.connection.execute(
        insert(table),
        {
            "station_id": station_id,
            "cleared_at": cache.cleared_at,
            "tried_at": cache.tried_at,
            "answer": cache.answer,
            "attempts": cache.attempts,
            "retry_at": cache.retry_at,
        },
    )


def asked_at(tx: Transaction, command_id: int) -> datetime:
    """Return when a command was given."""
    found: datetime = tx.connection.execute(
        select(station_commands.c.asked_at).where(station_commands.c.id == command_id)
    ).scalar_one()
    return found
