"""Errands about a station's security that take several steps: what was asked, how far it is.

Knows rows; which step follows which is decided elsewhere.
"""

from datetime import datetime

from msgspec import Struct, convert
from sqlalchemy import Connection, insert, select, update

from onetime.store.security_tables import security_errands
from onetime.store.transaction import Transaction, Value

OPEN = "open"


class Errand(Struct, frozen=True, kw_only=True):
    """One errand."""

    id: int
    station_id: str
    kind: str
    goal: str | None
    step: str
    state: str
    said: str | None
    attempts: int
    created_by: str
    created_at: datetime
    updated_at: datetime


def add(tx: Transaction, station_id: str, kind: str, goal: str | None, step: str, by: str) -> int:
    """Enter an errand that is to be run."""
    added: int = tx.connection.execute(
        insert(security_errands).returning(security_errands.c.id),
        {
            "station_id": station_id,
            "kind": kind,
            "goal": goal,
            "step": step,
            "state": OPEN,
            "attempts": 0,
            "created_by": by,
            "created_at": tx.now,
            "updated_at": tx.now,
        },
    ).scalar_one()
    return added


def find(connection: Connection, errand_id: int) -> Errand | None:
    """Return an errand."""
    row = connection.execute(
        select(security_errands).where(security_errands.c.id == errand_id)
    ).mappings()
    found = row.first()
    return convert(found, Errand) if found else None


def open_ones(connection: Connection, station_id: str | None = None) -> list[Errand]:
    """Return the errands that are not done, of one station or of all, the oldest first."""
    statement = select(security_errands).where(security_errands.c.state == OPEN)
    if station_id is not None:
        statement = statement.where(security_errands.c.station_id == station_id)
    rows = connection.execute(statement.order_by(security_errands.c.id)).mappings()
    return [convert(row, Errand) for row in rows]


def end_all(tx: Transaction, station_id: str, why: str) -> None:
    """End every open errand of a station."""
    tx.connection.execute(
        update(security_errands)
        .where(security_errands.c.station_id == station_id, security_errands.c.state == OPEN)
        .values(state="cancelled", said=why, updated_at=tx.now)
    )


def all_ones(connection: Connection, station_id: str | None = None) -> list[Errand]:
    """Return errands, the newest first, of one station or of all."""
    statement = select(security_errands)
    if station_id is not None:
        statement = statement.where(security_errands.c.station_id == station_id)
    rows = connection.execute(statement.order_by(security_errands.c.id.desc())).mappings()
    return [convert(row, Errand) for row in rows]


def end_kind(tx: Transaction, station_id: str, kind: str, said: str) -> None:
    """End the open errand of a kind of a station, as done."""
    tx.connection.execute(
        update(security_errands)
        .where(
            security_errands.c.station_id == station_id,
            security_errands.c.kind == kind,
            security_errands.c.state == OPEN,
        )
        .values(state="done", said=said, updated_at=tx.now)
    )


def change(tx: Transaction, errand_id: int, **changes: Value) -> None:
    """Set these columns of an errand."""
    tx.connection.execute(
        update(security_errands)
        .where(security_errands.c.id == errand_id)
        .values(updated_at=tx.now, **changes)
    )
