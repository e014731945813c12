"""The open door as a whole: how many are there, refuse all, end all, stop.

Knows nothing of frames or of what is said on a line.
"""

import asyncio
from functools import partial
from socket import socket as Socket  # noqa: N812  # it is a class

from onetime.gateway.door import Encryption
from onetime.gateway.frames import GOING_AWAY
from onetime.gateway.ports import Port, bound, open_port
from onetime.gateway.strangers import Stranger, Threshold, Welcome

SHUTTING_DOWN = "the central system is going away"


class Listener:
    """The open door, on a plain port and perhaps an encrypted one, and all sockets that came."""

    __slots__ = ("_encrypted", "_server", "_shared", "_welcome", "port", "tls_port")

    def __init__(self, shared: Threshold, welcome: Welcome) -> None:
        self._shared = shared
        self._welcome = welcome
        self._server: asyncio.Server | None = None
        self._encrypted: Port | None = None
        self.port = 0
        self.tls_port: int | None = None

    async def open(self, host: str, port: int) -> None:
        """Listen for plain sockets, too; raises OSError as the operating system says it."""
        limits = self._shared.limits
        server = await self._shared.loop.create_server(
            partial(Stranger, self._shared, self._welcome),
            host,
            port,
            backlog=limits.accept_backlog,
            reuse_address=True,
            start_serving=False,
        )
        for socket in server.sockets:
            bound(socket, limits)
        await server.start_serving()
        self._server = server
        self.port = server.sockets[0].getsockname()[1]

    async def open_encrypted(self, host: str, port: int, encryption: Encryption) -> None:
        """Listen for encrypted sockets, too: one quota holds for all (S12). Raises OSError."""

        def greet(socket: Socket, address: str) -> None:
            Stranger(self._shared, self._welcome).greet(socket, address, encryption)

        self._encrypted = await open_port(host, port, self._shared.limits, greet)
        self.tls_port = self._encrypted.number

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

    @property
    def is_open(self) -> bool:
        """Say whether stations are let in."""
        is_plain = self._server is not None and self._server.is_serving()
        return (is_plain or self._encrypted is not None) and not self._shared.is_refusing

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
        if self._server is not None:
            self._server.close()
        if self._encrypted is not None:
            self._encrypted.close()
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
        if self._server is not None:
            await self._server.wait_closed()

    def _drop_all(self) -> None:
        shared = self._shared
        for stranger in shared.porch.strangers:
            stranger.evict()
        for line in tuple(shared.lines):
            line.abort()
        for leaver in tuple(shared.leavers):
            leaver.evict()
