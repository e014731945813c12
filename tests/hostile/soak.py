"""Hostile peers in large numbers: `python -m tests.hostile.soak [--frames N] [--guesses N] ...`.

Runs the tests of this folder and of the faults with larger numbers and real waits, and clocks that
jump over many seeds. Tells how far it is. Ends with an error at the first frame or guess that is
not borne, and with 1 after all clocks when one of their runs shows a breach.
"""

import argparse
import asyncio
import inspect
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import uvloop

from onetime.kit.clock import SystemClock
from onetime.simulator.faults import FaultKind
from onetime.store.database import open_database
from onetime.store.schema import migrate
from tests.faults.locks import a_long_lock
from tests.garages import furnish, open_house, settings
from tests.hostile import test_attacks
from tests.hostile.test_frames import a_garage, think, told_over_sockets
from tests.journeys.crash.run import FAULTS, Plan, carry_out, complaint, quiet
from tests.journeys.crash.test_upgrades import go_up

FRAMES_OF_A_PART = 50_000
OVER_SOCKETS = 0.15
CLOCKS = (FaultKind.CLOCK_AHEAD, FaultKind.CLOCK_BEHIND, FaultKind.CLOCK_AT_EPOCH)

Story = Callable[..., object]


def main() -> int:
    """Throw frames, guess keys, try takeovers, hold locks, kill upgrades, let clocks jump."""
    parser = argparse.ArgumentParser(description="Hostile peers in large numbers.")
    parser.add_argument("--frames", type=int, default=1_000_000)
    parser.add_argument("--guesses", type=int, default=100_000)
    parser.add_argument("--takeovers", type=int, default=1_000)
    parser.add_argument("--locks", type=float, nargs="*", default=[10.0, 60.0], help="seconds")
    parser.add_argument("--upgrades", type=int, default=1)
    parser.add_argument("--clock-seeds", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1_000)
    arguments = parser.parse_args()
    throw(arguments.seed, arguments.frames)
    if arguments.guesses:
        guess(arguments.guesses)
    if arguments.takeovers:
        try_takeovers(arguments.takeovers)
    for seconds in arguments.locks:
        hold_lock(seconds)
    for _ in range(arguments.upgrades):
        kill_upgrade()
    return jump(arguments.seed, arguments.clock_seeds)


def throw(seed: int, frames: int) -> None:
    """Think about so many frames, in parts, each with a database and a watch of its own."""
    began, done, longest = time.monotonic(), 0, 0.0
    for part in range(-(-frames // FRAMES_OF_A_PART)):
        number = min(FRAMES_OF_A_PART, frames - done)
        over_sockets = int(number * OVER_SOCKETS)
        with emptied() as path:
            with a_garage(path.with_name("part.db"), path) as answering:
                watch = think(answering, seed + part, number - over_sockets)
                watch.require()
            tell_story(told_over_sockets, path.parent, url_of(path), seed - part, over_sockets)
        done += number
        longest = max(longest, watch.longest)
        tell(
            f"frames: {done} of {frames} ({done * 100 // frames} %), seed {seed + part}, longest"
            f" thought {longest * 1_000:.0f} ms, grown by {watch.grown / 1e6:.1f} MB,"
            f" {time.monotonic() - began:.0f} s"
        )


def guess(guesses: int) -> None:
    """Guess keys; fewer than 200 guesses may be looked at, and the station logs in meanwhile."""
    began = time.monotonic()
    with emptied() as path, pytest.MonkeyPatch.context() as patch:
        judged = test_attacks.count_judged(patch)
        tell_story(test_attacks.guess, path.parent, url_of(path), judged, guesses)
    looked_at = judged.count(test_attacks.VICTIM)
    tell(f"guesses: {guesses}, {looked_at} looked at, {time.monotonic() - began:.0f} s")


def try_takeovers(tries: int) -> None:
    """Try to take a live session over without its key."""
    began = time.monotonic()
    with emptied() as path:
        tell_story(test_attacks.take_over, path.parent, url_of(path), tries)
    tell(f"takeovers: {tries} tried, none succeeded, {time.monotonic() - began:.0f} s")


def hold_lock(seconds: float) -> None:
    """Let another process lock the database for so long, with the writer's real patience."""

    async def story(folder: Path, url: str) -> None:
        furnish(url)
        async with open_house(settings(folder, url)) as house:
            await a_long_lock(house, url, seconds)

    with emptied() as path:
        tell_story(story, path.parent, url_of(path))
    tell(f"lock: {seconds:g} s, stations were sent away and let in again, nothing lost or doubled")


def kill_upgrade() -> None:
    """Kill the central system at each step of an upgrade, before the station has heard it."""
    with emptied() as path, quiet():
        folder = path.parent / "upgrade"
        folder.mkdir()
        go_up(folder, path, takes=False)
    tell("upgrade: the server was killed at each step, the station has profile 3")


def jump(seed: int, seeds: int) -> int:
    """Let clocks jump while charges go on, lines are cut and power fails."""
    failed = 0
    for done, number in enumerate(range(seed, seed + seeds), start=1):
        kinds = (*FAULTS, *CLOCKS)
        plan = Plan(seed=number, seconds=6, faults_an_hour=25.0, faults=kinds)
        report = carry_out(plan)
        failed += bool(report.breaches)
        told = complaint(plan, report) if report.breaches else report.told()
        tell(f"clocks: {done} of {seeds}, {failed} with breaches; seed {number}: {told}")
    return 1 if failed else 0


@contextmanager
def emptied() -> Iterator[Path]:
    """Lend a database with nothing in it, in a folder of its own."""
    folder = Path(tempfile.mkdtemp(prefix="onetime-soak-"))
    path = folder / "onetime.db"
    database = open_database(url_of(path))
    migrate(database, SystemClock().now())
    database.close()
    yield path
    shutil.rmtree(folder)


def url_of(path: Path) -> str:
    """Return the address of a database file."""
    return f"sqlite:///{path}"


def tell_story(story: Story, *arguments: object) -> None:
    """Run a story of a test, without the deadline that it has there."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(inspect.unwrap(story)(*arguments))


def tell(line: str) -> None:
    """Show a line at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
