"""What stations should be set to: one row for each key of a station that somebody wants changed."""

from datetime import datetime

from msgspec import Struct, convert
from sqlalchemy import Connection, Select, delete, exists, insert, or_, select, update

from onetime.domain.configuration import Wish, WishSource, WishState
from onetime.domain.ids import StationId
from onetime.store.command_tables import desired_configurations as table
from onetime.store.command_tables import station_commands
from onetime.store.tables import charging_sessions, charging_stations, station_connectors
from onetime.store.transaction import Transaction

c = table.c
_station = charging_stations.c
COLUMNS = (c.key, c.value, c.source, c.state, c.tried_at, c.attempts)


class Standing(Struct, frozen=True):
    """What is known of a station whose configuration is kept in step."""

    station_id: StationId
    is_kept_in_step: bool
    last_boot_at: datetime | None
    configuration_read_at: datetime | None


def of_station(connection: Connection, station_id: StationId) -> list[Wish]:
    """Return all that is wanted of a station."""
    rows = connection.execute(
        select(*COLUMNS).where(c.station_id == station_id).order_by(c.key)
    ).mappings()
    return [convert(row, Wish) for row in rows]


def standing(connection: Connection, station_id: StationId) -> Standing | None:
    """Return what is known of a station."""
    found = connection.execute(_standings().where(_station.id == station_id)).mappings().first()
    return convert(found, Standing) if found else None


def standings(connection: Connection) -> list[Standing]:
    """Return the connected stations that have told their configuration since their boot."""
    rows = connection.execute(
        _standings().where(
            _station.is_online.is_(True),
            _station.configuration_read_at.is_not(None),
            _station.retired_at.is_(None),
        )
    )
    return [convert(row, Standing) for row in rows.mappings()]


def stations_with(connection: Connection, *states: WishState) -> set[StationId]:
    """Return the stations of which something in one of these states is wanted."""
    found = connection.execute(
        select(c.station_id).where(c.state.in_([each.value for each in states])).distinct()
    )
    return {StationId(each) for each in found.scalars()}


def put(
    tx: Transaction,
    station_id: StationId,
    key: str,
    value: str,
    source: WishSource,
    state: WishState,
    asked_by: str,
) -> None:
    """Want a value of a key from now on, instead of what was wanted before."""
    tx.connection.execute(delete(table).where(c.station_id == station_id, c.key == key))
    tx.connection.execute(
        insert(table),
        {
            "station_id": station_id,
            "key": key,
            "value": value,
            "source": source.value,
            "state": state.value,
            "asked_by": asked_by,
            "asked_at": tx.now,
            "tried_at": None,
            "attempts": 0,
        },
    )


def note_tried(tx: Transaction, station_id: StationId, key: str) -> None:
    """Note that a station is about to be asked for a value."""
    tx.connection.execute(
        update(table)
        .where(c.station_id == station_id, c.key == key)
        .values(tried_at=tx.now, attempts=c.attempts + 1)
    )


def set_state(tx: Transaction, station_id: StationId, key: str, state: WishState) -> None:
    """Note how far a station is from what is wanted."""
    tx.connection.execute(
        update(table).where(c.station_id == station_id, c.key == key).values(state=state.value)
    )


def is_idle(connection: Connection, station_id: StationId, since: datetime) -> bool:
    """Say whether nobody charges at a station, and all its connectors are free since then."""
    charges = select(charging_sessions.c.id).where(
        charging_sessions.c.station_id == station_id, charging_sessions.c.ended_by.is_(None)
    )
    k = station_connectors.c
    mine = (k.station_id == station_id, k.connector_id > 0)
    busy = select(k.connector_id).where(*mine, or_(k.status != "Available", k.status_since > since))
    known = select(k.connector_id).where(*mine)
    row = connection.execute(select(exists(charges), exists(busy), exists(known))).one()
    return not row[0] and not row[1] and bool(row[2])


def was_asked_since(
    connection: Connection, station_id: StationId, action: str, since: datetime
) -> bool:
    """Say whether a station was sent a command of this kind since then, whoever asked."""
    s = station_commands.c
    found = connection.execute(
        select(s.id)
        .where(s.station_id == station_id, s.action == action, s.asked_at >= since)
        .limit(1)
    )
    return found.first() is not None


def _standings() -> Select[*tuple[object, ...]]:
    return select(
        _station.id.label("station_id"),
        _station.is_kept_in_step,
        _station.last_boot_at,
        _station.configuration_read_at,
    )
