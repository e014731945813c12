"""How the garage's energy was spread over a day, in quarters of an hour.

It is told from the books, not from the meter values: a charge's energy lies evenly between its
start and its end, or while it goes on, its last register. So the quarters of all days add up to
the energy booked, to the Wh, however long readings are kept; but a car that was full early looks
as if it had charged slowly. Energy outside of charges is not in it.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

from msgspec import Struct
from sqlalchemy import Connection, bindparam, case, or_, select

from onetime.store.tables import charging_sessions

QUARTER = timedelta(minutes=15)
QUARTERS = 96
LONGEST = timedelta(days=31)
"""What a charge delivers later than this after its start is not looked for."""

_SECONDS = int(QUARTER.total_seconds())

c = charging_sessions.c
_IS_OPEN = c.ended_by.is_(None)
_GOING_ON = select(
    c.start_time,
    case((_IS_OPEN, c.last_register_at), else_=c.end_time).label("until"),
    case((_IS_OPEN, c.last_register_wh - c.meter_start), else_=c.energy_wh).label("energy_wh"),
).where(
    c.start_time > bindparam("earliest"),
    c.start_time < bindparam("day_end"),
    or_(c.end_time > bindparam("day_begin"), c.end_time.is_(None)),
)


class LoadProfile(Struct, frozen=True, kw_only=True):
    """The energy (Wh) of each quarter of an hour of a day (UTC), from midnight on."""

    day: date
    energy_wh: tuple[int, ...]
    total_wh: int


def load_profile(connection: Connection, day: date) -> LoadProfile:
    """Tell how much energy the garage's charges took in each quarter of an hour of a day (Wh)."""
    begin = datetime.combine(day, time(), UTC)
    quarters = [0] * QUARTERS
    rows = connection.execute(
        _GOING_ON,
        {
            "earliest": begin - LONGEST,
            "day_begin": begin,
            "day_end": begin + QUARTERS * QUARTER,
        },
    )
    for start, until, energy_wh in rows:
        if until is not None and (energy_wh or 0) > 0:
            for quarter, wh in _spread(_seconds(start, begin), _seconds(until, begin), energy_wh):
                quarters[quarter] += wh
    return LoadProfile(day=day, energy_wh=tuple(quarters), total_wh=sum(quarters))


def _spread(start: int, until: int, energy_wh: int) -> Iterator[tuple[int, int]]:
    """Share a charge's energy among the quarters of the day; times are seconds since midnight.

    What is due by the end of a quarter is rounded, not the quarter, so that nothing is lost.
    """
    span = max(until - start, 1)
    first = max(start // _SECONDS, 0)
    last = min((start + span - 1) // _SECONDS, QUARTERS - 1)
    due = energy_wh * max(first * _SECONDS - start, 0) // span
    for quarter in range(first, last + 1):
        before = due
        due = energy_wh * min((quarter + 1) * _SECONDS - start, span) // span
        yield quarter, due - before


def _seconds(moment: datetime, begin: datetime) -> int:
    return (moment - begin) // timedelta(seconds=1)
