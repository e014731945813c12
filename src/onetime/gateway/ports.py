"""A port whose sockets are handed over as they are accepted, before a byte of them is read.

A server of the event loop would shake hands by TLS first, and nobody could count who does (S12).
Knows sockets and addresses only.
"""

import asyncio
import socket
from collections.abc import Callable

from onetime.gateway.limits import Limits
from onetime.kit.logs import get_log

PAUSE_SECONDS = 1.0
"""When the computer has no more sockets to give, for so long none is accepted."""

_log = get_log("gateway")


class Port:
    """Listening sockets on one port, and who takes what comes."""

    def __init__(
        self,
        sockets: list[socket.socket],
        accepts_at_once: int,
        take: Callable[[socket.socket, str], None],
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self._sockets = sockets
        self._accepts_at_once = accepts_at_once
        self._take = take
        self._timers: dict[socket.socket, asyncio.TimerHandle] = {}
        self.number: int = sockets[0].getsockname()[1]
        for each in sockets:
            self._resume(each)

    def close(self) -> None:
        """Listen no more; what was accepted lives on."""
        for timer in self._timers.values():
            timer.cancel()
        for each in self._sockets:
            self._loop.remove_reader(each)
            each.close()

    def _accept(self, listening: socket.socket) -> None:
        for _ in range(self._accepts_at_once):
            try:
                accepted, address = listening.accept()
            except (BlockingIOError, InterruptedError, ConnectionAbortedError):
                return
            except OSError as fault:
                _log.error("accepting_paused", why=fault.strerror)
                self._loop.remove_reader(listening)
                self._timers[listening] = self._loop.call_later(
                    PAUSE_SECONDS, self._resume, listening
                )
                return
            accepted.setblocking(False)
            accepted.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._take(accepted, str(address[0]))

    def _resume(self, listening: socket.socket) -> None:
        self._timers.pop(listening, None)
        self._loop.add_reader(listening, self._accept, listening)


async def open_port(
    host: str, port: int, limits: Limits, take: Callable[[socket.socket, str], None]
) -> Port:
    """Listen; port 0 takes any free one. Raises OSError as the operating system says it."""
    found = await asyncio.get_running_loop().getaddrinfo(
        host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )
    sockets: list[socket.socket] = []
    try:
        for family, kind, protocol, _, address in dict.fromkeys(found):
            sockets.append(_listening(family, kind, protocol, address, limits))
    except OSError:
        for each in sockets:
            each.close()
        raise
    return Port(sockets, limits.accept_backlog, take)


def bound(listening: socket.socket, limits: Limits) -> None:
    """Limit what each accepted socket takes up, and how long a dead line is not noticed (L13).

    A peer that only sends no pongs is not dead: its computer confirms what it gets.
    """
    for direction in (socket.SO_RCVBUF, socket.SO_SNDBUF):
        listening.setsockopt(socket.SOL_SOCKET, direction, limits.kernel_buffer_bytes)
    milliseconds = round(limits.unconfirmed_seconds * 1_000)
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, milliseconds)


def _listening(
    family: int, kind: int, protocol: int, address: tuple[object, ...], limits: Limits
) -> socket.socket:
    made = socket.socket(family, kind, protocol)
    try:
        made.setblocking(False)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        bound(made, limits)
        made.bind(address)
        made.listen(limits.accept_backlog)
    except OSError:
        made.close()
        raise
    return made
