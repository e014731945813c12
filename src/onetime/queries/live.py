"""The garage at this moment, for those who watch it: stations, connectors, spots, open charges.

Read as a whole, once for all viewers; only power is looked up for the charges that ask for it. What
changes without meaning anything, as the time of the last heartbeat, is not in it.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TypeVar

from msgspec import Struct, convert
from sqlalchemy import Connection, RowMapping, bindparam, func, select

from onetime.domain.readings import POWER
from onetime.queries.pages import widened
from onetime.store.tables import (
    alarms,
    charging_sessions,
    charging_stations,
    installation,
    meter_readings,
    parking_spots,
    renters,
    review_items,
    station_connectors,
)

T = TypeVar("T", bound=Struct)

FRESH = timedelta(minutes=10)
"""A power that was measured earlier than this before the last reading says nothing any more."""
_SAMPLES = 12
_PER_WATT = {"W": 1.0, "kW": 0.001}


class LiveStation(Struct, frozen=True, kw_only=True):
    """Whether a station is there, and what it is."""

    id: str
    is_online: bool
    is_enabled: bool
    connected_since: datetime | None
    last_boot_at: datetime | None
    model: str | None
    vendor: str | None
    firmware_version: str | None
    spot_id: int | None


class LiveConnector(Struct, frozen=True, kw_only=True):
    """The state of a connector as its station last told it."""

    station_id: str
    connector_id: int
    status: str
    error_code: str
    status_since: datetime


class LiveSpot(Struct, frozen=True, kw_only=True):
    """A spot with its renter and its station of today."""

    id: int
    label: str
    floor_level: str | None
    renter_id: int | None
    renter_name: str | None
    charging_station_id: str | None


class LiveSession(Struct, frozen=True, kw_only=True):
    """A charge that goes on: the energy so far, and the power where the station tells it."""

    id: int
    transaction_id: int
    station_id: str
    connector_id: int
    spot_id: int | None
    spot_label: str | None
    renter_id: int | None
    renter_name: str | None
    verdict: str
    start_time: datetime
    energy_wh: int
    power_w: int | None
    last_reading_at: datetime | None


class LiveGarage(Struct, frozen=True, kw_only=True):
    """The garage as a whole: while it is locked nobody may begin to charge."""

    name: str
    is_locked: bool


class LiveAttention(Struct, frozen=True, kw_only=True):
    """How much waits for a person."""

    alarms: int
    reviews: int


class Live(Struct, frozen=True, kw_only=True):
    """The garage at one moment."""

    stations: tuple[LiveStation, ...]
    connectors: tuple[LiveConnector, ...]
    spots: tuple[LiveSpot, ...]
    sessions: tuple[LiveSession, ...]
    garage: LiveGarage
    attention: LiveAttention


_STATIONS = (
    select(
        charging_stations.c.id,
        charging_stations.c.is_online,
        charging_stations.c.is_enabled,
        charging_stations.c.connected_since,
        charging_stations.c.last_boot_at,
        charging_stations.c.model,
        charging_stations.c.vendor,
        charging_stations.c.firmware_version,
        parking_spots.c.id.label("spot_id"),
    )
    .outerjoin(parking_spots, parking_spots.c.charging_station_id == charging_stations.c.id)
    .where(charging_stations.c.retired_at.is_(None))
    .order_by(charging_stations.c.id)
)
_CONNECTORS = (
    select(
        station_connectors.c.station_id,
        station_connectors.c.connector_id,
        station_connectors.c.status,
        station_connectors.c.error_code,
        station_connectors.c.status_since,
    )
    .join(charging_stations, charging_stations.c.id == station_connectors.c.station_id)
    .where(charging_stations.c.retired_at.is_(None))
    .order_by(station_connectors.c.station_id, station_connectors.c.connector_id)
)
_SPOTS = (
    select(*parking_spots.c, renters.c.name.label("renter_name"))
    .outerjoin(renters, renters.c.id == parking_spots.c.renter_id)
    .order_by(parking_spots.c.id)
)
_SESSIONS = (
    select(
        charging_sessions.c.id,
        charging_sessions.c.transaction_id,
        charging_sessions.c.station_id,
        charging_sessions.c.connector_id,
        charging_sessions.c.spot_id,
        charging_sessions.c.spot_label,
        charging_sessions.c.renter_id,
        renters.c.name.label("renter_name"),
        charging_sessions.c.verdict,
        charging_sessions.c.start_time,
        charging_sessions.c.meter_start,
        charging_sessions.c.last_register_wh,
        charging_sessions.c.last_reading_at,
    )
    .outerjoin(renters, renters.c.id == charging_sessions.c.renter_id)
    .where(charging_sessions.c.ended_by.is_(None))
    .order_by(charging_sessions.c.id)
)
_POWER = (
    select(
        meter_readings.c.timestamp,
        meter_readings.c.value,
        meter_readings.c.unit,
        meter_readings.c.phase,
    )
    .where(
        meter_readings.c.transaction_id == bindparam("transaction"),
        meter_readings.c.timestamp >= bindparam("since"),
        meter_readings.c.measurand == POWER,
        meter_readings.c.value.is_not(None),
    )
    .order_by(meter_readings.c.timestamp.desc(), meter_readings.c.id.desc())
    .limit(_SAMPLES)
)
_GARAGE = select(installation.c.name, installation.c.locked_at.is_not(None).label("is_locked"))
_ALARMS = select(func.count()).where(alarms.c.acknowledged_at.is_(None))
_REVIEWS = select(func.count()).where(review_items.c.resolved_at.is_(None))


class Charging(Struct, frozen=True):
    """A charge whose power is looked up: when it is in doubt, the last one known stands."""

    transaction_id: int
    last_reading_at: datetime


def live(connection: Connection, known: dict[Charging, int | None]) -> Live:
    """Return the garage as it is; `known` is power that was looked up before, and is not again.

    What was looked up now is added to it, what is not charging any more is taken out.
    """
    rows = connection.execute(_SESSIONS).mappings().all()
    sessions = []
    charging: dict[Charging, int | None] = {}
    for row in rows:
        power = None
        if row["last_reading_at"] is not None:
            key = Charging(row["transaction_id"], row["last_reading_at"])
            power = known[key] if key in known else _power_w(connection, key)
            charging[key] = power
        so_far = max((row["last_register_wh"] or 0) - row["meter_start"], 0)
        sessions.append(convert(widened(row, energy_wh=so_far, power_w=power), LiveSession))
    known.clear()
    known.update(charging)
    return Live(
        stations=_all(connection.execute(_STATIONS).mappings(), LiveStation),
        connectors=_all(connection.execute(_CONNECTORS).mappings(), LiveConnector),
        spots=_all(connection.execute(_SPOTS).mappings(), LiveSpot),
        sessions=tuple(sessions),
        garage=convert(connection.execute(_GARAGE).mappings().one(), LiveGarage, strict=False),
        attention=LiveAttention(
            alarms=connection.execute(_ALARMS).scalar_one(),
            reviews=connection.execute(_REVIEWS).scalar_one(),
        ),
    )


def _power_w(connection: Connection, charging: Charging) -> int | None:
    """Return the power that a charge was last seen to take: a total, or the sum of its phases."""
    rows = connection.execute(
        _POWER,
        {
            "transaction": charging.transaction_id,
            "since": charging.last_reading_at - FRESH,
        },
    ).all()
    newest = [row for row in rows if row.timestamp == rows[0].timestamp]
    totals = [row.value / _PER_WATT[row.unit] for row in newest if _is_total(row.phase, row.unit)]
    if totals:
        return round(float(totals[0]))
    phases = [row.value / _PER_WATT[row.unit] for row in newest if row.unit in _PER_WATT]
    return round(float(sum(phases))) if phases else None


def _is_total(phase: str | None, unit: str) -> bool:
    return phase is None and unit in _PER_WATT


def _all(rows: Iterable[RowMapping], form: type[T]) -> tuple[T, ...]:
    return tuple(convert(row, form) for row in rows)
