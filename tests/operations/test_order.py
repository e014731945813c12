"""A clock that is wrong changes neither the order of charges nor their energy (T04, L14)."""

import itertools
from datetime import UTC, datetime, timedelta

import pytest

from onetime.domain.sessions import Estimate, Mark
from onetime.kit.times import EPOCH
from onetime.operations.sessions import Opened
from onetime.store.transaction import Transaction
from tests.charges import a_garage, begin, booked, end, gaps, meter, quirks, wait
from tests.databases import NOW

HOUR = timedelta(hours=1)
DAY, YEAR = timedelta(days=1), timedelta(days=365)
OFF = (-HOUR, HOUR, -3 * HOUR, 3 * HOUR, -DAY, DAY, -YEAR, YEAR, EPOCH - NOW)
"""How far a clock jumps: by a zone, by summer time, by hours, by a year, back to 1970."""
MESSAGES = 13


def charge(tx: Transaction, from_wh: int, to_wh: int) -> datetime:
    """Let a charge of an hour begin now; return when it ended."""
    opened = begin(tx, from_wh)
    end(tx, opened.transaction_id, to_wh, wait(tx, hours=1))
    return tx.now


@pytest.mark.parametrize("off", OFF, ids=str)
def test_a_clock_that_jumps_changes_neither_order_nor_energy(
    tx: Transaction, off: timedelta
) -> None:
    """Three charges with idle load between; the clock is off for some of the messages."""
    a_garage(tx)
    connector = 0
    for first_off in range(MESSAGES):
        for last_off in {first_off, first_off + 1, first_off + 4, MESSAGES}:
            connector += 1
            ids = three_charges(tx, connector, range(first_off, last_off + 1), off)

            told = (off, first_off, last_off)
            assert gaps(tx, connector) == [(2_000, 2_200), (3_000, 3_100), (4_000, 4_020)], told
            assert [booked(tx, each).energy_wh for each in ids] == [1_000, 800, 900], told


def three_charges(tx: Transaction, connector: int, off_in: range, off: timedelta) -> list[Opened]:
    """Charge three times, telling a time that is off in some of the messages."""
    number = itertools.count()

    def told() -> datetime:
        at = wait(tx, minutes=20)
        return at + off if next(number) in off_in else at

    opened = []
    meter(tx, 1_000, told(), connector=connector)
    for start_wh, stop_wh, idle_wh in (
        (1_000, 2_000, 2_100),
        (2_200, 3_000, 3_050),
        (3_100, 4_000, 4_020),
    ):
        one = begin(tx, start_wh, told(), connector=connector)
        between = (start_wh + stop_wh) // 2
        meter(tx, between, told(), connector=connector, transaction_id=one.transaction_id)
        end(tx, one.transaction_id, stop_wh, told())
        meter(tx, idle_wh, told(), connector=connector)
        opened.append(one)
    return opened


def test_a_charge_of_a_clock_that_is_behind_begins_when_the_one_before_it_ended(
    tx: Transaction,
) -> None:
    a_garage(tx)
    ended = charge(tx, 1_000, 2_000)
    behind = begin(tx, 2_000, wait(tx, minutes=10) - 3 * HOUR)

    assert booked(tx, behind).start_time == ended
    assert booked(tx, behind).estimated == (Estimate.START_TIME,)
    assert quirks(tx)["T04"] == 1


def test_a_charge_that_is_told_late_keeps_its_time(tx: Transaction) -> None:
    """Its register lies where its time lies: nothing is wrong with the clock."""
    a_garage(tx)
    charge(tx, 1_000, 2_000)
    at = wait(tx, hours=1)
    wait(tx, hours=5)
    charge(tx, 3_000, 4_000)
    late = begin(tx, 2_000, at)

    assert booked(tx, late).start_time == at
    assert "T04" not in quirks(tx)


def test_a_meter_that_began_anew_under_a_clock_that_is_behind_makes_no_energy(
    tx: Transaction,
) -> None:
    """Taken by its time, what lies up to the next charge would have flowed for nobody."""
    a_garage(tx)
    for wh in (50_000, 60_000, 70_000):
        charge(tx, wh, wh + 10_000)
        wait(tx, hours=1)
    anew = begin(tx, 0, tx.now - 4 * HOUR)
    end(tx, anew.transaction_id, 500, wait(tx, minutes=20) - 4 * HOUR)
    meter(tx, 520, tx.now)

    assert gaps(tx) == [(500, 520)]
    assert booked(tx, anew).energy_wh == 500
    assert Mark.REGISTER_BACK in booked(tx, anew).marks


def test_a_register_that_stepped_back_within_a_charge_hides_none_that_came_after_it(
    tx: Transaction,
) -> None:
    """Taken for the end of a stretch, it let a charge of a slow clock and nobody have the same."""
    a_garage(tx)
    charge(tx, 10_000, 10_500)
    charge(tx, 10_500, 11_000)
    stepped = begin(tx, 11_000, wait(tx, minutes=10))
    for wh in (11_700, 11_100, 11_900):
        meter(tx, wh, wait(tx, minutes=10), transaction_id=stepped.transaction_id)
    end(tx, stepped.transaction_id, 11_900, wait(tx, minutes=10))
    charge(tx, 12_000, 14_000)
    ended = charge(tx, 14_000, 17_000)
    behind = begin(tx, 17_000, wait(tx, minutes=10) - 4.5 * HOUR)
    end(tx, behind.transaction_id, 18_000, wait(tx, hours=1))
    meter(tx, 18_050, wait(tx, minutes=10))

    assert booked(tx, behind).start_time == ended
    assert gaps(tx) == [(11_900, 12_000), (18_000, 18_050)]


def test_a_charge_below_what_the_one_before_it_reached_comes_after_one_that_it_continues(
    tx: Transaction,
) -> None:
    """A long backlog: what began anew was booked when it arrived, and the next tells its time."""
    a_garage(tx)
    charge(tx, 1_000, 9_000)
    told = wait(tx, hours=1)
    wait(tx, hours=5)
    anew = begin(tx, 0, EPOCH)
    end(tx, anew.transaction_id, 5_000, EPOCH)
    late = begin(tx, 5_000, told)
    end(tx, late.transaction_id, 6_000, told + HOUR)
    meter(tx, 6_010, wait(tx, minutes=10))

    assert [booked(tx, each).energy_wh for each in (anew, late)] == [5_000, 1_000]
    assert gaps(tx) == [(6_000, 6_010)]


@pytest.mark.parametrize(("before", "after"), [(HOUR, 2 * HOUR), (2 * HOUR, HOUR)])
def test_summer_time_that_begins_or_ends_during_a_charge_changes_neither_order_nor_energy(
    tx: Transaction, before: timedelta, after: timedelta
) -> None:
    """The station tells the time of its wall as if it were UTC; in autumn an hour comes twice.

    Then the second charge begins, by that clock, before the first one did.
    """
    a_garage(tx)
    first = begin(tx, 1_000, tx.now + before)
    meter(tx, 1_400, wait(tx, minutes=10) + before, transaction_id=first.transaction_id)
    meter(tx, 1_800, wait(tx, minutes=10) + after, transaction_id=first.transaction_id)
    end(tx, first.transaction_id, 2_000, wait(tx, minutes=10) + after)
    meter(tx, 2_100, wait(tx, minutes=10) + after)
    second = begin(tx, 2_100, wait(tx, minutes=10) + after)
    end(tx, second.transaction_id, 2_900, wait(tx, minutes=30) + after)

    earlier, later = booked(tx, first), booked(tx, second)
    assert [each.energy_wh for each in (earlier, later)] == [1_000, 800]
    assert earlier.start_time <= later.start_time
    assert gaps(tx) == [(2_000, 2_100)]


def test_a_leap_second_changes_neither_order_nor_energy(tx: Transaction) -> None:
    """What was told at 23:59:60 is read as 23:59:59: that second is there twice."""
    a_garage(tx)
    tx.now = datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC)
    first = begin(tx, 1_000)
    meter(tx, 1_010, tx.now, transaction_id=first.transaction_id)
    end(tx, first.transaction_id, 1_020, tx.now)
    second = begin(tx, 1_020, tx.now)
    end(tx, second.transaction_id, 1_030, wait(tx, minutes=1 / 60))
    meter(tx, 1_035, wait(tx, minutes=5))

    assert [booked(tx, each).energy_wh for each in (first, second)] == [20, 10]
    assert gaps(tx) == [(1_030, 1_035)]
