"""The open door as a whole: how many are there, refuse all, end all, stop.

Knows nothing of frames or of what is said on a line.
"""

import asyncio

from onetime.gateway.frames import GOING_AWAY
from onetime.gateway.strangers import Threshold

SHUTTING_DOWN = "the central system is going away"


class Listener:
    """The open door and all sockets that came through it."""

    __slots__ = ("_server", "_shared", "port")

    def __init__(self, shared: Threshold, server: asyncio.Server) -> None:
        self._shared = shared
        self._server = server
        self.port: int = server.sockets[0].getsockname()[1]

    @property
    def lines(self) -> int:
        """How many lines are open or closing."""
        return len(self._shared.lines)

    @property
    def sockets(self) -> int:
        """How many sockets there are, those not yet let in and those seen out included."""
        return self._shared.porch.sockets

    @property
    def evicted(self) -> int:
        """How many strangers were dropped for want of room, since the door was opened."""
        return self._shared.evicted

    def refuse_all(self, refused: bool) -> None:
        """Answer every upgrade with 503 and Retry-After, or let the doorman rule again."""
        self._shared.is_refusing = refused

    def close_now(self) -> None:
        """End every line and drop every stranger without waiting for them; go on listening.

        All conversations are closed when this returns.
        """
        for stranger in self._shared.porch.strangers:
            stranger.evict()
        for line in tuple(self._shared.lines):
            line.end(GOING_AWAY, SHUTTING_DOWN)

    async def stop(self, deadline: float) -> None:
        """Stop listening, close every line properly, and drop what is left after these seconds."""
        self._server.close()
        for stranger in self._shared.porch.strangers:
            stranger.evict()
        for line in tuple(self._shared.lines):
            line.close(GOING_AWAY, SHUTTING_DOWN)
        try:
            async with asyncio.timeout(deadline):
                await self._shared.emptied.wait()
        except TimeoutError:
            self._drop_all()
        await self._shared.emptied.wait()
        await self._server.wait_closed()

    def _drop_all(self) -> None:
        shared = self._shared
        for stranger in shared.porch.strangers:
            stranger.evict()
        for line in tuple(shared.lines):
            line.abort()
        for leaver in tuple(shared.leavers):
            leaver.evict()
