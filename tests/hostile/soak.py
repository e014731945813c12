"""Hostile peers in large numbers: `python -m tests.hostile.soak [--frames N] [--guesses N]`.

Runs the tests of this folder with larger numbers, and clocks that jump over many seeds. Ends with 1
after the first failure, which tells seed or frame.
"""

import argparse
import inspect
import shutil
import sys
import tempfile
import time
from pathlib import Path

import pytest
import uvloop

from onetime.kit.clock import SystemClock
from onetime.simulator.faults import FaultKind
from onetime.store.database import open_database
from onetime.store.schema import migrate
from tests.hostile import test_attacks
from tests.hostile.test_frames import a_garage, think
from tests.journeys.crash.run import FAULTS, Plan, carry_out, complaint

FRAMES_OF_A_PART = 50_000
CLOCKS = (FaultKind.CLOCK_AHEAD, FaultKind.CLOCK_BEHIND, FaultKind.CLOCK_AT_EPOCH)


def main() -> int:
    """Throw frames, guess keys, let clocks jump."""
    parser = argparse.ArgumentParser(description="Hostile peers in large numbers.")
    parser.add_argument("--frames", type=int, default=1_000_000)
    parser.add_argument("--guesses", type=int, default=100_000)
    parser.add_argument("--clock-seeds", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1_000)
    arguments = parser.parse_args()
    throw(arguments.seed, arguments.frames)
    if arguments.guesses:
        guess(arguments.guesses)
    return jump(arguments.seed, arguments.clock_seeds)


def throw(seed: int, frames: int) -> None:
    """Think about so many frames, in parts, each with a database and a watch of its own."""
    folder = Path(tempfile.mkdtemp(prefix="onetime-frames-"))
    empty = empty_database(folder)
    for part in range(-(-frames // FRAMES_OF_A_PART)):
        began = time.monotonic()
        number = min(FRAMES_OF_A_PART, frames - part * FRAMES_OF_A_PART)
        with a_garage(folder / "part.db", empty) as answering:
            watch = think(answering, seed + part, number)
            watch.require()
        took = time.monotonic() - began
        tell(f"seed {seed + part}: {number} frames, longest {watch.longest:.3f} s, {took:.0f} s")
    shutil.rmtree(folder)


def guess(guesses: int) -> None:
    """Guess keys; fewer than 200 guesses may be looked at, and the station logs in meanwhile."""
    folder = Path(tempfile.mkdtemp(prefix="onetime-guesses-"))
    url = f"sqlite:///{empty_database(folder)}"
    story = inspect.unwrap(test_attacks.guess)  # without the deadline of a test
    with pytest.MonkeyPatch.context() as patch:
        judged = test_attacks.count_judged(patch)
        uvloop.run(story(folder, url, judged, guesses))
    tell(f"{guesses} guesses, {judged.count(test_attacks.VICTIM)} looked at")
    shutil.rmtree(folder)


def empty_database(folder: Path) -> Path:
    """Make a database with nothing in it."""
    path = folder / "onetime.db"
    database = open_database(f"sqlite:///{path}")
    migrate(database, SystemClock().now())
    database.close()
    return path


def jump(seed: int, seeds: int) -> int:
    """Let clocks jump while charges go on, lines are cut and power fails."""
    failed = 0
    for number in range(seed, seed + seeds):
        kinds = (*FAULTS, *CLOCKS)
        plan = Plan(seed=number, seconds=6, faults_an_hour=25.0, faults=kinds)
        report = carry_out(plan)
        failed += bool(report.breaches)
        told = complaint(plan, report) if report.breaches else report.told()
        tell(f"clocks, seed {number}: {told}")
    return 1 if failed else 0


def tell(line: str) -> None:
    """Show a line at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
