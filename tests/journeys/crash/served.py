"""`onetime serve` again and again, each time in a process of its own that has everything loaded.

`python -m tests.journeys.crash.served` loads the command once. For each line on its standard input,
`DATA_DIR [--bug NAME] [--die-at MOMENT]`, it makes a child that runs it, tells the child's id, and
how it ended. On SIGUSR1 a child counts its tasks.
"""

import argparse
import asyncio
import gc
import os
import signal
import sys
import threading
from functools import partial
from pathlib import Path

from litestar import Litestar

from onetime import cli
from onetime.cli import serve
from onetime.loops import server_clock
from tests.journeys.crash import bugs, moments
from tests.journeys.crash.paced import SharedClock
from tests.journeys.crash.swaps import wrap


def main() -> int:
    """Make children until there is nothing more to read."""
    parser = argparse.ArgumentParser()
    parser.add_argument("data_dir")
    parser.add_argument("--bug", choices=sorted(bugs.BUGS))
    parser.add_argument("--die-at")
    Litestar()  # what it loads when one is made first is then there in every child
    while line := sys.stdin.readline():
        child = os.fork()
        if child == 0:
            return _serve(parser.parse_args(line.split()))
        _tell(f"pid {child}")
        _, status = os.waitpid(child, 0)
        _tell(f"\nended {os.waitstatus_to_exitcode(status)}")
    return 0


def _serve(arguments: argparse.Namespace) -> int:
    """Be the command, perhaps with a bug or a death in it."""
    if arguments.bug:
        bugs.BUGS[arguments.bug]()
    server_clock.EVERY_SECONDS = 1e6  # the time of day runs faster than the seconds
    moment = moments.arm(arguments.die_at)
    clock = SharedClock(Path(arguments.data_dir))
    wrap(serve, "App", lambda app: partial(app, clock=clock, at_phase=moment))
    wrap(serve, "on_signals", _with_ears)
    return cli.main(["--data-dir", arguments.data_dir, "--json", "serve"])


def _with_ears(on_signals):
    """Hear as well who wants a count of tasks, and when nobody is left who could."""

    def on_more(stop) -> None:
        on_signals(stop)
        asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, _count)
        threading.Thread(target=_end_when_alone, daemon=True).start()

    return on_more


def _end_when_alone() -> None:
    """While a child serves nothing is written to its input: what comes is the end of it."""
    os.read(0, 1)
    os._exit(1)


def _count() -> None:
    gc.collect()
    _tell(f"tasks {len(asyncio.all_tasks())}")


def _tell(line: str) -> None:
    os.write(1, f"{line}\n".encode())


if __name__ == "__main__":
    sys.exit(main())
