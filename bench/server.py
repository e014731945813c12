"""The central system under load, in a process of its own.

`python -m bench.server DATA_DIR [--no-group-commit] [--commit-delay-ms N] [--quiet] [--tls]`
prints its ports: for stations, that of the encrypted door with `--tls`, and for programs.
"""

import argparse
import logging
import signal
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import uvloop

from onetime.app import App, Running
from onetime.kit.garbage import settle
from onetime.kit.logs import configure
from onetime.kit.signing import KeyKind, Span, make_root, make_server
from onetime.settings import load
from onetime.store.archive import no_fault
from onetime.store.writer import BATCH_LIMIT, Phase


def delayed(milliseconds: float) -> Callable[[Phase], None]:
    """Return what makes each commit take so much longer, as an SD card does."""

    def at_phase(phase: Phase) -> None:
        if phase is Phase.BEFORE_COMMIT:
            time.sleep(milliseconds / 1000)

    return at_phase


def certify(folder: Path) -> str:
    """Make a certificate for this computer, as an installation has one; return its file."""
    now = datetime.now(UTC)
    span = Span(now - timedelta(days=1), now + timedelta(days=1))
    authority = make_root(KeyKind.ECDSA_P256, "Bench root", "Bench", span)
    pair = make_server(authority, KeyKind.ECDSA_P256, ["127.0.0.1"], "Bench", span)
    (folder / "server.pem").write_bytes(pair.private_key + pair.certificate)
    return "server.pem"


async def serve(app: App, *, tls: bool) -> None:
    """Run until SIGTERM."""

    def opened(running: Running) -> None:
        settle()
        listener = running.listener
        print(listener.tls_port if tls else listener.port, running.web.port, flush=True)

    await app.run(opened)


def main() -> None:
    """Read the arguments and serve."""
    parser = argparse.ArgumentParser()
    parser.add_argument("data_dir", type=Path)
    parser.add_argument("--no-group-commit", action="store_true")
    parser.add_argument("--commit-delay-ms", type=float, default=0.0)
    parser.add_argument("--quiet", action="store_true", help="log warnings only")
    parser.add_argument("--tls", action="store_true", help="with a certificate, on its own port")
    arguments = parser.parse_args()
    configure("json", sys.stderr, logging.WARNING if arguments.quiet else logging.INFO)
    environment = {
        "ONETIME_OCPP_HOST": "127.0.0.1",
        "ONETIME_OCPP_PORT": "0",
        "ONETIME_HTTP_HOST": "127.0.0.1",
        "ONETIME_HTTP_PORT": "0",
        "ONETIME_OCPP_TLS_HOST": "127.0.0.1",
        "ONETIME_OCPP_TLS_PORT": "0",
        "ONETIME_HTTPS_PORT": "0",
        "ONETIME_UNKNOWN_STATIONS": "accept",
    }
    if arguments.tls:
        environment["ONETIME_OCPP_TLS_CERTIFICATE"] = certify(arguments.data_dir)
    app = App(
        load(arguments.data_dir, environment),
        batch_limit=1 if arguments.no_group_commit else BATCH_LIMIT,
        at_phase=delayed(arguments.commit_delay_ms) if arguments.commit_delay_ms else no_fault,
    )
    signal.signal(signal.SIGTERM, lambda *_: app.stop())
    uvloop.run(serve(app, tls=arguments.tls))


if __name__ == "__main__":
    main()
