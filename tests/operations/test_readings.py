"""Meter values are kept once, with the charge they belong to, and move the books as they may."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from onetime.domain.facts import ReadingsRecorded
from onetime.domain.ids import StationId
from onetime.domain.readings import Sample, Sampling
from onetime.domain.reviews import ReviewKind
from onetime.domain.sessions import EndedBy, Estimate, Mark
from onetime.kit.times import EPOCH
from onetime.operations.readings import Metering, record_readings
from onetime.store.tables import meter_readings
from onetime.store.transaction import Transaction
from tests.charges import (
    CP,
    RAW,
    a_garage,
    alarm_kinds,
    begin,
    booked,
    end,
    evidence,
    findings,
    gaps,
    kept,
    meter,
    quirks,
    sample,
    wait,
)
from tests.garage_makers import a_station


def power(value: float) -> Sample:
    return sample(value, measurand="Power.Active.Import", unit="W")


def test_a_sample_is_kept_with_its_charge_and_moves_its_register(tx: Transaction) -> None:
    a_garage(tx)
    opened = begin(tx)
    at = wait(tx, minutes=10)
    meter(tx, 2_000, transaction_id=opened.transaction_id)

    session = booked(tx, opened)
    assert kept(tx) == [(2_000, opened.transaction_id)]
    assert (session.last_register_wh, session.last_register_at) == (2_000, at)
    assert session.last_reading_at == at
    assert ReadingsRecorded(CP, 1) in tx.facts()
    assert quirks(tx) == {}


# Promise 2: repeats.


def test_meter_values_that_are_repeated_are_kept_once(tx: Transaction) -> None:
    a_garage(tx)
    opened = begin(tx)
    at = wait(tx, minutes=10)
    for _ in range(3):
        meter(tx, 2_000, at, transaction_id=opened.transaction_id)
        meter(tx, 9_000, at, connector=2)
        wait(tx, minutes=1)

    assert kept(tx) == [(2_000, opened.transaction_id), (9_000, None)]
    assert quirks(tx) == {"X01": 4}


def test_meter_values_told_late_and_out_of_order_are_all_kept(tx: Transaction) -> None:
    a_garage(tx)
    opened = begin(tx)
    began = tx.now
    wait(tx, hours=1)
    for minutes, wh in ((30, 4_000), (10, 2_000), (20, 3_000), (10, 2_000)):
        at = began + timedelta(minutes=minutes)
        meter(tx, wh, at, transaction_id=opened.transaction_id)

    assert sorted(kept(tx)) == [(each, opened.transaction_id) for each in (2_000, 3_000, 4_000)]
    assert booked(tx, opened).last_register_wh == 4_000
    assert quirks(tx) == {"X01": 1}


def test_another_value_of_the_same_moment_is_kept(tx: Transaction) -> None:
    a_garage(tx)
    opened = begin(tx)
    meter(tx, 2_000, transaction_id=opened.transaction_id)
    meter(tx, power(7_000), transaction_id=opened.transaction_id)

    assert len(kept(tx)) == 2
    assert quirks(tx) == {}


@pytest.mark.parametrize("is_dead", [True, False], ids=["dead clock", "clock ahead"])
def test_meter_values_of_a_clock_that_is_off_are_kept_once_however_late_they_come_again(
    tx: Transaction, is_dead: bool
) -> None:
    """T01, T04: the arrival is booked, the station's own time shows the repeat."""
    a_garage(tx)
    stated = EPOCH if is_dead else tx.now + timedelta(hours=2)
    opened = begin(tx, 1_000, stated)
    for _ in range(2):
        meter(tx, 2_000, stated, transaction_id=opened.transaction_id)
        meter(tx, 9_000, stated, connector=2)
        wait(tx, hours=5)

    assert kept(tx) == [(2_000, opened.transaction_id), (9_000, None)]


def test_meter_values_of_a_clock_that_stands_still_are_kept_while_they_change(
    tx: Transaction,
) -> None:
    a_garage(tx)
    opened = begin(tx, 1_000, EPOCH)
    for wh in (1_100, 1_200, 1_200, 1_300):
        wait(tx, minutes=1)
        meter(tx, wh, EPOCH, transaction_id=opened.transaction_id)

    assert [value for value, _ in kept(tx)] == [1_100, 1_200, 1_300]


# Which charge they belong to (X07, M12, S07).


@pytest.mark.parametrize("named", [None, 0, -1])
def test_values_without_usable_id_belong_to_the_charge_of_the_connector_at_that_time(
    tx: Transaction, named: int | None
) -> None:
    """X07: attributed, and marked with what the station said."""
    a_garage(tx)
    opened = begin(tx)
    wait(tx, minutes=10)
    meter(tx, 2_000, transaction_id=named)
    meter(tx, 7_000, transaction_id=named, connector=2)

    assert kept(tx) == [(2_000, opened.transaction_id), (7_000, None)]
    stated = tx.connection.execute(
        select(meter_readings.c.stated_transaction_id).order_by(meter_readings.c.id)
    )
    assert stated.scalars().all() == [named or 0, named]
    assert quirks(tx)["X07"] == (1 if named is None else 2)


def test_values_without_id_that_are_told_late_belong_to_the_charge_of_their_time(
    tx: Transaction,
) -> None:
    a_garage(tx)
    older = begin(tx, 1_000)
    during = wait(tx, minutes=30)
    wait(tx, minutes=30)
    end(tx, older.transaction_id, 5_000)
    between = wait(tx, minutes=30)
    wait(tx, minutes=30)
    newer = begin(tx, 5_000)
    wait(tx, minutes=30)
    meter(tx, 3_000, during)
    meter(tx, 5_000, between)
    meter(tx, 6_000)

    assert kept(tx) == [
        (3_000, older.transaction_id),
        (5_000, None),
        (6_000, newer.transaction_id),
    ]
    assert "M10" not in quirks(tx)


@pytest.mark.parametrize("named", [4_711, 2**31, 2**63 - 1])
def test_values_with_an_unknown_id_are_kept_aside_with_that_id(tx: Transaction, named: int) -> None:
    a_garage(tx)
    opened = begin(tx)
    meter(tx, 2_000, transaction_id=named)

    assert kept(tx) == [(2_000, None)]
    assert booked(tx, opened).last_register_wh is None
    assert quirks(tx) == {"X07": 1}


def test_the_meter_of_the_whole_station_is_never_added_to_a_connector(tx: Transaction) -> None:
    """M12: not even when the station names the charge."""
    a_garage(tx)
    opened = begin(tx)
    wait(tx, minutes=10)
    meter(tx, 900_000, connector=0)
    meter(tx, 900_500, connector=0, transaction_id=opened.transaction_id)

    assert kept(tx) == [(900_000, None), (900_500, opened.transaction_id)]
    assert booked(tx, opened).last_register_wh is None
    assert gaps(tx, connector=0) == []
    assert findings(tx) == []


def test_another_stations_charge_gets_no_values(tx: Transaction) -> None:
    """S07."""
    a_garage(tx)
    other = StationId("CP-2")
    a_station(tx, other)
    opened = begin(tx)
    for minutes in range(3):
        wait(tx, minutes=minutes)
        meter(tx, 9_000, transaction_id=opened.transaction_id, station=other)

    assert {transaction_id for _, transaction_id in kept(tx)} == {None}
    assert booked(tx, opened).last_register_wh is None
    assert findings(tx) == [ReviewKind.FOREIGN_TRANSACTION]
    assert alarm_kinds(tx) == [("foreign-transaction", 1)]


def test_a_message_without_any_value_is_no_error(tx: Transaction) -> None:
    a_garage(tx)
    opened = begin(tx)
    for samplings in ((), (Sampling.of(tx.now, ()),)):
        for named in (opened.transaction_id, None, 0):
            metering = Metering(
                station_id=CP, connector_id=1, transaction_id=named, samplings=samplings
            )
            record_readings(tx, metering, RAW)

    assert kept(tx) == []
    assert "X01" not in quirks(tx)


# What they tell of the register.


def test_values_after_the_end_reopen_nothing_and_what_flowed_is_nobodys(tx: Transaction) -> None:
    """X09: EN+ keeps using the id."""
    a_garage(tx)
    opened = begin(tx)
    wait(tx, hours=1)
    end(tx, opened.transaction_id, 5_000)
    before = booked(tx, opened)
    for wh in (5_000, 5_200, 5_500):
        wait(tx, minutes=10)
        meter(tx, wh, transaction_id=opened.transaction_id)

    assert booked(tx, opened) == before
    assert gaps(tx) == [(5_000, 5_500)]
    assert quirks(tx)["X09"] == 3
    assert findings(tx) == [ReviewKind.UNASSIGNED_ENERGY]


def test_the_last_value_on_its_way_is_no_use_after_the_end(tx: Transaction) -> None:
    a_garage(tx)
    opened = begin(tx)
    end(tx, opened.transaction_id, 5_000)
    wait(tx, minutes=0.5)
    meter(tx, 5_000, transaction_id=opened.transaction_id)

    assert quirks(tx) == {}


def test_a_late_value_from_before_an_end_without_register_is_the_better_estimate(
    tx: Transaction,
) -> None:
    a_garage(tx)
    opened = begin(tx)
    at = wait(tx, minutes=50)
    wait(tx, minutes=10)
    end(tx, opened.transaction_id, None)
    assert booked(tx, opened).energy_wh == 0
    meter(tx, 4_000, at, transaction_id=opened.transaction_id)

    session = booked(tx, opened)
    assert (session.energy_wh, session.estimated) == (3_000, (Estimate.METER_STOP,))
    assert session.ended_by is EndedBy.STATION


def test_values_told_after_an_estimate_raise_it(tx: Transaction) -> None:
    """A station that was offline for long plays back its samples before its Stop."""
    a_garage(tx)
    opened = begin(tx)
    sampled = wait(tx, hours=1)
    wait(tx, hours=1)
    newer = begin(tx, 9_000, tag="FFFF0002")
    assert booked(tx, opened).energy_wh == 0
    meter(tx, 6_000, sampled, transaction_id=opened.transaction_id)

    session = booked(tx, opened)
    assert (session.energy_wh, session.end_time) == (5_000, sampled)
    assert Estimate.METER_STOP in session.estimated
    assert Mark.SUPERSEDED in session.marks
    assert gaps(tx) == [(6_000, 9_000)]
    # A value from during the next charge is not of this one, whatever the station calls it.
    wait(tx, minutes=10)
    meter(tx, 9_700, transaction_id=opened.transaction_id)
    assert booked(tx, opened).energy_wh == 5_000
    assert booked(tx, newer).is_open


def test_samples_that_count_from_zero_are_evidence_and_never_booked(tx: Transaction) -> None:
    """M09."""
    a_garage(tx)
    opened = begin(tx, 500_000)
    for wh in (10, 900, 2_500):
        wait(tx, minutes=10)
        meter(tx, wh, transaction_id=opened.transaction_id)
    end(tx, opened.transaction_id, None)

    session = booked(tx, opened)
    assert (session.meter_stop, session.energy_wh) == (500_000, 0)
    assert quirks(tx)["M09"] >= 1
    assert [value for value, _ in kept(tx)] == [10, 900, 2_500]


def test_a_register_that_drops_to_zero_for_a_moment_takes_nothing_away(tx: Transaction) -> None:
    """M10: a dropout."""
    a_garage(tx)
    opened = begin(tx)
    for wh in (3_000, 0, 0, 4_000):
        wait(tx, minutes=10)
        meter(tx, wh, transaction_id=opened.transaction_id)
    end(tx, opened.transaction_id, 4_500)

    session = booked(tx, opened)
    assert (session.energy_wh, session.marks) == (3_500, (Mark.REGISTER_BACK,))
    assert quirks(tx) == {"M10": 1}
    assert findings(tx) == [ReviewKind.REGISTER]


def test_a_register_that_jumps_is_shown_and_not_taken_for_an_estimate(tx: Transaction) -> None:
    """M14: more than the station can deliver in the time."""
    a_garage(tx)
    opened = begin(tx)
    for wh in (2_000, 90_000_000, 90_000_001):
        wait(tx, minutes=10)
        meter(tx, wh, transaction_id=opened.transaction_id)
    end(tx, opened.transaction_id, None)

    assert booked(tx, opened).energy_wh == 1_000
    assert findings(tx) == [ReviewKind.IMPLAUSIBLE, ReviewKind.ESTIMATE]
    assert "from 2.000 kWh to 90000.000 kWh" in evidence(tx, ReviewKind.IMPLAUSIBLE)
    assert quirks(tx) == {"M14": 1}
    assert len(kept(tx)) == 3


@pytest.mark.parametrize("value", [sample(None, raw="NaN"), sample(-7)])
def test_values_that_are_no_plausible_numbers_are_kept_shown_once_and_not_booked(
    tx: Transaction, value: Sample
) -> None:
    """M14."""
    a_garage(tx)
    opened = begin(tx)
    for _ in range(3):
        wait(tx, minutes=10)
        meter(tx, value, transaction_id=opened.transaction_id)

    assert len(kept(tx)) == 3
    assert booked(tx, opened).last_register_wh is None
    assert findings(tx) == [ReviewKind.IMPLAUSIBLE]
    assert quirks(tx) == {"M14": 3}


def test_signed_values_are_kept_byte_for_byte_and_are_no_deviation(tx: Transaction) -> None:
    """M13."""
    a_garage(tx)
    opened = begin(tx)
    signed = 'OCMF|{"FV":"1.0"}|{"SD":"30ü"}'
    meter(tx, sample(None, raw=signed, form="SignedData"), transaction_id=opened.transaction_id)
    tx.flush()

    row = tx.connection.execute(select(meter_readings)).mappings().one()
    assert (row["raw_value"], row["transaction_id"]) == (signed, opened.transaction_id)
    assert quirks(tx) == {}
    assert findings(tx) == []


# A start without register.


def test_a_start_without_register_gets_that_of_the_begin_when_it_is_told(tx: Transaction) -> None:
    a_garage(tx)
    opened = begin(tx, None)
    wait(tx, minutes=1)
    meter(tx, sample(7_000, context="Transaction.Begin"), transaction_id=opened.transaction_id)
    wait(tx, hours=1)
    end(tx, opened.transaction_id, 9_000)

    session = booked(tx, opened)
    assert (session.meter_start, session.energy_wh, session.estimated) == (7_000, 2_000, ())
    assert findings(tx) == []


def test_until_then_the_first_value_stands_in_and_what_lies_before_is_nobodys(
    tx: Transaction,
) -> None:
    a_garage(tx)
    first = begin(tx)
    wait(tx, hours=1)
    end(tx, first.transaction_id, 5_000)
    second = begin(tx, None)
    wait(tx, minutes=1)
    meter(tx, 5_180, transaction_id=second.transaction_id)

    assert booked(tx, second).meter_start == 5_180
    assert booked(tx, second).estimated == (Estimate.METER_START,)
    assert gaps(tx) == [(5_000, 5_180)]


# Energy without permission (I5).


def test_energy_that_flows_although_the_card_was_refused_raises_one_alarm(tx: Transaction) -> None:
    """One for the charge: nobody acknowledges an alarm each minute."""
    a_station(tx, CP)
    opened = begin(tx, tag="DEADBEEF")
    meter(tx, 1_000, transaction_id=opened.transaction_id)
    assert alarm_kinds(tx) == []
    for wh in (1_100, 1_200, 1_300):
        wait(tx, minutes=1)
        meter(tx, wh, transaction_id=opened.transaction_id)
    end(tx, opened.transaction_id, 1_400)

    assert alarm_kinds(tx) == [("charge-without-permission", 1)]


def test_many_values_cost_one_write_for_all(tx: Transaction) -> None:
    """New values are only collected: they reach the database together, before the commit."""
    a_garage(tx)
    opened = begin(tx)
    for wh in (1_100, 1_200, 1_300):
        wait(tx, minutes=1)
        meter(tx, wh, transaction_id=opened.transaction_id)

    rows = tx.connection.execute(select(meter_readings.c.id)).all()
    assert rows == []
    assert len(kept(tx)) == 3
