"""Lists come in pages, newest first; a cursor says where the next one begins.

Knows how a cursor is written; never what is listed.
"""

import base64
import binascii
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Generic, TypeVar

import msgspec
from msgspec import Struct
from sqlalchemy import ColumnElement, RowMapping, and_, or_

from onetime.domain.errors import Unacceptable

T = TypeVar("T")

DEFAULT_LIMIT = 100
MAX_LIMIT = 1_000


class _ById(Struct, array_like=True, frozen=True):
    last: int


class _ByTime(Struct, array_like=True, frozen=True):
    at: datetime
    last: int | str


class Page(Struct, Generic[T], frozen=True):
    """Some items of a list; without next cursor they are the last."""

    items: tuple[T, ...]
    next_cursor: str | None


class Asked(Struct, frozen=True):
    """Which page is wanted: how many items, and the cursor that the page before gave."""

    limit: int = DEFAULT_LIMIT
    cursor: str | None = None


FIRST = Asked()


def page_of(
    found: Sequence[T], asked: Asked, mark: Callable[[T], tuple[datetime | int | str, ...]]
) -> Page[T]:
    """Make a page of what a statement with `fetch_limit` found; `mark` gives an item's place."""
    items = tuple(found[: asked.limit])
    if len(found) <= asked.limit:
        return Page(items, None)
    return Page(items, cursor_of(mark(items[-1])))


def part_of(whole: Iterable[T], asked: Asked) -> Page[T]:
    """Make a page of a list that is short enough to be read whole; its cursor counts items.

    Raises Unacceptable for a cursor or a limit that makes no sense.
    """
    found = tuple(whole)
    begin = 0 if asked.cursor is None else max(_read(asked.cursor, _ById).last, 0)
    end = begin + fetch_limit(asked) - 1
    return Page(found[begin:end], cursor_of((end,)) if end < len(found) else None)


def cursor_of(place: tuple[datetime | int | str, ...]) -> str:
    """Return the cursor that says: after this place."""
    return base64.urlsafe_b64encode(msgspec.json.encode(place)).decode().rstrip("=")


def fetch_limit(asked: Asked) -> int:
    """Return how many rows to fetch: one more than wanted tells whether there are more.

    Raises Unacceptable when the limit makes no sense.
    """
    if not 1 <= asked.limit <= MAX_LIMIT:
        raise Unacceptable(f"A page has 1 to {MAX_LIMIT} items.", "limit")
    return asked.limit + 1


def after_id(asked: Asked, column: ColumnElement[int]) -> list[ColumnElement[bool]]:
    """Return the condition for what comes after the cursor in a list ordered by falling id."""
    if asked.cursor is None:
        return []
    return [column < _read(asked.cursor, _ById).last]


def after_time(
    asked: Asked, moment: ColumnElement[datetime], key: ColumnElement[int] | ColumnElement[str]
) -> list[ColumnElement[bool]]:
    """Return the condition for a list ordered by falling time, then falling key."""
    if asked.cursor is None:
        return []
    place = _read(asked.cursor, _ByTime)
    # The first condition alone bounds the index; the second tells items of one moment apart.
    return [and_(moment <= place.at, or_(moment < place.at, key < place.last))]


def widened(row: RowMapping, **more: object) -> dict[str, object]:
    """Return a row with values that no column holds."""
    return {**{str(name): value for name, value in row.items()}, **more}


def _read(cursor: str, form: type[T]) -> T:
    try:
        written = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        return msgspec.json.decode(written, type=form)
    except (binascii.Error, ValueError, msgspec.MsgspecError):
        raise Unacceptable("This cursor was not given out by this list.", "cursor") from None
