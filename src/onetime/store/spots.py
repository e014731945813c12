"""Parking spots in the database: whose they are and which station stands there, now and before.

The spot's own columns say how it is today, the dated intervals how it was; both change together.
"""

from datetime import datetime

from msgspec import Struct, convert
from sqlalchemy import RowMapping, bindparam, delete, insert, select, update

from onetime.domain.ids import StationId
from onetime.domain.sessions import TIME_TOLERANCE
from onetime.store.tables import charging_sessions, parking_spots, spot_renters, spot_stations
from onetime.store.transaction import Transaction, Value


class Spot(Struct, frozen=True, kw_only=True):
    """A parking spot as it is today."""

    id: int
    label: str
    floor_level: str | None
    renter_id: int | None
    charging_station_id: StationId | None


_SELECT = select(
    parking_spots.c.id,
    parking_spots.c.label,
    parking_spots.c.floor_level,
    parking_spots.c.renter_id,
    parking_spots.c.charging_station_id,
)
_BY_ID = _SELECT.where(parking_spots.c.id == bindparam("spot_id"))
_BY_LABEL = _SELECT.where(parking_spots.c.label == bindparam("label"))
_BY_STATION = _SELECT.where(parking_spots.c.charging_station_id == bindparam("station_id"))
_BY_RENTER = _SELECT.where(parking_spots.c.renter_id == bindparam("renter_id")).order_by(
    parking_spots.c.label
)
_PLACES = (
    select(
        parking_spots.c.id,
        parking_spots.c.label,
        spot_stations.c.valid_from,
        spot_stations.c.valid_to,
    )
    .join(spot_stations, spot_stations.c.spot_id == parking_spots.c.id)
    .where(
        spot_stations.c.station_id == bindparam("station_id"),
        spot_stations.c.valid_from <= bindparam("latest"),
    )
    .order_by(spot_stations.c.valid_from.desc(), spot_stations.c.id.desc())
)


def place_of(tx: Transaction, station_id: str, moment: datetime) -> tuple[int, str] | None:
    """Return id and label of the spot where a station stood at that moment; None: nowhere known.

    A station that was placed only just after counts as placed: its clock gives whole seconds and
    may be behind, and a charge often follows right upon the entry.
    """
    places = tx.all(_PLACES, station_id=station_id, latest=moment + TIME_TOLERANCE)
    for latest in (moment, moment + TIME_TOLERANCE):
        for place in places:
            valid_to = place["valid_to"]
            if place["valid_from"] <= latest and (valid_to is None or latest < valid_to):
                return place["id"], place["label"]
    return None


def find(tx: Transaction, spot_id: int) -> Spot | None:
    """Return a spot by its number."""
    return _spot(tx.connection.execute(_BY_ID, {"spot_id": spot_id}).mappings().first())


def labelled(tx: Transaction, label: str) -> Spot | None:
    """Return the spot that has this label today."""
    return _spot(tx.connection.execute(_BY_LABEL, {"label": label}).mappings().first())


def with_station(tx: Transaction, station_id: str) -> Spot | None:
    """Return the spot where this station stands today."""
    return _spot(tx.connection.execute(_BY_STATION, {"station_id": station_id}).mappings().first())


def rented_by(tx: Transaction, renter_id: int) -> list[Spot]:
    """Return the spots that a renter has today."""
    rows = tx.connection.execute(_BY_RENTER, {"renter_id": renter_id})
    return [convert(row, Spot) for row in rows.mappings()]


def insert_spot(tx: Transaction, label: str, floor_level: str | None) -> int:
    """Enter a spot without renter and without station; return its number."""
    result = tx.connection.execute(
        insert(parking_spots).values(label=label, floor_level=floor_level)
    )
    assert result.inserted_primary_key is not None
    return int(result.inserted_primary_key[0])


def change(tx: Transaction, spot_id: int, changes: dict[str, Value]) -> None:
    """Set the label or the floor of a spot."""
    tx.connection.execute(
        update(parking_spots).where(parking_spots.c.id == spot_id).values(changes)
    )


def set_renter(tx: Transaction, spot_id: int, renter_id: int | None) -> None:
    """Let the spot be this renter's, or nobody's, from now on."""
    tx.connection.execute(
        update(spot_renters)
        .where(spot_renters.c.spot_id == spot_id, spot_renters.c.valid_to.is_(None))
        .values(valid_to=tx.now)
    )
    if renter_id is not None:
        tx.connection.execute(
            insert(spot_renters).values(spot_id=spot_id, renter_id=renter_id, valid_from=tx.now)
        )
    change(tx, spot_id, {"renter_id": renter_id})


def set_station(tx: Transaction, spot_id: int, station_id: str | None) -> None:
    """Let this station, or none, stand at the spot from now on."""
    tx.connection.execute(
        update(spot_stations)
        .where(spot_stations.c.spot_id == spot_id, spot_stations.c.valid_to.is_(None))
        .values(valid_to=tx.now)
    )
    if station_id is not None:
        tx.connection.execute(
            insert(spot_stations).values(spot_id=spot_id, station_id=station_id, valid_from=tx.now)
        )
    change(tx, spot_id, {"charging_station_id": station_id})


def has_history(tx: Transaction, spot_id: int) -> bool:
    """Say whether the spot ever had a renter, a station or a charge."""
    return any(
        tx.connection.execute(select(table.c.id).where(table.c.spot_id == spot_id).limit(1)).first()
        for table in (spot_renters, spot_stations, charging_sessions)
    )


def remove(tx: Transaction, spot_id: int) -> None:
    """Delete a spot that has no history."""
    tx.connection.execute(delete(parking_spots).where(parking_spots.c.id == spot_id))


def _spot(row: RowMapping | None) -> Spot | None:
    return convert(row, Spot) if row else None
