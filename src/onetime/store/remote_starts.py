"""Remote starts that stations accepted, and the charges that came of them."""

from datetime import datetime, timedelta

from msgspec import Struct, convert
from sqlalchemy import func, insert, select, update

from onetime.domain.ids import StationId
from onetime.store.command_tables import remote_starts as table
from onetime.store.command_tables import station_commands
from onetime.store.tables import charging_sessions
from onetime.store.transaction import Transaction

c = table.c
WAITING = "waiting"
STARTED = "started"
MISSED = "missed"


class RemoteStart(Struct, frozen=True, kw_only=True):
    """A remote start of which no charge has come yet."""

    id: int
    station_id: StationId
    connector_id: int | None
    id_tag: str
    command_id: int
    sent_at: datetime
    due_at: datetime


def insert_remote_start(
    tx: Transaction,
    station_id: StationId,
    connector_id: int | None,
    id_tag: str,
    command_id: int,
    within: timedelta,
) -> None:
    """Wait for the charge that an accepted remote start promises."""
    asked = (
        tx.connection.execute(
            select(station_commands.c.asked_at, station_commands.c.asked_by).where(
                station_commands.c.id == command_id
            )
        )
        .mappings()
        .one()
    )
    tx.connection.execute(
        insert(table),
        {
            "station_id": station_id,
            "connector_id": connector_id,
            "id_tag": id_tag,
            "status": WAITING,
            "command_id": command_id,
            "asked_by": asked["asked_by"],
            "sent_at": asked["asked_at"],
            "due_at": tx.now + within,
        },
    )


def waiting(tx: Transaction) -> list[RemoteStart]:
    """Return the remote starts of which no charge has come yet, the oldest first."""
    rows = tx.connection.execute(
        select(c.id, c.station_id, c.connector_id, c.id_tag, c.command_id, c.sent_at, c.due_at)
        .where(c.status == WAITING)
        .order_by(c.id)
    )
    return [convert(row, RemoteStart) for row in rows.mappings()]


def charge_of(tx: Transaction, start: RemoteStart) -> int | None:
    """Return the charge that came of a remote start: of its tag, there, after it was sent.

    Each charge is that of one remote start at most.
    """
    s = charging_sessions.c
    taken = select(c.session_id).where(c.session_id.is_not(None), c.station_id == start.station_id)
    statement = (
        select(s.id)
        .where(
            s.station_id == start.station_id,
            s.started_at >= start.sent_at,
            func.lower(s.id_tag) == start.id_tag.lower(),
            s.id.not_in(taken),
        )
        .order_by(s.id)
        .limit(1)
    )
    if start.connector_id:
        statement = statement.where(s.connector_id == start.connector_id)
    found: int | None = tx.connection.execute(statement).scalar()
    return found


def end(tx: Transaction, start_id: int, status: str, session_id: int | None = None) -> None:
    """Note what came of a remote start."""
    tx.connection.execute(
        update(table).where(c.id == start_id).values(status=status, session_id=session_id)
    )
