"""What cars draw, and when they come."""

from itertools import islice, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onetime.simulator.car import Battery, Car, Pattern, fleet, visits

CAR = Car("TAG", battery_wh=60_000, phases=3, amps=16)
WATTS = 16 * 230 * 3


def test_far_from_full_the_power_is_constant():
    battery = Battery(CAR, needs_wh=40_000)

    assert battery.draw(3_600, limit_amps=32) == pytest.approx(WATTS)
    assert battery.watts(32) == WATTS


def test_near_full_the_power_falls_with_what_is_missing():
    battery = Battery(CAR, needs_wh=60_000 * 0.15 / 2)

    assert battery.watts(32) == pytest.approx(WATTS / 2)


def test_a_full_car_draws_nothing():
    battery = Battery(CAR, needs_wh=40_000)
    drawn = battery.draw(24 * 3_600, limit_amps=32)

    assert battery.full
    assert drawn == pytest.approx(40_000 - 60_000 * 0.15 * 0.05)
    assert battery.draw(3_600, limit_amps=32) == 0
    assert battery.watts(32) == 0


def test_a_limit_below_six_amperes_pauses_the_charge():
    battery = Battery(CAR, needs_wh=40_000)

    assert battery.draw(3_600, limit_amps=5.9) == 0
    assert battery.draw(3_600, limit_amps=6) == pytest.approx(6 * 230 * 3)


def test_one_phase_draws_a_third_of_three():
    one = Battery(Car("TAG", 60_000, 1, 16), needs_wh=40_000)

    assert one.watts(32) == 16 * 230


@given(
    needs=st.floats(1_000, 55_000),
    limit=st.floats(6, 32),
    steps=st.lists(st.floats(0.1, 7_200), min_size=1, max_size=8),
)
def test_what_was_drawn_does_not_depend_on_how_often_somebody_looked(needs, limit, steps):
    often, once = Battery(CAR, needs), Battery(CAR, needs)

    drawn = sum(often.draw(step, limit) for step in steps)

    assert drawn == pytest.approx(once.draw(sum(steps), limit), abs=1e-3)
    assert drawn <= needs


def test_a_seed_gives_the_same_cars_and_visits_and_another_seed_others():
    cars = fleet(7, 5, ["A", "B"])
    stays = list(islice(visits("7/0", cars, Pattern()), 20))

    assert fleet(7, 5, ["A", "B"]) == cars
    assert list(islice(visits("7/0", cars, Pattern()), 20)) == stays
    assert list(islice(visits("8/0", cars, Pattern()), 20)) != stays
    assert [car.tag for car in cars] == ["A", "B", "A", "B", "A"]


def test_cars_do_not_stand_in_one_place_at_once():
    stays = list(islice(visits("1/0", fleet(1, 3, ["A"]), Pattern()), 50))

    assert all(one.arrives_at + one.plugs_after < one.departs_at for one in stays)
    assert all(one.departs_at < other.arrives_at for one, other in pairwise(stays))


def test_a_place_without_cars_has_no_visits():
    assert list(visits("1/0", [], Pattern())) == []
