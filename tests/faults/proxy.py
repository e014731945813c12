"""A line that is bad on purpose: a TCP proxy between stations and central system (L13).

Each connection gets one of the moods; `calm` makes all lines good, those that are open too.
"""

import asyncio
import random
from collections.abc import Sequence
from contextlib import suppress
from enum import StrEnum

SLOW_SECONDS = (0.02, 0.1)
LOST = 0.3
BYTES_APART = 400
CHUNK = 65_536


class Mood(StrEnum):
    """What a line does to what goes over it."""

    GOOD = "good"
    BYTE_WISE = "byte-wise"  # every byte is a segment of its own
    LOSSY = "lossy"  # three of ten segments have to be sent again: they come late
    RESET = "reset"  # the line is cut in the middle of an answer


class Way(StrEnum):
    """A direction."""

    UP = "up"  # from the station
    DOWN = "down"  # to it


class Proxy:
    """Listens on a port of its own, and passes on to another one.

    What `swallows` names goes nowhere, without a word to either side, and an end that goes is not
    told to the other: a line that is half open.
    """

    def __init__(self, target: int, seed: int, moods: Sequence[Mood] = tuple(Mood)) -> None:
        self.target = target
        self.port = 0
        self.resets = 0
        self.swallows: frozenset[Way] = frozenset()
        self.swallowed = 0
        self._moods = moods
        self.lines = 0
        self.is_calm = False
        self._rng = random.Random(f"lines {seed}")
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> "Proxy":
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for each in tuple(self._tasks):
            each.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        self.lines += 1
        mood = self._rng.choice(self._moods)
        try:
            upwards, downwards = await asyncio.open_connection("127.0.0.1", self.target)
        except OSError:
            writer.transport.abort()
            return
        pumps = [
            asyncio.ensure_future(self._pump(reader, downwards, mood, Way.UP)),
            asyncio.ensure_future(self._pump(upwards, writer, mood, Way.DOWN)),
        ]
        try:
            with suppress(asyncio.CancelledError):  # its own end, which is no news
                await self._until_over(pumps)
        finally:
            for each in pumps:
                each.cancel()
            for one in (writer, downwards):
                one.transport.abort()

    async def _until_over(self, pumps: Sequence[asyncio.Future[None]]) -> None:
        await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        if self.swallows:
            await asyncio.Event().wait()  # nobody is told: it ends with the proxy

    async def _pump(
        self,
        source: asyncio.StreamReader,
        sink: asyncio.StreamWriter,
        mood: Mood,
        way: Way,
    ) -> None:
        left = self._rng.randint(2, 60)
        with suppress(ConnectionError):
            while content := await source.read(CHUNK):
                left -= 1
                if way in self.swallows:
                    self.swallowed += len(content)
                    continue
                if self.is_calm or mood is Mood.GOOD:
                    sink.write(content)
                elif mood is Mood.RESET and way is Way.DOWN and left <= 0:
                    sink.write(content[: len(content) // 2])
                    await sink.drain()
                    self.resets += 1
                    return
                elif mood is Mood.BYTE_WISE:
                    await _one_by_one(sink, content)
                else:
                    if mood is Mood.LOSSY and self._rng.random() < LOST:
                        await asyncio.sleep(self._rng.uniform(*SLOW_SECONDS))
                    sink.write(content)
                await sink.drain()


async def _one_by_one(sink: asyncio.StreamWriter, content: bytes) -> None:
    """Send the first bytes each by itself, and the rest of what is long at once."""
    for byte in content[:BYTES_APART]:
        sink.write(bytes([byte]))
        await asyncio.sleep(0)
    sink.write(content[BYTES_APART:])
