"""The door opens on a port of its own, takes no signals, and closes in time whatever goes on."""

import asyncio
import signal
import socket
import time
from contextlib import closing

import httpx
import pytest
from litestar import Litestar, WebSocket, get, websocket
from litestar.datastructures import State
from litestar.response import Stream
from structlog.testing import capture_logs
from websockets.asyncio.client import connect

from onetime.api.server import serve_web
from onetime.kit.tls import server_context
from onetime.kit.x509 import seen_in, seen_in_der
from tests.certificates import EC, a_server, client_context

STOPPED_WITHIN_SECONDS = 2.0


@get("/endless", sync_to_thread=False)
def endless() -> Stream:
    async def lines():
        while True:
            yield b"line\n"
            await asyncio.sleep(0.01)

    return Stream(lines())


@websocket("/socket")
async def wait_for_ever(socket: WebSocket[object, object, State]) -> None:
    await socket.accept()
    await socket.receive_text()


@get("/broken", sync_to_thread=False)
def broken() -> str:
    raise RuntimeError("a secret")


def an_app() -> Litestar:
    return Litestar([endless, wait_for_ever, broken], openapi_config=None, logging_config=None)


async def test_open_streams_and_sockets_do_not_hold_up_the_end() -> None:
    web = await serve_web("127.0.0.1", 0, an_app())
    async with (
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{web.port}") as client,
        client.stream("GET", "/endless") as stream,
        connect(f"ws://127.0.0.1:{web.port}/socket", proxy=None) as line,
    ):
        chunks = stream.aiter_lines()
        assert await anext(chunks) == "line"

        began = time.monotonic()
        with capture_logs():
            await web.stop()
        took = time.monotonic() - began

        assert took < STOPPED_WITHIN_SECONDS
        await asyncio.wait_for(line.wait_closed(), 2)
        with pytest.raises(httpx.RemoteProtocolError):
            async for _ in chunks:
                pass
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", web.port)


async def test_signals_stay_with_whoever_took_them() -> None:
    before = [signal.getsignal(each) for each in (signal.SIGTERM, signal.SIGINT)]
    web = await serve_web("127.0.0.1", 0, an_app())

    assert [signal.getsignal(each) for each in (signal.SIGTERM, signal.SIGINT)] == before
    await web.stop()


async def test_a_port_that_is_taken_is_an_error_of_the_system() -> None:
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(OSError, match="in use"):
            await serve_web("127.0.0.1", taken.getsockname()[1], an_app())


async def test_what_the_library_complains_of_is_logged_without_values() -> None:
    web = await serve_web("127.0.0.1", 0, an_app())
    with capture_logs() as logs:
        reader, writer = await asyncio.open_connection("127.0.0.1", web.port)
        writer.write(b"NONSENSE secret-word\r\n\r\n")
        answer = await reader.read()
        writer.close()
    await web.stop()

    assert answer.startswith(b"HTTP/1.1 400 ")
    (line,) = logs
    assert line["event"] == "http_library_complained"
    assert "secret" not in str(line)


async def test_https_is_served_with_the_newest_certificate_and_no_old_tls() -> None:
    contexts = [server_context([a_server(EC)])]
    web = await serve_web("127.0.0.1", 0, an_app())
    await web.offer_https(0, None)
    assert web.https_port is None
    await web.offer_https(0, lambda: contexts[-1])

    async def shown() -> str:
        context = client_context()
        context.check_hostname = False
        reader, writer = await asyncio.open_connection("127.0.0.1", web.https_port, ssl=context)
        writer.write(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        assert (await reader.read()).startswith(b"HTTP/1.1 ")
        der = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
        writer.close()
        return seen_in_der(der).fingerprint

    assert await shown() == seen_in(a_server(EC).certificate).fingerprint
    contexts.append(server_context([a_server(EC, "other.example")]))
    assert await shown() == seen_in(a_server(EC, "other.example").certificate).fingerprint
    await web.stop()
