"""What a charge gets of its register, and what lies between two charges."""

from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from onetime.domain.energy import (
    booked_energy,
    estimated_end,
    gap_after,
    gap_between,
    is_link,
    went_back,
)
from onetime.domain.sessions import EndedBy, Mark
from tests.domain.links import a_session, at, closed, shown


def test_a_charge_is_a_link_while_it_is_open_or_if_the_register_moved() -> None:
    assert is_link(a_session())
    assert is_link(closed(1_000, 1_001))
    assert not is_link(closed(1_000, 1_000))


def test_a_charge_that_lost_all_of_its_stretch_to_a_later_one_stays_a_link() -> None:
    """Otherwise it would not get it back when the later one turns out to have moved nothing."""
    assert is_link(structs.replace(closed(1_000, 5_000), energy_wh=0))


def test_a_charge_is_booked_from_its_first_register_to_its_last() -> None:
    assert booked_energy(closed(1_000, 5_000), None) == (4_000, False)
    assert booked_energy(closed(1_000, 5_000), a_session(5_000, start=60)) == (4_000, False)


def test_what_a_later_charge_of_the_same_time_has_is_not_booked_twice() -> None:
    earlier = closed(1_000, 5_000, start=0, end=60)

    assert booked_energy(earlier, a_session(3_000, start=30)) == (2_000, True)
    assert booked_energy(earlier, a_session(1_000, start=30)) == (0, True)
    assert booked_energy(earlier, a_session(5_000, start=30)) == (4_000, False)


def test_a_register_that_began_anew_takes_nothing_from_the_charge_before() -> None:
    """M10: the meter counts from zero in each charge, or the clocks disagree besides."""
    earlier = closed(0, 5_000, start=0, end=60)

    assert booked_energy(earlier, a_session(0, start=60)) == (5_000, False)
    assert booked_energy(shown(earlier, 4_800, 20), a_session(0, start=30)) == (5_000, False)


def test_what_the_register_moved_between_two_charges_is_a_gap() -> None:
    gap = gap_between(closed(1_000, 5_000), a_session(5_300, start=90))

    assert gap is not None
    assert (gap.from_wh, gap.to_wh, gap.from_time, gap.to_time) == (5_000, 5_300, at(60), at(90))


def test_there_is_no_gap_where_nothing_moved_or_the_register_went_back() -> None:
    assert gap_between(closed(1_000, 5_000), a_session(5_000, start=90)) is None
    assert gap_between(closed(1_000, 5_000), a_session(10, start=90)) is None
    assert gap_between(a_session(1_000), a_session(5_000, start=90)) is None
    assert went_back(closed(1_000, 5_000), a_session(10, start=90))
    assert not went_back(closed(1_000, 5_000), a_session(5_000, start=90))
    assert not went_back(a_session(1_000), a_session(10, start=90))


def test_a_reading_after_the_last_charge_makes_a_gap_if_it_is_higher() -> None:
    assert gap_after(closed(1_000, 5_000), 5_000, at(90)) is None
    assert gap_after(a_session(1_000), 5_200, at(90)) is None
    gap = gap_after(closed(1_000, 5_000), 5_200, at(90))
    assert gap is not None
    assert (gap.from_wh, gap.to_wh) == (5_000, 5_200)


def test_an_end_that_no_clock_told_lies_before_the_next_start() -> None:
    later = a_session(5_000, start=30)

    assert estimated_end(a_session(1_000), at(600), 5_000, later) == at(30)
    assert estimated_end(a_session(1_000), at(600), 5_000, None) == at(600)
    assert estimated_end(a_session(1_000), at(-5), 5_000, None) == at(0)


def test_an_end_that_no_clock_told_stays_late_when_the_register_went_into_the_next_charge() -> None:
    """So that the shared stretch is seen, and booked once."""
    assert estimated_end(a_session(1_000), at(600), 5_400, a_session(5_000, start=30)) == at(600)


def test_an_end_that_no_clock_told_lies_before_the_next_start_of_a_meter_that_was_reset() -> None:
    session = shown(a_session(0), 4_800, 20)

    assert estimated_end(session, at(600), 5_000, a_session(0, start=30)) == at(30)


@given(*[st.integers(0, 10_000)] * 3, st.integers(0, 100), st.integers(0, 100), st.integers(0, 100))
def test_two_charges_of_the_same_time_never_share_a_wh(
    start_wh: int, stop_wh: int, next_wh: int, start: int, length: int, next_after: int
) -> None:
    earlier = closed(start_wh, stop_wh, start, start + length)
    later = a_session(next_wh, start + next_after)

    energy_wh, is_cut = booked_energy(earlier, later)

    assert 0 <= energy_wh <= max(stop_wh - start_wh, 0)
    if later.start_time < at(start + length) and start_wh <= next_wh:
        assert start_wh + energy_wh <= max(next_wh, start_wh)
    assert is_cut is (energy_wh < max(stop_wh - start_wh, 0))


def test_where_a_person_changed_how_the_register_is_read_nothing_lies_between() -> None:
    """M02: 1,007 kWh called Wh, then read as what they are."""
    earlier = closed(1_000, 1_007, start=0, end=60)
    later = structs.replace(a_session(1_007_000, start=120), marks=(Mark.SCALED,))

    assert gap_between(earlier, later) is None
    assert gap_between(structs.replace(earlier, marks=(Mark.SCALED,)), later) is not None
    assert not went_back(later=earlier, earlier=structs.replace(later, ended_by=EndedBy.STATION))
