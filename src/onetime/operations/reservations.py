"""Reservations: numbered, asked for, kept or refused, used, given up, expired.

A charge never fails because of a reservation, and a reservation never ends because nobody answered.
"""

from datetime import timedelta
from typing import Final

from onetime.domain.facts import ReservationChanged
from onetime.domain.ids import StationId
from onetime.domain.people import Actor
from onetime.domain.reservations import (
    LIVE,
    Reservation,
    ReservationStatus,
    Use,
    Wish,
    used_by,
)
from onetime.operations.orphans import note_foreign_reservation
from onetime.store import reservations
from onetime.store.numbers import next_number
from onetime.store.transaction import Transaction

ACCEPTED: Final = "Accepted"
SERIES: Final = "reservation"
ANSWER_WITHIN: Final = timedelta(minutes=10)
"""A call has an end long before that: what is still pending then was cut off by a restart."""


def number_reservation(tx: Transaction) -> int:
    """Return a reservationId that was never given out, and that no station keeps at present."""
    number = next_number(tx, SERIES)
    while reservations.is_live_anywhere(tx, number):
        number = next_number(tx, SERIES)
    return number


def ask_reservation(tx: Transaction, actor: Actor, wish: Wish, command_id: int | None) -> int:
    """Note that a station is being asked to keep a connector, before it is; return the row."""
    row = reservations.insert_reservation(tx, wish, command_id, str(actor))
    tx.announce(ReservationChanged(wish.station_id))
    return row


def note_reserved(tx: Transaction, command_id: int, word: str) -> None:
    """Note a station's word on a reservation; one of the same number is replaced by it.

    A charge that used it may have come before the word did.
    """
    asked = reservations.of_command(tx, command_id)
    if asked is None:
        return
    if word == ACCEPTED:
        for each in reservations.live_at(tx, asked.station_id):
            if each.reservation_id == asked.reservation_id and each.id < asked.id:
                _end(tx, each, ReservationStatus.CANCELLED, "replaced")
    if asked.status in LIVE:
        kept = ReservationStatus.ACTIVE if word == ACCEPTED else ReservationStatus.REFUSED
        _end(tx, asked, kept, word)


def note_not_reserved(tx: Transaction, command_id: int, word: str, *, may_be_kept: bool) -> None:
    """Note that a station never said whether it keeps a reservation, or was never asked."""
    asked = reservations.of_command(tx, command_id)
    if asked is not None and asked.status is ReservationStatus.PENDING:
        status = ReservationStatus.UNKNOWN if may_be_kept else ReservationStatus.REFUSED
        _end(tx, asked, status, word)


def cancel_reservation(
    tx: Transaction, station_id: StationId, reservation_id: int, word: str
) -> None:
    """Note what a station said when it was told to give up a reservation.

    One that it does not know ends too if it never was accepted.
    """
    for each in reservations.live_at(tx, station_id):
        if each.reservation_id != reservation_id:
            continue
        if word == ACCEPTED:
            _end(tx, each, ReservationStatus.CANCELLED, word)
        elif each.status is ReservationStatus.UNKNOWN:
            _end(tx, each, ReservationStatus.REFUSED, word)


def use_reservation(tx: Transaction, use: Use, session_id: int, raw: str) -> None:
    """End the reservation that a charge uses, if there is one; one of another station stays."""
    live = reservations.live_at(tx, use.station_id)
    if used := used_by(live, use):
        reservations.change(tx, used.id, ReservationStatus.USED, session_id=session_id)
        tx.announce(ReservationChanged(use.station_id))
    named = use.reservation_id
    if named is None or named <= 0 or (used is not None and used.reservation_id == named):
        return
    if keeper := reservations.keeper_elsewhere(tx, use.station_id, named):
        note_foreign_reservation(tx, use, keeper, raw)


def expire_reservations(tx: Transaction) -> int:
    """End what is past its time, and doubt what was never answered; return how many expired."""
    reservations.doubt_pending(tx, tx.now - ANSWER_WITHIN)
    stations = reservations.end_due(tx, tx.now, ReservationStatus.EXPIRED, LIVE)
    for station_id in {*stations}:
        tx.announce(ReservationChanged(station_id))
    return len(stations)


def _end(tx: Transaction, reservation: Reservation, status: ReservationStatus, word: str) -> None:
    reservations.change(tx, reservation.id, status, answer=word)
    tx.announce(ReservationChanged(reservation.station_id))
