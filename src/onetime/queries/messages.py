"""What stations said, message by message, and how they introduced themselves.

Frames stand here as they were kept: without passwords and keys.
"""

from datetime import datetime
from enum import StrEnum

from msgspec import Struct, convert
from sqlalchemy import Connection, select

from onetime.kit.texts import is_writable
from onetime.queries.pages import FIRST, Asked, Page, after_id, fetch_limit, page_of
from onetime.queries.stations import require_station
from onetime.store.tables import boot_logs, ocpp_messages

c = ocpp_messages.c


class Direction(StrEnum):
    """Who asked: the station, or we."""

    INWARD = "in"
    OUTWARD = "out"


class Message(Struct, frozen=True, kw_only=True):
    """A call with its answer; `latency_ms` is how long the answer took."""

    id: int
    station_id: str
    at: datetime
    direction: Direction
    action: str | None
    message_id: str | None
    frame: str
    answer: str | None
    outcome: str
    latency_ms: int | None


class Boot(Struct, frozen=True, kw_only=True):
    """A BootNotification, and what the station said it is.

    One that we had asked for is no restart (`is_restart` false), and shows nothing else new.
    """

    id: int
    station_id: str
    boot_time: datetime
    model: str
    vendor: str
    firmware_version: str | None
    ip_address: str | None
    serial_number: str | None
    is_restart: bool


def message_list(
    connection: Connection,
    station_id: str,
    *,
    action: str | None = None,
    direction: Direction | None = None,
    asked: Asked = FIRST,
) -> Page[Message]:
    """List the messages of a station: all, or of one action, or of one side. Raises NotFound."""
    require_station(connection, station_id)
    statement = select(ocpp_messages).where(c.station_id == station_id, *after_id(asked, c.id))
    if action is not None:
        if not is_writable(action):
            return Page((), None)
        statement = statement.where(c.action == action)
    if direction is not None:
        statement = statement.where(c.direction == direction.value)
    rows = connection.execute(statement.order_by(c.id.desc()).limit(fetch_limit(asked)))
    found = [convert(row, Message) for row in rows.mappings()]
    return page_of(found, asked, lambda each: (each.id,))


def boot_list(connection: Connection, station_id: str, asked: Asked = FIRST) -> Page[Boot]:
    """List the boots of a station; raises NotFound."""
    require_station(connection, station_id)
    rows = connection.execute(
        select(boot_logs)
        .where(boot_logs.c.station_id == station_id, *after_id(asked, boot_logs.c.id))
        .order_by(boot_logs.c.id.desc())
        .limit(fetch_limit(asked))
    )
    found = [convert(row, Boot) for row in rows.mappings()]
    return page_of(found, asked, lambda each: (each.id,))
