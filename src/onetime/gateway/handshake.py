"""The HTTP part of a WebSocket handshake, bytes to values and back (RFC 6455, 4.2.1; RFC 9112).

Knows nothing of sockets, and nothing of who may come in.
"""

import binascii
import re
from http import HTTPStatus

from msgspec import Struct

from onetime.gateway.door import Refused

HEAD_END = b"\r\n\r\n"
VERSION = "13"
KEY_BYTES = 16

# A second one of these would leave open which of the two was meant.
SINGLE_HEADERS = frozenset(
    ("authorization", "content-length", "host", "sec-websocket-key", "sec-websocket-version")
)

_TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_TARGET = re.compile(r"[\x21-\x7e\x80-\xff]+")
_VALUE = re.compile(r"[\t\x20-\x7e\x80-\xff]*")

NOT_A_WEBSOCKET = Refused(
    HTTPStatus.UPGRADE_REQUIRED,
    (("Upgrade", "websocket"), ("Sec-WebSocket-Version", VERSION)),
    "This address speaks OCPP over WebSocket, version 13; it serves no pages.",
)
TOO_LARGE = Refused(
    HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, (), "The request is larger than this server reads."
)
TOO_SLOW = Refused(HTTPStatus.REQUEST_TIMEOUT, (), "The request did not arrive in time.")


class Request(Struct, frozen=True):
    """A request for an upgrade that is well formed."""

    target: str
    headers: dict[str, str]
    subprotocols: tuple[str, ...]
    key: str


def read_head(head: bytes) -> Request | Refused:
    """Read a request without the blank line that ends it; each byte becomes one character."""
    request_line, *lines = head.decode("latin-1").split("\r\n")
    target = _read_request_line(request_line)
    if isinstance(target, Refused):
        return target
    headers: dict[str, str] = {}
    offered: list[str] = []
    for line in lines:
        name, colon, value = line.partition(":")
        name, value = name.lower(), value.strip(" \t")
        if not (colon and _TOKEN.fullmatch(name) and _VALUE.fullmatch(value)):
            return _bad("A header line is malformed.")
        if name in headers and name in SINGLE_HEADERS:
            return _bad(f"There is more than one {name} header.")
        headers.setdefault(name, value)
        if name == "sec-websocket-protocol":
            offered += _listed(value)
    return _check_upgrade(target, headers, tuple(offered))


def refusal_bytes(refused: Refused) -> bytes:
    """Write a complete answer that ends the connection.

    ValueError: a header that would break out of its line.
    """
    body = refused.body.encode()
    headers = [*refused.headers, ("Content-Length", str(len(body))), ("Connection", "close")]
    if body:
        headers.append(("Content-Type", "text/plain; charset=utf-8"))
    for name, value in headers:
        if not (_TOKEN.fullmatch(name) and _VALUE.fullmatch(value)):
            raise ValueError(f"the header {name!r} cannot be sent")
    lines = [f"HTTP/1.1 {refused.status} {HTTPStatus(refused.status).phrase}"]
    lines += [f"{name}: {value}" for name, value in headers]
    return "\r\n".join(lines).encode("latin-1") + HEAD_END + body


def plain_request(key: str) -> bytes:
    """Write the least that a WebSocket server accepts as a request."""
    return (
        "GET / HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Version: {VERSION}\r\nSec-WebSocket-Key: {key}\r\n\r\n"
    ).encode("ascii")


def _read_request_line(line: str) -> str | Refused:
    parts = line.split(" ")
    if len(parts) != 3 or not _TOKEN.fullmatch(parts[0]) or not _TARGET.fullmatch(parts[1]):
        return _bad("The request line is malformed.")
    method, target, version = parts
    if version != "HTTP/1.1":
        if not version.startswith("HTTP/"):
            return _bad("The request line is malformed.")
        return Refused(HTTPStatus.HTTP_VERSION_NOT_SUPPORTED, (), "Only HTTP/1.1 is spoken here.")
    if method != "GET":
        return Refused(HTTPStatus.METHOD_NOT_ALLOWED, (("Allow", "GET"),), "Only GET is possible.")
    return target


def _check_upgrade(
    target: str, headers: dict[str, str], offered: tuple[str, ...]
) -> Request | Refused:
    if "transfer-encoding" in headers or headers.get("content-length", "0").strip("0"):
        return _bad("The request has a body.")
    asks = "websocket" in _listed(headers.get("upgrade", "").lower())
    if not (asks and "upgrade" in _listed(headers.get("connection", "").lower())):
        return NOT_A_WEBSOCKET
    if headers.get("sec-websocket-version") != VERSION:
        return NOT_A_WEBSOCKET
    key = headers.get("sec-websocket-key", "")
    if not _is_key(key):
        return _bad("The Sec-WebSocket-Key header is missing or malformed.")
    return Request(target, headers, offered, key)


def _is_key(text: str) -> bool:
    try:
        return len(binascii.a2b_base64(text.encode("ascii"), strict_mode=True)) == KEY_BYTES
    except (UnicodeEncodeError, binascii.Error):
        return False


def _listed(value: str) -> list[str]:
    return [word for part in value.split(",") if (word := part.strip(" \t"))]


def _bad(why: str) -> Refused:
    return Refused(HTTPStatus.BAD_REQUEST, (), why)
