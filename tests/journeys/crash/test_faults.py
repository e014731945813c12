"""Disks that fail and lines that are bad lose and double nothing that was answered (L10, L13)."""

from tests.journeys.crash.run import Plan
from tests.journeys.crash.test_kills import unharmed

DISK_FAULTS = 4


def test_writes_that_the_operating_system_refuses_lose_and_double_nothing() -> None:
    """L10: stations are sent away and come back; what was answered before is kept."""
    report = unharmed(Plan(seed=61, disk_faults=DISK_FAULTS, seconds=3.0, speed=1200.0))

    assert report.downs > 0
    assert report.disk_faults == DISK_FAULTS
    assert report.charges > 0


def test_bytes_one_by_one_late_segments_and_resets_in_an_answer_lose_and_double_nothing() -> None:
    """L13."""
    report = unharmed(Plan(seed=62, bad_lines=True, seconds=4.0, speed=1200.0, stations=12))

    assert report.resets > 0
    assert report.charges > 0
