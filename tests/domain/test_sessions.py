"""When a charge began and ended, by which registers, and whether that can be."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from onetime.domain.sessions import (
    billing_time,
    clock_quirk,
    fell_below,
    final_register,
    is_implausible,
    is_usable_register,
    last_register,
    stop_quirk,
)
from onetime.kit.times import EPOCH
from tests.domain.links import NOON, a_session, at, shown


@pytest.mark.parametrize(
    ("stated", "booked", "is_estimate"),
    [
        (at(-90), at(-90), False),
        (datetime(2021, 5, 1, tzinfo=UTC), datetime(2021, 5, 1, tzinfo=UTC), False),
        (at(14), NOON, False),
        (at(60), NOON, True),
        (at(48 * 60), NOON, True),
        (EPOCH, NOON, True),
        (datetime(2019, 12, 31, tzinfo=UTC), NOON, True),
        (datetime.max.replace(tzinfo=UTC), NOON, True),
        (datetime.min.replace(tzinfo=UTC), NOON, True),
    ],
)
def test_the_arrival_is_booked_where_a_clock_can_not_be_believed(
    stated: datetime, booked: datetime, is_estimate: bool
) -> None:
    assert billing_time(stated, NOON) == (booked, is_estimate)


def test_a_clock_that_is_ahead_is_another_deviation_than_one_that_is_dead() -> None:
    assert clock_quirk(at(120), NOON) == "T04"
    assert clock_quirk(at(3 * 24 * 60), NOON) == "T01"
    assert clock_quirk(EPOCH, NOON) == "T01"


@pytest.mark.parametrize(
    ("register_wh", "is_usable"),
    [(None, False), (-1, False), (0, True), (2**40, True), (2**40 + 1, False), (2**63 - 1, False)],
)
def test_a_register_is_not_below_zero_nor_larger_than_any_meter(
    register_wh: int | None, is_usable: bool
) -> None:
    assert is_usable_register(register_wh) is is_usable


@pytest.mark.parametrize(
    ("reported", "booked", "is_estimate", "quirk"),
    [
        (5_000, 5_000, False, None),
        (1_000, 1_000, False, None),
        (4_000, 4_000, False, None),  # Below the last sample: the station's word counts.
        (None, 4_200, True, None),
        (0, 4_200, True, "X14"),
        (-3, 4_200, True, "M14"),
        (10**18, 4_200, True, "M14"),
        (999, 4_200, True, "M10"),
    ],
)
def test_the_last_sample_stands_in_for_a_register_that_can_not_be_that_of_the_end(
    reported: int | None, booked: int, is_estimate: bool, quirk: str | None
) -> None:
    session = shown(a_session(1_000), 4_200, 30)

    assert final_register(session, reported) == (booked, is_estimate)
    if is_estimate:
        assert stop_quirk(reported) == quirk


def test_zero_is_the_register_of_a_meter_that_has_never_moved() -> None:
    assert final_register(a_session(0), 0) == (0, False)
    assert final_register(shown(a_session(0), 700, 30), 0) == (700, True)


def test_samples_that_count_from_zero_never_pull_the_end_below_the_start() -> None:
    """M09: Grizzl-E counts the charge in samples and its life in Start and Stop."""
    assert last_register(shown(a_session(500_000), 7_000, 30)) == 500_000
    assert final_register(shown(a_session(500_000), 7_000, 30), None) == (500_000, True)


def test_rounding_is_no_step_back() -> None:
    session = shown(a_session(1_000), 5_000, 30)

    assert not fell_below(4_900, session)
    assert fell_below(4_899, session)


def test_more_than_the_power_makes_in_the_time_is_implausible() -> None:
    assert not is_implausible(61_250, at(0), at(60), None)  # 50 kW for 75 minutes are 62.5 kWh
    assert is_implausible(62_501, at(0), at(60), None)
    assert is_implausible(13_751, at(0), at(60), 11_000)
    assert not is_implausible(13_750, at(0), at(60), 11_000)


@given(
    st.integers(0, 10**12),
    st.none() | st.integers(-(10**18), 10**18),
    st.none() | st.integers(0, 10**12),
)
def test_a_charge_is_never_booked_below_zero(
    start_wh: int, reported: int | None, last: int | None
) -> None:
    session = structs.replace(
        a_session(start_wh), last_register_wh=last, last_register_at=NOON + timedelta(minutes=1)
    )

    booked, is_estimate = final_register(session, reported)

    assert booked >= start_wh
    assert is_estimate or booked == reported
