"""Which stations there are, what they say of themselves."""

from datetime import datetime

from msgspec import Struct, convert
from sqlalchemy import Connection, RowMapping, Select, bindparam, func, select

from onetime.domain.configuration import (
    MAX_CONNECTORS,
    NUMBER_OF_CONNECTORS,
    plausible_connectors,
)
from onetime.domain.errors import NotFound
from onetime.domain.ids import StationId
from onetime.domain.quirks import QUIRKS
from onetime.domain.stations import Credential
from onetime.kit.texts import is_writable
from onetime.queries.pages import FIRST, Asked, Page, after_time, fetch_limit, page_of, widened
from onetime.store import stations
from onetime.store.message_tables import quirk_counts
from onetime.store.tables import (
    charging_stations,
    parking_spots,
    station_configurations,
    station_connectors,
)

_REPORTED_CONNECTORS = (
    select(station_configurations.c.value)
    .where(
        station_configurations.c.station_id == charging_stations.c.id,
        station_configurations.c.key == NUMBER_OF_CONNECTORS,
    )
    .scalar_subquery()
    .label("reported_connectors")
)
_SEEN_CONNECTORS = (
    select(func.max(station_connectors.c.connector_id))
    .where(station_connectors.c.station_id == charging_stations.c.id)
    .scalar_subquery()
    .label("seen_connectors")
)


_KNOWN = select(charging_stations.c.id).where(charging_stations.c.id == bindparam("id"))


class Station(Struct, frozen=True, kw_only=True):
    """A station with its place of today.

    `connector_count` is what a person entered, else what the station says if that can be (C06),
    else how many have been seen.
    """

    id: str
    is_online: bool
    last_heartbeat: datetime | None
    model: str | None
    vendor: str | None
    firmware_version: str | None
    serial_number: str | None
    security_profile: int
    is_enabled: bool
    power_limit_watts: int | None
    times_with_fraction: bool
    register_factor: int
    certificate_name: str | None
    is_kept_in_step: bool
    connector_count: int | None
    clock_drift_seconds: int | None
    times_are_local: bool | None
    connected_since: datetime | None
    last_seen_at: datetime | None
    last_boot_at: datetime | None
    deaf_since: datetime | None
    created_at: datetime
    retired_at: datetime | None
    spot_id: int | None
    spot_label: str | None


class Connector(Struct, frozen=True, kw_only=True):
    """A connector as the station last reported it; connector 0 is the station itself."""

    station_id: str
    connector_id: int
    status: str
    error_code: str
    last_updated: datetime
    details: str | None
    vendor_error_code: str | None
    status_since: datetime


class Quirk(Struct, frozen=True, kw_only=True):
    """How often a station deviated in one way, and what the way is."""

    quirk: str
    meaning: str
    count: int
    first_at: datetime
    last_at: datetime


class Logins(Struct, frozen=True):
    """All that the door for stations has to know to judge a login without asking again."""

    secret: bytes
    credentials: dict[StationId, Credential]


def logins(connection: Connection) -> Logins:
    """Return the credentials of all stations that are not retired, and what they are keyed with."""
    return Logins(stations.secret(connection), stations.credentials(connection))


def station_list(
    connection: Connection, *, with_retired: bool = False, asked: Asked = FIRST
) -> Page[Station]:
    """List stations, without the retired ones unless asked for."""
    key = charging_stations.c.id
    statement = _statement().where(*after_time(asked, charging_stations.c.created_at, key))
    if not with_retired:
        statement = statement.where(charging_stations.c.retired_at.is_(None))
    rows = connection.execute(
        statement.order_by(charging_stations.c.created_at.desc(), key.desc()).limit(
            fetch_limit(asked)
        )
    )
    found = [_station(row) for row in rows.mappings()]
    return page_of(found, asked, lambda each: (each.created_at, each.id))


def station(connection: Connection, station_id: str) -> Station:
    """Return one station, retired or not; raises NotFound."""
    statement = _statement().where(charging_stations.c.id == station_id)
    row = connection.execute(statement).mappings().first() if is_writable(station_id) else None
    if row is None:
        raise NotFound(f"There is no station {station_id!r}.", "station_id")
    return _station(row)


def require_station(connection: Connection, station_id: str, field: str = "station_id") -> None:
    """Make sure that there is a station, retired or not; raises NotFound."""
    found = is_writable(station_id) and connection.execute(_KNOWN, {"id": station_id}).first()
    if not found:
        raise NotFound(f"There is no station {station_id!r}.", field)


def connectors(connection: Connection, station_id: str) -> tuple[Connector, ...]:
    """List the connectors that a station has reported; raises NotFound."""
    require_station(connection, station_id)
    rows = connection.execute(
        select(station_connectors)
        .where(station_connectors.c.station_id == station_id)
        .order_by(station_connectors.c.connector_id)
    )
    return tuple(convert(row, Connector) for row in rows.mappings())


def quirks(connection: Connection, station_id: str) -> tuple[Quirk, ...]:
    """List in which ways a station deviated, the most frequent first; raises NotFound."""
    require_station(connection, station_id)
    rows = connection.execute(
        select(quirk_counts)
        .where(quirk_counts.c.station_id == station_id)
        .order_by(quirk_counts.c["count"].desc(), quirk_counts.c.quirk)
    )
    return tuple(
        convert(widened(row, meaning=QUIRKS.get(row["quirk"], QUIRKS["other"])), Quirk)
        for row in rows.mappings()
    )


def _statement() -> Select[*tuple[object, ...]]:
    return select(
        *charging_stations.c,
        parking_spots.c.id.label("spot_id"),
        parking_spots.c.label.label("spot_label"),
        _REPORTED_CONNECTORS,
        _SEEN_CONNECTORS,
    ).outerjoin(parking_spots, parking_spots.c.charging_station_id == charging_stations.c.id)


def _station(row: RowMapping) -> Station:
    count = row["connector_count"] or plausible_connectors(row["reported_connectors"])
    seen = row["seen_connectors"]
    if count is None and seen is not None and 1 <= seen <= MAX_CONNECTORS:
        count = seen
    return convert(widened(row, connector_count=count), Station)
