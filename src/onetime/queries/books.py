"""Whether the energy books are right: every charge, and what lies between, worked out anew.

The rules are `domain/energy.py`; this reads the whole of them and says where the rows differ.
"""

from collections.abc import Iterator
from itertools import groupby

from msgspec import Struct, convert
from sqlalchemy import Connection, func, select

from onetime.domain.energy import Gap, booked_energy, gap_after, gap_between, is_link
from onetime.domain.ids import STATION_LEVEL_CONNECTOR
from onetime.domain.sessions import Session
from onetime.store.sessions import COLUMNS
from onetime.store.tables import charging_sessions, unassigned_energy

AT_ONCE = 1_000


class Books(Struct, frozen=True):
    """How much is in the books, and each fault in a sentence; there should be none."""

    sessions: int
    open_sessions: int
    energy_wh: int
    unassigned_wh: int
    faults: tuple[str, ...]


class _Stretch(Struct, frozen=True):
    before_session_id: int | None
    gap: Gap
    energy_wh: int
    idle_to_wh: int | None


def audit_books(connection: Connection) -> Books:
    """Work out all bookings anew; nothing is changed."""
    stretches, faults = _stretches(connection)
    used: set[int] = set()
    for (_, connector_id), group in groupby(
        _sessions(connection), lambda each: (each.station_id, each.connector_id)
    ):
        on_connector = list(group)
        faults += [fault for each in on_connector for fault in _faults_of(each)]
        sound = [each for each in on_connector if is_link(each) and not list(_faults_of(each))]
        is_chain = connector_id > STATION_LEVEL_CONNECTOR  # Else each may be from anywhere.
        for chain in [sound] if is_chain else [[each] for each in sound]:
            faults += _chain_faults(chain, stretches, used)
    faults += [
        f"Unassigned energy after session {session_id} follows no link of the chain."
        for session_id in stretches.keys() - used
    ]
    table = charging_sessions.c
    total, closed, energy = connection.execute(
        select(func.count(), func.count(table.ended_by), func.sum(table.energy_wh))
    ).one()
    unassigned = connection.execute(select(func.sum(unassigned_energy.c.energy_wh))).scalar()
    return Books(total, total - closed, int(energy or 0), int(unassigned or 0), tuple(faults))


def _sessions(connection: Connection) -> Iterator[Session]:
    table = charging_sessions.c
    rows = connection.execution_options(yield_per=AT_ONCE).execute(
        select(*COLUMNS).order_by(table.station_id, table.connector_id, table.start_time, table.id)
    )
    return (convert(tuple(row), Session) for row in rows)


def _stretches(connection: Connection) -> tuple[dict[int, _Stretch], list[str]]:
    """Return the stretches by the session before them, and what is wrong in them alone."""
    found: dict[int, _Stretch] = {}
    faults = []
    for row in connection.execute(select(unassigned_energy)):
        if row.energy_wh != row.to_wh - row.from_wh or row.energy_wh < 0:
            faults.append(
                f"Unassigned energy {row.id} says {row.energy_wh} Wh between {row.from_wh} and"
                f" {row.to_wh} Wh."
            )
        if row.after_session_id is not None:
            gap = Gap(
                from_wh=row.from_wh,
                to_wh=row.to_wh,
                from_time=row.from_time,
                to_time=row.to_time,
            )
            found[row.after_session_id] = _Stretch(
                row.before_session_id, gap, row.energy_wh, row.idle_to_wh
            )
    return found, faults


def _faults_of(session: Session) -> Iterator[str]:
    """Yield what is wrong in the row of a session alone."""
    name = f"Session {session.id}"
    ended = (session.end_time, session.meter_stop, session.energy_wh)
    if session.is_open:
        if ended != (None, None, None):
            yield f"{name} is open, but has an end, a register at the end or energy."
        return
    if session.end_time is None or session.meter_stop is None or session.energy_wh is None:
        yield f"{name} is closed, but lacks its end, its register at the end or its energy."
    elif session.end_time < session.start_time:
        yield f"{name} ends before it begins."
    elif not 0 <= session.energy_wh <= max(session.meter_stop - session.meter_start, 0):
        yield (
            f"{name} has {session.energy_wh} Wh, but its register moved from"
            f" {session.meter_start} to {session.meter_stop} Wh."
        )


def _chain_faults(
    links: list[Session], stretches: dict[int, _Stretch], used: set[int]
) -> Iterator[str]:
    """Yield where bookings or stretches of one connector are not what the rules give."""
    for at, link in enumerate(links):
        used.add(link.id)
        later = links[at + 1] if at + 1 < len(links) else None
        if not link.is_open:
            expected, _ = booked_energy(link, later)
            if expected != link.energy_wh:
                yield f"Session {link.id} has {link.energy_wh} Wh, but {expected} Wh are its share."
        stretch = stretches.get(link.id)
        gap = _gap(link, later, stretch)
        if (gap and (gap.from_wh, gap.to_wh)) != (
            stretch and (stretch.gap.from_wh, stretch.gap.to_wh)
        ):
            told = f"{gap.to_wh - gap.from_wh} Wh" if gap else "none"
            kept = f"{stretch.energy_wh} Wh" if stretch else "none"
            yield f"Unassigned energy after session {link.id} should be {told}, but {kept} is kept."


def _gap(link: Session, later: Session | None, stretch: _Stretch | None) -> Gap | None:
    if later is not None:
        return gap_between(link, later)
    if stretch is None or stretch.idle_to_wh is None:
        return None
    return gap_after(link, stretch.idle_to_wh, stretch.gap.to_time)
