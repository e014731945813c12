"""What the WebSocket library takes for the transport of a socket: bounded, and not its to close.

Knows bytes only. Small writes on a plain socket go to the kernel past it, at full speed; what the
kernel does not take at once comes here.
"""

import asyncio
from collections.abc import Callable
from typing import Protocol


class Owner(Protocol):
    """Who decides about the end of the socket."""

    def choke(self) -> None:
        """More waits to be written than is allowed."""
        ...

    def give_up(self) -> None:
        """The library wants to end the line."""
        ...


class Pipe:
    """The part of an asyncio transport that the library uses."""

    __slots__ = ("_limit_bytes", "_owner", "_transport", "get_extra_info", "get_write_buffer_size")

    def __init__(self, owner: Owner, transport: asyncio.Transport, limit_bytes: int) -> None:
        self._owner: Owner | None = owner
        self._transport = transport
        self._limit_bytes = limit_bytes
        self.get_extra_info: Callable[[str], object] = transport.get_extra_info
        self.get_write_buffer_size: Callable[[], int] = transport.get_write_buffer_size

    def write(self, chunk: bytes) -> None:
        """Pass the bytes on, and tell when too many wait."""
        self._transport.write(chunk)
        if self._owner is not None and self.get_write_buffer_size() > self._limit_bytes:
            self._owner.choke()

    def writelines(self, chunks: list[bytes]) -> None:
        """Join first: one chunk is memory that the library uses again for the next frame."""
        self.write(b"".join(chunks))

    def close(self) -> None:
        """Leave it to the owner."""
        if self._owner is not None:
            self._owner.give_up()

    def release(self) -> None:
        """Forget the owner, whose line is over."""
        self._owner = None
