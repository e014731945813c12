"""Cards that are copied or tried out raise an alarm at once (S14)."""

from datetime import timedelta

from onetime.domain.ids import StationId
from onetime.domain.reviews import AlarmKind
from onetime.operations.abuse import BURST
from onetime.operations.authorization import authorize
from onetime.store.tables import alarms
from onetime.store.transaction import Transaction
from tests.charges import CP, TAG, a_garage, alarm_kinds, begin, end, wait
from tests.garage_makers import a_station

OTHER = StationId("CP-2")


def test_a_card_that_charges_at_two_stations_at_once_raises_an_alarm(tx: Transaction) -> None:
    renter_id = a_garage(tx)
    a_station(tx, OTHER)
    begin(tx, 1_000)
    wait(tx, minutes=5)
    begin(tx, 1_000, station=OTHER, tag=TAG.lower())

    assert alarm_kinds(tx) == [(AlarmKind.CARD_IN_TWO_PLACES, 1)]
    sentence = tx.connection.execute(alarms.select()).mappings().one()["sentence"]
    assert f"Card …b2c3 of renter {renter_id} " in sentence


def test_one_charge_after_the_other_and_two_cars_of_one_station_are_no_sign(
    tx: Transaction,
) -> None:
    a_garage(tx)
    a_station(tx, OTHER)
    first = begin(tx, 1_000)
    begin(tx, 9_000, connector=2)
    end(tx, first.transaction_id, 2_000, wait(tx, hours=1))
    assert alarm_kinds(tx) == []


def test_what_a_station_plays_back_is_no_sign_when_it_was_over_before(tx: Transaction) -> None:
    a_garage(tx)
    a_station(tx, OTHER)
    past = tx.now
    wait(tx, hours=5)
    begin(tx, 1_000)
    wait(tx, minutes=5)
    buffered = begin(tx, 1_000, past, station=OTHER)
    end(tx, buffered.transaction_id, 2_000, past + timedelta(hours=1), station=OTHER)

    assert alarm_kinds(tx) == []


def test_a_burst_of_unknown_cards_raises_one_alarm(tx: Transaction) -> None:
    a_garage(tx)
    for number in range(BURST - 1):
        authorize(tx, CP, f"STRANGE-{number}")
        authorize(tx, CP, f"strange-{number}")
    assert alarm_kinds(tx) == []
    for number in range(20):
        authorize(tx, CP, f"STRANGER-{number}")

    assert alarm_kinds(tx) == [(AlarmKind.UNKNOWN_CARDS, 1)]


def test_unknown_cards_over_days_are_no_burst(tx: Transaction) -> None:
    a_garage(tx)
    for number in range(BURST * 2):
        authorize(tx, CP, f"STRANGE-{number}")
        wait(tx, hours=3)

    assert alarm_kinds(tx) == []
