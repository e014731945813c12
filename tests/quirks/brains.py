"""A scripted station that answers what it is asked by itself, rightly or in its own way.

It has a configuration, a list of cards and a cache; what a test wants otherwise stands in `ways`.
"""

import asyncio
import itertools
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

from websockets.exceptions import ConnectionClosed

from tests.quirks.conftest import Connect
from tests.quirks.station import DEADLINE_SECONDS, Payload, Station

Way = Callable[[Payload], object]


class Brain:
    """What a station knows; `asked` is all that it was asked, in order."""

    def __init__(self, **configuration: str) -> None:
        self.configuration = configuration
        self.readonly: set[str] = set()
        self.ways: dict[str, Way] = {}
        self.asked: list[tuple[str, Payload]] = []
        self.list_version = 0
        self.listed: dict[str, Payload] = {}

    def of(self, action: str) -> list[Payload]:
        """Return the payloads of all calls of one action."""
        return [payload for name, payload in self.asked if name == action]

    def changes(self) -> dict[str, str]:
        """Return what it was asked to change, the last value of each key."""
        return {each["key"]: each["value"] for each in self.of("ChangeConfiguration")}

    def answer(self, action: str, payload: Payload) -> object:
        """Return the payload of the answer; text is sent as it is, None is no answer."""
        self.asked.append((action, payload))
        if (way := self.ways.get(action)) is not None:
            return way(payload)
        known: dict[str, Way] = {
            "ChangeConfiguration": self._change,
            "ClearCache": lambda _: {"status": "Accepted"},
            "GetConfiguration": self._tell,
            "GetLocalListVersion": lambda _: {"listVersion": self.list_version},
            "SendLocalList": self.take_list,
        }
        return known.get(action, lambda _: {"status": "Accepted"})(payload)

    def take_list(self, payload: Payload) -> Payload:
        """Take a list over, as OCPP says."""
        if payload["updateType"] == "Full":
            self.listed = {}
        for entry in payload.get("localAuthorizationList", []):
            if "idTagInfo" in entry:
                self.listed[entry["idTag"]] = entry["idTagInfo"]
            else:
                self.listed.pop(entry["idTag"], None)
        self.list_version = payload["listVersion"]
        return {"status": "Accepted"}

    def _change(self, payload: Payload) -> Payload:
        self.configuration[payload["key"]] = payload["value"]
        return {"status": "Accepted"}

    def _tell(self, payload: Payload) -> Payload:
        keys = [
            {"key": key, "value": value, "readonly": key in self.readonly}
            for key, value in self.configuration.items()
            if not payload.get("key") or key in payload["key"]
        ]
        return {"configurationKey": keys}


class Thinking(Station):
    """A station whose brain answers; what it says itself goes beside that."""

    brain: Brain

    async def live(self) -> None:
        """Answer until the line ends."""
        self.waiting: dict[str, asyncio.Future[list]] = {}
        self.numbers = itertools.count(1)
        with suppress(ConnectionClosed):
            async for text in self.line:
                message = json.loads(text)
                if message[0] != 2:
                    self.waiting.pop(message[1]).set_result(message)
                    continue
                reply = self.brain.answer(message[2], message[3])
                if isinstance(reply, str):
                    await self.say(reply.replace("$id", message[1]))
                elif reply is not None:
                    await self.say(json.dumps([3, message[1], reply]))

    async def ask(self, action: str, payload: object, message_id: str | None = None) -> list:
        """Send a CALL and return its answer."""
        name = message_id or f"t{next(self.numbers)}"
        waiter: asyncio.Future[list] = asyncio.get_running_loop().create_future()
        self.waiting[name] = waiter
        await self.say(json.dumps([2, name, action, payload]))
        return await asyncio.wait_for(waiter, DEADLINE_SECONDS)


@asynccontextmanager
async def thinking(
    connect: Connect, brain: Brain, station_id: str | None = None
) -> AsyncIterator[Thinking]:
    """Let a station with this brain log in and boot."""
    async with connect(station_id) as plain:
        station = Thinking(plain.central, plain.id, plain.line)
        station.brain = brain
        task = asyncio.create_task(station.live())
        await asyncio.sleep(0)
        await station.boot()
        try:
            yield station
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
