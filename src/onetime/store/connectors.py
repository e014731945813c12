"""The state of each connector as its station last reported it."""

from datetime import datetime

from msgspec import Struct
from sqlalchemy import BindParameter, bindparam, insert, select, union, update

from onetime.domain.ids import StationId
from onetime.store.tables import charging_sessions
from onetime.store.tables import station_connectors as table
from onetime.store.transaction import Transaction

c = table.c
_KEY = (c.station_id == bindparam("station"), c.connector_id == bindparam("connector"))
_STATE = select(c.status, c.error_code, c.last_updated, c.status_since, c.received_at).where(*_KEY)
_charged = charging_sessions.c
_KNOWN = union(
    select(c.connector_id).where(c.station_id == bindparam("station"), c.connector_id > 0),
    select(_charged.connector_id).where(
        _charged.station_id == bindparam("station"), _charged.connector_id > 0
    ),
)
_VALUES: dict[str, BindParameter[object]] = {
    "status": bindparam("word"),
    "error_code": bindparam("error"),
    "last_updated": bindparam("stated"),
    "details": bindparam("text"),
    "vendor_error_code": bindparam("vendor_error"),
    "received_at": bindparam("now"),
    "status_since": bindparam("since"),
}
_CHANGE = update(table).where(*_KEY).values(**_VALUES)
_INSERT = insert(table).values(
    station_id=bindparam("station"), connector_id=bindparam("connector"), **_VALUES
)


class ConnectorState(Struct, frozen=True):
    """A connector's state: its station's time, then since when it is so and when it came (ours)."""

    status: str
    error_code: str
    last_updated: datetime
    status_since: datetime
    received_at: datetime


class StateReport(Struct, frozen=True, kw_only=True):
    """What is written when a state is reported."""

    station_id: StationId
    connector_id: int
    status: str
    error_code: str
    last_updated: datetime
    details: str | None
    vendor_error_code: str | None
    status_since: datetime


def state_of(tx: Transaction, station_id: StationId, connector_id: int) -> ConnectorState | None:
    """Return a connector's state, or None if it never reported one."""
    row = tx.first(_STATE, station=station_id, connector=connector_id)
    return None if row is None else ConnectorState(**row)


def known(tx: Transaction, station_id: StationId) -> list[int]:
    """Return the connectors that a station has told a state of, or a charge."""
    return [row["connector_id"] for row in tx.all(_KNOWN, station=station_id)]


def write_state(tx: Transaction, report: StateReport, *, is_new: bool) -> None:
    """Write a connector's state."""
    statement = _INSERT if is_new else _CHANGE
    tx.run(
        statement,
        station=report.station_id,
        connector=report.connector_id,
        word=report.status,
        error=report.error_code,
        stated=report.last_updated,
        text=report.details,
        vendor_error=report.vendor_error_code,
        now=tx.now,
        since=report.status_since,
    )
