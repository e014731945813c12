"""Counts of values by range."""

from onetime.kit.tally import Spread


def test_a_value_counts_below_every_bound_that_it_does_not_exceed() -> None:
    spread = Spread((1, 5))
    for value in (0.5, 1, 3, 5, 7):
        spread.note(value)

    assert spread.up_to() == [(1, 2), (5, 4), (float("inf"), 5)]
    assert spread.total == 16.5
