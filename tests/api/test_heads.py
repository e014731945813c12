"""What is too large, too slow or never ends is cut off on real sockets, and others are served."""

import asyncio
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

import httpx
import pytest
from litestar import Litestar, WebSocket, get, post, websocket
from litestar.connection import Request
from litestar.datastructures import State
from websockets.asyncio.client import connect

from onetime.api import heads
from onetime.api.server import serve_web

SECONDS = 20.0
BEGUN = b"POST /taken HTTP/1.1\r\nHost: x\r\n"


@get("/served", sync_to_thread=False)
def served() -> str:
    return "served"


@post("/taken")
async def taken(request: Request[object, object, State]) -> int:
    return len(await request.body())


@post("/held")
async def held(request: Request[object, object, State]) -> int:
    """Let a body wait for longer than one may be awaited."""
    await asyncio.sleep(2.0)
    return len(await request.body())


@websocket("/echoed")
async def echoed(socket: WebSocket[object, object, State]) -> None:
    await socket.accept()
    await socket.send_text(await socket.receive_text())


@pytest.fixture
async def port() -> AsyncIterator[int]:
    app = Litestar([served, taken, held, echoed], openapi_config=None, logging_config=None)
    web = await serve_web("127.0.0.1", 0, app)
    yield web.port
    await web.stop()


@pytest.fixture
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heads, "BODY_GRACE_SECONDS", 0.5)
    monkeypatch.setattr(heads, "LOOK_SECONDS", 0.05)


@asynccontextmanager
async def speaking(port: int) -> AsyncIterator[tuple[StreamReader, StreamWriter]]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        yield reader, writer
    finally:
        writer.close()


async def told(port: int, say: Callable[[StreamWriter], Awaitable[None]]) -> bytes:
    """All that a peer is answered that says something for ever, until it is cut off."""
    async with asyncio.timeout(SECONDS), speaking(port) as (reader, writer):
        saying = asyncio.ensure_future(say(writer))
        answer = b""
        with suppress(ConnectionError):
            while piece := await reader.read(65_536):
                answer += piece
        saying.cancel()
        with suppress(asyncio.CancelledError, ConnectionError):
            await saying
        return answer


def flood(begun: bytes, again: bytes) -> Callable[[StreamWriter], Awaitable[None]]:
    async def say(writer: StreamWriter) -> None:
        writer.write(begun)
        while True:
            writer.write(again)
            await writer.drain()

    return say


def drip(begun: bytes, again: bytes) -> Callable[[StreamWriter], Awaitable[None]]:
    async def say(writer: StreamWriter) -> None:
        writer.write(begun)
        while True:
            writer.write(again)
            await asyncio.sleep(0.05)

    return say


CHUNKED = BEGUN + b"Transfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize(
    "say",
    [
        flood(BEGUN, b"X-A: " + b"a" * 1_000 + b"\r\n"),
        flood(BEGUN + b"X-A: ", b"a" * 1_000),
        flood(b"GET /" + b"a" * 1_000, b"a" * 1_000),
        flood(b"", b"\r\n" * 500),
        flood(CHUNKED + b"1\r\na\r\n0\r\n", b"X-A: " + b"a" * 1_000 + b"\r\n"),
        flood(CHUNKED + b"1\r\na\r\n0\r\nX-A: ", b"a" * 1_000),
        flood(CHUNKED, b"1;" + b"a" * 1_000 + b"\r\na\r\n"),
    ],
    ids=["headers", "header", "address", "lines", "trailers", "trailer", "extensions"],
)
async def test_a_head_that_never_ends_is_cut_off(
    port: int, say: Callable[[StreamWriter], Awaitable[None]]
) -> None:
    answer = await told(port, say)

    assert answer == b"" or answer.startswith((b"HTTP/1.1 431 ", b"HTTP/1.1 400 "))


async def test_a_large_head_in_one_piece_is_told_so(port: int) -> None:
    fits = "a" * (heads.MAX_HEAD_BYTES - 1_000)
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        answers = [
            await client.get("/served", headers={"X-A": value})
            for value in (fits, fits + "a" * 1_000, fits)
        ]

    assert [each.status_code for each in answers] == [200, 431, 200]


@pytest.mark.parametrize(
    "say",
    [
        drip(b"", b""),
        drip(BEGUN + b"X-A: ", b"a"),
        drip(b"", b"\r\n"),
        drip(b"GET /served HTTP/1.1\r\nHost: x\r\n\r\n" + BEGUN, b"X-A: a\r\n"),
    ],
    ids=["silence", "letters", "lines", "second"],
)
async def test_a_slow_head_is_cut_off_while_others_are_served(
    port: int, monkeypatch: pytest.MonkeyPatch, say: Callable[[StreamWriter], Awaitable[None]]
) -> None:
    monkeypatch.setattr(heads, "HEAD_SECONDS", 0.5)
    slow = [asyncio.ensure_future(told(port, say)) for _ in range(20)]
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        while not all(each.done() for each in slow):
            assert (await client.get("/served")).text == "served"

    answers = {each.result().rpartition(b"HTTP/1.1 ")[2][:3] for each in slow}
    assert answers <= {b"", b"408"}


async def test_bodies_large_slow_and_in_small_pieces_are_taken(
    port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(heads, "HEAD_SECONDS", 0.2)

    async def in_letters() -> AsyncIterator[bytes]:
        for at in range(6_000):
            yield b"a"
            if at % 2_000 == 0:
                await asyncio.sleep(0.1)

    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        large = await client.post("/taken", content=b"a" * 1_000_000)
        small = await client.post("/taken", content=in_letters())
        again = await client.get("/served")

    assert (large.json(), small.json(), again.text) == (1_000_000, 6_000, "served")


@pytest.mark.parametrize(
    ("say", "answered"),
    [
        (drip(BEGUN + b"Content-Length: 100000\r\n\r\n", b""), b""),
        (drip(BEGUN + b"Content-Length: 100000\r\n\r\n", b"a"), b""),
        (drip(CHUNKED, b"1\r\na\r\n"), b""),
        (drip(CHUNKED + b"1\r\na\r\n0\r\n", b"X: a\r\n"), b""),
        (drip(CHUNKED.replace(b"taken", b"nowhere"), b"1\r\na\r\n"), b"HTTP/1.1 404 "),
    ],
    ids=["silence", "letters", "chunks", "trailers", "answered"],
)
@pytest.mark.usefixtures("_impatient")
async def test_a_body_that_trickles_is_cut_off(
    port: int, say: Callable[[StreamWriter], Awaitable[None]], answered: bytes
) -> None:
    answer = await told(port, say)

    assert answer[: len(answered) or None] == answered


@pytest.mark.usefixtures("_impatient")
async def test_a_body_that_comes_steadily_is_taken(port: int) -> None:
    async def steadily() -> AsyncIterator[bytes]:
        for _ in range(30):
            yield b"a" * 1_000
            await asyncio.sleep(0.05)

    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        assert (await client.post("/taken", content=steadily())).json() == 30_000


@pytest.mark.usefixtures("_impatient")
async def test_a_body_that_must_wait_is_not_slow(
    port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(heads, "BODY_BYTES_PER_SECOND", 1_000_000)
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        assert (await client.post("/held", content=b"a" * 500_000)).json() == 500_000

    asking = BEGUN.replace(b"taken", b"held") + b"Expect: 100-continue\r\nContent-Length: 2\r\n\r\n"
    async with asyncio.timeout(SECONDS), speaking(port) as (reader, writer):
        writer.write(asking)
        assert await reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
        writer.write(b"aa")
        assert (await reader.readline()).startswith(b"HTTP/1.1 201 ")


@pytest.mark.usefixtures("_impatient")
async def test_a_socket_of_the_live_channel_may_be_silent(port: int) -> None:
    async with connect(f"ws://127.0.0.1:{port}/echoed") as socket:
        await asyncio.sleep(2.0)
        await socket.send("here")

        assert await socket.recv() == "here"
