"""Lists as tables for a spreadsheet, a page at a time, so that no reader keeps a database waiting.

Knows which lists there are; how a cell is made safe is the sheet's matter.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

from msgspec import Struct
from sqlalchemy import Connection

from onetime.kit.times import to_wire
from onetime.queries.pages import MAX_LIMIT, Asked, Page
from onetime.queries.renters import Renter, renter_list
from onetime.queries.sessions import EVERY, Session, Wanted, session_list
from onetime.queries.spots import Spot, spot_list
from onetime.queries.stations import Station, station_list
from onetime.queries.tokens import Token, token_list

Ask: TypeAlias = Callable[[Asked], Page[Struct]]


class Listed(StrEnum):
    """What can be exported as a table."""

    RENTERS = "renters"
    SPOTS = "spots"
    TOKENS = "tokens"
    STATIONS = "stations"
    SESSIONS = "sessions"


FORMS: dict[Listed, type[Struct]] = {
    Listed.RENTERS: Renter,
    Listed.SPOTS: Spot,
    Listed.TOKENS: Token,
    Listed.STATIONS: Station,
    Listed.SESSIONS: Session,
}


def export_page(
    connection: Connection, listed: Listed, asked: Asked, wanted: Wanted = EVERY
) -> Page[Struct]:
    """Return one page of a list; `wanted` says which sessions, and nothing about other lists."""
    page: Page[Renter] | Page[Spot] | Page[Token] | Page[Station] | Page[Session]
    match listed:
        case Listed.RENTERS:
            page = renter_list(connection, asked=asked)
        case Listed.SPOTS:
            page = spot_list(connection, asked=asked)
        case Listed.TOKENS:
            page = token_list(connection, asked=asked)
        case Listed.STATIONS:
            page = station_list(connection, with_retired=True, asked=asked)
        case Listed.SESSIONS:
            page = session_list(connection, wanted, asked)
    return Page(page.items, page.next_cursor)


def pages(ask: Ask) -> Iterator[Sequence[Struct]]:
    """Yield a list page after page, each as it is at that moment."""
    asked = Asked(MAX_LIMIT)
    while True:
        page = ask(asked)
        yield page.items
        if page.next_cursor is None:
            return
        asked = Asked(MAX_LIMIT, page.next_cursor)


def header(form: type[Struct]) -> tuple[str, ...]:
    """Return the titles of a table's columns."""
    return form.__struct_fields__


def cells(items: Iterable[Struct]) -> Iterator[list[object]]:
    """Yield things as the cells of a table's lines."""
    for item in items:
        yield [_cell(getattr(item, name)) for name in item.__struct_fields__]


def _cell(value: object) -> object:
    if isinstance(value, datetime):
        return to_wire(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return ", ".join(str(each) for each in value)
    return value
