"""Commissionings in the database: begun, noted upon, finished."""

from datetime import datetime

from sqlalchemy import insert, select, update

from onetime.domain.ids import StationId
from onetime.store.command_tables import commissionings as table
from onetime.store.transaction import Row, Transaction

c = table.c


def open_at(tx: Transaction, station_id: StationId) -> int | None:
    """Return the number of the commissioning that goes on at a station, or None."""
    found = tx.connection.execute(
        select(c.id).where(c.station_id == station_id, c.finished_at.is_(None)).limit(1)
    ).scalar()
    return None if found is None else int(found)


def station_of(tx: Transaction, commissioning_id: int) -> tuple[str, bool] | None:
    """Return the station of a commissioning and whether it goes on; None when there is none."""
    row = tx.connection.execute(
        select(c.station_id, c.finished_at).where(c.id == commissioning_id)
    ).first()
    return None if row is None else (str(row.station_id), row.finished_at is None)


def insert_commissioning(tx: Transaction, station_id: StationId, by: str) -> int:
    """Note that somebody begins to commission a station; return its number."""
    made = tx.connection.execute(
        insert(table).returning(c.id),
        {"station_id": station_id, "started_at": tx.now, "started_by": by, "note": ""},
    )
    return int(made.scalar_one())


def change(tx: Transaction, commissioning_id: int, values: Row) -> None:
    """Change columns of a commissioning."""
    tx.connection.execute(update(table).where(c.id == commissioning_id).values(**values))


def note_back(tx: Transaction, station_id: StationId, begun_before: datetime) -> None:
    """Note that a station has opened a connection, where it was taken off its line before that."""
    tx.connection.execute(
        update(table)
        .where(
            c.station_id == station_id,
            c.finished_at.is_(None),
            c.offline_test_at <= begun_before,
            c.offline_back_at.is_(None),
        )
        .values(offline_back_at=tx.now)
    )
