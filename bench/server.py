"""The central system under load, in a process of its own.

`python -m bench.server DATA_DIR [--no-group-commit] [--commit-delay-ms N] [--quiet]` prints its
port.
"""

import argparse
import logging
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import uvloop

from onetime.app import App, Running
from onetime.kit.logs import configure
from onetime.settings import load
from onetime.store.archive import no_fault
from onetime.store.writer import BATCH_LIMIT, Phase


def delayed(milliseconds: float) -> Callable[[Phase], None]:
    """Return what makes each commit take so much longer, as an SD card does."""

    def at_phase(phase: Phase) -> None:
        if phase is Phase.BEFORE_COMMIT:
            time.sleep(milliseconds / 1000)

    return at_phase


async def serve(app: App) -> None:
    """Run until SIGTERM."""

    def opened(running: Running) -> None:
        print(running.listener.port, flush=True)

    await app.run(opened)


def main() -> None:
    """Read the arguments and serve."""
    parser = argparse.ArgumentParser()
    parser.add_argument("data_dir", type=Path)
    parser.add_argument("--no-group-commit", action="store_true")
    parser.add_argument("--commit-delay-ms", type=float, default=0.0)
    parser.add_argument("--quiet", action="store_true", help="log warnings only")
    arguments = parser.parse_args()
    configure("json", sys.stderr, logging.WARNING if arguments.quiet else logging.INFO)
    environment = {
        "ONETIME_OCPP_HOST": "127.0.0.1",
        "ONETIME_OCPP_PORT": "0",
        "ONETIME_HTTP_HOST": "127.0.0.1",
        "ONETIME_HTTP_PORT": "0",
        "ONETIME_UNKNOWN_STATIONS": "accept",
    }
    app = App(
        load(arguments.data_dir, environment),
        batch_limit=1 if arguments.no_group_commit else BATCH_LIMIT,
        at_phase=delayed(arguments.commit_delay_ms) if arguments.commit_delay_ms else no_fault,
    )
    signal.signal(signal.SIGTERM, lambda *_: app.stop())
    uvloop.run(serve(app))


if __name__ == "__main__":
    main()
