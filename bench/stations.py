"""A bench station on its socket: says the next message when the last one is answered (OCPP-J).

Knows a central system by its address only; measures how long each answer takes.
"""

import asyncio
import json
import re
import ssl
import time
from collections import deque
from collections.abc import Callable, Iterator

from picows import WSFrame, WSListener, WSMsgType, WSTransport, ws_connect

from bench.conversation import Script, station_name

Told = Callable[[str, float], None]
"""Hears the action of each answered message and its answer time in seconds."""

_TRANSACTION = re.compile(rb'"transactionId":(\d+)')
_BOOT = "BootNotification"


class Station(WSListener):
    """One station; it boots as soon as it is connected, then says what it is given to say."""

    def __init__(self, script: Script, told: Told) -> None:
        loop = asyncio.get_running_loop()
        self.script = script
        self.booted: asyncio.Future[None] = loop.create_future()
        self.finished: asyncio.Future[None] = loop.create_future()
        self._told = told
        self._frames: Iterator[tuple[str, bytes]] = iter(())
        self._open: tuple[str, float] | None = None
        self._due: deque[float] = deque()
        self._keeps_on = False

    def talk(self, frames: Iterator[tuple[str, bytes]]) -> None:
        """Say all of this, one message after another; then `finished` is set."""
        self._frames = frames
        self._keeps_on = True
        self._say(time.perf_counter())

    def listen_to(self, frames: Iterator[tuple[str, bytes]]) -> None:
        """Have this to say, a message whenever one is `due`."""
        self._frames = frames

    def due(self, at: float) -> None:
        """Say one message now, or when those before it are answered; its time counts from `at`."""
        if self._open is None:
            self._say(at)
        else:
            self._due.append(at)

    def stop(self) -> None:
        """Say no more."""
        self._keeps_on = False

    @property
    def is_waiting(self) -> bool:
        """Say whether an answer is awaited."""
        return self._open is not None

    def on_ws_connected(self, transport: WSTransport) -> None:
        """Boot."""
        self.transport = transport
        self._send(_BOOT, self.script.boot(), time.perf_counter())

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        """Let nobody wait for a line that is gone."""
        for waiter in (self.booted, self.finished):
            if not waiter.done():
                waiter.set_exception(ConnectionError("the central system closed the line"))
                waiter.exception()  # retrieved here, in case nobody waits

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        """Take an answer, or answer a call in the least way."""
        if frame.msg_type is not WSMsgType.TEXT:
            return
        text = frame.get_payload_as_bytes()
        if text.startswith(b"[2"):
            answer = f'[3,"{json.loads(text)[1]}",{{"configurationKey":[]}}]'
            transport.send(WSMsgType.TEXT, answer.encode())
            return
        if not text.startswith(b"[3") or self._open is None:
            raise RuntimeError(f"the central system refused: {text[:200]!r}")
        self._answered(text)

    def _answered(self, text: bytes) -> None:
        assert self._open is not None
        (action, since), self._open = self._open, None
        if action == _BOOT:
            self.booted.set_result(None)
            return
        if action == "StartTransaction":
            found = _TRANSACTION.search(text)
            assert found is not None
            self.script.transaction_id = int(found[1])
        now = time.perf_counter()
        self._told(action, now - since)
        if self._due:
            self._say(self._due.popleft())
        elif self._keeps_on:
            self._say(now)

    def _say(self, since: float) -> None:
        said = next(self._frames, None)
        if said is None:
            self._keeps_on = False
            self.finished.set_result(None)
        else:
            self._send(*said, since)

    def _send(self, action: str, frame: bytes, since: float) -> None:
        self._open = (action, since)
        self.transport.send(WSMsgType.TEXT, frame)


def _trusting() -> ssl.SSLContext:
    """Return what speaks TLS and does not look whom with: that would be the load's own work."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


TRUSTING = _trusting()


async def connect(url: str, number: int, told: Told, script: Script | None = None) -> Station:
    """Connect one station; it has not yet booted."""
    station = Station(script or Script(number), told)
    await ws_connect(
        lambda: station,
        f"{url}/{station_name(number)}",
        extra_headers={"Sec-WebSocket-Protocol": "ocpp1.6"},
        ssl_context=TRUSTING if url.startswith("wss:") else None,
    )
    return station


async def connect_all(url: str, numbers: range, told: Told) -> list[Station]:
    """Connect stations one after another and wait until each has booted."""
    stations = [await connect(url, number, told) for number in numbers]
    await asyncio.gather(*(each.booted for each in stations))
    return stations
