"""The central system, one process after another: started, killed, asked what it holds."""

import asyncio
import os
import random
import resource
import signal
import socket
import sys
from asyncio.subprocess import PIPE, Process
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from msgspec import Struct

from tests.house.source import ROOT

READY_SECONDS = 120.0
END_SECONDS = 60.0
END_OF_GREETING = b"}"
PORTS = range(20_000, 32_000)
"""Below the ports that clients are given: nobody takes ours while nobody listens on it."""


class Holdings(Struct, frozen=True):
    """What a process has open: file descriptors by kind, threads, tasks."""

    sockets: int
    files: int
    threads: int
    tasks: int


def free_port() -> int:
    """Return a port on which nobody listens."""
    while True:
        port = random.choice(PORTS)
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


class Central:
    """The process that makes the others, and the one that serves now; one at a time."""

    def __init__(self, folder: Path, nursery: Process) -> None:
        self._folder = folder
        self._nursery = nursery
        self._child: int | None = None

    @classmethod
    async def prepare(cls, folder: Path, port: int, tls_port: int | None = None) -> "Central":
        """Get ready to serve this data directory on this port, perhaps with an encrypted one."""
        environment = {
            **os.environ,
            "ONETIME_OCPP_HOST": "127.0.0.1",
            "ONETIME_OCPP_PORT": str(port),
            "ONETIME_HTTP_HOST": "127.0.0.1",
            "ONETIME_HTTP_PORT": "0",
            **({} if tls_port is None else {"ONETIME_OCPP_TLS_PORT": str(tls_port)}),
        }
        with (folder / "server.log").open("ab") as log:
            nursery = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "tests.journeys.crash.served",
                cwd=ROOT,
                env=environment,
                stdin=PIPE,
                stdout=PIPE,
                stderr=log,
            )
        return cls(folder, nursery)

    async def start(self, *arguments: str) -> None:
        """Start a process, which opens its doors some time later."""
        assert self._child is None
        assert self._nursery.stdin is not None
        self._nursery.stdin.write(" ".join([str(self._folder), *arguments]).encode() + b"\n")
        self._child = int(await self._told(b"pid "))

    async def opened(self) -> None:
        """Return when the doors are open."""
        await self._told(END_OF_GREETING)

    @contextmanager
    def file_limit(self, size: int) -> Iterator[None]:
        """Let no file of the process that serves grow beyond a size meanwhile."""
        assert self._child is not None
        before = resource.prlimit(self._child, resource.RLIMIT_FSIZE)
        resource.prlimit(self._child, resource.RLIMIT_FSIZE, (size, before[1]))
        try:
            yield
        finally:
            resource.prlimit(self._child, resource.RLIMIT_FSIZE, before)

    def strike(self) -> None:
        """Send SIGKILL, and wait for nothing; `died` tells that it is over."""
        assert self._child is not None
        os.kill(self._child, signal.SIGKILL)

    async def kill(self) -> None:
        """End the process that serves with SIGKILL, if it has not ended already."""
        if self._child is not None:
            os.kill(self._child, signal.SIGKILL)
            await self._ended(END_SECONDS)

    async def died(self, within: float) -> bool:
        """Wait until it has ended by SIGKILL of its own; False when it lives on."""
        return await self._ended(within) == -signal.SIGKILL

    async def end(self) -> int | None:
        """Ask it to end; return its exit code, None when it does not."""
        assert self._child is not None
        os.kill(self._child, signal.SIGTERM)
        return await self._ended(END_SECONDS)

    async def leave(self) -> None:
        """End whatever is left."""
        await self.kill()
        self._nursery.kill()
        await self._nursery.wait()

    async def holdings(self) -> Holdings:
        """Count what the process that serves has open."""
        assert self._child is not None
        os.kill(self._child, signal.SIGUSR1)
        tasks = int(await self._told(b"tasks "))
        folder = Path(f"/proc/{self._child}")
        kinds: Counter[str] = Counter()
        for descriptor in (folder / "fd").iterdir():
            with suppress(FileNotFoundError):  # it was closed while we looked
                is_socket = os.readlink(descriptor).startswith("socket:")
                kinds["sockets" if is_socket else "files"] += 1
        threads = len(list((folder / "task").iterdir()))
        return Holdings(kinds["sockets"], kinds["files"], threads, tasks)

    async def _ended(self, within: float) -> int | None:
        """Return the exit code, None when it does not end in so many seconds."""
        try:
            async with asyncio.timeout(within):
                code = int(await self._told(b"ended "))
        except TimeoutError:
            return None
        self._child = None
        return code

    async def _told(self, beginning: bytes) -> bytes:
        """Return the rest of the next line that begins so."""
        assert self._nursery.stdout is not None
        async with asyncio.timeout(READY_SECONDS):
            while line := await self._nursery.stdout.readline():
                if line.startswith(beginning):
                    return line.removeprefix(beginning).rstrip()
                if line.startswith(b"ended "):
                    raise RuntimeError("the central system has ended by itself; see its log")
        raise RuntimeError("no central system can be made; see the log")
