"""Peers that mean harm, and the honest stations that are measured beside them.

All of it stays on this computer, is bounded in number and time, and ends with its test.
"""

import asyncio
import base64
import sys
import time
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from tests.garages import BOOT, PASSWORD, House
from tests.gateway.peers import Peer, request
from tests.hostile.frames import BINARY, PING, TEXT, framed

HONEST = 5
BETWEEN_SECONDS = 0.02
PATIENCE_SECONDS = 20.0
"""Of an honest station. The p99 is to be below 1 s (L20): that is told, and not required of a
computer that may have other things to do."""
ELSEWHERE = "127.0.0.9"
METER = {
    "connectorId": 1,
    "meterValue": [
        {"timestamp": "2026-03-01T12:00:00Z", "sampledValue": [{"value": "1000", "unit": "Wh"}]}
    ],
}


class Latencies:
    """How long honest stations waited for their answers."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    @property
    def p99(self) -> float:
        return sorted(self.seconds)[int(len(self.seconds) * 0.99)]


@asynccontextmanager
async def honest_stations(house: House, what: str) -> AsyncIterator[Latencies]:
    """Let stations talk meanwhile; each is answered, in time, over the line it came with."""
    latencies = Latencies()
    stations = [
        await house.connect(f"HONEST-{number}", PASSWORD.encode()) for number in range(HONEST)
    ]
    for station in stations:
        await station.call("BootNotification", BOOT)
    is_over = asyncio.Event()

    async def talk(number: int) -> None:
        while not is_over.is_set():
            began = time.perf_counter()
            await stations[number].call("MeterValues", METER, seconds=PATIENCE_SECONDS)
            latencies.seconds.append(time.perf_counter() - began)
            await asyncio.sleep(BETWEEN_SECONDS)

    async with asyncio.TaskGroup() as tasks:
        for number in range(HONEST):
            tasks.create_task(talk(number))
        try:
            yield latencies
        finally:
            is_over.set()
    told = f"{len(latencies.seconds)} honest calls, p99 {latencies.p99 * 1000:.0f} ms"
    sys.stdout.write(f"{what}: {told}\n")


@asynccontextmanager
async def socket_to(house: House, address: str = ELSEWHERE) -> AsyncIterator[Peer]:
    """A bare socket from an address of our own."""
    reader, writer = await asyncio.open_connection(
        "127.0.0.1", house.listener.port, local_addr=(address, 0), limit=4 * 1024 * 1024
    )
    try:
        yield Peer(reader, writer)
    finally:
        writer.transport.abort()
        with suppress(ConnectionError):
            await writer.wait_closed()


async def knock(
    house: House, identity: str, password: str | None = None, address: str = ELSEWHERE
) -> int:
    """Ask for an upgrade; return the HTTP status."""
    headers = ["Sec-WebSocket-Protocol: ocpp1.6"]
    if password is not None:
        credential = base64.b64encode(f"{identity}:{password}".encode()).decode()
        headers.append(f"Authorization: Basic {credential}")
    async with socket_to(house, address) as peer:
        peer.write(request(*headers, target=f"/ocpp/{identity}"))
        return int((await peer.head()).split(" ")[1])


@asynccontextmanager
async def intruder(house: House, identity: str) -> AsyncIterator[Peer]:
    """A bare socket of a station that was let in, and may say what it likes."""
    credential = base64.b64encode(f"{identity}:{PASSWORD}".encode()).decode()
    async with socket_to(house) as peer:
        peer.write(
            request(
                "Sec-WebSocket-Protocol: ocpp1.6",
                f"Authorization: Basic {credential}",
                target=f"/ocpp/{identity}",
            )
        )
        assert (await peer.head()).startswith("HTTP/1.1 101 ")
        yield peer


def compressed_bomb() -> bytes:
    """A kilobyte that would be a megabyte, had compression been agreed on."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return framed(packer.compress(bytes(1_000_000)) + packer.flush(), first=0x80 | 0x40)


def fragmented_bomb() -> list[bytes]:
    """A message in fragments that has no end; the limit is a MiB."""
    piece = b"x" * 60_000
    first = framed(b'[2,"1","DataTransfer",{"data":"' + piece, first=0)
    return [first, *[framed(piece, opcode=0, first=0)] * 40]


def ping_flood() -> list[bytes]:
    """More signs of life than a window allows."""
    return [framed(b"", opcode=PING)] * 300


def not_text() -> bytes:
    """What carries no text."""
    return framed(b"\0" * 100, opcode=BINARY)


def nonsense() -> bytes:
    """A message that asks for nothing."""
    return framed(b"nonsense", opcode=TEXT)
