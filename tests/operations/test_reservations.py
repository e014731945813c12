"""Reservations live and end: kept, refused, used, given up, expired, in doubt."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from onetime.domain.facts import ReservationChanged
from onetime.domain.ids import StationId
from onetime.domain.reservations import Wish
from onetime.domain.reviews import ReviewKind
from onetime.operations.reservations import (
    ask_reservation,
    cancel_reservation,
    expire_reservations,
    note_not_reserved,
    note_reserved,
    number_reservation,
)
from onetime.queries.reservations import Reservation, reservation_list
from onetime.store.command_tables import reservations as table
from onetime.store.tables import authorization_tokens
from onetime.store.transaction import Transaction
from tests.charges import (
    CP,
    TAG,
    a_garage,
    alarm_kinds,
    begin,
    booked,
    end,
    evidence,
    findings,
    quirks,
    wait,
)
from tests.garage_makers import OWNER, a_card, a_renter, a_station

OTHER = StationId("CP-2")


def asked(
    tx: Transaction, number: int, command: int, *, tag: str = TAG, station: StationId = CP
) -> int:
    wish = Wish(
        station_id=station,
        reservation_id=number,
        connector_id=1,
        id_tag=tag,
        parent_id_tag=None,
        expiry_date=tx.now + timedelta(hours=1),
    )
    return ask_reservation(tx, OWNER, wish, command)


def kept(tx: Transaction, number: int, command: int, *, station: StationId = CP) -> int:
    row = asked(tx, number, command, station=station)
    note_reserved(tx, command, "Accepted")
    return row


def listed(tx: Transaction) -> list[Reservation]:
    return list(reservation_list(tx.connection).items)


def states(tx: Transaction) -> list[tuple[int, str, str | None]]:
    return [(each.reservation_id, each.status.value, each.answer) for each in listed(tx)]


def test_what_is_asked_for_is_pending_until_the_station_answers(tx: Transaction) -> None:
    a_garage(tx)
    asked(tx, 7, 100)
    assert states(tx) == [(7, "pending", None)]
    assert tx.facts() == [ReservationChanged(CP)]

    note_reserved(tx, 100, "Accepted")
    (found,) = listed(tx)
    assert (found.status, found.answer, found.asked_by) == ("active", "Accepted", "cli:uid-0")
    assert found.expiry_date == tx.now + timedelta(hours=1)


@pytest.mark.parametrize("word", ["Faulted", "Occupied", "Rejected", "Unavailable"])
def test_a_refusal_is_kept_in_the_stations_word(tx: Transaction, word: str) -> None:
    a_garage(tx)
    asked(tx, 7, 100)
    note_reserved(tx, 100, word)

    assert states(tx) == [(7, "refused", word)]


def test_without_an_answer_it_may_be_kept_and_without_a_call_it_is_not(tx: Transaction) -> None:
    a_garage(tx)
    asked(tx, 7, 100)
    asked(tx, 8, 101)
    note_not_reserved(tx, 100, "timeout", may_be_kept=True)
    note_not_reserved(tx, 101, "offline", may_be_kept=False)

    assert states(tx) == [(8, "refused", "offline"), (7, "unknown", "timeout")]


def test_a_charge_uses_the_reservation_of_its_card(tx: Transaction) -> None:
    a_garage(tx)
    kept(tx, 7, 100)
    opened = begin(tx)

    (found,) = listed(tx)
    assert (found.status, found.session_id) == ("used", opened.session_id)


def test_a_charge_of_a_card_in_the_group_of_the_reservation_uses_it(tx: Transaction) -> None:
    a_garage(tx)
    second = a_card(tx, "SECOND", a_renter(tx))
    tx.connection.execute(
        update(authorization_tokens)
        .where(authorization_tokens.c.token == second)
        .values(parent_id_tag="Family")
    )
    kept(tx, 7, 100)
    tx.connection.execute(update(table).values(parent_id_tag="FAMILY"))
    begin(tx, tag=second)

    assert states(tx) == [(7, "used", "Accepted")]


def test_a_charge_of_another_card_or_station_uses_nothing(tx: Transaction) -> None:
    """S07: a station touches only its own reservations."""
    a_garage(tx)
    a_station(tx, OTHER)
    kept(tx, 7, 100)
    begin(tx, tag="UNKNOWN")
    begin(tx, station=OTHER)

    assert states(tx) == [(7, "active", "Accepted")]


def test_a_charge_that_names_another_stations_reservation_leaves_it_and_is_alarmed(
    tx: Transaction,
) -> None:
    """S07."""
    a_garage(tx)
    a_station(tx, OTHER)
    kept(tx, 7, 100)
    opened = begin(tx, station=OTHER, reservation=7)
    wait(tx, hours=1)
    end(tx, opened.transaction_id, 4_000, station=OTHER)
    begin(tx, 4_000, station=OTHER, reservation=7)

    assert states(tx)[0][:2] == (7, "active")
    assert listed(tx)[0].session_id is None
    assert booked(tx, opened).energy_wh == 3_000
    assert findings(tx) == [ReviewKind.FOREIGN_TRANSACTION]
    assert "Station CP-2 named reservation 7 of station CP-1." in evidence(
        tx, ReviewKind.FOREIGN_TRANSACTION
    )
    assert alarm_kinds(tx) == [("foreign-transaction", 1)]
    assert quirks(tx) == {"S07": 2}


@pytest.mark.parametrize("number", [None, 0, -1, 7, 8])
def test_a_number_of_its_own_past_of_nobody_or_of_nothing_is_no_trespass(
    tx: Transaction, number: int | None
) -> None:
    a_garage(tx)
    a_station(tx, OTHER)
    kept(tx, 7, 100)
    kept(tx, 7, 101, station=OTHER)
    cancel_reservation(tx, OTHER, 7, "Accepted")
    begin(tx, station=OTHER, reservation=number)

    assert (findings(tx), alarm_kinds(tx), quirks(tx)) == ([], [], {})


def test_a_charge_that_begins_before_the_answer_stays_the_one_that_used_it(
    tx: Transaction,
) -> None:
    a_garage(tx)
    asked(tx, 7, 100)
    begin(tx)
    note_reserved(tx, 100, "Accepted")

    assert states(tx) == [(7, "used", None)]


def test_another_reservation_of_the_same_number_replaces_it_once_it_is_accepted(
    tx: Transaction,
) -> None:
    a_garage(tx)
    a_station(tx, OTHER)
    kept(tx, 7, 100)
    kept(tx, 7, 101, station=OTHER)
    kept(tx, 8, 102)
    asked(tx, 7, 103)
    assert [each[1] for each in states(tx)] == ["pending", "active", "active", "active"]

    note_reserved(tx, 103, "Accepted")
    assert states(tx) == [
        (7, "active", "Accepted"),
        (8, "active", "Accepted"),
        (7, "active", "Accepted"),
        (7, "cancelled", "replaced"),
    ]


def test_giving_up_is_the_stations_word(tx: Transaction) -> None:
    a_garage(tx)
    kept(tx, 7, 100)
    cancel_reservation(tx, CP, 7, "Rejected")
    assert states(tx) == [(7, "active", "Accepted")]
    cancel_reservation(tx, OTHER, 7, "Accepted")
    assert states(tx) == [(7, "active", "Accepted")]

    cancel_reservation(tx, CP, 7, "Accepted")
    assert states(tx) == [(7, "cancelled", "Accepted")]


def test_one_in_doubt_that_the_station_does_not_know_was_never_kept(tx: Transaction) -> None:
    a_garage(tx)
    asked(tx, 7, 100)
    note_not_reserved(tx, 100, "timeout", may_be_kept=True)
    cancel_reservation(tx, CP, 7, "Rejected")

    assert states(tx) == [(7, "refused", "Rejected")]


def test_a_reservation_ends_at_its_time(tx: Transaction) -> None:
    a_garage(tx)
    kept(tx, 7, 100)
    wait(tx, minutes=59)
    assert expire_reservations(tx) == 0
    wait(tx, minutes=1)

    assert expire_reservations(tx) == 1
    assert states(tx) == [(7, "expired", "Accepted")]
    assert expire_reservations(tx) == 0


def test_what_a_restart_cut_off_is_in_doubt(tx: Transaction) -> None:
    a_garage(tx)
    asked(tx, 7, 100)
    wait(tx, minutes=11)
    expire_reservations(tx)

    assert states(tx) == [(7, "unknown", None)]


def test_a_number_that_a_station_keeps_is_not_given_out(tx: Transaction) -> None:
    a_garage(tx)
    first = number_reservation(tx)
    kept(tx, first + 1, 100)
    assert number_reservation(tx) not in (first, first + 1)


def test_the_list_can_be_of_one_station_or_one_status(tx: Transaction) -> None:
    a_garage(tx)
    a_station(tx, OTHER)
    kept(tx, 7, 100)
    asked(tx, 8, 101, station=OTHER)
    (first,) = reservation_list(tx.connection, station_id=CP).items
    (second,) = reservation_list(tx.connection, status=listed(tx)[0].status).items

    assert (first.reservation_id, second.reservation_id) == (7, 8)
