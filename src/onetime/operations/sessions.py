"""Charges in the books: begun and ended as stations say, once, however often they say it.

Closing without a station's word is in `reconciliation.py`, by a person in `corrections.py`.
"""

from datetime import datetime

from msgspec import Struct

from onetime.domain.energy import estimated_end
from onetime.domain.facts import SessionEnded, SessionStarted
from onetime.domain.ids import STATION_LEVEL_CONNECTOR, TransactionId
from onetime.domain.readings import Sampling
from onetime.domain.reservations import Use
from onetime.domain.reviews import AlarmKind, ReviewKind
from onetime.domain.sessions import (
    OLDEST_PLAUSIBLE,
    TIME_TOLERANCE,
    Closing,
    EndedBy,
    Estimate,
    Mark,
    Opening,
    Session,
    billing_time,
    clock_quirk,
    fell_below,
    final_register,
    is_usable_register,
    last_register,
    stated_key,
    stop_quirk,
)
from onetime.domain.tokens import Verdict, token_key
from onetime.operations import books
from onetime.operations.abuse import note_card_in_two_places
from onetime.operations.authorization import Ruling, note_unknown_tag, rule_at
from onetime.operations.clocks import is_before_our_time
from onetime.operations.judgement import judge, note_register_back_within
from onetime.operations.order import start_by_register
from onetime.operations.orphans import is_orphan, note_contradiction, note_foreign, note_orphan
from onetime.operations.readings import record_in_session
from onetime.operations.reconciliation import known_register, place_if_alone, supersede
from onetime.operations.reservations import use_reservation
from onetime.store import (
    chain,
    charging_profiles,
    installation,
    quirks,
    reviews,
    sessions,
    spots,
    tokens,
)
from onetime.store.transaction import Transaction


class Opened(Struct, frozen=True):
    """A charge in the books, and what was decided about its tag."""

    session_id: int
    transaction_id: TransactionId
    ruling: Ruling


def start_session(tx: Transaction, opening: Opening, raw: str = "") -> Opened:
    """Enter a charge in the books once, however often the station repeats it (promise 2).

    A refused tag is recorded too: the energy flows all the same (promise 4). The raw frame is kept
    when it names a reservation of another station (S07).
    """
    if earlier := sessions.unended_like(tx, opening):
        is_same_message = opening.message_id and opening.message_id == earlier.start_message_id
        quirks.count_quirk(tx, opening.station_id, "X01" if is_same_message else "X02")
        tx.note_repeat()
        return Opened(earlier.id, earlier.transaction_id, _ruling_given(tx, earlier))
    start_time, is_clock_off = _start_time(tx, opening)
    ruling = rule_at(tx, opening.id_tag, opening.station_id, start_time)
    for older in sessions.open_at(tx, opening.station_id):
        if older.connector_id == opening.connector_id and older.start_time <= start_time:
            supersede(tx, older, start_time)
    session = books.settle(tx, _open(tx, opening, ruling, start_time, is_clock_off=is_clock_off))
    use_reservation(tx, _use(opening, ruling), session.id, raw)
    if ruling.verdict is not Verdict.ACCEPTED:
        _note_refused(tx, session)
    note_card_in_two_places(tx, session)
    tx.announce(SessionStarted(session.id))
    return Opened(session.id, session.transaction_id, ruling)


def stop_session(
    tx: Transaction, closing: Closing, samplings: tuple[Sampling, ...], raw: str
) -> Session | None:
    """Close the charge that this station says has ended; None when no charge could be found.

    The samplings are the transactionData of the Stop.
    What can not be booked is kept with its raw frame for review; the station is answered anyway
    (promise 3). A repeat changes nothing.
    """
    session = _session_to_stop(tx, closing, raw)
    if session is None:
        return None
    session = place_if_alone(tx, session)
    if samplings:
        session = record_in_session(tx, session, samplings)
    if session.ended_by is EndedBy.STATION and not _tells_more(session, closing):
        _note_repeated_stop(tx, session, closing, raw)
        return session
    settled = judge(tx, books.settle(tx, _close(tx, session, closing)))
    if not session.is_open:  # Only a charge that was closed by estimate has this finding.
        why = "the station told the real end"
        reviews.settle_review(tx, ReviewKind.ESTIMATE, str(session.id), why)
    charging_profiles.end_with_transaction(
        tx, session.station_id, session.connector_id, session.transaction_id
    )
    tx.announce(SessionEnded(session.id))
    return settled


def issue_transaction_id(tx: Transaction) -> TransactionId:
    """Issue an id for a charge that can not be entered in the books (its frame is kept aside)."""
    return installation.next_transaction_id(tx)


def _start_time(tx: Transaction, opening: Opening) -> tuple[datetime, bool]:
    """Return when a charge began, and whether that is an estimate (T01, T04)."""
    start_time, is_clock_off = billing_time(opening.stated_time, tx.now)
    if is_clock_off:
        quirks.count_quirk(tx, opening.station_id, clock_quirk(opening.stated_time, tx.now))
        return start_time, True
    by_register = start_by_register(tx, opening, start_time)
    if by_register is None:
        return start_time, False
    quirks.count_quirk(tx, opening.station_id, "T04")
    return by_register, True


def _open(
    tx: Transaction, opening: Opening, ruling: Ruling, start_time: datetime, *, is_clock_off: bool
) -> Session:
    estimated, marks = [], []
    if is_clock_off:
        estimated.append(Estimate.START_TIME)
    meter_start = opening.meter_start
    if meter_start is None or not is_usable_register(meter_start):
        if meter_start is not None:  # A missing one was counted where the message was read.
            quirks.count_quirk(tx, opening.station_id, "M14")
        estimated.append(Estimate.METER_START)
        meter_start = known_register(tx, opening.station_id, opening.connector_id, start_time)
    if ruling.verdict is not Verdict.ACCEPTED:
        marks.append(Mark.REFUSED_TAG)
    if opening.is_scaled:
        marks.append(Mark.SCALED)
    place = spots.place_of(tx, opening.station_id, start_time)
    renter_id = tokens.holder_at(tx, ruling.token, start_time) if ruling.token else None
    return sessions.insert_session(
        tx,
        sessions.Entry(
            transaction_id=installation.next_transaction_id(tx),
            opening=opening,
            meter_start=meter_start,
            token_id=ruling.token,
            verdict=ruling.verdict,
            renter_id=renter_id,
            spot_id=place[0] if place else None,
            spot_label=place[1] if place else None,
            start_time=start_time,
            estimated=tuple(estimated),
            marks=tuple(marks),
        ),
    )


def _use(opening: Opening, ruling: Ruling) -> Use:
    return Use(
        station_id=opening.station_id,
        connector_id=opening.connector_id,
        id_tag=opening.id_tag,
        parent_id_tag=ruling.parent_id_tag,
        reservation_id=opening.reservation_id,
    )


def _note_refused(tx: Transaction, session: Session) -> None:
    if not session.id_tag:
        quirks.count_quirk(tx, session.station_id, "X17")
        if is_before_our_time(tx, session.station_id, session.start_time):
            return
        reviews.raise_alarm(
            tx,
            AlarmKind.CHARGE_WITHOUT_CARD,
            session.station_id,
            f"Station {session.station_id} began a charge without a card (session {session.id}).",
            session.station_id,
        )
        return
    quirks.count_quirk(tx, session.station_id, "X18")
    if session.verdict is Verdict.UNKNOWN:
        note_unknown_tag(tx, session.station_id, session.id_tag)


def _session_to_stop(tx: Transaction, closing: Closing, raw: str) -> Session | None:
    if closing.transaction_id > 0:
        session = sessions.by_transaction(tx, closing.transaction_id)
        if session is None:
            note_orphan(tx, closing, raw, "X10")
            return None
        if session.station_id != closing.station_id:
            note_foreign(tx, closing.station_id, session, raw)
            return None
        return session
    quirks.count_quirk(tx, closing.station_id, "X06")
    stated = stated_key(closing.stated_time)
    if repeated := sessions.stopped_like(tx, closing.station_id, stated, closing.meter_stop):
        return repeated
    candidates = sessions.open_at(tx, closing.station_id)
    if len(candidates) == 1 and _fits(candidates[0], closing) and not _was_orphan(tx, closing):
        return candidates[0]
    note_orphan(tx, closing, raw, None)
    return None


def _fits(session: Session, closing: Closing) -> bool:
    """Say whether a Stop without usable id can be that of the only open charge at all (X06)."""
    stop = closing.meter_stop
    if stop is not None and 0 < stop < session.meter_start:
        return False
    is_time_known = Estimate.START_TIME not in session.estimated
    is_older = OLDEST_PLAUSIBLE <= closing.stated_time < session.start_time - TIME_TOLERANCE
    return not (is_time_known and is_older)


def _was_orphan(tx: Transaction, closing: Closing) -> bool:
    """Say whether this Stop was kept aside before; without a clock nothing shows a repeat."""
    return closing.stated_time >= OLDEST_PLAUSIBLE and is_orphan(tx, closing)


def _tells_more(session: Session, closing: Closing) -> bool:
    """Say whether a second Stop has the register that the first one lacked (X14)."""
    if Estimate.METER_STOP not in session.estimated:
        return False
    return not final_register(session, closing.meter_stop)[1]


def _close(tx: Transaction, session: Session, closing: Closing) -> Session:
    meter_stop, is_meter_off = final_register(session, closing.meter_stop)
    if is_meter_off and (quirk := stop_quirk(closing.meter_stop)):
        quirks.count_quirk(tx, closing.station_id, quirk)
    session = _without_guess(tx, session, meter_stop)
    end_time, is_end_estimated = _end_time(tx, session, closing, meter_stop)
    is_after_all = session.last_register_at is None or session.last_register_at <= end_time
    if not is_meter_off and is_after_all and fell_below(meter_stop, session):
        shown = last_register(session)
        session = note_register_back_within(tx, session, shown, meter_stop)
    estimated = {*session.estimated} - {Estimate.END_TIME, Estimate.METER_STOP}
    marks = {*session.marks} - {Mark.SUPERSEDED, Mark.MATCHED_STOP, Mark.OTHER_STOPPER}
    if is_end_estimated:
        estimated.add(Estimate.END_TIME)
    if is_meter_off:
        estimated.add(Estimate.METER_STOP)
    if closing.transaction_id != session.transaction_id:
        marks.add(Mark.MATCHED_STOP)
    if _is_other_stopper(tx, session, closing.id_tag):
        quirks.count_quirk(tx, closing.station_id, "X13")
        marks.add(Mark.OTHER_STOPPER)
    return sessions.close_session(
        tx,
        session,
        sessions.Closure(
            ended_by=EndedBy.STATION,
            end_time=end_time,
            meter_stop=meter_stop,
            stop_reason=closing.reason,
            stated_stop=stated_key(closing.stated_time),
            stated_stop_meter=closing.meter_stop,
            stop_id_tag=closing.id_tag,
            estimated=tuple(estimated),
            marks=tuple(marks),
        ),
    )


def _without_guess(tx: Transaction, session: Session, meter_stop: int) -> Session:
    """Book nothing of a charge of which neither connector nor any register before its end is known.

    What flowed shows on its connector as energy of nobody; booked here, it would count twice.
    """
    is_unplaced = session.connector_id <= STATION_LEVEL_CONNECTOR
    is_unmetered = Estimate.METER_START in session.estimated and session.last_register_wh is None
    if not (is_unplaced and is_unmetered):
        return session
    return sessions.correct_start(tx, session, meter_stop, session.estimated)


def _end_time(
    tx: Transaction, session: Session, closing: Closing, meter_stop: int
) -> tuple[datetime, bool]:
    """Return when the charge ended, and whether that is an estimate (T01, T04, T06)."""
    end_time, is_clock_off = billing_time(closing.stated_time, tx.now)
    if is_clock_off:
        quirks.count_quirk(tx, closing.station_id, clock_quirk(closing.stated_time, tx.now))
        return estimated_end(session, end_time, meter_stop, chain.link_after(tx, session)), True
    if end_time < session.start_time:
        quirks.count_quirk(tx, closing.station_id, "T06")
        return session.start_time, True
    return end_time, False


def _is_other_stopper(tx: Transaction, session: Session, id_tag: str | None) -> bool:
    """Say whether a card outside the starter's group ended the charge (X13)."""
    if not id_tag or token_key(id_tag) == token_key(session.id_tag):
        return False
    starter, stopper = tokens.find(tx, session.id_tag), tokens.find(tx, id_tag)
    if starter is None or stopper is None:
        return True
    if starter.token == stopper.token:
        return False
    if starter.parent_id_tag is None or stopper.parent_id_tag is None:
        return True
    return token_key(starter.parent_id_tag) != token_key(stopper.parent_id_tag)


def _note_repeated_stop(tx: Transaction, session: Session, closing: Closing, raw: str) -> None:
    is_same = (
        session.stated_stop == stated_key(closing.stated_time)
        and session.stated_stop_meter == closing.meter_stop
    )
    quirks.count_quirk(tx, closing.station_id, "X01" if is_same else "X09")
    if is_same:
        tx.note_repeat()
    else:
        note_contradiction(tx, session, closing, raw)


def _ruling_given(tx: Transaction, session: Session) -> Ruling:
    token = tokens.find(tx, session.id_tag) if session.token_id else None
    if token is None:
        return Ruling(session.verdict)
    return Ruling(session.verdict, token.token, token.expiry_date, token.parent_id_tag)
