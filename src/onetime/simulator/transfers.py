"""Files over HTTP, as a station fetches and sends them; knows no message of OCPP.

HTTP 1.0 is spoken: an answer in pieces can not come then. FTP is not spoken, which is said.
"""

import asyncio
import ssl
from dataclasses import dataclass
from typing import Final
from urllib.parse import SplitResult, quote, urlsplit

LARGEST_FILE: Final = 64 << 20
TRANSFER_SECONDS: Final = 60.0
PORTS: Final = {"http": 80, "https": 443}


class TransferFailed(Exception):
    """The file did not come, or did not arrive; the text says why."""


class NotSpoken(TransferFailed):
    """The address is one of a protocol that the station does not speak."""


@dataclass(frozen=True)
class _Answer:
    status: int
    body: bytes


async def fetch(location: str, trust: ssl.SSLContext) -> bytes:
    """Return the file at an address; raises TransferFailed."""
    answer = await _request("GET", location, b"", trust)
    if answer.status != 200:
        raise TransferFailed(f"HTTP {answer.status}")
    return answer.body


async def send(location: str, name: str, content: bytes, trust: ssl.SSLContext) -> None:
    """Bring a file to an address, its name behind it; raises TransferFailed."""
    place = f"{location.rstrip('/')}/{quote(name, safe='')}"
    answer = await _request("PUT", place, content, trust)
    if not 200 <= answer.status < 300:
        raise TransferFailed(f"HTTP {answer.status}")


async def _request(method: str, location: str, content: bytes, trust: ssl.SSLContext) -> _Answer:
    parts = _parts(location)
    try:
        async with asyncio.timeout(TRANSFER_SECONDS):
            return await _exchange(method, parts, content, trust)
    except (OSError, TimeoutError, ValueError, asyncio.LimitOverrunError) as fault:
        raise TransferFailed(str(fault) or type(fault).__name__) from fault


def _parts(location: str) -> SplitResult:
    try:
        parts = urlsplit(location)
        is_whole = bool(parts.hostname) and parts.port != 0
    except ValueError:
        raise TransferFailed("no address") from None
    if parts.scheme not in PORTS:
        raise NotSpoken(f"{parts.scheme or 'nothing'} is not spoken")
    if not is_whole or not location.isascii() or not location.isprintable() or " " in location:
        raise TransferFailed("no address")
    return parts


async def _exchange(
    method: str, parts: SplitResult, content: bytes, trust: ssl.SSLContext
) -> _Answer:
    reader, writer = await asyncio.open_connection(
        parts.hostname,
        parts.port or PORTS[parts.scheme],
        ssl=trust if parts.scheme == "https" else None,
    )
    try:
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        host = parts.netloc.rpartition("@")[2]
        head = (
            f"{method} {target} HTTP/1.0\r\nHost: {host}\r\nContent-Length: {len(content)}\r\n\r\n"
        )
        writer.write(head.encode() + content)
        await writer.drain()
        return await _answer(reader)
    finally:
        writer.close()


async def _answer(reader: asyncio.StreamReader) -> _Answer:
    line = (await reader.readline()).split(b" ", 2)
    if len(line) < 2 or not line[0].startswith(b"HTTP/"):
        raise TransferFailed("no answer in HTTP")
    length: int | None = None
    while (field := (await reader.readline()).strip()) != b"":
        name, _, value = field.partition(b":")
        if name.strip().lower() == b"content-length":
            length = int(value)
    if length is not None and length > LARGEST_FILE:
        raise TransferFailed("the file is too large")
    body = b""
    while piece := await reader.read(65_536):
        body += piece
        if len(body) > LARGEST_FILE:
            raise TransferFailed("the file is too large")
    if length is not None and len(body) < length:
        raise TransferFailed("the file broke off")
    return _Answer(int(line[1]), body)
