"""Keys on their way to stations: made, sent, and not yet shown at a login.

Knows keyed hashes only; all keys of a station share the salt of its present one.
"""

from datetime import datetime

from msgspec import Struct, convert
from sqlalchemy import bindparam, delete, func, insert, select, update

from onetime.store.security_tables import station_next_keys
from onetime.store.tables import station_credentials
from onetime.store.transaction import Transaction


class NextKey(Struct, frozen=True, kw_only=True):
    """A key that a station may have by now; `accepted_at` when it said so."""

    id: int
    station_id: str
    digest: bytes
    made_at: datetime
    accepted_at: datetime | None


class Present(Struct, frozen=True, kw_only=True):
    """The key that a station is known to have; `used_at` is kept while others are on their way."""

    salt: bytes
    digest: bytes
    used_at: datetime | None


_OF_STATION = (
    select(station_next_keys)
    .where(station_next_keys.c.station_id == bindparam("station_id"))
    .order_by(station_next_keys.c.id)
)
_PRESENT = select(
    station_credentials.c.salt, station_credentials.c.digest, station_credentials.c.used_at
).where(station_credentials.c.station_id == bindparam("station_id"))


def present(tx: Transaction, station_id: str) -> Present | None:
    """Return the key of a station, if it has one."""
    row = tx.connection.execute(_PRESENT, {"station_id": station_id}).mappings().first()
    return convert(row, Present) if row else None


def following(tx: Transaction, station_id: str) -> list[NextKey]:
    """Return the keys on their way to a station, the oldest first."""
    rows = tx.connection.execute(_OF_STATION, {"station_id": station_id}).mappings()
    return [convert(row, NextKey) for row in rows]


def add(tx: Transaction, station_id: str, digest: bytes) -> int:
    """Let a station have another key from now on, beside its present one."""
    added: int = tx.connection.execute(
        insert(station_next_keys).returning(station_next_keys.c.id),
        {"station_id": station_id, "digest": digest, "made_at": tx.now},
    ).scalar_one()
    return added


def note_accepted(tx: Transaction, key_id: int) -> None:
    """Note that the station has said yes to a key."""
    tx.connection.execute(
        update(station_next_keys).where(station_next_keys.c.id == key_id).values(accepted_at=tx.now)
    )


def drop(tx: Transaction, key_id: int) -> None:
    """Forget one key that a station does not have."""
    tx.connection.execute(delete(station_next_keys).where(station_next_keys.c.id == key_id))


def drop_all(tx: Transaction, station_id: str) -> None:
    """Forget every key on its way to a station."""
    tx.connection.execute(
        delete(station_next_keys).where(station_next_keys.c.station_id == station_id)
    )


def put_in_place(tx: Transaction, station_id: str, digest: bytes) -> None:
    """Make one of the next keys the present one; the others and the old one end."""
    drop_all(tx, station_id)
    tx.connection.execute(
        update(station_credentials)
        .where(station_credentials.c.station_id == station_id)
        .values(digest=digest, changed_at=tx.now, used_at=None)
    )


def note_used(tx: Transaction, station_id: str) -> None:
    """Note that a station has logged in with its present key."""
    tx.connection.execute(
        update(station_credentials)
        .where(station_credentials.c.station_id == station_id)
        .values(used_at=tx.now)
    )


def old_ones(tx: Transaction, made_before: datetime) -> list[str]:
    """Return the stations whose newest key on its way was made before a time."""
    newest = func.max(station_next_keys.c.made_at)
    rows = tx.connection.execute(
        select(station_next_keys.c.station_id)
        .group_by(station_next_keys.c.station_id)
        .having(newest < made_before)
        .order_by(station_next_keys.c.station_id)
    )
    return [row.station_id for row in rows]
