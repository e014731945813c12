"""Requests are read strictly; what is no upgrade gets a clean answer."""

import pytest

from onetime.gateway.door import Refused
from onetime.gateway.handshake import Request, plain_request, read_head, refusal_bytes
from tests.gateway.peers import KEY, request


def read(raw: bytes) -> Request | Refused:
    return read_head(raw.removesuffix(b"\r\n\r\n"))


def test_a_proper_request_is_read_byte_for_byte() -> None:
    assert read(request("X-Odd:\t \xe4\xff ", target="/ocpp/a%20b")) == Request(
        "/ocpp/a%20b",
        {
            "host": "central",
            "upgrade": "websocket",
            "connection": "Upgrade",
            "sec-websocket-version": "13",
            "sec-websocket-key": KEY,
            "x-odd": "\xe4\xff",
        },
        (),
        KEY,
    )


def test_the_least_request_is_a_proper_one() -> None:
    assert isinstance(read(plain_request(KEY)), Request)


def altered(old: str, new: str) -> bytes:
    raw = request()
    assert old.encode() in raw
    return raw.replace(old.encode(), new.encode("latin-1"))


NOT_UPGRADES = {
    "nothing": (400, b""),
    "a TLS greeting": (400, b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"),
    "an OCPP frame": (400, b'[2,"1","Heartbeat",{}]'),
    "two words": (400, altered(" HTTP/1.1", "")),
    "no target": (400, altered("/ocpp/S1", "")),
    "a blank in the target": (400, altered("/ocpp/S1", "/ocpp/S 1")),
    "a control character in the target": (400, altered("/ocpp/S1", "/ocpp/\x00")),
    "another protocol": (400, altered("HTTP/1.1", "RTSP/1.0")),
    "HTTP/1.0": (505, altered("HTTP/1.1", "HTTP/1.0")),
    "HTTP/2": (505, b"PRI * HTTP/2.0"),
    "POST": (405, altered("GET", "POST")),
    "no colon": (400, request("Oops")),
    "a folded line": (400, request("X: a", " b")),
    "a blank before the colon": (400, request("Host : x")),
    "no name": (400, request(": x")),
    "a control character in a value": (400, request("X: a\x00b")),
    "a bare line feed": (400, request("X: a\nY: b")),
    "two keys": (400, request(f"Sec-WebSocket-Key: {KEY}")),
    "two passwords": (400, request("Authorization: a", "authorization: b")),
    "a body": (400, request("Content-Length: 5")),
    "an odd length": (400, request("Content-Length: -1")),
    "a chunked body": (400, request("Transfer-Encoding: chunked")),
    "no key": (400, altered("Sec-WebSocket-Key", "Sec-WebSocket-Quay")),
    "a short key": (400, altered(KEY, "AAAA")),
    "a key that is not base64": (400, altered(KEY, "!" * 24)),
    "a key beyond ASCII": (400, altered(KEY, "\xe4" * 24)),
    "no upgrade": (426, altered("Upgrade: websocket", "X: y")),
    "another upgrade": (426, altered("websocket\r\nConnection", "h2c\r\nConnection")),
    "no connection header": (426, altered("Connection: Upgrade", "Connection: close")),
    "an old version": (426, altered("Version: 13", "Version: 8")),
}


@pytest.mark.parametrize(("status", "raw"), NOT_UPGRADES.values(), ids=NOT_UPGRADES)
def test_what_is_no_upgrade_is_answered_with_a_reason(status: int, raw: bytes) -> None:
    refused = read(raw)

    assert isinstance(refused, Refused)
    assert refused.status == status
    assert refused.body


def test_a_browser_is_told_what_is_spoken_here() -> None:
    refused = read(b"GET / HTTP/1.1\r\nHost: central")

    assert isinstance(refused, Refused)
    assert dict(refused.headers) == {"Upgrade": "websocket", "Sec-WebSocket-Version": "13"}


def test_a_content_length_of_zero_is_no_body() -> None:
    assert isinstance(read(request("Content-Length: 0")), Request)


def test_a_refusal_is_complete_and_ends_the_connection() -> None:
    refused = Refused(401, (("WWW-Authenticate", 'Basic realm="ocpp"'),), "Nö")

    assert refusal_bytes(refused) == (
        b"HTTP/1.1 401 Unauthorized\r\n"
        b'WWW-Authenticate: Basic realm="ocpp"\r\n'
        b"Content-Length: 3\r\n"
        b"Connection: close\r\n"
        b"Content-Type: text/plain; charset=utf-8\r\n"
        b"\r\n"
        b"N\xc3\xb6"
    )


def test_a_header_cannot_break_out_of_its_line() -> None:
    with pytest.raises(ValueError, match="'X'"):
        refusal_bytes(Refused(404, (("X", "a\r\nSet-Cookie: b"),)))
