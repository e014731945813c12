"""Keeps the energy books of a connector right after any of its sessions changed.

Which stretch of the register belongs to which charge is decided in `domain/energy.py`.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from msgspec import structs

from onetime.domain.energy import Gap, booked_energy, gap_after, gap_between, is_link, went_back
from onetime.domain.ids import STATION_LEVEL_CONNECTOR, StationId
from onetime.domain.reviews import ReviewKind
from onetime.domain.sessions import Estimate, Mark, Session, is_implausible, is_usable_register
from onetime.kit.units import WH_PER_KWH, kwh_text
from onetime.operations.judgement import note_jump, note_register_back
from onetime.operations.order import passed_link
from onetime.store import chain, presence, quirks, reviews, sessions, unassigned
from onetime.store.transaction import Transaction

TELLING = 4
REVIEWED_FROM_WH = 100
"""Less unassigned energy than this is a station's own consumption, not worth a person's time; nor
is so little more than what a person has decided about."""


class Shown(NamedTuple):
    """What a register showed outside of charges, and when."""

    at: datetime
    wh: int


def settle(tx: Transaction, session: Session) -> Session:
    """Book a session and what lies around it; return it as booked.

    Of the others only the link before can lose or get back a share by this.
    """
    later = chain.link_after(tx, session)
    earlier = chain.link_before(tx, session)
    if not session.is_open:
        session = _book(tx, session, later)
    is_now_link = is_link(session)
    if earlier is not None and not earlier.is_open:
        earlier = _rebook(tx, earlier, session if is_now_link else later)
    if is_now_link:
        session = _link(tx, earlier, session) or session
        _link(tx, session, later)
    else:
        _drop_gap(tx, session)
        _link(tx, earlier, later)
    for each in (earlier, session):
        if each is not None and not each.is_open:
            _note_rest(tx, each)
    if not session.is_open:
        _note_register_seen(tx, session)
    return session


def move(tx: Transaction, session: Session, connector_id: int) -> Session:
    """Book a session, of which the connector was not known, where it belongs; return it so."""
    _drop_gap(tx, session)
    return settle(tx, sessions.move(tx, session, connector_id))


def telling(
    tx: Transaction, place: tuple[StationId, int], shown: Sequence[Shown]
) -> Sequence[Shown]:
    """Return of registers (Wh, in the order of their times) those that tell all that the rest does.

    Between the same two charges these are the first, the last, the lowest and the highest.
    """
    if len(shown) <= TELLING:
        return shown
    first, last = chain.link_at(tx, *place, shown[0].at), chain.link_at(tx, *place, shown[-1].at)
    if (first and first.id) != (last and last.id):
        middle = len(shown) // 2
        return [*telling(tx, place, shown[:middle]), *telling(tx, place, shown[middle:])]
    ends = (min(shown, key=lambda each: each.wh), max(shown, key=lambda each: each.wh))
    return sorted({shown[0], shown[-1], *ends}, key=lambda each: each.at)


def note_idle_register(
    tx: Transaction, station_id: StationId, connector_id: int, at: datetime, register_wh: int
) -> None:
    """Book what the register shows outside of charges as unassigned energy (M11, X09, M15)."""
    if not is_usable_register(register_wh) or connector_id <= STATION_LEVEL_CONNECTOR:
        return
    passed = passed_link(tx, (station_id, connector_id), at, register_wh)
    if passed is not None:
        if not passed.is_open and chain.link_after(tx, passed) is None:
            _note_after_last(tx, passed, tx.now, register_wh)
        return
    earlier = chain.link_at(tx, station_id, connector_id, at)
    if earlier is None:
        _note_before_all(tx, station_id, connector_id, at, register_wh)
    elif not earlier.is_open and chain.link_after(tx, earlier) is None:
        assert earlier.end_time is not None
        if register_wh < earlier.booked_to and at > earlier.end_time:
            quirks.count_quirk(tx, station_id, "M10")
        _note_after_last(tx, earlier, at, register_wh)


def _book(tx: Transaction, session: Session, later: Session | None) -> Session:
    energy_wh, is_cut = booked_energy(session, later)
    was_cut = Mark.OVERLAP in session.marks
    marks = {*session.marks} - {Mark.OVERLAP}
    if is_cut:
        marks.add(Mark.OVERLAP)
        _show_overlap(tx, session, later, energy_wh)
    elif was_cut:
        reviews.settle_review(
            tx, ReviewKind.OVERLAP, str(session.id), "the real values share nothing"
        )
    return sessions.book_energy(tx, session, energy_wh, marks)


def _rebook(tx: Transaction, session: Session, later: Session | None) -> Session:
    if booked_energy(session, later)[0] == session.energy_wh:
        return session
    return _book(tx, session, later)


def _show_overlap(tx: Transaction, session: Session, later: Session | None, energy_wh: int) -> None:
    assert later is not None
    reviews.open_review(
        tx,
        reviews.Finding(
            kind=ReviewKind.OVERLAP,
            key=str(session.id),
            evidence=f"Session {session.id} claims all up to {kwh_text(session.meter_stop or 0)},"
            f" but session {later.id} began at {kwh_text(later.meter_start)} before that had"
            f" ended; {kwh_text(energy_wh)} are booked to session {session.id}.",
            station_id=session.station_id,
            connector_id=session.connector_id,
            session_id=session.id,
        ),
    )


def _note_rest(tx: Transaction, session: Session) -> None:
    """What a charge claims beyond the next one, or showed after its end, did flow: for nobody."""
    end_time, last_at = session.end_time, session.last_register_at
    assert end_time is not None
    assert session.meter_stop is not None
    place = (session.station_id, session.connector_id)
    if Mark.OVERLAP in session.marks:
        note_idle_register(tx, *place, end_time, session.meter_stop)
    if last_at is not None and session.last_register_wh is not None and last_at > end_time:
        note_idle_register(tx, *place, last_at, session.last_register_wh)


def _note_register_seen(tx: Transaction, session: Session) -> None:
    """Charges that moved nothing still tell where the register stood; the last one tells most."""
    place = (session.station_id, session.connector_id)
    latest = chain.latest_at(tx, *place, tx.now)
    for each in {session.id: session, latest.id: latest}.values() if latest else ():
        if not is_link(each) and Estimate.METER_START not in each.estimated:
            note_idle_register(tx, *place, each.start_time, each.meter_start)


def _link(tx: Transaction, earlier: Session | None, later: Session | None) -> Session | None:
    """Set what lies between two neighbours of the chain; return the later one as it is then."""
    if earlier is None:
        if later is not None:
            _close_first_stretch(tx, later)
        return later
    if earlier.is_open:
        _drop_gap(tx, earlier)
        return later
    if later is not None and went_back(earlier, later):
        later = _mend_or_note_step(tx, earlier, later)
    known = unassigned.after_session(tx, earlier.id)
    idle_to = known.idle_to_wh if known else None
    if later is not None and not went_back(earlier, later):
        gap = gap_between(earlier, later)
    elif known is not None and idle_to is not None:
        gap = gap_after(earlier, idle_to, known.gap.to_time)
    else:
        gap = None
    if gap is not None:
        _write_gap(tx, earlier, later, gap, idle_to)
    elif known is not None:
        _drop_gap(tx, earlier)
    if later is not None and known is not None and not went_back(earlier, later):
        _note_idle_beyond(tx, later, known)
    return later


def _note_idle_beyond(tx: Transaction, later: Session, known: unassigned.Stretch) -> None:
    """Keep what idle readings showed after a charge that came between them and the one before."""
    seen_at = known.gap.to_time
    if known.idle_to_wh is None or later.end_time is None or seen_at <= later.end_time:
        return
    note_idle_register(tx, later.station_id, later.connector_id, seen_at, known.idle_to_wh)


def _mend_or_note_step(tx: Transaction, earlier: Session, later: Session) -> Session:
    """A start below the end before it: raised where it was an estimate, else a reset (M10)."""
    if Estimate.METER_START not in later.estimated:
        return note_register_back(tx, earlier, later)
    limit = earlier.booked_to if later.meter_stop is None else later.meter_stop
    raised_wh = min(earlier.booked_to, max(limit, later.meter_start))
    later = sessions.correct_start(tx, later, raised_wh, later.estimated)
    return later if later.is_open else _book(tx, later, chain.link_after(tx, later))


def _write_gap(
    tx: Transaction, earlier: Session, later: Session | None, gap: Gap, idle_to_wh: int | None
) -> None:
    place = (earlier.station_id, earlier.connector_id)
    links = (earlier.id, later.id if later else None)
    is_new = unassigned.write(tx, place, links, gap, idle_to_wh)
    if is_new and Estimate.METER_STOP not in earlier.estimated:
        quirks.count_quirk(tx, earlier.station_id, "M11")
    when = f"after session {earlier.id} had ended"
    _show_unassigned(tx, place, str(earlier.id), gap, when, earlier.id)


def _show_unassigned(
    tx: Transaction,
    place: tuple[StationId, int],
    key: str,
    gap: Gap,
    when: str,
    session_id: int | None,
) -> None:
    station_id, connector_id = place
    energy_wh = gap.to_wh - gap.from_wh
    if energy_wh < REVIEWED_FROM_WH:
        reviews.settle_review(
            tx, ReviewKind.UNASSIGNED_ENERGY, key, f"only {energy_wh} Wh are left"
        )
        return
    reviews.open_review(
        tx,
        reviews.Finding(
            kind=ReviewKind.UNASSIGNED_ENERGY,
            key=key,
            evidence=f"{kwh_text(energy_wh)} flowed at station {station_id}, connector"
            f" {connector_id}, {when}: the meter went from {kwh_text(gap.from_wh)} to"
            f" {kwh_text(gap.to_wh)}.",
            station_id=station_id,
            connector_id=connector_id,
            session_id=session_id,
        ),
        lambda decided: energy_wh - _wh_told(decided) < REVIEWED_FROM_WH,
    )


def _wh_told(evidence: str) -> int:
    """Return the energy (Wh) with which the evidence of unassigned energy begins."""
    return round(float(evidence.partition(" ")[0]) * WH_PER_KWH)


def _drop_gap(tx: Transaction, earlier: Session) -> None:
    if unassigned.remove_after(tx, earlier.id):
        reviews.settle_review(
            tx, ReviewKind.UNASSIGNED_ENERGY, f"{earlier.id}", "the real value left no gap"
        )


def _note_after_last(tx: Transaction, earlier: Session, at: datetime, register_wh: int) -> None:
    known = unassigned.after_session(tx, earlier.id)
    reached = max(register_wh, known.idle_to_wh or 0) if known else register_wh
    gap = gap_after(earlier, reached, at)
    if gap is None or (known is not None and gap.to_wh <= known.gap.to_wh):
        return
    if _is_jump(tx, earlier.station_id, gap):
        place = (earlier.station_id, earlier.connector_id)
        note_jump(tx, place, earlier.id, earlier.booked_to, register_wh)
        return
    _write_gap(tx, earlier, None, gap, reached)


def _is_jump(tx: Transaction, station_id: StationId, gap: Gap) -> bool:
    limit = presence.power_limit_watts(tx, station_id)
    return is_implausible(gap.to_wh - gap.from_wh, gap.from_time, gap.to_time, limit)


def _close_first_stretch(tx: Transaction, first: Session) -> None:
    """End what flowed before the first charge where that began.

    Idle readings may tell of more: before the charge, if the register went back (M10), or after it,
    if it is a late comer.
    """
    place = (first.station_id, first.connector_id)
    stretch = unassigned.before_all(tx, *place)
    if stretch is None:
        return
    idle_to, idle_at = stretch.idle_to_wh or stretch.gap.from_wh, stretch.gap.to_time
    is_reset = first.meter_start < idle_to and first.start_time >= idle_at
    gap = Gap(
        from_wh=stretch.gap.from_wh,
        to_wh=idle_to if is_reset else max(first.meter_start, stretch.gap.from_wh),
        from_time=stretch.gap.from_time,
        to_time=max(first.start_time, idle_at),
    )
    unassigned.write(tx, place, (None, first.id), gap, stretch.idle_to_wh)
    _show_first_stretch(tx, place, gap)
    if first.end_time is not None and idle_at > first.end_time:
        note_idle_register(tx, *place, idle_at, idle_to)


def _note_before_all(
    tx: Transaction, station_id: StationId, connector_id: int, at: datetime, register_wh: int
) -> None:
    """Keep what flows before the first charge of a connector, or while it never had one."""
    place = (station_id, connector_id)
    stretch = unassigned.before_all(tx, *place)
    if stretch is None:
        gap, idle_to = Gap(from_wh=register_wh, to_wh=register_wh, from_time=at, to_time=at), None
    else:
        gap, idle_to = stretch.gap, stretch.idle_to_wh
        if _is_jump(tx, station_id, structs.replace(gap, to_wh=register_wh, to_time=at)):
            note_jump(tx, place, None, gap.to_wh, register_wh)
            return
    is_lower = at < gap.from_time and register_wh < gap.from_wh
    # A register that has gone back tells lower values later on, by a clock that may be behind.
    is_earlier = is_lower and not chain.has_gone_back(tx, *place)
    from_wh, from_time = (register_wh, at) if is_earlier else (gap.from_wh, gap.from_time)
    idle_to = max(register_wh, idle_to or gap.from_wh)
    gap = Gap(from_wh=from_wh, to_wh=idle_to, from_time=from_time, to_time=max(at, gap.to_time))
    unassigned.write(tx, place, (None, None), gap, idle_to)
    first = chain.first_link(tx, *place)
    if first is not None:
        _close_first_stretch(tx, first)
    else:
        _show_first_stretch(tx, place, gap)


def _show_first_stretch(tx: Transaction, place: tuple[StationId, int], gap: Gap) -> None:
    key = f"{place[0]}:{place[1]}:first"
    _show_unassigned(tx, place, key, gap, "before its first charge", None)
