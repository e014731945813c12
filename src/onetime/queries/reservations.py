"""Which connectors are kept for whom, and what became of earlier reservations."""

from datetime import datetime

from msgspec import Struct, convert
from sqlalchemy import Connection, select

from onetime.domain.reservations import ReservationStatus
from onetime.queries.pages import FIRST, Asked, Page, after_id, fetch_limit, page_of
from onetime.store.command_tables import reservations


class Reservation(Struct, frozen=True, kw_only=True):
    """A reservation; `reservation_id` is its number on the wire, `answer` the station's word."""

    id: int
    reservation_id: int
    station_id: str
    connector_id: int
    id_tag: str
    parent_id_tag: str | None
    expiry_date: datetime
    status: ReservationStatus
    answer: str | None
    session_id: int | None
    asked_by: str
    created_at: datetime
    changed_at: datetime


def reservation_list(
    connection: Connection,
    *,
    station_id: str | None = None,
    status: ReservationStatus | None = None,
    asked: Asked = FIRST,
) -> Page[Reservation]:
    """List reservations, of one station or one status if asked for, the newest first."""
    statement = select(reservations).where(*after_id(asked, reservations.c.id))
    if station_id is not None:
        statement = statement.where(reservations.c.station_id == station_id)
    if status is not None:
        statement = statement.where(reservations.c.status == status.value)
    rows = connection.execute(
        statement.order_by(reservations.c.id.desc()).limit(fetch_limit(asked))
    )
    found = [convert(row, Reservation) for row in rows.mappings()]
    return page_of(found, asked, lambda each: (each.id,))
