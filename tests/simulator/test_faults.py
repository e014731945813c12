"""A plan of faults, and the switches that wait for their moment."""

from datetime import UTC, datetime, timedelta
from itertools import islice

import pytest

from onetime.simulator.faults import FaultKind, FaultPlan, Switches, WrongClock, planned_faults

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)


def test_a_seed_gives_the_same_plan_and_another_seed_another():
    plan = FaultPlan(per_station_hour=2)
    first = list(islice(planned_faults(3, 10, plan), 100))

    assert list(islice(planned_faults(3, 10, plan), 100)) == first
    assert list(islice(planned_faults(4, 10, plan), 100)) != first


def test_the_rate_counts_for_each_station():
    faults = list(islice(planned_faults(1, 10, FaultPlan(per_station_hour=2)), 2_000))

    assert faults[-1].at / 3_600 == pytest.approx(100, rel=0.1)
    assert {fault.station for fault in faults} == set(range(10))
    assert {fault.kind for fault in faults} == set(FaultKind)
    assert all(5 <= fault.seconds <= 900 for fault in faults)


def test_no_rate_means_no_fault():
    assert list(planned_faults(1, 10, FaultPlan(per_station_hour=0))) == []


def test_a_fault_that_strikes_at_once_does_not_wait_for_a_moment():
    with pytest.raises(ValueError, match="cut-line"):
        Switches().arm(FaultKind.CUT_LINE)


def test_a_clock_is_off_for_a_while_and_then_right():
    clock = WrongClock(until=100, offset=-3_600)

    assert clock.shows(99, NOON) == NOON - timedelta(hours=1)
    assert clock.shows(100, NOON) == NOON


def test_a_dead_clock_counts_from_1970():
    clock = WrongClock(until=100, epoch_at=40)

    assert clock.shows(60, NOON) == datetime(1970, 1, 1, 0, 0, 20, tzinfo=UTC)
