"""A renter's month: every charge that began in it, and what they add up to.

Knows where charges are listed; never what energy costs. Months are those of UTC, as all times.
"""

from datetime import UTC, datetime

from msgspec import Struct
from sqlalchemy import Connection

from onetime.domain.errors import Unacceptable
from onetime.queries.pages import MAX_LIMIT, Asked
from onetime.queries.sessions import Session, Sums, Wanted, session_list, session_sums

FIRST_YEAR = 2000
LAST_YEAR = 9998


class MonthStatement(Struct, frozen=True, kw_only=True):
    """The charges of one renter in one month, oldest first."""

    renter_id: int
    year: int
    month: int
    sessions: tuple[Session, ...]
    sums: Sums


def month_of_renter(
    connection: Connection, renter_id: int, year: int, month: int
) -> MonthStatement:
    """State what a renter charged in a month; a charge belongs to the month in which it began.

    Raises NotFound when there is no such renter, Unacceptable when there is no such month.
    """
    wanted = Wanted(
        renter_id=renter_id,
        began_from=_first_of(year, month),
        began_before=_first_of(year + month // 12, month % 12 + 1),
    )
    asked = Asked(MAX_LIMIT)
    newest_first: list[Session] = []
    while True:
        page = session_list(connection, wanted, asked)
        newest_first.extend(page.items)
        if page.next_cursor is None:
            break
        asked = Asked(MAX_LIMIT, page.next_cursor)
    return MonthStatement(
        renter_id=renter_id,
        year=year,
        month=month,
        sessions=tuple(reversed(newest_first)),
        sums=session_sums(connection, wanted),
    )


def _first_of(year: int, month: int) -> datetime:
    if not 1 <= month <= 12:
        raise Unacceptable("A year has the months 1 to 12.", "month")
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Unacceptable(f"The year is one from {FIRST_YEAR} to {LAST_YEAR}.", "year")
    return datetime(year, month, 1, tzinfo=UTC)
