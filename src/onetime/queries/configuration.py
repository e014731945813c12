"""What stations report of their configuration, what it should be, and who has to be asked."""

from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct, convert
from sqlalchemy import Connection, select, union_all

from onetime.domain.configuration import WishSource, WishState
from onetime.domain.ids import StationId
from onetime.queries.pages import widened
from onetime.queries.stations import require_station
from onetime.store import configuration as store
from onetime.store import wishes
from onetime.store.command_tables import desired_configurations as desired
from onetime.store.configuration import stations_due
from onetime.store.tables import station_configurations as reported
from onetime.store.wishes import Standing, standings, stations_with

__all__ = [
    "ConfigurationKey",
    "Standing",
    "configuration",
    "keys_to_read_back",
    "may_restart",
    "reported_number",
    "stations_in_reach",
    "stations_to_read_back",
    "stations_to_restart",
    "unread_stations",
]

IDLE_FOR: Final = timedelta(minutes=15)
"""How long nobody has used a station before it is restarted."""


class ConfigurationKey(Struct, frozen=True, kw_only=True):
    """A key as a station reported it, beside what is wanted of it.

    `value` is the station's word, None where it told none or does not know the key; the last five
    are None where nothing is wanted.
    """

    station_id: str
    key: str
    value: str | None
    readonly: bool | None
    reported_at: datetime | None
    desired_value: str | None
    state: WishState | None
    source: WishSource | None
    asked_by: str | None
    asked_at: datetime | None


def unread_stations(connection: Connection) -> list[StationId]:
    """Return the connected stations whose configuration was not read since their boot."""
    return stations_due(connection)


def stations_in_reach(connection: Connection) -> list[Standing]:
    """Return the connected stations that have told their configuration since their boot."""
    return standings(connection)


def stations_to_read_back(connection: Connection) -> set[StationId]:
    """Return the stations that accepted a change and have not shown it yet."""
    return stations_with(connection, WishState.ACCEPTED)


def keys_to_read_back(connection: Connection, station_id: StationId) -> tuple[str, ...]:
    """Return the keys of which a station accepted a change that it has not shown yet."""
    wanted = wishes.of_station(connection, station_id)
    return tuple(each.key for each in wanted if each.state is WishState.ACCEPTED)


def reported_number(connection: Connection, station_id: StationId, key: str) -> int | None:
    """Return a whole number above 0 that a station reported under a key."""
    found = store.of_station(connection, station_id).get(key)
    text = (found.value or "").strip() if found else ""
    return int(text) if text.isascii() and text.isdigit() and int(text[:9]) > 0 else None


def may_restart(connection: Connection, station: Standing, now: datetime) -> bool:
    """Say whether a station may be restarted for a change: it is idle, and was not yet (C09)."""
    if station.last_boot_at is None:
        return False
    if wishes.was_asked_since(connection, station.station_id, "Reset", station.last_boot_at):
        return False
    return wishes.is_idle(connection, station.station_id, now - IDLE_FOR)


def stations_to_restart(connection: Connection) -> set[StationId]:
    """Return the stations where something holds from the next boot on only."""
    return stations_with(connection, WishState.REBOOT_REQUIRED)


def configuration(connection: Connection, station_id: str) -> tuple[ConfigurationKey, ...]:
    """List the keys that a station reports, or of which something is wanted; raises NotFound."""
    require_station(connection, station_id)
    keys = union_all(
        select(reported.c.key).where(reported.c.station_id == station_id),
        select(desired.c.key).where(desired.c.station_id == station_id),
    ).subquery()
    rows = connection.execute(
        select(
            keys.c.key,
            reported.c.value,
            reported.c.readonly,
            reported.c.reported_at,
            desired.c.value.label("desired_value"),
            desired.c.state,
            desired.c.source,
            desired.c.asked_by,
            desired.c.asked_at,
        )
        .distinct()
        .outerjoin(reported, (reported.c.key == keys.c.key) & (reported.c.station_id == station_id))
        .outerjoin(desired, (desired.c.key == keys.c.key) & (desired.c.station_id == station_id))
        .order_by(keys.c.key)
    )
    return tuple(
        convert(widened(row, station_id=station_id), ConfigurationKey) for row in rows.mappings()
    )
