"""What a renter sees of the own spots and charges at this moment; nothing of anybody else's."""

from datetime import datetime

from msgspec import Struct, convert
from sqlalchemy import Connection, select

from onetime.queries.pages import MAX_LIMIT, Asked, widened
from onetime.queries.sessions import Session, Wanted, session_list
from onetime.store.tables import charging_stations, parking_spots, station_connectors


class OwnConnector(Struct, frozen=True, kw_only=True):
    """The state of a connector as its station told it."""

    connector_id: int
    status: str
    error_code: str
    status_since: datetime


class OwnSpot(Struct, frozen=True, kw_only=True):
    """A spot that this renter has, with the station that stands there."""

    spot_id: int
    spot_label: str
    floor_level: str | None
    station_id: str | None
    station_is_online: bool | None
    connectors: tuple[OwnConnector, ...]


class OwnCharge(Struct, frozen=True, kw_only=True):
    """A charge of this renter that goes on, with the energy that its meter has shown so far."""

    session_id: int
    station_id: str
    connector_id: int
    spot_label: str | None
    start_time: datetime
    energy_so_far_wh: int
    last_reading_at: datetime | None


class Charging(Struct, frozen=True, kw_only=True):
    """Where this renter can charge, and what charges now."""

    spots: tuple[OwnSpot, ...]
    charges: tuple[OwnCharge, ...]


def charging_of(connection: Connection, renter_id: int) -> Charging:
    """Return the own spots by label, and the own charges that go on, the newest first."""
    going_on = session_list(
        connection, Wanted(renter_id=renter_id, is_open=True), Asked(MAX_LIMIT)
    ).items
    return Charging(
        spots=_spots(connection, renter_id), charges=tuple(_charge(each) for each in going_on)
    )


def _spots(connection: Connection, renter_id: int) -> tuple[OwnSpot, ...]:
    s, c = parking_spots.c, station_connectors.c
    rows = connection.execute(
        select(
            s.id.label("spot_id"),
            s.label.label("spot_label"),
            s.floor_level,
            s.charging_station_id.label("station_id"),
            charging_stations.c.is_online.label("station_is_online"),
        )
        .outerjoin(charging_stations, charging_stations.c.id == s.charging_station_id)
        .where(s.renter_id == renter_id)
        .order_by(s.label)
    ).mappings()
    found = rows.all()
    states = connection.execute(
        select(c.station_id, c.connector_id, c.status, c.error_code, c.status_since)
        .where(c.station_id.in_([each["station_id"] for each in found]), c.connector_id > 0)
        .order_by(c.connector_id)
    ).mappings()
    by_station: dict[str, list[OwnConnector]] = {}
    for row in states:
        by_station.setdefault(row["station_id"], []).append(convert(row, OwnConnector))
    return tuple(
        convert(widened(each, connectors=by_station.get(each["station_id"], [])), OwnSpot)
        for each in found
    )


def _charge(each: Session) -> OwnCharge:
    return OwnCharge(
        session_id=each.id,
        station_id=each.station_id,
        connector_id=each.connector_id,
        spot_label=each.spot_label,
        start_time=each.start_time,
        energy_so_far_wh=each.energy_so_far_wh,
        last_reading_at=each.last_reading_at,
    )
