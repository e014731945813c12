"""The checks of a run find what they are for: each bug is put into a central system, and caught.

A bug must be found by what it does to the books or to the stations, not by a crash.
"""

from dataclasses import replace

import pytest

from onetime.simulator.faults import FaultKind
from tests.journeys.crash.bugs import BUGS
from tests.journeys.crash.run import Plan, carry_out

SEEDS = (1, 2, 3)
"""Chance decides when a fault strikes; a bug has as many chances to do harm."""
CALM = Plan(seed=0, seconds=2.5, answer_within=1.0, calm_within=10.0)
KILLED = replace(CALM, kills=3)
REPEATING = (
    FaultKind.LOST_ANSWER_NEW_ID,
    FaultKind.REPEAT_NEW_ID,
    FaultKind.LOST_ANSWER_SAME_ID,
    FaultKind.DUPLICATE,
)


def faulty(hourly: float, *kinds: FaultKind) -> Plan:
    return replace(CALM, faults=kinds, faults_an_hour=hourly)


CASES: dict[str, tuple[Plan, set[str]]] = {
    "answer-before-commit": (KILLED, {"I1"}),
    "no-repeat-check": (faulty(30.0, *REPEATING), {"I2", "I4"}),
    "message-id-as-key": (faulty(30.0, FaultKind.LOST_ANSWER_NEW_ID), {"I2", "I4"}),
    "negative-delta-booked": (faulty(6.0, FaultKind.METER_RESET), {"I3"}),
    "write-error-swallowed": (CALM, {"I1", "I3"}),
    "answer-to-the-old-socket": (
        replace(faulty(10.0, FaultKind.HALF_OPEN), seconds=2.0, calm_within=3.0),
        {"I8"},
    ),
    "tag-check-skipped-at-start": (faulty(10.0, FaultKind.CUT_LINE), {"I5"}),
    "stop-guessed-onto-a-connector": (CALM, {"I2", "I3"}),
    "rounding-per-sample": (CALM, {"I3"}),
    "session-reopened": (
        replace(
            faulty(40.0, FaultKind.REORDER, FaultKind.CUT_LINE),
            seconds=4.0,
            sample_seconds=300,
            aligned_seconds=0,
        ),
        {"I2"},
    ),
    "readings-kept-again": (faulty(30.0, *REPEATING), {"I1"}),
    "refused-energy-unseen": (faulty(10.0, FaultKind.CUT_LINE), {"I5"}),
    "task-left-behind": (replace(CALM, seconds=0.5, calm_within=2.0), {"I7"}),
}


def test_every_bug_has_its_case() -> None:
    assert CASES.keys() == BUGS.keys()


@pytest.mark.parametrize("bug", CASES)
def test_a_seeded_bug_is_caught(bug: str) -> None:
    plan, expected = CASES[bug]
    found: set[str] = set()

    for seed in SEEDS:
        report = carry_out(replace(plan, seed=seed, bug=bug))
        found |= {breach.invariant for breach in report.breaches}
        if expected <= found:
            break

    assert expected <= found
    assert ("I7" in found) == ("I7" in expected)
