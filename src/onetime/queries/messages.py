"""What stations said, message by message, and how they introduced themselves.

Frames stand here as they were kept: without passwords and keys.
"""

from datetime import datetime
from enum import StrEnum
from typing import Final

from msgspec import Struct, convert
from sqlalchemy import Connection, Select, or_, select

from onetime.kit.masking import without_cards
from onetime.kit.texts import is_writable
from onetime.queries.pages import FIRST, Asked, Page, after_id, cursor_of, fetch_limit, page_of
from onetime.queries.stations import require_station
from onetime.store.message_tables import ocpp_messages
from onetime.store.tables import boot_logs

LOOKED_THROUGH: Final = 100_000
LOOKED_THROUGH_MASKED: Final = 25_000
"""How much of the log one page of a search looks through; to mask card numbers takes longer."""
ROWS_AT_ONCE: Final = 200

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
    search: str | None = None,
    shows_cards: bool = True,
    asked: Asked = FIRST,
) -> Page[Message]:
    """List the messages of a station: all, or of one action, of one side, with some words in them.

    One page of a search looks through a limited part of the log; it may hold few or no messages
    and still have a next one. Whoever may see no cards finds none by their numbers (S15).
    Raises NotFound.
    """
    require_station(connection, station_id)
    statement = select(ocpp_messages).where(c.station_id == station_id, *after_id(asked, c.id))
    if action is not None:
        if not is_writable(action):
            return Page((), None)
        statement = statement.where(c.action == action)
    if direction is not None:
        statement = statement.where(c.direction == direction.value)
    statement = statement.order_by(c.id.desc())
    if search:
        return _found(connection, statement, station_id, search, shows_cards, asked)
    rows = connection.execute(statement.limit(fetch_limit(asked)))
    found = [convert(row, Message) for row in rows.mappings()]
    return page_of(found, asked, lambda each: (each.id,))


def _found(
    connection: Connection,
    statement: Select[tuple[object, ...]],
    station_id: str,
    search: str,
    shows_cards: bool,
    asked: Asked,
) -> Page[Message]:
    """Return the messages with these words out of the part of the log that one page looks through.

    Where the next page begins depends on what was looked through, never on a card number in it.
    """
    limit = fetch_limit(asked)
    if not is_writable(search):
        return Page((), None)
    last = connection.scalar(
        select(c.id)
        .where(c.station_id == station_id, *after_id(asked, c.id))
        .order_by(c.id.desc())
        .offset(LOOKED_THROUGH - 1 if shows_cards else LOOKED_THROUGH_MASKED - 1)
        .limit(1)
    )
    if last is not None:
        statement = statement.where(c.id >= last)
    texts = (c.action, c.frame, c.answer)
    statement = statement.where(or_(*(each.icontains(search, autoescape=True) for each in texts)))
    found: list[Message] = []
    with connection.execution_options(yield_per=ROWS_AT_ONCE).execute(statement) as rows:
        for row in rows.mappings():
            message = convert(row, Message)
            if shows_cards or _is_seen(message, search.lower()):
                found.append(message)
            if len(found) == limit:
                break
    page = page_of(found, asked, lambda each: (each.id,))
    if page.next_cursor is None and last is not None:
        return Page(page.items, cursor_of((last,)))
    return page


def _is_seen(message: Message, search: str) -> bool:
    """Say whether somebody who may see no cards sees these words."""
    texts = (message.action, without_cards(message.frame), without_cards(message.answer or ""))
    return any(search in each.lower() for each in texts if each)


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
