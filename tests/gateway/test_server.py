"""Lines conform to RFC 6455 and to our limits, judged by clients that are not ours."""

import asyncio
import gc
import ssl
import weakref
from functools import partial
from socket import SO_RCVBUF, SO_SNDBUF, SOL_SOCKET

import pytest
import trustme
from structlog.testing import capture_logs
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, ConnectionClosedError, InvalidStatus
from websockets.frames import Opcode

from onetime.gateway.server import Knock, Limits, Line, Refused, listen
from tests.gateway.peers import (
    Door,
    Hearing,
    Plainly,
    Porter,
    door,
    echo,
    frame,
    on_uvloop,
    request,
    text,
    until,
)

MIB = 1024 * 1024
TEXT, BINARY, CONTINUATION = Opcode.TEXT, Opcode.BINARY, Opcode.CONT
PING, PONG, CLOSE = Opcode.PING, Opcode.PONG, Opcode.CLOSE
RSV1, RSV2, RSV3 = 0x40, 0x20, 0x10


@on_uvloop
async def test_a_client_that_is_not_ours_talks_and_leaves() -> None:
    async with door() as opened, opened.client() as client:
        hearing = await opened.porter.hearing()
        assert client.subprotocol == "ocpp1.6"
        await echo(client, hearing, '[2,"1","Heartbeat",{}]')
        await echo(client, hearing, "Grüße aus der Garage")
        assert hearing.line.address == "127.0.0.1"
        await client.close(3001, "enough")
        await until(lambda: hearing.count("closed"))

    assert (client.close_code, client.close_reason) == (3001, "")


@on_uvloop
async def test_a_client_without_subprotocol_gets_none() -> None:
    async with door() as opened, opened.client(subprotocols=None) as client:
        assert client.subprotocol is None
        await echo(client, await opened.porter.hearing(), "[]")


@on_uvloop
async def test_the_doorman_sees_the_request_as_it_was_sent() -> None:
    async with door() as opened, opened.peer() as peer:
        peer.write(
            request(
                "Authorization: Basic \xff\xfe=",
                "X-Twice: one",
                "X-TWICE: two",
                "Sec-WebSocket-Protocol: ocpp2.0.1 , ocpp1.6",
                "Sec-WebSocket-Protocol: OCPP1.5",
                target="/ocpp//%C3%84/?a=b",
            ).replace(b"Connection: Upgrade", b"Connection: keep-alive, Upgrade")
        )
        head = await peer.head()
        (knock,) = opened.porter.knocks

    assert head.startswith("HTTP/1.1 101 ")
    assert "sec-websocket-accept:" in head.lower()
    assert "Sec-WebSocket-Protocol: ocpp1.6\r\n" in head
    assert knock.target == "/ocpp//%C3%84/?a=b"
    assert knock.headers["authorization"].encode("latin-1") == b"Basic \xff\xfe="
    assert knock.headers["x-twice"] == "one"
    assert knock.subprotocols == ("ocpp2.0.1", "ocpp1.6", "OCPP1.5")
    assert (knock.address, knock.secure) == ("127.0.0.1", False)


@pytest.mark.parametrize(
    ("refused", "header"),
    [
        (Refused(401, (("WWW-Authenticate", 'Basic realm="ocpp"'),), "no"), "WWW-Authenticate"),
        (Refused(404), None),
        (Refused(503, (("Retry-After", "30"),)), "Retry-After"),
    ],
)
@on_uvloop
async def test_a_refusal_is_a_plain_http_answer(refused: Refused, header: str | None) -> None:
    async with door() as opened:
        opened.porter.ruling = lambda _: refused
        with pytest.raises(InvalidStatus) as caught:
            await opened.client()

    answer = caught.value.response
    assert answer.status_code == refused.status
    assert answer.body == refused.body.encode()
    assert header is None or answer.headers[header] == dict(refused.headers)[header]


@on_uvloop
async def test_a_doorman_who_stumbles_refuses_one_knock_only() -> None:
    def stumble(knock: Knock) -> Refused | None:
        if knock.target == "/ocpp/S1":
            raise ZeroDivisionError
        return None

    async with door() as opened:
        opened.porter.ruling = stumble
        with capture_logs() as logs, pytest.raises(InvalidStatus) as caught:
            await opened.client("/ocpp/S1")
        async with opened.client("/ocpp/S2") as client:
            await echo(client, await opened.porter.hearing(), "[]")

    assert caught.value.response.status_code == 500
    assert [log["event"] for log in logs] == ["knock_failed"]


@on_uvloop
async def test_compression_is_never_agreed_on() -> None:
    async with door() as opened, opened.client(compression="deflate") as client:
        await echo(client, await opened.porter.hearing(), "a" * 500)
        response = client.response

    assert response is not None
    assert "sec-websocket-extensions" not in response.headers


@on_uvloop
async def test_frames_right_behind_the_request_are_heard() -> None:
    sent = [b"[%d]" % number + b" " * 900 for number in range(12)]
    async with door() as opened, opened.peer() as peer:
        peer.write(request() + b"".join(map(text, sent)))
        hearing = await opened.porter.hearing()
        await until(lambda: len(hearing.frames) == len(sent))

    assert hearing.frames == sent


@on_uvloop
async def test_a_request_that_comes_byte_by_byte_is_understood() -> None:
    async with door() as opened, opened.peer() as peer:
        for byte in request():
            peer.write(bytes([byte]))
            await peer.writer.drain()
            await asyncio.sleep(0)
        assert (await peer.head()).startswith("HTTP/1.1 101 ")


@on_uvloop
async def test_messages_up_to_the_limit_pass_whole_and_in_fragments() -> None:
    async with door() as opened, opened.client() as client:
        hearing = await opened.porter.hearing()
        await client.send("x" * MIB)
        await client.send(["ä" * 1000, "ö" * (MIB // 2 - 1000)])
        await until(lambda: len(hearing.frames) == 2)

    assert hearing.frames == [b"x" * MIB, ("ä" * 1000 + "ö" * (MIB // 2 - 1000)).encode()]
    assert [event[0] for event in hearing.events[:4]] == [
        "opened",
        "received",
        "fragmented",
        "received",
    ]


@pytest.mark.parametrize("size", [MIB + 1, 4 * MIB])
@on_uvloop
async def test_a_larger_message_is_refused_with_1009_that_arrives(size: int) -> None:
    """K17: the sender is still sending when the answer comes; a reset would eat it."""
    async with door() as opened, opened.client() as client:
        sending = asyncio.create_task(client.send("x" * size))
        with pytest.raises(ConnectionClosedError) as caught:
            await client.recv()
        await asyncio.gather(sending, return_exceptions=True)
        hearing = await opened.porter.hearing()
        await until(lambda: hearing.count("closed"))

    assert caught.value.rcvd is not None
    assert caught.value.rcvd.code == 1009
    assert hearing.events == [("opened",), ("violated", 1009), ("closed",)]


@on_uvloop
async def test_a_peer_may_finish_a_message_that_was_refused_already() -> None:
    async with door() as opened, opened.raw_line() as (peer, _):
        await peer.write_all(text(b"x" * (20 * MIB)))
        assert await peer.close_code() == 1009


@on_uvloop
async def test_control_frames_may_come_between_fragments() -> None:
    async with door() as opened, opened.raw_line() as (peer, hearing):
        peer.write(frame(TEXT, b"[2,", fin=False) + frame(PING, b"?"))
        peer.write(frame(CONTINUATION, b"", fin=False) + frame(PONG))
        peer.write(frame(CONTINUATION, b'"\xc3', fin=False) + frame(CONTINUATION, b'\xa4"]'))
        pong = await peer.frame()
        await until(lambda: hearing.frames)

    assert (pong.opcode, pong.data) == (PONG, b"?")
    assert hearing.frames == ['[2,"ä"]'.encode()]
    assert hearing.count("heard") == 2


VIOLATIONS = {
    "RSV1 set without negotiation": (1002, frame(TEXT, b"[]", bits=RSV1)),
    "RSV2 set": (1002, frame(TEXT, b"[]", bits=RSV2)),
    "RSV3 set": (1002, frame(TEXT, b"[]", bits=RSV3)),
    "RSV1 set on a ping": (1002, frame(PING, bits=RSV1)),
    "not masked": (1002, frame(TEXT, b"[]", masked=False)),
    "unknown opcode": (1002, frame(3)),
    "unknown control opcode": (1002, frame(11)),
    "fragmented ping": (1002, frame(PING, fin=False)),
    "ping too long": (1002, frame(PING, b"x" * 126)),
    "fragment without beginning": (1002, frame(CONTINUATION, b"[]")),
    "message inside a message": (1002, frame(TEXT, b"[", fin=False) + text(b"[]")),
    "close code that may not be sent": (1002, frame(CLOSE, b"\x03\xed")),
    "close code cut off": (1002, frame(CLOSE, b"\x03")),
    "length not in its shortest form": (1002, b"\x81\xfe\x00\x05mask....."),
    "binary": (1003, frame(BINARY, b"[]")),
    "binary fragment": (1003, frame(BINARY, b"[]", fin=False)),
    "not UTF-8": (1007, text(b"\xff")),
    "UTF-8 of a lone surrogate": (1007, text(b"\xed\xa0\x80")),
    "not UTF-8 across fragments": (
        1007,
        frame(TEXT, b"\xc3", fin=False) + frame(CONTINUATION, b"("),
    ),
    "close reason not UTF-8": (1007, frame(CLOSE, b"\x03\xe8\xff")),
    "announced as too big": (1009, b"\x81\xff" + (MIB + 1).to_bytes(8) + b"mask"),
    "too big in fragments": (
        1009,
        frame(TEXT, b"x" * MIB, fin=False) + frame(CONTINUATION, b"x"),
    ),
}


@pytest.mark.parametrize(("code", "raw"), VIOLATIONS.values(), ids=VIOLATIONS)
@on_uvloop
async def test_a_violation_closes_that_line_with_its_code(code: int, raw: bytes) -> None:
    """K14 among them; the neighbour does not notice."""
    async with door() as opened, opened.client() as neighbour:
        other = await opened.porter.hearing()
        async with opened.raw_line() as (peer, hearing):
            peer.write(raw)
            assert await peer.close_code() == code
            await until(lambda: hearing.count("closed"))
            peer.write(text(b"[]"))
            peer.writer.write_eof()
            assert await peer.rest() == b""
        await echo(neighbour, other, "[]")

    assert hearing.events == [("opened",), ("violated", code), ("closed",)]


@on_uvloop
async def test_what_follows_a_violation_is_not_received() -> None:
    async with door() as opened, opened.raw_line() as (peer, hearing):
        peer.write(frame(CLOSE, b"\x03\xed"))
        assert await peer.close_code() == 1002
        peer.write(text(b"[]") + frame(PING))
        await until(lambda: hearing.count("closed"))

    assert hearing.events == [("opened",), ("violated", 1002), ("closed",)]


@on_uvloop
async def test_a_violation_is_told_though_the_peer_runs_away() -> None:
    async with door() as opened, opened.raw_line() as (peer, hearing):
        peer.write(frame(3))
        peer.writer.write_eof()
        await until(lambda: hearing.count("closed"))

    assert hearing.events == [("opened",), ("violated", 1002), ("closed",)]


@on_uvloop
async def test_a_ping_is_answered_and_heard() -> None:
    async with door() as opened, opened.client() as client:
        hearing = await opened.porter.hearing()
        await (await client.ping(b"there?"))
        await client.pong()
        await until(lambda: hearing.count("heard") == 2)


@on_uvloop
async def test_a_quiet_line_is_pinged_and_a_missing_pong_closes_nothing() -> None:
    """K11: how long silence may last is for the conversation to say."""
    async with door(Limits(ping_seconds=0.05)) as opened, opened.raw_line() as (peer, hearing):
        pings = [await peer.frame() for _ in range(4)]
        assert hearing.events == [("opened",)]
        peer.write(frame(PONG))
        await until(lambda: hearing.count("heard"))

    assert {ping.opcode for ping in pings} == {PING}


@on_uvloop
async def test_a_flood_of_pings_is_cut_off() -> None:
    async with door(Limits(control_frames=20)) as opened, opened.raw_line() as (peer, hearing):
        peer.write(frame(PING) * 21)
        pongs = [(await peer.frame()).opcode for _ in range(20)]
        assert await peer.close_code() == 1008
        await until(lambda: hearing.count("closed"))

    assert set(pongs) == {PONG}
    assert hearing.events[-2:] == [("violated", 1008), ("closed",)]


@on_uvloop
async def test_large_and_small_messages_of_one_moment_arrive_intact() -> None:
    """The library lends out the memory of a large message's header and then writes in it."""
    sent = ["x" * 20_000, "[]", "y" * 70_000, "z" * 9_000, "[1]"]
    async with door() as opened, opened.client() as client:
        hearing = await opened.porter.hearing()
        for words in sent:
            hearing.line.send(words.encode())
        received = [await client.recv() for _ in sent]

    assert received == sent


@on_uvloop
async def test_a_peer_that_does_not_read_is_cut_off_at_the_limit() -> None:
    async with door(Limits(write_buffer_bytes=MIB)) as opened, opened.raw_line() as (peer, hearing):
        peer.writer.transport.pause_reading()  # type: ignore[attr-defined]  # the stub says Write
        sent = 0
        with capture_logs() as logs:
            while not hearing.count("closed"):
                hearing.line.send(b"x" * 50_000)
                sent += 50_000
                await asyncio.sleep(0)

    assert sent < 8 * MIB, "ours, and the kernel's on both sides"
    assert "line_choked" in {log["event"] for log in logs}
    assert hearing.events == [("opened",), ("closed",)]


@on_uvloop
async def test_while_paused_nothing_is_received_and_the_peer_is_held_back() -> None:
    total = 400
    async with door() as opened, opened.client() as client:
        hearing = await opened.porter.hearing()
        hearing.on_received = lambda frame: hearing.line.pause_reading()

        async def send_all() -> None:
            for number in range(total):
                await client.send(f"{number:>10000}")

        sending = asyncio.create_task(send_all())
        await until(lambda: hearing.frames)
        done, _ = await asyncio.wait([sending], timeout=0.3)
        assert not done, "4 MB went into a paused line"
        assert len(hearing.frames) == 1
        hearing.on_received = lambda frame: None
        hearing.line.resume_reading()
        await sending
        await until(lambda: len(hearing.frames) == total)

    assert hearing.frames == [f"{number:>10000}".encode() for number in range(total)]


@on_uvloop
async def test_messages_of_one_burst_wait_until_reading_is_resumed_each_time() -> None:
    sent = [b"[%d]" % number for number in range(100)]
    async with door() as opened, opened.raw_line() as (peer, hearing):
        hearing.on_received = lambda frame: hearing.line.pause_reading()
        peer.write(b"".join(map(text, sent)))
        for number in range(1, 101):
            await until(partial(lambda wanted: len(hearing.frames) == wanted, number))
            hearing.line.resume_reading()

    assert hearing.frames == sent


@on_uvloop
async def test_what_a_leaving_peer_said_before_is_delivered_though_paused() -> None:
    async with door() as opened, opened.raw_line() as (peer, hearing):
        hearing.on_received = lambda frame: hearing.line.pause_reading()
        peer.write(text(b"[1]") + text(b"[2]") + text(b"[3]") + frame(CLOSE, b"\x03\xe8"))
        assert await peer.close_code() == 1000
        await until(lambda: hearing.count("closed"))

    assert hearing.frames == [b"[1]", b"[2]", b"[3]"]


@on_uvloop
async def test_what_a_vanished_peer_said_before_is_delivered_though_paused() -> None:
    async with door() as opened, opened.raw_line() as (peer, hearing):
        hearing.on_received = lambda frame: hearing.line.pause_reading()
        peer.write(text(b"[1]") + text(b"[2]"))
        await until(lambda: hearing.frames)
        hearing.line.send(b"unread")
        await peer.frame()
        hearing.line.send(b"unread")
        peer.writer.transport.abort()
        while not hearing.count("closed"):
            hearing.line.send(b"[]")
            await asyncio.sleep(0.002)

    assert hearing.events[1:] == [("received", b"[1]"), ("received", b"[2]"), ("closed",)]


@on_uvloop
async def test_messages_keep_their_order_when_reading_is_resumed_in_a_burst() -> None:
    async with door() as opened, opened.raw_line() as (peer, hearing):
        pausing = {b"[1]": lambda: hearing.line.pause_reading()}
        hearing.on_received = lambda frame: pausing.get(frame, lambda: None)()
        hearing.on_heard = lambda: hearing.line.resume_reading()
        peer.write(text(b"[1]") + text(b"[2]") + frame(PING) + text(b"[3]"))
        await until(lambda: len(hearing.frames) == 3)

    assert hearing.frames == [b"[1]", b"[2]", b"[3]"]


@on_uvloop
async def test_a_burst_of_too_many_messages_while_paused_is_refused() -> None:
    async with door(Limits(paused_messages=10)) as opened, opened.raw_line() as (peer, hearing):
        hearing.on_received = lambda frame: hearing.line.pause_reading()
        peer.write(text(b"0") * 12)
        assert await peer.close_code() == 1008
        await until(lambda: hearing.count("closed"))

    assert len(hearing.frames) == 1


@on_uvloop
async def test_we_close_and_the_peer_agrees() -> None:
    async with door() as opened, opened.client() as client:
        hearing = await opened.porter.hearing()
        hearing.line.close(1008, "ü" * 100)
        hearing.line.close(1011, "once is enough")
        hearing.line.send(b"too late")
        with pytest.raises(ConnectionClosed) as caught:
            await client.recv()
        await until(lambda: hearing.count("closed"))

    assert caught.value.rcvd is not None
    assert (caught.value.rcvd.code, caught.value.rcvd.reason) == (1008, "ü" * 61)
    assert hearing.events == [("opened",), ("closed",)]


@on_uvloop
async def test_a_paused_line_can_be_closed_properly() -> None:
    async with door() as opened, opened.client() as client:
        hearing = await opened.porter.hearing()
        hearing.line.pause_reading()
        hearing.line.close(1000, "")
        with pytest.raises(ConnectionClosed):
            await client.recv()
        await until(lambda: hearing.count("closed"))


@on_uvloop
async def test_after_our_close_nothing_is_received_and_the_wait_is_bounded() -> None:
    async with door(Limits(close_seconds=0.1)) as opened, opened.raw_line() as (peer, hearing):
        hearing.line.close(1001, "")
        assert await peer.close_code() == 1001
        peer.write(text(b"[]") + frame(PING))
        assert await peer.rest() == b""
        await until(lambda: hearing.count("closed"))

    assert hearing.events == [("opened",), ("closed",)]


@on_uvloop
async def test_a_peer_that_closes_without_a_code_gets_1000() -> None:
    async with door() as opened, opened.raw_line() as (peer, hearing):
        peer.write(frame(CLOSE))
        assert await peer.close_code() == 1000
        assert await peer.rest() == b""
        await until(lambda: hearing.count("closed"))


@pytest.mark.parametrize("way", ["end of file", "reset", "our abort"])
@on_uvloop
async def test_a_line_that_breaks_is_closed_once(way: str) -> None:
    async with door() as opened, opened.raw_line() as (peer, hearing):
        if way == "end of file":
            peer.writer.write_eof()
        elif way == "reset":
            hearing.line.send(b"unread")
            await until(lambda: peer.reader._buffer)  # type: ignore[attr-defined]  # not in the stub
            peer.writer.transport.abort()
        else:
            hearing.line.abort()
            assert hearing.count("closed") == 0, "never from within the call"
            assert await peer.rest() == b""
        await until(lambda: hearing.count("closed"))
        hearing.line.send(b"[]")
        hearing.line.close(1000, "")
        hearing.line.abort()
        hearing.line.pause_reading()
        hearing.line.resume_reading()

    assert hearing.events == [("opened",), ("closed",)]


@pytest.mark.parametrize("where", ["opened", "received", "heard"])
@on_uvloop
async def test_a_conversation_that_fails_ends_its_own_line_with_1011(where: str) -> None:
    def prepare(hearing: Hearing) -> None:
        if opened.porter.hearings:
            hearing.failing = {where, "closed"}

    async with door() as opened, opened.client() as neighbour:
        opened.porter.prepare = prepare
        with capture_logs() as logs:
            async with opened.raw_line() as (peer, hearing):
                peer.write(frame(PING) if where == "heard" else text(b"[]"))
                answers = [await peer.frame()]
                if where == "heard":
                    answers.append(await peer.frame())
                await until(lambda: hearing.count("closed"))
        await echo(neighbour, opened.porter.hearings[0], "[]")

    assert answers[-1].opcode is CLOSE
    assert int.from_bytes(answers[-1].data[:2]) == 1011
    assert [log["event"] for log in logs] == ["conversation_failed"] * 2
    assert {log["address"] for log in logs} == {"127.0.0.1"}


@on_uvloop
async def test_a_conversation_that_fails_over_a_violation_is_closed_all_the_same() -> None:
    async with door() as opened, opened.raw_line() as (peer, hearing):
        hearing.failing = {"violated"}
        with capture_logs() as logs:
            peer.write(frame(BINARY))
            assert await peer.close_code() == 1003
        await until(lambda: hearing.count("closed"))

    assert [log["event"] for log in logs] == ["line_violated", "conversation_failed"]


@on_uvloop
async def test_a_conversation_that_fails_while_catching_up_ends_its_line() -> None:
    async with door() as opened, opened.raw_line() as (peer, hearing):
        hearing.on_received = lambda frame: hearing.line.pause_reading()
        peer.write(text(b"[1]") + text(b"[2]"))
        await until(lambda: hearing.frames)
        hearing.failing = {"received"}
        hearing.line.resume_reading()
        assert await peer.close_code() == 1011
        await until(lambda: hearing.count("closed"))


@pytest.mark.parametrize("way", ["they close", "we close", "we end", "violation", "reset"])
@on_uvloop
async def test_a_line_that_is_over_leaves_nothing_for_the_garbage_collector(way: str) -> None:
    """With thousands of lines collections are rare; reference counts alone must free them."""
    gc.collect()
    gc.disable()
    try:
        async with door() as opened:
            kept = await end_a_line(opened, way)
            await until(lambda: [reference() for reference in kept] == [None, None])
    finally:
        gc.enable()


async def end_a_line(opened: Door, way: str) -> tuple[weakref.ref[Line], weakref.ref[Hearing]]:
    async with opened.raw_line() as (peer, hearing):
        if way == "reset":
            peer.writer.transport.abort()
        elif way == "we end":
            opened.listener.close_now()
        elif way == "we close":
            hearing.line.close(1000, "")
            peer.write(frame(CLOSE, b"\x03\xe8"))
        else:
            peer.write(frame(CLOSE if way == "they close" else BINARY))
        await until(lambda: hearing.count("closed"))
    opened.porter.hearings.clear()
    return weakref.ref(hearing.line), weakref.ref(hearing)


@on_uvloop
async def test_what_the_kernel_holds_for_a_line_is_bounded() -> None:
    async with door(Limits(kernel_buffer_bytes=50_000)) as opened:
        server = opened.listener._server
        assert server is not None
        (socket,) = server.sockets

        for option in (SO_RCVBUF, SO_SNDBUF):  # the kernel doubles what it is told
            assert socket.getsockopt(SOL_SOCKET, option) == 100_000


@on_uvloop
async def test_the_same_over_tls() -> None:
    authority = trustme.CA()
    ours = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(ours)
    theirs = ssl.create_default_context()
    authority.configure_trust(theirs)
    porter = Porter()
    listener = await listen("127.0.0.1", 0, porter, Limits(linger_seconds=0.1))
    await listener.open_encrypted("127.0.0.1", 0, Plainly(ours))
    async with connect(
        f"wss://localhost:{listener.tls_port}/ocpp/S1", ssl=theirs, host="127.0.0.1", proxy=None
    ) as client:
        await echo(client, await porter.hearing(), "x" * 300_000)
        await client.send(b"binary")
        with pytest.raises(ConnectionClosedError) as caught:
            await client.recv()
    await listener.stop(2)

    assert porter.knocks[0].secure
    assert caught.value.rcvd is not None
    assert caught.value.rcvd.code == 1003
    assert porter.hearings[0].count("closed") == 1
