"""The configuration keys of each station as it last reported them."""

from collections.abc import Sequence

from msgspec import Struct
from sqlalchemy import Connection, bindparam, delete, insert, select, update

from onetime.domain.ids import StationId
from onetime.store.tables import charging_stations, station_configurations
from onetime.store.transaction import Transaction

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
    rows = [
        {
            "station_id": station_id,
            "key": each.key,
            "value": each.value,
            "readonly": each.readonly,
            "reported_at": tx.now,
        }
        for each in distinct.values()
    ]
    if rows:
        tx.connection.execute(insert(station_configurations), rows)
    note_read(tx, station_id)


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
