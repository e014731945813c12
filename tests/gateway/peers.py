"""Both sides of the station door, for its tests.

A doorman and conversations that write down what they hear; peers that may do on a socket what a
real station must not.
"""

import asyncio
import base64
import functools
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager, suppress
from ssl import SSLContext
from typing import ParamSpec

import uvloop
from websockets.asyncio.client import ClientConnection, connect
from websockets.frames import Frame, Opcode
from websockets.typing import Subprotocol

from onetime.gateway.server import (
    Admitted,
    Conversation,
    Knock,
    Limits,
    Line,
    Listener,
    Refused,
    listen,
)

P = ParamSpec("P")

DEADLINE_SECONDS = 30.0
# What ends only because a patience ran out is not what a test waits for.
DEFAULTS = Limits(close_seconds=60, linger_seconds=60)
KEY = base64.b64encode(bytes(range(16))).decode()


class Hearing:
    """A conversation that keeps everything it was told, in order."""

    def __init__(self) -> None:
        self.line: Line
        self.events: list[tuple[object, ...]] = []
        self.failing: set[str] = set()
        self.on_received: Callable[[bytes], None] = lambda frame: None
        self.on_heard: Callable[[], None] = lambda: None

    def opened(self, line: Line) -> None:
        self.line = line
        self._note("opened")

    def received(self, frame: bytes) -> None:
        self._note("received", frame)
        self.on_received(frame)

    def heard(self) -> None:
        self._note("heard")
        self.on_heard()

    def fragmented(self) -> None:
        self._note("fragmented")

    def violated(self, code: int, reason: str) -> None:
        self._note("violated", code)

    def closed(self) -> None:
        self._note("closed")

    def _note(self, event: str, *more: object) -> None:
        self.events.append((event, *more))
        if event in self.failing:
            raise ZeroDivisionError(event)

    @property
    def frames(self) -> list[object]:
        return [event[1] for event in self.events if event[0] == "received"]

    def count(self, name: str) -> int:
        return sum(event[0] == name for event in self.events)


class Porter:
    """A doorman who lets everybody in unless told otherwise, and remembers who came."""

    def __init__(self) -> None:
        self.knocks: list[Knock] = []
        self.refusals: list[tuple[str, str]] = []
        self.hearings: list[Hearing] = []
        self.ruling: Callable[[Knock], Refused | None] = lambda knock: None
        self.prepare: Callable[[Hearing], None] = lambda hearing: None

    def admit(self, knock: Knock) -> Admitted | Refused:
        self.knocks.append(knock)
        refused = self.ruling(knock)
        if refused is not None:
            return refused
        hearing = Hearing()
        self.prepare(hearing)
        self.hearings.append(hearing)
        conversation: Conversation = hearing
        return Admitted("ocpp1.6" if "ocpp1.6" in knock.subprotocols else None, conversation)

    def turned_away(self, address: str, reason: str) -> None:
        self.refusals.append((address, reason))

    async def hearing(self, number: int = 0) -> Hearing:
        """The conversation of the so-manieth line, as soon as it is open."""
        await until(lambda: len(self.hearings) > number and self.hearings[number].events)
        return self.hearings[number]


class Plainly:
    """Encryption with one context; failures are written down."""

    def __init__(self, context: SSLContext) -> None:
        self.chosen = context
        self.failures: list[Exception] = []

    def context(self) -> SSLContext:
        return self.chosen

    def failed(self, address: str, failure: Exception) -> None:
        self.failures.append(failure)


class Door:
    """An open station door and its porter."""

    def __init__(self, listener: Listener, porter: Porter) -> None:
        self.listener = listener
        self.porter = porter

    def client(
        self,
        path: str = "/ocpp/S1",
        subprotocols: Sequence[str] | None = ("ocpp1.6",),
        compression: str | None = "deflate",
    ) -> connect:
        """A WebSocket client that is not ours."""
        return connect(
            f"ws://127.0.0.1:{self.listener.port}{path}",
            subprotocols=[Subprotocol(name) for name in subprotocols] if subprotocols else None,
            compression=compression,
            proxy=None,
        )

    @asynccontextmanager
    async def peer(self, address: str = "127.0.0.1") -> AsyncIterator["Peer"]:
        """A bare socket, from this address of our own."""
        reader, writer = await asyncio.open_connection(
            "127.0.0.1", self.listener.port, local_addr=(address, 0), limit=4 * 1024 * 1024
        )
        try:
            yield Peer(reader, writer)
        finally:
            writer.transport.abort()
            with suppress(ConnectionError):
                await writer.wait_closed()

    @asynccontextmanager
    async def raw_line(self) -> AsyncIterator[tuple["Peer", Hearing]]:
        """A bare socket after a proper upgrade, and the conversation at the other end."""
        number = len(self.porter.hearings)
        async with self.peer() as peer:
            peer.write(request())
            assert (await peer.head()).startswith("HTTP/1.1 101 ")
            yield peer, await self.porter.hearing(number)


class Peer:
    """A bare socket that speaks whatever it is told to."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    def write(self, raw: bytes) -> None:
        self.writer.write(raw)

    async def write_all(self, raw: bytes) -> None:
        """Send to the end before anything is read; ConnectionError if that is not possible."""
        for start in range(0, len(raw), 50_000):
            self.writer.write(raw[start : start + 50_000])
            await self.writer.drain()

    async def head(self) -> str:
        """The head of an HTTP answer."""
        return (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1")

    async def rest(self) -> bytes:
        """Everything until the socket is gone, however it goes."""
        received = bytearray()
        with suppress(ConnectionError):
            while chunk := await self.reader.read(65536):
                received += chunk
        return bytes(received)

    async def frame(self) -> Frame:
        """The next frame from the server."""
        first, second = await self.reader.readexactly(2)
        size = second & 127
        if size >= 126:
            size = int.from_bytes(await self.reader.readexactly(2 if size == 126 else 8))
        content = await self.reader.readexactly(size)
        return Frame(Opcode(first & 15), content, bool(first & 128), bool(first & 64))

    async def close_code(self) -> int:
        """The code of the closing frame, which must be the next one."""
        frame = await self.frame()
        assert frame.opcode is Opcode.CLOSE
        return int.from_bytes(frame.data[:2])


@asynccontextmanager
async def door(limits: Limits = DEFAULTS) -> AsyncIterator[Door]:
    """Open a station door on a free port; at the end nothing of it may be left."""
    porter = Porter()
    listener = await listen("127.0.0.1", 0, porter, limits)
    try:
        yield Door(listener, porter)
    finally:
        await listener.stop(0)
    for hearing in porter.hearings:
        assert hearing.count("closed") == 1, hearing.events[-5:]
    assert (listener.lines, listener.sockets) == (0, 0)
    assert not listener._shared.leavers


def on_uvloop(
    story: Callable[P, Coroutine[None, None, None]],
) -> Callable[P, None]:
    """Run a test on the loop that the product runs on, with a deadline."""

    @functools.wraps(story)
    def told(*args: P.args, **kwargs: P.kwargs) -> None:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(asyncio.wait_for(story(*args, **kwargs), DEADLINE_SECONDS))

    return told


async def until(condition: Callable[[], object]) -> None:
    """Wait for a condition; whoever waits has a deadline."""
    while not condition():
        await asyncio.sleep(0.002)


def request(*headers: str, target: str = "/ocpp/S1") -> bytes:
    """A proper upgrade request, with more headers."""
    lines = [
        f"GET {target} HTTP/1.1",
        "Host: central",
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Version: 13",
        f"Sec-WebSocket-Key: {KEY}",
        *headers,
    ]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def frame(
    opcode: int, content: bytes = b"", *, fin: bool = True, bits: int = 0, masked: bool = True
) -> bytes:
    """A frame as a client sends it, or as it must not."""
    raw = bytearray(Frame(Opcode.TEXT, content).serialize(mask=masked))
    raw[0] = (0x80 if fin else 0) | bits | opcode
    return bytes(raw)


def text(content: bytes) -> bytes:
    return frame(Opcode.TEXT, content)


async def echo(client: ClientConnection, hearing: Hearing, words: str) -> None:
    """Show that a line works in both directions."""
    await client.send(words)
    await until(lambda: words.encode() in hearing.frames)
    hearing.line.send(words.encode())
    assert await client.recv() == words
