"""Stations and programs at the same time, in a process of its own.

`python -m bench.programs OCPP_URL STATIONS SECONDS RATE WEB_URL TOKEN CLIENTS REQUESTS` lets
stations send at a pace, and as many clients as said ask for lists, REQUESTS a second of all
together. Both are open loops: what is due is sent, and an answer's time counts from when it was
due. Prints one JSON object; times are milliseconds.
"""

import asyncio
import itertools
import json
import sys
import time
from collections.abc import Sequence
from urllib.parse import urlsplit

import uvloop

from bench.driver import Measured, open_loop, summary

LISTS = (
    "/sessions?limit=50",
    "/sessions?open=true&limit=50",
    "/renters?limit=50",
    "/renters/1/sessions?limit=50",
    "/sessions?from=2019-03-01&to=2019-04-01&limit=50",
    "/spots?limit=100",
    "/stations?limit=100",
    "/tokens?limit=50",
    "/review",
)


class Client:
    """One connection of a program; it asks when it is its turn."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        self._turn = asyncio.Lock()

    async def ask(self, path: str, token: str) -> None:
        """Get a list; anything but 200 is an error."""
        async with self._turn:
            request = f"GET /api/v1{path} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {token}"
            self._writer.write(f"{request}\r\n\r\n".encode())
            head = (await self._reader.readuntil(b"\r\n\r\n")).lower()
            if not head.startswith(b"http/1.1 200 "):
                raise RuntimeError(f"{path}: {head[:40]!r}")
            size = int(head.partition(b"content-length:")[2].split(b"\r\n")[0])
            await self._reader.readexactly(size)

    def end(self) -> None:
        """Hang up."""
        self._writer.close()


async def ask_lists(
    url: str, token: str, count: int, seconds: float, rate: float
) -> tuple[list[float], float]:
    """Ask for lists at a pace; return the times in order, and how long it took."""
    place = urlsplit(url)
    clients = [
        Client(*await asyncio.open_connection(place.hostname, place.port)) for _ in range(count)
    ]
    for path in LISTS:  # SQLAlchemy writes a statement's SQL when it is first asked
        await clients[0].ask(path, token)
    times: list[float] = []
    began = time.perf_counter()

    async def ask(client: Client, path: str, due: float) -> None:
        await client.ask(path, token)
        times.append(1000 * (time.perf_counter() - due))

    async with asyncio.TaskGroup() as tasks:
        turns = zip(itertools.cycle(clients), itertools.cycle(LISTS), strict=False)
        for number, (client, path) in enumerate(itertools.islice(turns, int(seconds * rate))):
            due = began + number / rate
            if (delay := due - time.perf_counter()) > 0:
                await asyncio.sleep(delay)
            tasks.create_task(ask(client, path, due))
    elapsed = time.perf_counter() - began
    for client in clients:
        client.end()
    return sorted(times), elapsed


async def main(arguments: Sequence[str]) -> Measured:
    """Let both go on for as long as said."""
    ocpp, stations, seconds, rate, web, token, clients, requests = arguments
    messages, (times, elapsed) = await asyncio.gather(
        open_loop(ocpp, int(stations), float(seconds), float(rate)),
        ask_lists(web, token, int(clients), float(seconds), float(requests)),
    )
    lists = summary(times, elapsed)
    told = ("messages", "p50_ms", "p99_ms", "max_ms")
    return {**messages, **{f"list_{name}": lists[name] for name in told}}


if __name__ == "__main__":
    print(json.dumps(uvloop.run(main(sys.argv[1:]))))
