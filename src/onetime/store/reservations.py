"""Reservations in the database: asked for, kept, ended."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import convert
from sqlalchemy import bindparam, insert, or_, select, update

from onetime.domain.ids import StationId
from onetime.domain.reservations import LIVE, Reservation, ReservationStatus, Wish
from onetime.store.command_tables import reservations as table
from onetime.store.transaction import Transaction

c = table.c
COLUMNS = (
    c.id,
    c.station_id,
    c.reservation_id,
    c.connector_id,
    c.id_tag,
    c.parent_id_tag,
    c.expiry_date,
    c.status,
    c.session_id,
)
_WORDS = tuple(each.value for each in LIVE)
_LIVE_AT = (
    select(*COLUMNS)
    .where(c.station_id == bindparam("station"), or_(*(c.status == each for each in _WORDS)))
    .order_by(c.id.desc())
)


def insert_reservation(tx: Transaction, wish: Wish, command_id: int | None, asked_by: str) -> int:
    """Note that a station is asked to keep a connector; return the row's number."""
    return int(
        tx.connection.execute(
            insert(table).returning(c.id),
            {
                "station_id": wish.station_id,
                "reservation_id": wish.reservation_id,
                "connector_id": wish.connector_id,
                "id_tag": wish.id_tag,
                "parent_id_tag": wish.parent_id_tag,
                "expiry_date": wish.expiry_date,
                "status": ReservationStatus.PENDING.value,
                "command_id": command_id,
                "asked_by": asked_by,
                "created_at": tx.now,
                "changed_at": tx.now,
            },
        ).scalar_one()
    )


def live_at(tx: Transaction, station_id: StationId) -> list[Reservation]:
    """Return the reservations that may be kept at a station, the latest first."""
    return [convert(row, Reservation) for row in tx.all(_LIVE_AT, station=station_id)]


def of_command(tx: Transaction, command_id: int) -> Reservation | None:
    """Return the reservation that a command asked for."""
    found = tx.connection.execute(select(*COLUMNS).where(c.command_id == command_id))
    row = found.mappings().first()
    return convert(row, Reservation) if row else None


def end_due(
    tx: Transaction, before: datetime, status: ReservationStatus, since: Sequence[ReservationStatus]
) -> list[StationId]:
    """Give this status to those of these statuses that expire by then; return their stations."""
    found = tx.connection.execute(
        update(table)
        .where(c.status.in_([each.value for each in since]), c.expiry_date <= before)
        .values(status=status.value, changed_at=tx.now)
        .returning(c.station_id)
    )
    return [StationId(each) for each in found.scalars()]


def doubt_pending(tx: Transaction, before: datetime) -> int:
    """Note that nobody waits any more for the answers to what was asked before then."""
    return tx.connection.execute(
        update(table)
        .where(c.status == ReservationStatus.PENDING.value, c.created_at <= before)
        .values(status=ReservationStatus.UNKNOWN.value, changed_at=tx.now)
    ).rowcount


def change(
    tx: Transaction,
    row_id: int,
    status: ReservationStatus,
    *,
    answer: str | None = None,
    session_id: int | None = None,
) -> None:
    """Set what became of a reservation; the station's word and the charge only if given."""
    values: dict[str, object] = {"status": status.value, "changed_at": tx.now}
    if answer is not None:
        values["answer"] = answer
    if session_id is not None:
        values["session_id"] = session_id
    tx.connection.execute(update(table).where(c.id == row_id).values(values))


def keeper_elsewhere(
    tx: Transaction, station_id: StationId, reservation_id: int
) -> StationId | None:
    """Return the station that was asked to keep this reservation, if it is not this station."""
    found = tx.connection.execute(
        select(c.station_id).where(c.reservation_id == reservation_id).order_by(c.id.desc())
    )
    keepers = [StationId(each) for each in found.scalars()]
    return None if not keepers or station_id in keepers else keepers[0]


def is_live_anywhere(tx: Transaction, reservation_id: int) -> bool:
    """Say whether a station may keep a reservation of this number."""
    found = tx.connection.execute(
        select(c.id).where(c.reservation_id == reservation_id, c.status.in_(_WORDS)).limit(1)
    )
    return found.first() is not None
