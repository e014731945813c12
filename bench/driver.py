"""The load, in a process of its own, so that the central system has its core to itself.

`python -m bench.driver MODE URL STATIONS ...` prints one JSON object; times are milliseconds.

- `closed URL STATIONS SECONDS PID`: each station sends as soon as it is answered; PID is the
  central system, whose processor time is measured.
- `open URL STATIONS SECONDS RATE`: messages are sent when they are due, RATE a second of all
  stations together; an answer time counts from when the message was due.
- `idle URL STATIONS`: connects and boots, says so, and stays until its input ends.
- `handshakes URL COUNT PID`: stations come, boot and go, one after another.
- `storm URL STATIONS`: stations that were cut off in a charge come back all at once.
"""

import asyncio
import json
import sys
import time

import uvloop

from bench.conversation import Script
from bench.linux import cpu_seconds
from bench.stations import Station, connect, connect_all

WARM_UP_SECONDS = 1.0
LAST_ANSWER_SECONDS = 30.0
ARRIVING = 10
"""Stations at which cars arrive while the others come back."""

Measured = dict[str, float]


class Times:
    """The answer times of all stations, by action."""

    def __init__(self) -> None:
        self.seconds: list[tuple[str, float]] = []

    def told(self, action: str, seconds: float) -> None:
        """Keep one."""
        self.seconds.append((action, seconds))

    def of(self, action: str | None = None) -> list[float]:
        """Return them in order, in milliseconds; of one action or of all."""
        chosen = [each for name, each in self.seconds if action in (None, name)]
        if not chosen:
            raise RuntimeError("no message was answered")
        return sorted(1000 * each for each in chosen)


async def closed(url: str, count: int, seconds: float, pid: int) -> Measured:
    """Load as much as the central system takes; the first second does not count."""
    times = Times()
    stations = await connect_all(url, range(count), times.told)
    for station in stations:
        station.talk(station.script.frames())
    await asyncio.sleep(WARM_UP_SECONDS)
    times.seconds.clear()
    began, cpu = time.perf_counter(), cpu_seconds(pid)
    await asyncio.sleep(seconds)
    elapsed, cpu = time.perf_counter() - began, cpu_seconds(pid) - cpu
    measured = times.of()
    return {**summary(measured, elapsed), "cpu_us": round(1e6 * cpu / len(measured), 1)}


async def open_loop(url: str, count: int, seconds: float, rate: float) -> Measured:
    """Load at a pace, whether or not the central system keeps up; every message counts."""
    times = Times()
    stations = await connect_all(url, range(count), times.told)
    for station in stations:
        station.listen_to(station.script.frames())
    began = time.perf_counter()
    for number in range(int(seconds * rate)):
        due = began + number / rate
        if (delay := due - time.perf_counter()) > 0:
            await asyncio.sleep(delay)
        stations[number % count].due(due)
    elapsed = time.perf_counter() - began
    await _all_answered(stations)
    return summary(times.of(), elapsed)


async def storm(url: str, count: int) -> Measured:
    """Cut all stations off in the middle of a charge, then let them come back at once.

    Each sends a boot, three states and twenty queued MeterValues; meanwhile cars arrive elsewhere.
    """
    nobody = Times()
    stations = await connect_all(url, range(count), nobody.told)
    for station in stations:
        station.talk(station.script.charge_begins())
    await asyncio.gather(*(each.finished for each in stations))
    scripts = [station.script for station in stations]
    for station in stations:
        station.transport.disconnect()
    arrivals, times = Times(), Times()
    arriving = await connect_all(url, range(count, count + ARRIVING), arrivals.told)
    for station in arriving:
        station.talk(station.script.charges())
    began = time.perf_counter()
    async with asyncio.TaskGroup() as tasks:
        for number, script in enumerate(scripts):
            tasks.create_task(_come_back(url, number, script, times))
    elapsed = time.perf_counter() - began
    answered = summary(times.of(), elapsed)
    answered["messages"] += count  # the boots, whose answers each station awaited first
    answered["start_p99_ms"] = percentile(arrivals.of("StartTransaction"), 0.99)
    return answered


async def handshakes(url: str, count: int, pid: int) -> Measured:
    """Let stations come one after another; each login is timed, to its opening alone."""
    nobody = Times()
    await _come_and_go(url, 0, nobody)  # the first is slower than any other
    took = []
    cpu = cpu_seconds(pid)
    for number in range(1, count + 1):
        began = time.perf_counter()
        station = await connect(url, number % 10, nobody.told)
        took.append(1000 * (time.perf_counter() - began))
        await station.booted
        station.transport.disconnect()
    used = cpu_seconds(pid) - cpu
    took.sort()
    return {
        "handshakes": count,
        "p50_ms": percentile(took, 0.5),
        "p99_ms": percentile(took, 0.99),
        "cpu_us": round(1e6 * used / count, 1),
    }


async def _come_and_go(url: str, number: int, times: Times) -> None:
    station = await connect(url, number, times.told)
    await station.booted
    station.transport.disconnect()


async def _come_back(url: str, number: int, script: Script, times: Times) -> None:
    station = await connect(url, number, times.told, script)
    await station.booted
    station.talk(script.after_outage())
    await station.finished


async def idle(url: str, count: int) -> Measured:
    """Stay connected and say nothing until the input ends."""
    await connect_all(url, range(count), Times().told)
    print("connected", flush=True)
    await asyncio.to_thread(sys.stdin.read)
    return {"stations": count}


async def _all_answered(stations: list[Station]) -> None:
    deadline = time.perf_counter() + LAST_ANSWER_SECONDS
    while any(station.is_waiting for station in stations):
        if time.perf_counter() > deadline:
            raise RuntimeError("the central system left messages unanswered")
        await asyncio.sleep(0.01)


def summary(measured: list[float], elapsed: float) -> Measured:
    """Return counts and percentiles of sorted answer times (ms) within `elapsed` seconds."""
    return {
        "messages": len(measured),
        "seconds": round(elapsed, 3),
        "messages_per_second": round(len(measured) / elapsed, 1),
        "p50_ms": percentile(measured, 0.5),
        "p99_ms": percentile(measured, 0.99),
        "max_ms": round(measured[-1], 2),
    }


def percentile(measured: list[float], share: float) -> float:
    """Return a percentile of sorted values."""
    return round(measured[min(int(len(measured) * share), len(measured) - 1)], 2)


async def main(mode: str, url: str, count: int, *more: float) -> Measured:
    """Drive as asked."""
    match mode, more:
        case "closed", (seconds, pid):
            return await closed(url, count, seconds, int(pid))
        case "open", (seconds, rate):
            return await open_loop(url, count, seconds, rate)
        case "handshakes", (pid,):
            return await handshakes(url, count, int(pid))
        case "storm", ():
            return await storm(url, count)
        case "idle", ():
            return await idle(url, count)
    raise SystemExit(__doc__)


if __name__ == "__main__":
    _mode, _url, _count, *_more = sys.argv[1:]
    print(json.dumps(uvloop.run(main(_mode, _url, int(_count), *map(float, _more)))))
