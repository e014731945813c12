"""The door as a whole: refusing, closing all, stopping, and the port."""

import asyncio
import errno

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.frames import Opcode

from onetime.gateway.server import Limits, listen
from tests.gateway.peers import Porter, door, echo, frame, on_uvloop, request, until


@on_uvloop
async def test_while_all_are_refused_open_lines_go_on() -> None:
    async with door(Limits(retry_after_seconds=7)) as opened, opened.client() as client:
        opened.listener.refuse_all(True)
        with pytest.raises(InvalidStatus) as caught:
            await opened.client()
        assert len(opened.porter.knocks) == 1, "the doorman is not even asked"
        await echo(client, await opened.porter.hearing(), "[]")
        opened.listener.refuse_all(False)
        async with opened.client() as second:
            await echo(second, await opened.porter.hearing(1), "[]")

    answer = caught.value.response
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "7")


@on_uvloop
async def test_closing_now_ends_everything_and_goes_on_listening() -> None:
    async with door() as opened, opened.client() as client, opened.peer() as half_open:
        hearing = await opened.porter.hearing()
        hearing.line.pause_reading()
        half_open.write(b"GET /ocpp")
        await until(lambda: opened.listener.sockets == 2)

        opened.listener.close_now()

        assert hearing.events == [("opened",), ("closed",)]
        with pytest.raises(ConnectionClosed) as caught:
            await client.recv()
        assert await half_open.rest() == b""
        await until(lambda: opened.listener.sockets == 0)
        async with opened.client() as second:
            await echo(second, await opened.porter.hearing(1), "[]")

    assert caught.value.rcvd is not None
    assert caught.value.rcvd.code == 1001


@on_uvloop
async def test_closing_now_gives_deaf_peers_a_moment_only() -> None:
    async with door(Limits(linger_seconds=0.1)) as opened, opened.raw_line() as (peer, hearing):
        hearing.line.close(1000, "")
        opened.listener.close_now()
        assert hearing.count("closed") == 1
        assert await peer.close_code() == 1000
        await until(lambda: opened.listener.sockets == 0)


@on_uvloop
async def test_stopping_closes_properly_and_frees_the_port_at_once() -> None:
    porter = Porter()
    listener = await listen("127.0.0.1", 0, porter, Limits())
    reader, writer = await asyncio.open_connection("127.0.0.1", listener.port)
    writer.write(request())
    await reader.readuntil(b"\r\n\r\n")

    stopping = asyncio.create_task(listener.stop(5))
    closing = await reader.readexactly(4)
    assert porter.hearings[0].count("closed") == 0, "the peer's answer is waited for"
    writer.write(frame(Opcode.CLOSE, b"\x03\xe9"))
    await stopping

    assert closing[2:] == b"\x03\xe9"
    assert porter.hearings[0].events == [("opened",), ("closed",)]
    again = await listen("127.0.0.1", listener.port, porter, Limits())
    assert again.port == listener.port
    await again.stop(0)
    writer.close()


@on_uvloop
async def test_stopping_waits_for_nobody_past_its_deadline() -> None:
    async with door() as opened, opened.raw_line() as (peer, hearing), opened.peer() as half_open:
        half_open.write(b"GET /ocpp")
        await until(lambda: opened.listener.sockets == 2)
        await opened.listener.stop(0.05)
        assert opened.listener.sockets == 0
        assert hearing.count("closed") == 1
        assert await peer.close_code() == 1001
        assert await half_open.rest() == b""


@on_uvloop
async def test_stopping_does_not_wait_for_those_who_had_their_last_word() -> None:
    async with door(Limits(linger_seconds=60)) as opened, opened.raw_line() as (peer, hearing):
        peer.write(frame(Opcode.BINARY))
        await until(lambda: hearing.count("closed"))
        assert opened.listener.sockets == 1
        await opened.listener.stop(0.05)
        assert opened.listener.sockets == 0


@on_uvloop
async def test_a_port_in_use_is_told_by_the_operating_system() -> None:
    async with door() as opened:
        with pytest.raises(OSError, match="in use") as caught:
            await listen("127.0.0.1", opened.listener.port, Porter(), Limits())

    assert caught.value.errno == errno.EADDRINUSE
