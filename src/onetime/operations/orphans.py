"""Messages about charges that can not be matched: kept with their raw frame, never guessed."""

from hashlib import sha256

from onetime.domain.ids import StationId
from onetime.domain.reservations import Use
from onetime.domain.reviews import AlarmKind, ReviewKind
from onetime.domain.sessions import OLDEST_PLAUSIBLE, Closing, Session, stated_key
from onetime.kit.times import to_words
from onetime.kit.units import kwh_text
from onetime.store import quirks, reviews
from onetime.store.transaction import Transaction

START = "StartTransaction"
STOP = "StopTransaction"


def note_orphan(tx: Transaction, closing: Closing, raw: str, quirk: str | None) -> None:
    """Keep a Stop that belongs to no known charge (X06, X10); a repeat is not kept again."""
    if quirk is not None:
        quirks.count_quirk(tx, closing.station_id, quirk)
    if is_orphan(tx, closing):
        return
    reason = f"no charge with transaction {closing.transaction_id} is known at this station"
    reviews.open_review(
        tx,
        reviews.Finding(
            kind=ReviewKind.ORPHAN_STOP,
            key=_orphan_key(closing),
            evidence=f"Station {closing.station_id} ended transaction {closing.transaction_id}"
            f" with the meter at {_told(closing)}; nobody has seen it begin.",
            station_id=closing.station_id,
            frame_id=reviews.keep_frame(tx, closing.station_id, STOP, raw, reason),
        ),
    )


def is_orphan(tx: Transaction, closing: Closing) -> bool:
    """Say whether this Stop was kept aside before: its repeat is not booked either."""
    return reviews.is_known(tx, ReviewKind.ORPHAN_STOP, _orphan_key(closing))


def note_contradiction(tx: Transaction, session: Session, closing: Closing, raw: str) -> None:
    """Keep a second, different Stop of a charge; what was booked first stays."""
    stated = stated_key(closing.stated_time)
    key = f"{session.id}:{stated}:{closing.meter_stop}"
    if reviews.is_known(tx, ReviewKind.CONTRADICTION, key):
        return
    reason = "the charge had already been ended with other values"
    reviews.open_review(
        tx,
        reviews.Finding(
            kind=ReviewKind.CONTRADICTION,
            key=key,
            evidence=f"Session {session.id} ended with the meter at"
            f" {_in_kwh(session.stated_stop_meter)}, and is booked so; now the station says that"
            f" it ended with the meter at {_told(closing)}.",
            station_id=session.station_id,
            connector_id=session.connector_id,
            session_id=session.id,
            frame_id=reviews.keep_frame(tx, session.station_id, STOP, raw, reason),
        ),
    )


def note_foreign(
    tx: Transaction, station_id: StationId, session: Session, raw: str, action: str = STOP
) -> None:
    """Keep a message that names another station's charge, and raise an alarm once (S07).

    Of what names the same charge each different Stop is kept, and the first of anything else.
    """
    quirks.count_quirk(tx, station_id, "S07")
    place = f"{station_id}:{session.id}"
    key = f"{place}:{sha256(raw.encode()).hexdigest()}" if action == STOP else place
    if reviews.is_known(tx, ReviewKind.FOREIGN_TRANSACTION, key):
        return
    sentence = f"Station {station_id} named a charge of station {session.station_id}."
    no_effect = f"It has no effect on session {session.id}."
    _alarm(tx, place, sentence, station_id)
    reviews.open_review(
        tx,
        reviews.Finding(
            kind=ReviewKind.FOREIGN_TRANSACTION,
            key=key,
            evidence=f"{sentence} {no_effect}",
            station_id=station_id,
            frame_id=reviews.keep_frame(tx, station_id, action, raw, "another station's charge"),
        ),
    )


def note_foreign_reservation(tx: Transaction, use: Use, keeper: StationId, raw: str) -> None:
    """Keep a Start that names another station's reservation, and raise an alarm, once (S07)."""
    quirks.count_quirk(tx, use.station_id, "S07")
    key = f"{use.station_id}:reservation:{use.reservation_id}"
    if reviews.is_known(tx, ReviewKind.FOREIGN_TRANSACTION, key):
        return
    sentence = (
        f"Station {use.station_id} named reservation {use.reservation_id} of station {keeper}."
    )
    _alarm(tx, key, sentence, use.station_id)
    no_effect = "The reservation stays; the charge is booked as any other."
    reason = "another station's reservation"
    reviews.open_review(
        tx,
        reviews.Finding(
            kind=ReviewKind.FOREIGN_TRANSACTION,
            key=key,
            evidence=f"{sentence} {no_effect}",
            station_id=use.station_id,
            connector_id=use.connector_id,
            frame_id=reviews.keep_frame(tx, use.station_id, START, raw, reason),
        ),
    )


def _alarm(tx: Transaction, key: str, sentence: str, station_id: StationId) -> None:
    if not reviews.is_alarmed(tx, AlarmKind.FOREIGN_TRANSACTION, key):
        reviews.raise_alarm(tx, AlarmKind.FOREIGN_TRANSACTION, key, sentence, station_id)


def _orphan_key(closing: Closing) -> str:
    stated = stated_key(closing.stated_time)
    return f"{closing.station_id}:{closing.transaction_id}:{stated}:{closing.meter_stop}"


def _told(closing: Closing) -> str:
    """Say what a Stop tells of a charge's end."""
    if closing.stated_time < OLDEST_PLAUSIBLE:
        return f"{_in_kwh(closing.meter_stop)}, at a time that it does not know"
    return f"{_in_kwh(closing.meter_stop)}, {to_words(closing.stated_time)}"


def _in_kwh(register_wh: int | None) -> str:
    return "no readable value" if register_wh is None else kwh_text(register_wh)
