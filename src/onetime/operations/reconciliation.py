"""Closes charges whose Stop never came, as estimates that the real Stop replaces (X04, X11)."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from onetime.domain.energy import estimated_end
from onetime.domain.facts import SessionEnded
from onetime.domain.ids import STATION_LEVEL_CONNECTOR, StationId
from onetime.domain.reviews import ReviewKind
from onetime.domain.sessions import EndedBy, Estimate, Mark, Session, last_register
from onetime.kit.units import kwh_text
from onetime.operations import books
from onetime.operations.judgement import judge
from onetime.operations.server_clock import is_clock_trusted
from onetime.store import chain, connectors, presence, quirks, reviews, sessions, unassigned
from onetime.store.transaction import Transaction

AVAILABLE_FOR = timedelta(minutes=15)
SILENT_FOR = timedelta(hours=24)
ESTIMATED_REASON = "Other"
AVAILABLE = "Available"


def supersede(tx: Transaction, session: Session, at: datetime) -> None:
    """Close a charge because the next one began on its connector (X04)."""
    quirks.count_quirk(tx, session.station_id, "X04")
    ended = min(at, session.last_register_at or session.start_time)
    why = "another charge began on its connector"
    _close(tx, session, ended, why, (*session.marks, Mark.SUPERSEDED))


def place(tx: Transaction, session: Session, connector_id: int) -> Session:
    """Move a charge whose Start lost its connector (K19) to where it turns out to be; return it.

    It is then what it would have been from the start: the charge before it on that connector has
    ended, and it has ended itself if another one began since.
    """
    if session.connector_id > STATION_LEVEL_CONNECTOR or connector_id <= STATION_LEVEL_CONNECTOR:
        return session
    others = [
        each
        for each in sessions.open_at(tx, session.station_id)
        if each.connector_id == connector_id
    ]
    for each in others:
        if each.start_time <= session.start_time:
            supersede(tx, each, session.start_time)
    if Estimate.METER_START in session.estimated and session.last_register_wh is None:
        at = session.start_time
        register_wh = known_register(tx, session.station_id, connector_id, at)
        if session.meter_stop is not None:
            register_wh = min(register_wh, session.meter_stop)
        if register_wh > 0:
            session = sessions.correct_start(tx, session, register_wh, session.estimated)
    session = books.move(tx, session, connector_id)
    later = [each.start_time for each in others if each.start_time > session.start_time]
    if session.is_open and later:
        supersede(tx, session, min(later))
        return sessions.by_id(tx, session.id) or session
    return session


def place_if_alone(tx: Transaction, session: Session) -> Session:
    """Move a charge without connector to the only one that its station is known to have."""
    if session.connector_id > STATION_LEVEL_CONNECTOR:
        return session
    known = connectors.known(tx, session.station_id)
    return place(tx, session, known[0]) if len(known) == 1 else session


def close_stale_sessions(tx: Transaction) -> int:
    """Close the charges whose connector has been free for 15 minutes, or silent for 24 hours.

    Returns how many. "Free" is what the station says live, so it must have been connected for
    as long (X11). Nothing else ever closes a session by itself.
    """
    if not is_clock_trusted(tx):
        return 0
    closed = 0
    for session in sessions.all_open(tx):
        if since := _free_since(tx, session):
            _close(tx, session, since, "its connector is free again", session.marks)
        elif last := _silent_since(tx, session):
            _close(tx, session, last, "the station has been silent for a day", session.marks)
        else:
            continue
        quirks.count_quirk(tx, session.station_id, "X11")
        closed += 1
    return closed


def revise_estimate(tx: Transaction, session: Session) -> Session:
    """Bring the estimate of a closed charge up to a register that was seen since; return it so.

    What a person booked is an estimate too, until the station tells the end: what flowed is never
    less than the meter showed.
    """
    if session.ended_by in (None, EndedBy.STATION) or session.meter_stop is None:
        return session
    register_wh = last_register(session)
    if register_wh <= session.meter_stop:
        return session
    at = session.last_register_at or session.start_time
    later = chain.link_after(tx, session)
    ended = estimated_end(session, at, register_wh, later)
    return _close(tx, session, ended, "more was metered since the first estimate", session.marks)


def known_register(tx: Transaction, station_id: StationId, connector_id: int, at: datetime) -> int:
    """Return the last known register (Wh) of a connector at a moment; 0 when nothing is known."""
    earlier = chain.link_at(tx, station_id, connector_id, at)
    if earlier is None:
        stretch = unassigned.before_all(tx, station_id, connector_id)
        return stretch.gap.to_wh if stretch else 0
    if earlier.is_open:
        return last_register(earlier)
    after = unassigned.after_session(tx, earlier.id)
    if after is None or after.gap.to_time > at:
        return earlier.booked_to
    return after.gap.to_wh


def _free_since(tx: Transaction, session: Session) -> datetime | None:
    state = connectors.state_of(tx, session.station_id, session.connector_id)
    online_since = presence.online_since(tx, session.station_id)
    if state is None or online_since is None or state.status != AVAILABLE:
        return None
    if session.connector_id == STATION_LEVEL_CONNECTOR or state.status_since < session.start_time:
        return None  # The station as a whole is available while it charges.
    # A charge out of a buffer has its Stop behind it in the same buffer: that gets its time too.
    free_since = max(state.status_since, online_since, session.started_at)
    return state.status_since if tx.now - free_since >= AVAILABLE_FOR else None


def _silent_since(tx: Transaction, session: Session) -> datetime | None:
    last = max(session.start_time, session.last_reading_at or session.start_time)
    heard = presence.last_seen(tx, session.station_id) or last
    return last if tx.now - max(last, heard, session.started_at) >= SILENT_FOR else None


def _close(
    tx: Transaction, session: Session, end_time: datetime, why: str, marks: Sequence[Mark]
) -> Session:
    estimated = {*session.estimated, Estimate.END_TIME, Estimate.METER_STOP}
    closed = sessions.close_session(
        tx,
        session,
        sessions.Closure(
            ended_by=session.ended_by or EndedBy.RECONCILIATION,
            end_time=max(end_time, session.start_time),
            meter_stop=last_register(session),
            stop_reason=ESTIMATED_REASON,
            stated_stop=None,
            stated_stop_meter=None,
            stop_id_tag=None,
            estimated=tuple(estimated),
            marks=tuple(marks),
        ),
    )
    settled = judge(tx, books.settle(tx, closed))
    reviews.open_review(
        tx,
        reviews.Finding(
            kind=ReviewKind.ESTIMATE,
            key=str(session.id),
            evidence=f"Session {session.id} was closed by estimate: {why}."
            f" {kwh_text(settled.energy_wh or 0)} are booked by its last meter value until the"
            " station tells the real end.",
            station_id=session.station_id,
            connector_id=session.connector_id,
            session_id=session.id,
        ),
    )
    tx.announce(SessionEnded(session.id))
    return settled
