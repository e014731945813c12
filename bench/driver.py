"""The load, in a process of its own: stations that send as fast as they are answered, or at a pace.

`python -m bench.driver URL STATIONS SECONDS [RATE]` prints one JSON object: messages, seconds and
answer times in milliseconds. With RATE (messages per second of all stations) the loop is open:
a message is sent when it is due, whether or not others have been answered, and its answer time
counts from when it was due.
"""

import asyncio
import json
import re
import sys
import time
from collections import deque

import uvloop
from picows import WSFrame, WSListener, WSMsgType, WSTransport, ws_connect

from bench.conversation import Script

_TRANSACTION = re.compile(rb'"transactionId":(\d+)')
WARM_UP_SECONDS = 1.0


class Station(WSListener):
    """One bench station; in a closed loop it sends the next message when it is answered."""

    def __init__(self, number: int, times: list[float], is_open_loop: bool) -> None:
        self.script = Script(number)
        self.ready = asyncio.get_running_loop().create_future()
        self.is_running = False
        self._frames = self.script.frames()
        self._times = times
        self._sent: deque[tuple[str, float]] = deque()
        self._is_open_loop = is_open_loop
        self._due: deque[float] = deque()

    def on_ws_connected(self, transport: WSTransport) -> None:
        self.transport = transport
        self._sent.append(("BootNotification", time.perf_counter()))
        transport.send(WSMsgType.TEXT, self.script.boot())

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        if frame.msg_type is not WSMsgType.TEXT:
            return
        text = frame.get_payload_as_bytes()
        if text.startswith(b"[2"):
            message_id = json.loads(text)[1]
            answer = f'[3,"{message_id}",{{"configurationKey":[]}}]'
            transport.send(WSMsgType.TEXT, answer.encode())
            return
        if not text.startswith(b"[3"):
            raise RuntimeError(f"the central system refused: {text[:200]!r}")
        action, sent_at = self._sent.popleft()
        if action == "BootNotification":
            self.ready.set_result(None)
            return
        if action == "StartTransaction":
            found = _TRANSACTION.search(text)
            assert found is not None
            self.script.transaction_id = int(found[1])
        self._times.append(time.perf_counter() - sent_at)
        if self._is_open_loop:
            if self._due:
                self._send(self._due.popleft())
        elif self.is_running:
            self.send()

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        if not self.ready.done():
            self.ready.set_exception(ConnectionError("refused"))

    def send(self, due_at: float | None = None) -> None:
        """Send the next message, behind those that wait for an answer (OCPP-J: one at a time)."""
        if due_at is not None and self._sent:
            self._due.append(due_at)
        else:
            self._send(due_at if due_at is not None else time.perf_counter())

    def _send(self, since: float) -> None:
        action, frame = next(self._frames)
        self._sent.append((action, since))
        self.transport.send(WSMsgType.TEXT, frame)


async def connect(url: str, stations: int, times: list[float], open_loop: bool) -> list[Station]:
    """Connect all stations and wait until each has booted."""
    connected = []
    for number in range(stations):
        station = Station(number, times, open_loop)
        await ws_connect(
            lambda station=station: station,
            f"{url}/B{number:05}",
            extra_headers={"Sec-WebSocket-Protocol": "ocpp1.6"},
        )
        connected.append(station)
    await asyncio.gather(*(each.ready for each in connected))
    return connected


async def drive(url: str, stations: int, seconds: float, rate: float | None) -> dict[str, float]:
    """Load the central system and measure; the first second does not count."""
    times: list[float] = []
    connected = await connect(url, stations, times, rate is not None)
    if rate is None:
        for station in connected:
            station.is_running = True
            station.send()
        await asyncio.sleep(WARM_UP_SECONDS)
        times.clear()
        began = time.perf_counter()
        await asyncio.sleep(seconds)
    else:
        began = time.perf_counter()
        await _pace(connected, seconds, rate)
    measured = sorted(times)
    elapsed = time.perf_counter() - began
    for station in connected:
        station.is_running = False
    return summary(measured, elapsed)


async def _pace(connected: list[Station], seconds: float, rate: float) -> None:
    began = time.perf_counter()
    for number in range(int(seconds * rate)):
        due = began + number / rate
        delay = due - time.perf_counter()
        if delay > 0:
            await asyncio.sleep(delay)
        connected[number % len(connected)].send(due)


def summary(measured: list[float], elapsed: float) -> dict[str, float]:
    """Return counts and percentiles of answer times (seconds in, milliseconds out)."""
    if not measured:
        raise RuntimeError("no message was answered")
    return {
        "messages": len(measured),
        "seconds": round(elapsed, 3),
        "messages_per_second": round(len(measured) / elapsed, 1),
        "p50_ms": round(measured[len(measured) // 2] * 1000, 2),
        "p99_ms": round(measured[int(len(measured) * 0.99)] * 1000, 2),
        "max_ms": round(measured[-1] * 1000, 2),
    }


if __name__ == "__main__":
    target, count, duration, *pace = sys.argv[1:]
    result = uvloop.run(
        drive(target, int(count), float(duration), float(pace[0]) if pace else None)
    )
    print(json.dumps(result))
