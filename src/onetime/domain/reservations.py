"""Reservations: what state one is in, and which charge uses it. Knows no clock and no station."""

from datetime import datetime
from enum import StrEnum
from typing import Final

from msgspec import Struct

from onetime.domain.ids import STATION_LEVEL_CONNECTOR, StationId
from onetime.domain.tokens import token_key


class ReservationStatus(StrEnum):
    """What became of a reservation.

    `pending`: the station was asked and has not answered yet. `unknown`: it never did, and may
    keep the connector all the same.
    """

    PENDING = "pending"
    ACTIVE = "active"
    UNKNOWN = "unknown"
    REFUSED = "refused"
    USED = "used"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


LIVE: Final = (ReservationStatus.PENDING, ReservationStatus.ACTIVE, ReservationStatus.UNKNOWN)


class Wish(Struct, frozen=True, kw_only=True):
    """What is asked of a station: keep a connector, or with 0 any of them, for a tag."""

    station_id: StationId
    reservation_id: int
    connector_id: int
    id_tag: str
    parent_id_tag: str | None
    expiry_date: datetime


class Reservation(Struct, frozen=True, kw_only=True):
    """A reservation as the books know it."""

    id: int
    station_id: StationId
    reservation_id: int
    connector_id: int
    id_tag: str
    parent_id_tag: str | None
    expiry_date: datetime
    status: ReservationStatus
    session_id: int | None


class Use(Struct, frozen=True, kw_only=True):
    """A charge that has begun, as far as reservations are concerned."""

    station_id: StationId
    connector_id: int
    id_tag: str
    parent_id_tag: str | None
    reservation_id: int | None


def used_by(live: list[Reservation], use: Use) -> Reservation | None:
    """Return the reservation that a charge uses: the one it names, else the one of its tag.

    A card of the same group may use it too (OCPP 1.6, 5.13).
    """
    for each in live:
        if each.reservation_id == use.reservation_id:
            return each
    for each in live:
        is_here = each.connector_id in (STATION_LEVEL_CONNECTOR, use.connector_id)
        if is_here and _is_for(each, use):
            return each
    return None


def _is_for(reservation: Reservation, use: Use) -> bool:
    if token_key(reservation.id_tag) == token_key(use.id_tag):
        return True
    group, own = reservation.parent_id_tag, use.parent_id_tag
    return bool(group and own) and token_key(group or "") == token_key(own or "")
