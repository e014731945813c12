"""Keeps the energy books of a connector right after any of its sessions changed.

Which stretch of the register belongs to which charge is decided in `domain/energy.py`.
"""

from datetime import datetime

from onetime.domain.energy import Gap, booked_energy, gap_after, gap_between, is_link, went_back
from onetime.domain.ids import StationId
from onetime.domain.reviews import ReviewKind
from onetime.domain.sessions import Mark, Session
from onetime.kit.units import kwh_text
from onetime.store import quirks, reviews, sessions, unassigned
from onetime.store.transaction import Transaction

REVIEWED_FROM_WH = 100
"""Less unassigned energy than this is a station's own consumption, not worth a person's time."""
MAX_STEPS_BACK = 20


def settle(tx: Transaction, session: Session) -> Session:
    """Book a session and what lies around it; return it as booked.

    Neighbours whose share changes by this are settled in turn, back in time.
    """
    earlier = settled = _settle_one(tx, session)
    for _ in range(MAX_STEPS_BACK):
        before = sessions.link_before(tx, earlier)
        if before is None or before.is_open:
            break
        after = sessions.link_after(tx, before)
        if booked_energy(before, after)[0] == before.energy_wh:
            break
        earlier = _settle_one(tx, before)
    return settled


def note_idle_register(
    tx: Transaction, station_id: StationId, connector_id: int, at: datetime, register_wh: int
) -> None:
    """Book what the register shows outside of charges as unassigned energy (M11, X09, M15)."""
    earlier = sessions.link_at(tx, station_id, connector_id, at)
    if earlier is None:
        _note_before_all(tx, station_id, connector_id, at, register_wh)
        return
    if earlier.is_open or sessions.link_after(tx, earlier) is not None:
        return
    known = unassigned.after_session(tx, earlier.id)
    if register_wh < earlier.booked_to:
        quirks.count_quirk(tx, station_id, "M10")
    reached = max(register_wh, known.idle_to_wh or 0) if known else register_wh
    gap = gap_after(earlier, reached, at)
    if gap is not None and (known is None or gap.to_wh != known.gap.to_wh):
        quirks.count_quirk(tx, station_id, "M11")
        _write_gap(tx, earlier, None, gap, reached)


def note_register_at_start(tx: Transaction, session: Session) -> None:
    """Show a register that is lower than at the end before; the difference is never booked (M10).

    The lower value begins a new stretch: the meter was reset or replaced.
    """
    earlier = sessions.link_before(tx, session)
    if earlier is None or not went_back(earlier, session):
        return
    quirks.count_quirk(tx, session.station_id, "M10")
    reviews.open_review(
        tx,
        reviews.Finding(
            kind=ReviewKind.REGISTER,
            key=f"{earlier.station_id}:{earlier.connector_id}",
            evidence=f"Session {earlier.id} ended at {earlier.booked_to} Wh, session {session.id}"
            f" began at {session.meter_start} Wh: the meter was reset or replaced.",
            station_id=earlier.station_id,
            connector_id=earlier.connector_id,
            session_id=session.id,
        ),
    )


def _settle_one(tx: Transaction, session: Session) -> Session:
    later = sessions.link_after(tx, session)
    if not session.is_open:
        session = _book(tx, session, later)
    earlier = sessions.link_before(tx, session)
    if is_link(session):
        _link(tx, earlier, session)
        _link(tx, session, later)
    else:
        unassigned.remove_after(tx, session.id)
        _link(tx, earlier, later)
    return session


def _book(tx: Transaction, session: Session, later: Session | None) -> Session:
    energy_wh, is_cut = booked_energy(session, later)
    marks = {*session.marks} - {Mark.OVERLAP}
    if is_cut:
        marks.add(Mark.OVERLAP)
    return sessions.book_energy(tx, session, energy_wh, marks)


def _link(tx: Transaction, earlier: Session | None, later: Session | None) -> None:
    """Set what lies between two neighbours of the chain."""
    if earlier is None:
        if later is not None:
            _close_first_stretch(tx, later)
        return
    if earlier.is_open:
        unassigned.remove_after(tx, earlier.id)
        return
    known = unassigned.after_session(tx, earlier.id)
    idle_to = known.idle_to_wh if known else None
    if later is not None:
        gap = gap_between(earlier, later)
    elif known is not None and idle_to is not None:
        gap = gap_after(earlier, idle_to, known.gap.to_time)
    else:
        gap = None
    if gap is not None:
        _write_gap(tx, earlier, later, gap, idle_to)
    elif known is not None:
        unassigned.remove_after(tx, earlier.id)
        reviews.settle_review(
            tx, ReviewKind.UNASSIGNED_ENERGY, f"{earlier.id}", "the real value left no gap"
        )


def _write_gap(
    tx: Transaction, earlier: Session, later: Session | None, gap: Gap, idle_to_wh: int | None
) -> None:
    place = (earlier.station_id, earlier.connector_id)
    links = (earlier.id, later.id if later else None)
    unassigned.write(tx, place, links, gap, idle_to_wh)
    energy_wh = gap.to_wh - gap.from_wh
    if energy_wh >= REVIEWED_FROM_WH:
        reviews.open_review(
            tx,
            reviews.Finding(
                kind=ReviewKind.UNASSIGNED_ENERGY,
                key=f"{earlier.id}",
                evidence=f"{kwh_text(energy_wh)} flowed at station {earlier.station_id}, connector"
                f" {earlier.connector_id}, after session {earlier.id} had ended:"
                f" register {gap.from_wh} to {gap.to_wh} Wh.",
                station_id=earlier.station_id,
                connector_id=earlier.connector_id,
                session_id=earlier.id,
            ),
        )


def _close_first_stretch(tx: Transaction, first: Session) -> None:
    stretch = unassigned.before_all(tx, first.station_id, first.connector_id)
    if stretch is None:
        return
    to_wh = max(first.meter_start, stretch.gap.from_wh)
    gap = Gap(
        from_wh=stretch.gap.from_wh,
        to_wh=to_wh,
        from_time=stretch.gap.from_time,
        to_time=max(first.start_time, stretch.gap.from_time),
    )
    place = (first.station_id, first.connector_id)
    unassigned.write(tx, place, (None, first.id), gap, stretch.idle_to_wh)


def _note_before_all(
    tx: Transaction, station_id: StationId, connector_id: int, at: datetime, register_wh: int
) -> None:
    stretch = unassigned.before_all(tx, station_id, connector_id)
    if stretch is not None and stretch.before_session_id is not None:
        return
    first = (
        stretch.gap
        if stretch
        else Gap(from_wh=register_wh, to_wh=register_wh, from_time=at, to_time=at)
    )
    if register_wh < first.to_wh:
        return
    gap = Gap(
        from_wh=first.from_wh,
        to_wh=register_wh,
        from_time=first.from_time,
        to_time=max(at, first.to_time),
    )
    unassigned.write(tx, (station_id, connector_id), (None, None), gap, register_wh)
