"""Who is connected, since when, and what a station said of itself when it booted."""

from datetime import datetime

from msgspec import Struct, convert
from sqlalchemy import bindparam, insert, select, update

from onetime.domain.ids import StationId
from onetime.domain.stations import Identification
from onetime.store.tables import boot_logs
from onetime.store.tables import charging_stations as table
from onetime.store.transaction import Transaction, Value

c = table.c
_ONLINE_SINCE = select(c.connected_since).where(c.id == bindparam("station"), c.is_online.is_(True))
_LAST_SEEN = select(c.last_seen_at).where(c.id == bindparam("station"))
_POWER_LIMIT = select(c.power_limit_watts).where(c.id == bindparam("station"))
_FIRMWARE = select(c.firmware_version).where(c.id == bindparam("station"))
_LAST_BOOT = select(c.last_boot_at).where(c.id == bindparam("station"))
_CLOCK = select(c.clock_drift_seconds, c.times_are_local, c.created_at).where(
    c.id == bindparam("station")
)
_CHANGE = update(table).where(c.id == bindparam("station"))


class StationClock(Struct, frozen=True):
    """How far a station's clock is ahead (s), how it tells times, and since when it is ours."""

    clock_drift_seconds: int | None
    times_are_local: bool | None
    created_at: datetime


def online_since(tx: Transaction, station_id: StationId) -> datetime | None:
    """Return since when a station has been connected; None when it is not."""
    moment: datetime | None = tx.connection.execute(_ONLINE_SINCE, {"station": station_id}).scalar()
    return moment


def last_seen(tx: Transaction, station_id: StationId) -> datetime | None:
    """Return when a station was last heard, to the minute."""
    row = tx.first(_LAST_SEEN, station=station_id)
    return row["last_seen_at"] if row else None


def last_boot(tx: Transaction, station_id: StationId) -> datetime | None:
    """Return when a station last booted; None when it never has."""
    row = tx.first(_LAST_BOOT, station=station_id)
    return row["last_boot_at"] if row else None


def firmware_of(tx: Transaction, station_id: StationId) -> str | None:
    """Return the firmware that a station named when it last booted."""
    row = tx.first(_FIRMWARE, station=station_id)
    return row["firmware_version"] if row else None


def power_limit_watts(tx: Transaction, station_id: StationId) -> int | None:
    """Return what a person entered as the most that a station delivers (W), or None."""
    row = tx.first(_POWER_LIMIT, station=station_id)
    return row["power_limit_watts"] if row else None


def clock_of(tx: Transaction, station_id: StationId) -> StationClock:
    """Return what is known of a station's clock."""
    row = tx.first(_CLOCK, station=station_id)
    return convert(row, StationClock) if row else StationClock(None, None, tx.now)


def set_clock(
    tx: Transaction, station_id: StationId, drift_seconds: int | None, are_local: bool | None
) -> None:
    """Note how far a station's clock is off, and whether its times without zone are local."""
    tx.connection.execute(
        _CHANGE,
        {
            "station": station_id,
            "clock_drift_seconds": drift_seconds,
            "times_are_local": are_local,
        },
    )


def set_online(tx: Transaction, station_id: StationId) -> None:
    """Note a station's newest connection."""
    tx.connection.execute(
        _CHANGE,
        {
            "station": station_id,
            "is_online": True,
            "connected_since": tx.now,
            "last_seen_at": tx.now,
        },
    )


def set_offline(tx: Transaction, station_id: StationId, at: datetime) -> None:
    """Note that a station has no connection any more, and when it was last heard."""
    tx.connection.execute(
        _CHANGE,
        {
            "station": station_id,
            "is_online": False,
            "connected_since": None,
            "last_seen_at": at,
        },
    )


def set_all_offline(tx: Transaction) -> int:
    """Note at start that nobody is connected yet, whatever a crash left behind; return how many."""
    changed = tx.connection.execute(
        update(table).where(c.is_online.is_(True)).values(is_online=False, connected_since=None)
    )
    return changed.rowcount


def note_seen(tx: Transaction, station_id: StationId, at: datetime) -> None:
    """Note that a station was heard."""
    tx.connection.execute(_CHANGE, {"station": station_id, "last_seen_at": at})


def note_heartbeat(tx: Transaction, station_id: StationId, at: datetime) -> None:
    """Note a Heartbeat."""
    tx.connection.execute(
        _CHANGE, {"station": station_id, "last_heartbeat": at, "last_seen_at": at}
    )


def write_boot(
    tx: Transaction,
    station_id: StationId,
    identification: Identification,
    *,
    is_restart: bool = True,
) -> None:
    """Note what a station says of itself, and add the message to the history of its boots.

    What it told before a restart is to be asked again.
    """
    restarted: dict[str, Value] = {"last_boot_at": tx.now, "configuration_read_at": None}
    tx.connection.execute(
        _CHANGE,
        {
            "station": station_id,
            "model": identification.model,
            "vendor": identification.vendor,
            "firmware_version": identification.firmware_version,
            "serial_number": identification.serial_number,
            "last_seen_at": tx.now,
            **(restarted if is_restart else {}),
        },
    )
    tx.connection.execute(
        insert(boot_logs),
        {
            "station_id": station_id,
            "boot_time": tx.now,
            "model": identification.model,
            "vendor": identification.vendor,
            "firmware_version": identification.firmware_version,
            "ip_address": identification.ip_address,
            "serial_number": identification.serial_number,
            "is_restart": is_restart,
        },
    )
