"""Shows a person what can hardly be right in the books: marked and kept, never put right here."""

from collections.abc import Sequence
from datetime import timedelta

from onetime.domain.ids import StationId
from onetime.domain.readings import IDLE_WATTS, Sample, energy_of_power
from onetime.domain.reviews import ReviewKind
from onetime.domain.sessions import EndedBy, Estimate, Mark, Session, is_implausible
from onetime.domain.tokens import Verdict
from onetime.kit.times import to_words
from onetime.kit.units import kwh_text
from onetime.operations.authorization import flag_unpermitted_energy
from onetime.store import presence, quirks, readings, reviews, sessions
from onetime.store.transaction import Transaction

LONGEST_UNTIMED = timedelta(days=1)
"""How long a charge may have lasted of which no clock told the beginning or the end."""
SHOWN_LENGTH = 50
LEAST_FACTOR, MOST_FACTOR = 300, 3_000
"""Between which a register that is told in kWh lies below what power makes, samples being rough."""


def judge(tx: Transaction, session: Session) -> Session:
    """Show what is remarkable about a closed session; return it with its marks.

    An earlier judgement that holds no more is withdrawn.
    """
    assert session.energy_wh is not None
    _judge_registers(tx, session)
    _judge_unit(tx, session)
    if session.verdict is not Verdict.ACCEPTED and session.energy_wh > 0:
        flag_unpermitted_energy(tx, session)
    if _is_too_much(tx, session):
        return _note_implausible(tx, session)
    if Mark.IMPLAUSIBLE in session.marks:
        reviews.settle_review(
            tx, ReviewKind.IMPLAUSIBLE, str(session.id), "the real value is plausible"
        )
        marks = {*session.marks} - {Mark.IMPLAUSIBLE}
        return sessions.book_energy(tx, session, session.energy_wh, marks)
    return session


def note_register_back(tx: Transaction, earlier: Session, later: Session) -> Session:
    """Show a register that was lower at a start than at the end before (M10); return it marked.

    The difference is never booked; the lower value begins a new stretch: the meter was reset or
    replaced. All steps of one connector are one finding, as long as nobody has resolved it.
    """
    if Mark.REGISTER_BACK in later.marks:
        return later
    quirks.count_quirk(tx, later.station_id, "M10")
    reviews.open_review(
        tx,
        reviews.Finding(
            kind=ReviewKind.REGISTER,
            key=f"{earlier.station_id}:{earlier.connector_id}",
            evidence=f"Session {earlier.id} ended at {kwh_text(earlier.booked_to)}, session"
            f" {later.id} began at {kwh_text(later.meter_start)}: the meter was reset or replaced.",
            station_id=earlier.station_id,
            connector_id=earlier.connector_id,
            session_id=later.id,
        ),
    )
    return sessions.mark(tx, later, Mark.REGISTER_BACK)


def note_register_back_within(tx: Transaction, session: Session, shown: int, now: int) -> Session:
    """Show a register that went back while a charge went on (M10); return the session marked.

    `shown` is the highest register (Wh) of the charge so far, `now` the lower one.
    """
    if Mark.REGISTER_BACK in session.marks:
        return session
    quirks.count_quirk(tx, session.station_id, "M10")
    reviews.open_review(
        tx,
        reviews.Finding(
            kind=ReviewKind.REGISTER,
            key=f"session:{session.id}",
            evidence=f"The meter showed {kwh_text(shown)} in session {session.id}, then"
            f" {kwh_text(now)}: of what it counted before it went back, no more is booked than the"
            " start and the end of the charge tell.",
            station_id=session.station_id,
            connector_id=session.connector_id,
            session_id=session.id,
        ),
    )
    return sessions.mark(tx, session, Mark.REGISTER_BACK)


def note_jump(
    tx: Transaction, place: tuple[StationId, int], session_id: int | None, from_wh: int, to_wh: int
) -> None:
    """Show a register that rose faster than the station can deliver; it moves no books (M14).

    If the station ends or begins a charge with it, it counts all the same.
    """
    station_id, connector_id = place
    key = f"{station_id}:{connector_id}:{session_id}:jump"
    if reviews.is_known(tx, ReviewKind.IMPLAUSIBLE, key):
        return
    quirks.count_quirk(tx, station_id, "M14")
    reviews.open_review(
        tx,
        reviews.Finding(
            kind=ReviewKind.IMPLAUSIBLE,
            key=key,
            evidence=f"The meter of station {station_id}, connector {connector_id}, jumped from"
            f" {kwh_text(from_wh)} to {kwh_text(to_wh)}, more than the station can deliver in that"
            " time. It moved no books.",
            station_id=station_id,
            connector_id=connector_id,
            session_id=session_id,
        ),
    )


def note_unusable(tx: Transaction, place: tuple[StationId, int], samples: Sequence[Sample]) -> None:
    """Show values that are no finite numbers, or registers below zero (M14); they are kept raw."""
    if not samples:
        return
    station_id, connector_id = place
    quirks.count_quirk(tx, station_id, "M14")
    first = samples[0]
    said = first.raw if first.raw is not None else str(first.value)
    reviews.open_review(
        tx,
        reviews.Finding(
            kind=ReviewKind.IMPLAUSIBLE,
            key=f"{station_id}:{connector_id}:{first.measurand[:SHOWN_LENGTH]}:value",
            evidence=f"Station {station_id}, connector {connector_id}, sent"
            f" {said[:SHOWN_LENGTH]!r} as {first.measurand[:SHOWN_LENGTH]}; it is kept, and booked"
            " as nothing.",
            station_id=station_id,
            connector_id=connector_id,
        ),
    )


def _judge_registers(tx: Transaction, session: Session) -> None:
    """Show a charge whose registers are estimates although its station ended it (X14)."""
    key = f"{session.id}:meter"
    if not {Estimate.METER_START, Estimate.METER_STOP} & {*session.estimated}:
        reviews.settle_review(tx, ReviewKind.ESTIMATE, key, "the station told the real value")
        return
    if session.ended_by is not EndedBy.STATION:
        return
    assert session.energy_wh is not None
    reviews.open_review(
        tx,
        reviews.Finding(
            kind=ReviewKind.ESTIMATE,
            key=key,
            evidence=f"Session {session.id}: the station told no usable meter value at"
            f" {_unsure(session)}. By what else it told, {kwh_text(session.energy_wh)} are booked.",
            station_id=session.station_id,
            connector_id=session.connector_id,
            session_id=session.id,
        ),
    )


def _judge_unit(tx: Transaction, session: Session) -> None:
    """Show a register that seems to count kWh and to call them Wh (M02); it is not put right here.

    Power tells: where a car drew kilowatts, the register can not have moved by a few Wh.
    """
    assert session.energy_wh is not None
    assert session.end_time is not None
    hours = (session.end_time - session.start_time) / timedelta(hours=1)
    if not 0 < session.energy_wh < hours * IDLE_WATTS:
        return
    by_power_wh = energy_of_power(readings.of_power(tx, session.transaction_id))
    if not LEAST_FACTOR <= by_power_wh / session.energy_wh <= MOST_FACTOR:
        return
    quirks.count_quirk(tx, session.station_id, "M02")
    reviews.open_review(
        tx,
        reviews.Finding(
            kind=ReviewKind.IMPLAUSIBLE,
            key=f"{session.station_id}:{session.connector_id}:unit",
            evidence=f"In session {session.id} the meter moved by {session.energy_wh} Wh, while"
            f" the reported power makes {kwh_text(by_power_wh)}: the station seems to count kWh"
            " and to call them Wh. If so, set its register factor to 1000 for future charges.",
            station_id=session.station_id,
            connector_id=session.connector_id,
            session_id=session.id,
        ),
    )


def _unsure(session: Session) -> str:
    words = {Estimate.METER_START: "the start", Estimate.METER_STOP: "the end"}
    return " and ".join(word for each, word in words.items() if each in session.estimated)


def _is_too_much(tx: Transaction, session: Session) -> bool:
    assert session.energy_wh is not None
    assert session.end_time is not None
    end = session.end_time
    if {Estimate.START_TIME, Estimate.END_TIME} & {*session.estimated}:
        end = max(end, session.start_time + LONGEST_UNTIMED)
    limit = presence.power_limit_watts(tx, session.station_id)
    return is_implausible(session.energy_wh, session.start_time, end, limit)


def _note_implausible(tx: Transaction, session: Session) -> Session:
    assert session.energy_wh is not None
    assert session.end_time is not None
    reviews.open_review(
        tx,
        reviews.Finding(
            kind=ReviewKind.IMPLAUSIBLE,
            key=str(session.id),
            evidence=f"Session {session.id}: {kwh_text(session.energy_wh)} between"
            f" {to_words(session.start_time)} and {to_words(session.end_time)} is more than the"
            " station can deliver.",
            station_id=session.station_id,
            connector_id=session.connector_id,
            session_id=session.id,
        ),
    )
    return sessions.mark(tx, session, Mark.IMPLAUSIBLE)
