"""A charge whose card was refused and that goes on is to be ended, once (X18)."""

from onetime.operations.unpermitted import take_unpermitted
from onetime.store import presence
from onetime.store.transaction import Transaction
from tests.charges import CP, a_garage, alarm_kinds, begin, end, meter, wait
from tests.operations.test_connectors import say

BAD = "BADBADBAD"
ALARM = ("charge-told-to-stop", 1)


def online(tx: Transaction) -> None:
    a_garage(tx)
    presence.set_online(tx, CP)


def taken(tx: Transaction, at_most: int = 8) -> list[int]:
    return [each.transaction_id for each in take_unpermitted(tx, at_most)]


def test_a_charge_that_flows_after_a_minute_is_taken_once(tx: Transaction) -> None:
    online(tx)
    charge = begin(tx, tag=BAD)
    wait(tx, minutes=0.9)
    meter(tx, 1_100, transaction_id=charge.transaction_id)
    assert taken(tx) == []

    wait(tx, minutes=0.2)
    assert taken(tx) == [charge.transaction_id]
    assert ALARM in alarm_kinds(tx)
    wait(tx, minutes=5)
    meter(tx, 1_900, transaction_id=charge.transaction_id)
    assert taken(tx) == []
    assert ALARM in alarm_kinds(tx)


def test_a_connector_that_says_that_it_charges_is_believed(tx: Transaction) -> None:
    online(tx)
    charge = begin(tx, tag=BAD)
    say(tx, "Charging")
    wait(tx, minutes=2)

    assert taken(tx) == [charge.transaction_id]


def test_a_charge_in_which_nothing_flows_is_left_alone(tx: Transaction) -> None:
    online(tx)
    charge = begin(tx, tag=BAD)
    say(tx, "SuspendedEVSE")
    wait(tx, minutes=2)
    meter(tx, 1_000, transaction_id=charge.transaction_id)

    assert taken(tx) == []


def test_a_card_that_may_charge_and_a_charge_that_has_ended_are_left_alone(
    tx: Transaction,
) -> None:
    online(tx)
    begin(tx)
    say(tx, "Charging")
    wait(tx, minutes=2)
    assert taken(tx) == []

    charge = begin(tx, 2_000, tag=BAD)
    meter(tx, 2_500, transaction_id=charge.transaction_id)
    end(tx, charge.transaction_id, 2_600)
    wait(tx, minutes=2)
    assert taken(tx) == []


def test_a_station_that_is_away_is_told_when_it_is_back(tx: Transaction) -> None:
    a_garage(tx)
    charge = begin(tx, tag=BAD)
    say(tx, "Charging")
    wait(tx, minutes=2)
    assert taken(tx) == []
    presence.set_online(tx, CP)
    assert taken(tx) == [charge.transaction_id]


def test_what_was_charged_before_the_station_came_here_is_history(tx: Transaction) -> None:
    """T05."""
    online(tx)
    begin(tx, tag=BAD, at=wait(tx, days=-900))
    wait(tx, days=900)
    say(tx, "Charging")
    wait(tx, minutes=2)

    assert taken(tx) == []


def test_no_more_are_taken_than_asked_for(tx: Transaction) -> None:
    online(tx)
    for connector in (1, 2, 3):
        begin(tx, tag=BAD, connector=connector)
        say(tx, "Charging", connector=connector)
    wait(tx, minutes=2)

    assert [len(taken(tx, 2)), len(taken(tx, 2)), len(taken(tx, 2))] == [2, 1, 0]
