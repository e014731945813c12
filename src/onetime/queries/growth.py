"""How large the database is, and how fast it grows; found without reading it all."""

from datetime import datetime, timedelta

from msgspec import Struct
from sqlalchemy import Column, Connection, Table, func, select

from onetime.store.message_tables import ocpp_messages
from onetime.store.tables import meter_readings

WINDOW = timedelta(days=7)
LEAST = timedelta(days=1)


class Growth(Struct, frozen=True):
    """Bytes in all, and bytes a day of late; None when it is too early to say."""

    total_bytes: int
    readings_per_day: int
    readings_bytes_per_day: float | None
    log_bytes_per_day: float | None
    newest_at: datetime | None


class _Rows(Struct, frozen=True):
    total: int
    per_day: float | None


def growth(connection: Connection, now: datetime) -> Growth:
    """Tell how the two tables grow that hold nearly everything: readings and the OCPP log."""
    total_bytes = size_of(connection)
    readings = _rows(connection, meter_readings, meter_readings.c.timestamp, now)
    log = _rows(connection, ocpp_messages, ocpp_messages.c.at, now)
    per_row = total_bytes / max(readings.total + log.total, 1)
    newest = connection.execute(
        select(ocpp_messages.c.at).order_by(ocpp_messages.c.id.desc()).limit(1)
    ).scalar()
    return Growth(
        total_bytes=total_bytes,
        readings_per_day=round(readings.per_day or 0),
        readings_bytes_per_day=None if readings.per_day is None else readings.per_day * per_row,
        log_bytes_per_day=None if log.per_day is None else log.per_day * per_row,
        newest_at=newest,
    )


def size_of(connection: Connection) -> int:
    """Return how many bytes the database takes."""
    if connection.dialect.name == "postgresql":
        size = connection.execute(
            select(func.pg_database_size(func.current_database()))
        ).scalar_one()
        return int(size)
    pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
    return int(pages) * int(connection.exec_driver_sql("PRAGMA page_size").scalar_one())


def _rows(connection: Connection, table: Table, moment: Column[datetime], now: datetime) -> _Rows:
    """Count by row numbers: they rise with time, and old ones go first."""
    first, last = connection.execute(select(func.min(table.c.id), func.max(table.c.id))).one()
    if first is None:
        return _Rows(0, None)
    since = now - WINDOW
    low, high = first, last + 1
    while low < high:  # the first row of the window
        middle = (low + high) // 2
        at = connection.execute(
            select(moment).where(table.c.id >= middle).order_by(table.c.id).limit(1)
        ).scalar()
        if at is not None and at < since:
            low = middle + 1
        else:
            high = middle
    oldest = connection.execute(
        select(moment).where(table.c.id >= low).order_by(table.c.id).limit(1)
    ).scalar()
    passed = now - oldest if oldest is not None else timedelta(0)
    if oldest is None or passed < LEAST:
        return _Rows(last - first + 1, None)
    return _Rows(last - first + 1, (last - low + 1) / (passed / timedelta(days=1)))
