"""Files of stations in the database: awaited, received, deleted."""

from datetime import datetime

from msgspec import Struct, convert
from sqlalchemy import delete, func, insert, select, update

from onetime.store.command_tables import station_files
from onetime.store.transaction import Transaction

c = station_files.c


class Awaited(Struct, frozen=True, kw_only=True):
    """A file that a station may send."""

    id: int
    station_id: str
    kind: str
    expires_at: datetime
    received_at: datetime | None


def insert_awaited(
    tx: Transaction, station_id: str, kind: str, asked_by: str, digest: str, expires_at: datetime
) -> int:
    """Await a file; return its number."""
    result = tx.connection.execute(
        insert(station_files).values(
            station_id=station_id,
            kind=kind,
            asked_by=asked_by,
            asked_at=tx.now,
            expires_at=expires_at,
            digest=digest,
        )
    )
    assert result.inserted_primary_key is not None
    return int(result.inserted_primary_key[0])


def by_digest(tx: Transaction, digest: str) -> Awaited | None:
    """Return the file whose address has this secret."""
    row = tx.connection.execute(select(station_files).where(c.digest == digest)).mappings().first()
    return convert(row, Awaited) if row else None


def counts(tx: Transaction, station_id: str) -> tuple[int, int]:
    """Return how many files of a station are awaited and how many were received."""
    row = tx.connection.execute(
        select(func.count() - func.count(c.received_at), func.count(c.received_at)).where(
            c.station_id == station_id
        )
    ).one()
    return int(row[0]), int(row[1])


def forget_expired(tx: Transaction) -> None:
    """Await no more what did not come in time."""
    tx.connection.execute(
        delete(station_files).where(c.received_at.is_(None), c.expires_at <= tx.now)
    )


def note_received(
    tx: Transaction, file_id: int, name: str, size: int, sha256: str, stored_as: str
) -> bool:
    """Note that a file is here; False when one came already, or it is awaited no more."""
    done = tx.connection.execute(
        update(station_files)
        .where(c.id == file_id, c.received_at.is_(None))
        .values(received_at=tx.now, name=name, size_bytes=size, sha256=sha256, stored_as=stored_as)
    )
    return bool(done.rowcount)


def remove(tx: Transaction, station_id: str, file_id: int) -> str | None:
    """Delete a received file's row; return under which name it is stored, None if there is none."""
    mine = (c.id == file_id, c.station_id == station_id, c.received_at.is_not(None))
    stored_as = tx.connection.execute(select(c.stored_as).where(*mine)).scalar()
    tx.connection.execute(delete(station_files).where(*mine))
    return stored_as
