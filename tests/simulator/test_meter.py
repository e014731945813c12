"""A meter that only goes up, and the faults that make it jump."""

import pytest

from onetime.simulator.meter import Jump, Meter


def test_the_display_shows_whole_watt_hours_rounded_down():
    meter = Meter(1_000.0)

    meter.feed(0.6)
    assert meter.reading_wh == 1_000
    meter.feed(0.6)
    assert meter.reading_wh == 1_001


def test_energy_cannot_be_taken_back():
    meter = Meter(1_000.0)

    with pytest.raises(ValueError, match="cannot take"):
        meter.feed(-0.1)


def test_a_leak_moves_the_register_while_nobody_charges():
    meter = Meter(0.0)
    meter.idle(3_600)
    assert meter.moved_wh == 0
    meter.idle_watts = 400
    meter.idle(1_800)

    assert meter.moved_wh == 200


def test_a_reset_changes_what_is_shown_and_not_what_flowed():
    meter = Meter(1_000.0)
    meter.feed(50)

    assert meter.reset() == Jump(1_050.0, 0.0)
    meter.feed(7)

    assert (meter.register_wh, meter.moved_wh) == (7, 57)


def test_a_rollback_never_goes_below_zero():
    meter = Meter(500.0)

    assert meter.roll_back(200) == Jump(500, 300)
    assert meter.roll_back(700) == Jump(300, 0)
