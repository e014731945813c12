"""The configuration keys of each station as it last reported them."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct, convert
from sqlalchemy import Connection, bindparam, delete, insert, select, update

from onetime.domain.ids import StationId
from onetime.store.tables import charging_stations, station_configurations
from onetime.store.transaction import Row, Transaction

c = station_configurations.c
_DUE = select(charging_stations.c.id).where(
    charging_stations.c.is_online.is_(True), charging_stations.c.configuration_read_at.is_(None)
)


class ReportedKey(Struct, frozen=True):
    """One key as a station reported it; a secret's value is never kept."""

    key: str
    value: str | None
    readonly: bool


def replace_all(tx: Transaction, station_id: StationId, reported: Sequence[ReportedKey]) -> None:
    """Keep exactly what a station reported; a key that it no longer has is gone."""
    tx.connection.execute(
        delete(station_configurations).where(c.station_id == bindparam("station")),
        {"station": station_id},
    )
    distinct = {each.key: each for each in reported}
    rows = [_row(tx, station_id, each) for each in distinct.values()]
    if rows:
        tx.connection.execute(insert(station_configurations), rows)
    note_read(tx, station_id)


def merge(tx: Transaction, station_id: StationId, reported: Sequence[ReportedKey]) -> None:
    """Keep what a station reported of some keys; what is known of the others stays."""
    for each in {each.key: each for each in reported}.values():
        tx.connection.execute(
            delete(station_configurations).where(c.station_id == station_id, c.key == each.key)
        )
        tx.connection.execute(insert(station_configurations), _row(tx, station_id, each))


def of_station(connection: Connection, station_id: StationId) -> dict[str, ReportedKey]:
    """Return what a station reported last, by key."""
    rows = connection.execute(
        select(c.key, c.value, c.readonly).where(c.station_id == station_id)
    ).mappings()
    return {row["key"]: convert(row, ReportedKey) for row in rows}


def reported_since(
    connection: Connection, station_id: StationId, key: str, moment: datetime
) -> bool:
    """Say whether a station has told a key after this moment."""
    found = connection.execute(
        select(c.key).where(c.station_id == station_id, c.key == key, c.reported_at > moment)
    )
    return found.first() is not None


def note_read(tx: Transaction, station_id: StationId) -> None:
    """Note that a station was asked for its configuration since its boot."""
    tx.connection.execute(
        update(charging_stations)
        .where(charging_stations.c.id == station_id)
        .values(configuration_read_at=tx.now)
    )


def stations_due(connection: Connection) -> list[StationId]:
    """Return the connected stations whose configuration was not read since their boot."""
    return [StationId(each) for each in connection.execute(_DUE).scalars()]


def _row(tx: Transaction, station_id: StationId, reported: ReportedKey) -> Row:
    return {
        "station_id": station_id,
        "key": reported.key,
        "value": reported.value,
        "readonly": reported.readonly,
        "reported_at": tx.now,
    }
