"""The state of each connector as its station last reported it."""

from datetime import datetime

from msgspec import Struct
from sqlalchemy import bindparam, insert, select, update

from onetime.domain.ids import StationId
from onetime.store.tables import station_connectors as table
from onetime.store.transaction import Transaction

c = table.c
_KEY = (c.station_id == bindparam("station"), c.connector_id == bindparam("connector"))
_STATE = select(c.status, c.error_code, c.status_since, c.received_at).where(*_KEY)
_CHANGE = update(table).where(*_KEY)


class ConnectorState(Struct, frozen=True):
    """A connector's state, when it came and since when it has been so (our clock)."""

    status: str
    error_code: str
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
    values = {"station": station_id, "connector": connector_id}
    row = tx.connection.execute(_STATE, values).first()
    return None if row is None else ConnectorState(*row)


def write_state(tx: Transaction, report: StateReport, *, is_new: bool) -> None:
    """Write a connector's state."""
    values = {
        "status": report.status,
        "error_code": report.error_code,
        "last_updated": report.last_updated,
        "details": report.details,
        "vendor_error_code": report.vendor_error_code,
        "received_at": tx.now,
        "status_since": report.status_since,
    }
    key = {"station_id": report.station_id, "connector_id": report.connector_id}
    if is_new:
        tx.connection.execute(insert(table), values | key)
    else:
        place = {"station": report.station_id, "connector": report.connector_id}
        tx.connection.execute(_CHANGE, values | place)
