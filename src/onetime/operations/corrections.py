"""What a person decides about a charge whose end no station has told (promise 6).

What is written here is an estimate like any other: it stays until the station tells the real end.
"""

from datetime import datetime

from onetime.domain.errors import Conflict, NotFound, Unacceptable
from onetime.domain.facts import SessionEnded
from onetime.domain.people import Actor
from onetime.domain.reviews import ReviewKind
from onetime.domain.sessions import (
    EndedBy,
    Estimate,
    Session,
    is_implausible,
    is_usable_register,
    last_register,
)
from onetime.domain.tokens import Verdict
from onetime.operations import books
from onetime.operations.authorization import flag_unpermitted_energy
from onetime.operations.subjects import the_reason
from onetime.store import audit, chain, presence, reviews, sessions
from onetime.store.transaction import Row, Transaction

CLOSED_REASON = "Other"


def close_by_person(
    tx: Transaction,
    actor: Actor,
    session_id: int,
    reason: str,
    meter_stop: int | None = None,
) -> Session:
    """Close a session that is open, or that was closed by estimate; return it as booked.

    Without a register (Wh) the last one that the station reported counts. Raises NotFound,
    Conflict when the station or a person has ended it already, and Unacceptable.
    """
    why = the_reason(reason)
    session = _correctable(tx, session_id)
    register_wh = last_register(session) if meter_stop is None else meter_stop
    later = chain.link_after(tx, session)
    _require_believable(tx, session, later, register_wh)
    closed = sessions.close_session(
        tx,
        session,
        sessions.Closure(
            ended_by=EndedBy.PERSON,
            end_time=_end_time(tx, session, later, register_wh),
            meter_stop=register_wh,
            stop_reason=CLOSED_REASON,
            stated_stop=None,
            stated_stop_meter=None,
            stop_id_tag=None,
            estimated=(*session.estimated, Estimate.END_TIME, Estimate.METER_STOP),
            marks=session.marks,
        ),
    )
    settled = books.settle(tx, closed)
    if settled.verdict is not Verdict.ACCEPTED and settled.energy_wh:
        flag_unpermitted_energy(tx, settled)
    reviews.settle_review(tx, ReviewKind.ESTIMATE, str(session.id), why, str(actor))
    before, after = _told(session), _told(settled)
    audit.record(tx, actor, "session.closed", f"session:{session.id}", before, after, why)
    tx.announce(SessionEnded(session.id))
    return settled


def _correctable(tx: Transaction, session_id: int) -> Session:
    session = sessions.by_id(tx, session_id)
    if session is None:
        raise NotFound(f"There is no session {session_id}.", "session_id")
    if session.ended_by is EndedBy.STATION:
        raise Conflict(
            f"Session {session_id} was ended by its station, and that stays as it is.", "session_id"
        )
    if session.ended_by is EndedBy.PERSON:
        raise Conflict(
            f"Session {session_id} was closed by a person already; only its station can tell"
            " a better end now.",
            "session_id",
        )
    return session


def _require_believable(
    tx: Transaction, session: Session, later: Session | None, register_wh: int
) -> None:
    """Refuse a register that the station's own reports or its power make impossible."""
    if not is_usable_register(register_wh):
        raise Unacceptable(f"{register_wh} Wh is no meter register.", "meter_stop")
    shown = last_register(session)
    if register_wh < shown:
        raise Unacceptable(
            f"The meter has shown {shown} Wh in this session already;"
            f" it can not have ended at {register_wh} Wh.",
            "meter_stop",
        )
    if later is not None and session.meter_start <= later.meter_start < register_wh:
        raise Unacceptable(
            f"The next charge on this connector (session {later.id}) began at"
            f" {later.meter_start} Wh; this one can not have ended at {register_wh} Wh.",
            "meter_stop",
        )
    limit = presence.power_limit_watts(tx, session.station_id)
    energy_wh = register_wh - session.meter_start
    is_time_known = Estimate.START_TIME not in session.estimated
    is_new = register_wh > shown
    if is_new and is_time_known and is_implausible(energy_wh, session.start_time, tx.now, limit):
        raise Unacceptable(
            f"{energy_wh} Wh since the start of this session is more than the station can have"
            " delivered; the register is given in Wh, not in kWh.",
            "meter_stop",
        )


def _end_time(
    tx: Transaction, session: Session, later: Session | None, register_wh: int
) -> datetime:
    """Estimate the end: the last reading; or, if more has flowed since, as late as can be."""
    last = min(max(session.last_reading_at or session.start_time, session.start_time), tx.now)
    if register_wh <= last_register(session):
        return last
    latest = later.start_time if later is not None else tx.now
    return max(last, min(latest, tx.now))


def _told(session: Session) -> Row:
    return {
        "ended_by": session.ended_by.value if session.ended_by else None,
        "end_time": session.end_time,
        "meter_stop": session.meter_stop,
        "energy_wh": session.energy_wh,
    }
