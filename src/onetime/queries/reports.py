"""What stations reported of their firmware, diagnostics, logs, certificates and security."""

from datetime import datetime
from enum import StrEnum

from msgspec import Struct, convert
from sqlalchemy import Connection, select

from onetime.queries.pages import FIRST, Asked, Page, after_id, fetch_limit, page_of
from onetime.queries.stations import require_station
from onetime.store.message_tables import station_reports as table


class ReportKind(StrEnum):
    """What a report is about."""

    CERTIFICATE = "certificate"
    DIAGNOSTICS = "diagnostics"
    FIRMWARE = "firmware"
    LOG = "log"
    SECURITY = "security"


class Report(Struct, frozen=True, kw_only=True):
    """One report; `status` is the station's word, `stated_at` its time where it told one.

    `command_id` is the command that it answers, as far as that can be told.
    """

    id: int
    station_id: str
    at: datetime
    kind: str
    status: str
    request_id: int | None
    stated_at: datetime | None
    details: str | None
    command_id: int | None


def report_list(
    connection: Connection,
    station_id: str,
    *,
    kind: ReportKind | None = None,
    asked: Asked = FIRST,
) -> Page[Report]:
    """List what a station reported, of one kind if asked for, the latest first; raises NotFound."""
    require_station(connection, station_id)
    statement = select(table).where(table.c.station_id == station_id, *after_id(asked, table.c.id))
    if kind is not None:
        statement = statement.where(table.c.kind == kind.value)
    rows = connection.execute(statement.order_by(table.c.id.desc()).limit(fetch_limit(asked)))
    found = [convert(row, Report) for row in rows.mappings()]
    return page_of(found, asked, lambda each: (each.id,))
