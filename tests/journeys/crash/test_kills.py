"""Killing the central system at any moment loses nothing that was answered, and doubles nothing."""

import asyncio

import pytest

from tests.journeys.crash.moments import Moment
from tests.journeys.crash.rival import TOO_MANY_STARTS, starts_beside
from tests.journeys.crash.run import Plan, Report, carry_out, complaint

RUNS = 5
KILLS = 10
SAMPLED = 240
"""Simulated seconds between samples, five a second of each car: more than that only piles up while
nobody serves, and is worked off when all kills are over."""
ENERGY = ("StartTransaction", "MeterValues", "StopTransaction")


def unharmed(plan: Plan) -> Report:
    report = carry_out(plan)
    assert not report.breaches, complaint(plan, report)
    return report


@pytest.mark.parametrize("seed", range(1, RUNS + 1))
def test_kills_under_load_lose_and_double_nothing(seed: int) -> None:
    plan = Plan(seed=seed, kills=KILLS, stations=12, speed=1200.0, sample_seconds=SAMPLED)
    report = unharmed(plan)

    assert report.kills >= KILLS
    assert report.charges >= KILLS
    assert report.repeats >= KILLS // 2


@pytest.mark.parametrize("moment", Moment)
def test_a_death_in_each_phase_of_a_commit_loses_and_doubles_nothing(moment: Moment) -> None:
    """L07: the frame is on its way, written, committed, answered by half."""
    deaths = tuple(f"{moment}:{action}" for action in ENERGY)

    report = unharmed(Plan(seed=1, moments=deaths, stations=4))

    assert report.kills > len(ENERGY)
    assert report.repeats >= len(ENERGY)


async def test_plain_starts_are_counted_until_a_return_has_taken_too_long() -> None:
    """I9 can be broken: here by one that waits for something that never comes."""
    opening = asyncio.create_task(asyncio.Event().wait())

    assert await starts_beside(opening, head_start=0.0) == TOO_MANY_STARTS
    opening.cancel()
