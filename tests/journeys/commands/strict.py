"""A station of the `ocpp` package: it holds every message against the official schemas.

It answers as it is told to, for every command there is.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable

from ocpp.charge_point import camel_to_snake_case
from ocpp.exceptions import NotSupportedError
from ocpp.routing import on
from ocpp.v16 import ChargePoint, call, call_result
from websockets.asyncio.client import ClientConnection

from tests.journeys.commands.table import CASES, Json


class Strict(ChargePoint):  # type: ignore[misc]  # the package has no types
    """One connected station; `said` is its answer, an error, or None for silence.

    `instead` is done in place of all that, and is given the id of the call.
    """

    def __init__(self, name: str, line: ClientConnection) -> None:
        super().__init__(name, line)
        self.said: Json | NotSupportedError | None = None
        self.asked: list[tuple[str, Json]] = []
        self.released = asyncio.Event()
        self.instead: Callable[[str], Awaitable[None]] | None = None

    async def route_message(self, raw_msg: str) -> None:
        """Note what is asked, as it came."""
        message = json.loads(raw_msg)
        if message[0] == 2:
            self.asked.append((message[2], message[3]))
            if self.instead is not None:
                await self.instead(message[1])
                return
        await super().route_message(raw_msg)

    async def send_text(self, text: str) -> None:
        """Send anything."""
        await self._connection.send(text)

    async def leave(self) -> None:
        """Close the line."""
        await self._connection.close()

    async def ended(self) -> None:
        """Wait until the other side has closed the line."""
        await self._connection.wait_closed()

    async def boot(self) -> None:
        await self.call(call.BootNotification(charge_point_model="M", charge_point_vendor="V"))

    async def answer(self, action: str) -> object:
        """Return the answer as the package wants it, or keep silent until released."""
        if isinstance(self.said, NotSupportedError):
            raise self.said
        if self.said is None:
            await self.released.wait()
        said = CASES[action].yes if self.said is None else self.said
        kept = camel_to_snake_case(said)
        return getattr(call_result, action)(**kept)


def _handler(action: str) -> Callable[..., object]:
    async def handle(self: Strict, **_: object) -> object:
        return await self.answer(action)

    handle.__name__ = f"on_{action}"  # by which the package finds it
    return on(action)(handle)  # type: ignore[no-any-return]  # the package has no types


for _action in CASES:
    setattr(Strict, f"on_{_action}", _handler(_action))
