"""How long a station waits before it connects again."""

import random

from onetime.simulator.habits import Habits

HABITS = Habits(first_wait=1, longest_wait=60)


def test_the_wait_doubles_up_to_a_limit_and_is_never_the_same_for_all():
    for failures, longest in ((0, 1), (1, 2), (4, 16), (6, 60), (500, 60)):
        rng = random.Random(1)
        waits = [HABITS.pause(failures, None, rng) for _ in range(200)]
        assert longest / 2 <= min(waits) < longest * 0.6
        assert longest * 0.9 < max(waits) <= longest


def test_the_central_system_may_ask_for_a_longer_wait():
    assert HABITS.pause(0, 30, random.Random(1)) == 30


def test_a_station_that_looks_at_no_header_is_back_as_soon_as_it_pleases():
    impatient = Habits(first_wait=1, longest_wait=60, heeds_retry_after=False)

    assert impatient.pause(0, 30, random.Random(1)) <= 1
