"""Sockets that are not let in take up little, and not for long (S12, L20)."""

import asyncio
from contextlib import AsyncExitStack

import pytest

from onetime.gateway.server import Limits, Refused
from tests.gateway.peers import KEY, Door, Peer, door, echo, on_uvloop, request, until


async def arrive(stack: AsyncExitStack, opened: Door, address: str) -> Peer:
    """One more socket with half a request, after the door has seen it."""
    listener = opened.listener
    sockets, evicted = listener.sockets, listener.evicted
    peer = await stack.enter_async_context(opened.peer(address))
    peer.write(b"GET /ocpp/S1 HTTP/1.1\r\n")
    await until(lambda: listener.sockets > sockets or listener.evicted > evicted)
    return peer


@on_uvloop
async def test_a_request_may_have_8_kib_and_no_byte_more() -> None:
    padding = 8 * 1024 - len(request("X: "))
    async with door() as opened:
        async with opened.peer() as peer:
            peer.write(request("X: " + "x" * padding))
            assert (await peer.head()).startswith("HTTP/1.1 101 ")
        async with opened.peer() as peer:
            peer.write(request("X: " + "x" * (padding + 1)))
            assert (await peer.head()).startswith("HTTP/1.1 431 ")

    assert len(opened.porter.knocks) == 1


@on_uvloop
async def test_a_request_without_end_is_refused_and_the_answer_arrives() -> None:
    async with door() as opened, opened.peer() as peer:
        await peer.write_all(b"GET /ocpp/S1 HTTP/1.1\r\nX: " + b"x" * 20_000_000)
        assert (await peer.head()).startswith("HTTP/1.1 431 ")


@on_uvloop
async def test_a_request_that_is_not_complete_in_time_is_refused() -> None:
    """Slowloris: a byte now and then buys no time."""
    limits = Limits(header_seconds=0.3, linger_seconds=0.1)
    async with door(limits) as opened, opened.peer() as silent, opened.peer() as slow:
        dripping = asyncio.create_task(drip(slow))
        assert (await slow.head()).startswith("HTTP/1.1 408 ")
        assert (await silent.head()).startswith("HTTP/1.1 408 ")
        await until(lambda: opened.listener.sockets == 0)
        dripping.cancel()

    assert opened.porter.knocks == []


@on_uvloop
async def test_who_was_let_in_is_no_longer_hurried() -> None:
    async with door(Limits(header_seconds=0.5)) as opened, opened.client() as client:
        hearing = await opened.porter.hearing()
        await asyncio.sleep(0.6)
        await echo(client, hearing, "[]")


async def drip(peer: Peer) -> None:
    for byte in request() * 10:
        peer.write(bytes([byte]))
        await asyncio.sleep(0.02)


@pytest.mark.parametrize("sends_on", [True, False])
@on_uvloop
async def test_a_refused_socket_does_not_stay(sends_on: bool) -> None:
    async with door(Limits(linger_seconds=0.1)) as opened, opened.peer() as peer:
        opened.porter.ruling = lambda _: Refused(401)
        peer.write(request())
        assert (await peer.head()).startswith("HTTP/1.1 401 ")
        if sends_on:
            peer.write(request() * 1000)
        await until(lambda: opened.listener.sockets == 0)

    assert len(opened.porter.knocks) == 1


@on_uvloop
async def test_nothing_but_the_refusal_reaches_a_stranger() -> None:
    """S01: no byte of ours beside the 401."""
    async with door() as opened, opened.peer() as peer:
        opened.porter.ruling = lambda _: Refused(401)
        peer.write(request())
        assert await peer.rest() == (
            b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        )


@on_uvloop
async def test_the_oldest_of_an_address_is_evicted_and_other_addresses_are_not() -> None:
    async with door(Limits(strangers_per_address=3)) as opened, AsyncExitStack() as stack:
        other = await arrive(stack, opened, "127.0.0.2")
        first, second, *_ = [await arrive(stack, opened, "127.0.0.1") for _ in range(4)]
        assert await first.rest() == b""
        assert opened.listener.sockets == 4
        for waiting in (second, other):
            waiting.write(request().partition(b"\r\n")[2])
            assert (await waiting.head()).startswith("HTTP/1.1 101 ")


@on_uvloop
async def test_who_logged_in_before_gets_in_past_a_crowd_of_unknown_addresses() -> None:
    limits = Limits(strangers=6, strangers_kept_for_known=2)
    async with door(limits) as opened, AsyncExitStack() as stack:
        async with opened.client():
            pass
        await until(lambda: opened.listener.sockets == 0)
        peers = [await arrive(stack, opened, f"127.0.0.{number}") for number in range(10, 20)]
        assert opened.listener.sockets == 4
        known = await arrive(stack, opened, "127.0.0.1")
        peers.append(await arrive(stack, opened, "127.0.0.20"))
        assert opened.listener.sockets == 5
        known.write(request().partition(b"\r\n")[2])
        assert (await known.head()).startswith("HTTP/1.1 101 ")
        assert [await peer.rest() for peer in peers[:7]] == [b""] * 7


@on_uvloop
async def test_the_number_of_all_sockets_is_bounded() -> None:
    async with door(Limits(sockets=3)) as opened, AsyncExitStack() as stack:
        for _ in range(2):
            await stack.enter_async_context(opened.raw_line())
        waiting = await arrive(stack, opened, "127.0.0.1")
        await stack.enter_async_context(opened.raw_line())
        assert await waiting.rest() == b"", "a stranger makes room"
        async with opened.peer() as late:
            assert await late.rest() == b"", "lines do not"
        assert (opened.listener.lines, opened.listener.sockets) == (3, 3)


@on_uvloop
async def test_a_station_logs_in_and_talks_during_a_slowloris_attack() -> None:
    """L20: 500 sockets of one attacker; the station comes from the same address, even."""
    async with door() as opened, AsyncExitStack() as stack:
        attackers = [await stack.enter_async_context(opened.peer()) for _ in range(500)]
        for attacker in attackers:
            attacker.write(b"GET /ocpp/S1 HTTP/1.1\r\nX: ")
        async with opened.client() as client:
            assert opened.listener.sockets <= 256 + 1
            await echo(client, await opened.porter.hearing(), "[]")


@on_uvloop
async def test_a_crowd_of_stations_behind_one_router_is_let_in() -> None:
    """L03: all 200 of a garage at the same moment."""
    async with door() as opened:
        clients = await asyncio.gather(*(opened.client(f"/ocpp/S{n}") for n in range(200)))
        assert opened.listener.lines == 200
        await asyncio.gather(*(client.close() for client in clients))


@on_uvloop
async def test_a_peer_that_is_gone_before_its_answer_leaves_nothing() -> None:
    async with door() as opened:
        for raw in (request(), b"GET / HTTP/1.1\r\n\r\n", KEY.encode(), b""):
            async with opened.peer() as peer:
                peer.write(raw)
        await until(lambda: opened.listener.sockets == 0)


@on_uvloop
async def test_people_are_told_of_each_that_did_not_even_get_to_knock() -> None:
    limits = Limits(header_seconds=0.2, linger_seconds=0.1)
    async with door(limits) as opened:
        for said in (
            b"GET / HTTP/1.1\r\nHost: a\r\n\r\n",
            b"what is this\r\n\r\n",
            b"GET / HTTP/1.1\r\nX: " + b"x" * 9_000,
            b"GET / HT",
        ):
            async with opened.peer("127.0.0.7") as peer:
                peer.write(said)
                await peer.rest()
        assert opened.porter.refusals == [
            ("127.0.0.7", reason)
            for reason in ("not-websocket", "bad-request", "too-large", "too-slow")
        ]


@on_uvloop
async def test_a_peer_that_speaks_tls_to_the_plain_port_is_told_so_in_its_own_words() -> None:
    async with door() as opened, opened.peer() as peer:
        peer.write(b"\x16\x03\x01\x02\x00\x01" + bytes(500))
        told = await peer.rest()

    assert told == b"\x15\x03\x01\x00\x02\x02\x46", "an alert of TLS: protocol version"
    assert opened.porter.refusals == [("127.0.0.1", "tls-on-plain")]
