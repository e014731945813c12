"""Starts what is measured and what loads it, each on a core of its own, and ends both."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.garage import prepare
from bench.linux import allow_many_files

RESULTS = Path("bench-results")
STOP_SECONDS = 30.0

Figures = dict[str, float]


class Central:
    """A running central system."""

    def __init__(
        self, process: "subprocess.Popen[str]", port: str, web_port: str, scheme: str
    ) -> None:
        self.url = f"{scheme}://127.0.0.1:{port}/ocpp"
        self.web_url = f"http://127.0.0.1:{web_port}"
        self.token = ""
        self.pid = process.pid


class Cores:
    """Which core the measured process gets, and which the load."""

    def __init__(self) -> None:
        available = sorted(os.sched_getaffinity(0))
        self.measured, self.load = {available[0]}, {available[-1]}
        allow_many_files()

    @contextmanager
    def onetime(
        self, stations: int, *arguments: str, fill: Callable[[Path], None] | None = None
    ) -> Iterator[Central]:
        """Run onetime on a new database with this many stations, and what `fill` puts there."""
        with self.folder() as folder:
            token = prepare(f"sqlite:///{folder / 'onetime.db'}", stations)
            if fill is not None:
                fill(folder / "onetime.db")
            with self._central("bench.server", str(folder), *arguments) as central:
                central.token = token
                yield central

    @contextmanager
    def plain_peer(self) -> Iterator[Central]:
        """Run the plain peer on a new database."""
        with self.folder() as folder, self._central("bench.plain_peer", str(folder)) as central:
            yield central

    def drive(self, *arguments: str) -> Figures:
        """Run the load to its end and return what it measured."""
        return self._figures(self.load, "bench.driver", *arguments)

    def drive_beside_programs(self, central: Central, clients: int, *load: str) -> Figures:
        """Run the load of stations and of programs: how many, for how long, at which paces."""
        stations, seconds, rate, requests = load
        programs = (central.web_url, central.token, str(clients), requests)
        return self._figures(
            self.load, "bench.programs", central.url, stations, seconds, rate, *programs
        )

    def compute(self, module: str) -> Figures:
        """Run a yardstick that needs no load, in a new folder, on the measured core."""
        with self.folder() as folder:
            return self._figures(self.measured, module, str(folder))

    @contextmanager
    def idle(self, url: str, stations: int) -> Iterator[None]:
        """Keep this many stations connected and silent."""
        command = ("bench.driver", "idle", url, str(stations))
        with self._running(self.load, *command, stdin=subprocess.PIPE) as process:
            _line(process)
            yield
            process.communicate(timeout=STOP_SECONDS)

    @contextmanager
    def misbehaving(self, url: str, number: int, kind: str) -> Iterator[Figures]:
        """Let a peer misbehave meanwhile; afterwards the figures say how much it did."""
        figures: Figures = {}
        command = ("bench.misbehaving", url, str(number), kind)
        with self._running(self.load, *command, stdin=subprocess.PIPE) as process:
            _line(process)
            yield figures
            printed, _ = process.communicate(timeout=STOP_SECONDS)
            figures.update(json.loads(printed))

    @contextmanager
    def folder(self) -> Iterator[Path]:
        """Give a new folder on the disk where the results go, and remove it."""
        RESULTS.mkdir(exist_ok=True)
        path = Path(tempfile.mkdtemp(prefix="run-", dir=RESULTS.absolute()))
        try:
            yield path
        finally:
            shutil.rmtree(path)

    @contextmanager
    def _central(self, *command: str) -> Iterator[Central]:
        with self._running(self.measured, *command) as process:
            port, web_port = [*_line(process).split(), "0"][:2]
            scheme = "wss" if "--tls" in command else "ws"
            yield Central(process, port, web_port, scheme)

    @contextmanager
    def _running(
        self, cores: set[int], module: str, *arguments: str, stdin: int | None = None
    ) -> Iterator["subprocess.Popen[str]"]:
        with subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            stdin=stdin,
            stdout=subprocess.PIPE,
            text=True,
            preexec_fn=lambda: os.sched_setaffinity(0, cores),
        ) as process:
            try:
                yield process
            finally:
                if process.poll() is None:
                    process.terminate()
                    process.wait(STOP_SECONDS)

    def _figures(self, cores: set[int], module: str, *arguments: str) -> Figures:
        with self._running(cores, module, *arguments) as process:
            printed, _ = process.communicate()
            if process.returncode != 0:
                raise SystemExit(f"{module} failed with {process.returncode}")
        figures: Figures = json.loads(printed.splitlines()[-1])
        return figures


def _line(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None
    line = process.stdout.readline()
    if not line:
        raise SystemExit(f"{process.args!r} ended at its start")
    return line
