"""Sockets that are not let in yet: their request is read under strict limits and ruled upon (S12).

Knows HTTP heads and who takes up how much; frames, stations and passwords it never knows.
"""

import asyncio
from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from socket import socket as Socket  # noqa: N812  # it is a class
from ssl import SSLError, SSLObject
from typing import Protocol, TypeAlias, cast

from onetime.gateway.door import Admitted, Amiss, Doorman, Encryption, Knock, Line, Refused
from onetime.gateway.handshake import (
    HEAD_END,
    NOT_A_WEBSOCKET,
    TOO_LARGE,
    TOO_SLOW,
    Request,
    read_head,
    refusal_bytes,
)
from onetime.gateway.limits import Limits, Porch
from onetime.kit.clock import SystemClock
from onetime.kit.frugal import FrugalLog
from onetime.kit.logs import get_log

READ_AT_ONCE_BYTES = 16 * 1024

AMISS = {
    TOO_SLOW.status: Amiss.TOO_SLOW,
    TOO_LARGE.status: Amiss.TOO_LARGE,
    NOT_A_WEBSOCKET.status: Amiss.NOT_WEBSOCKET,
}
# How a handshake of TLS begins, and the last word to one where TLS is not spoken: protocol_version.
TLS_HELLO = b"\x16\x03"
TLS_ALERT = b"\x15\x03\x01\x00\x02\x02\x46"

# Takes over a socket that is let in: its transport and address, the request, what came after it.
Welcome: TypeAlias = Callable[[asyncio.Transport, str, Request, Admitted, bytes], None]


class OwnLine(Line, Protocol):
    """A line as its door sees it."""

    def end(self, code: int, reason: str) -> None:
        """Say why and part, without waiting for the peer; `closed` follows from within."""
        ...


class Threshold:
    """What all sockets of one door share."""

    __slots__ = (
        "doorman",
        "emptied",
        "evicted",
        "greetings",
        "is_refusing",
        "leavers",
        "limits",
        "lines",
        "log",
        "loop",
        "porch",
        "scratch",
    )

    def __init__(self, doorman: Doorman, limits: Limits) -> None:
        self.doorman = doorman
        self.limits = limits
        self.log = FrugalLog(get_log("gateway"), SystemClock())
        self.loop = asyncio.get_running_loop()
        self.porch: Porch[Stranger] = Porch(limits)
        self.lines: set[OwnLine] = set()
        self.leavers: set[Leaver] = set()
        self.greetings: set[asyncio.Task[None]] = set()  # handshakes of TLS
        # What is read is taken out before the next socket is read: one buffer does for all.
        self.scratch = memoryview(bytearray(READ_AT_ONCE_BYTES))
        self.is_refusing = False
        self.evicted = 0
        self.emptied = asyncio.Event()
        self.emptied.set()

    def rule(self, knock: Knock) -> Admitted | Refused:
        """Let the doorman decide; his failure is a refusal."""
        if self.is_refusing:
            wait = str(self.limits.retry_after_seconds)
            return Refused(HTTPStatus.SERVICE_UNAVAILABLE, (("Retry-After", wait),))
        try:
            return self.doorman.admit(knock)
        except Exception:  # the top of a callback: it ends this one knock
            self.log.exception("knock_failed", address=knock.address)
            return Refused(HTTPStatus.INTERNAL_SERVER_ERROR)

    def tell(self, address: str, amiss: Amiss) -> None:
        """Let the doorman remember who did not even get to knock."""
        self.doorman.turned_away(address, amiss)

    def go_out(self) -> None:
        """One of those who were let in is gone."""
        self.porch.go_out()
        self.count()

    def count(self) -> None:
        """Note whether anybody is left; called after each arrival and departure."""
        if self.porch.sockets:
            self.emptied.clear()
        else:
            self.emptied.set()


class Stranger(asyncio.BufferedProtocol):
    """One socket before its upgrade; or refused, until it is gone."""

    __slots__ = (
        "_address",
        "_encryption",
        "_greeting",
        "_head",
        "_is_answered",
        "_shared",
        "_timer",
        "_transport",
        "_welcome",
    )

    def __init__(self, shared: Threshold, welcome: Welcome) -> None:
        self._shared = shared
        self._welcome = welcome
        self._head = bytearray()
        self._is_answered = False
        self._address = ""
        self._timer: asyncio.TimerHandle | None = None
        self._greeting: asyncio.Task[None] | None = None
        self._encryption: Encryption | None = None
        self._transport: asyncio.Transport | None = None

    def greet(self, socket: Socket, address: str, encryption: Encryption) -> None:
        """Begin a socket of the encrypted port: it has its place while it shakes hands by TLS."""
        if not self._enter(address):
            return socket.close()
        self._encryption = encryption
        self._greeting = self._shared.loop.create_task(self._shake_hands(socket, encryption))
        self._shared.greetings.add(self._greeting)
        return self._greeting.add_done_callback(partial(self._greeted, socket))

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Find a place on the porch, at the cost of somebody else if it is full."""
        self._transport = cast(asyncio.Transport, transport)
        if self._greeting is None:
            peer = transport.get_extra_info("peername")
            if not peer or not self._enter(peer[0]):
                return self._transport.abort()
        seconds = self._shared.limits.header_seconds
        self._timer = self._shared.loop.call_later(seconds, self._turn_away, TOO_SLOW)
        return None

    def connection_lost(self, exc: Exception | None) -> None:
        """Make room; this is not called for a socket that was let in."""
        if isinstance(exc, SSLError) and self._encryption is not None:
            self._encryption.failed(self._address, exc)  # it did not like what it was shown
        self._stop_timer()
        self._shared.porch.leave(self)
        self._shared.count()

    def evict(self) -> None:
        """Drop the socket without a word."""
        if self._transport is not None:
            self._transport.abort()
        elif self._greeting is not None:
            self._greeting.cancel()

    def get_buffer(self, sizehint: int) -> memoryview:
        """Lend the buffer that all strangers share."""
        return self._shared.scratch

    def buffer_updated(self, nbytes: int) -> None:
        """Look whether the request is complete, or already too large."""
        if self._is_answered:
            return
        searched = max(0, len(self._head) - len(HEAD_END) + 1)
        self._head += self._shared.scratch[:nbytes]
        end = self._head.find(HEAD_END, searched)
        size = len(self._head) if end < 0 else end + len(HEAD_END)
        if size > self._shared.limits.header_bytes:
            self._turn_away(TOO_LARGE)
        elif self._head.startswith(TLS_HELLO) and self._encryption is None:
            self._shared.tell(self._address, Amiss.TLS_ON_PLAIN)
            self._see_out(TLS_ALERT)
        elif end >= 0:
            self._knock(bytes(self._head[:end]), bytes(self._head[size:]))

    def _enter(self, address: str) -> bool:
        """Say whether there was room; somebody else may have had to go."""
        self._address = address.removeprefix("::ffff:")
        displaced = self._shared.porch.enter(self, self._address)
        self._shared.count()
        if displaced is not None:
            self._shared.evicted += 1
            self._shared.tell(displaced._address, Amiss.CROWDED)
            displaced.evict()
        return displaced is not self

    async def _shake_hands(self, socket: Socket, encryption: Encryption) -> None:
        limits = self._shared.limits
        try:
            await self._shared.loop.connect_accepted_socket(
                lambda: self,
                socket,
                ssl=encryption.context(),
                ssl_handshake_timeout=limits.tls_seconds,
                ssl_shutdown_timeout=limits.linger_seconds,
            )
        except Exception as failure:  # noqa: BLE001  # the top of a task: it ends this one socket
            socket.close()
            self.connection_lost(None)
            encryption.failed(self._address, failure)

    def _greeted(self, socket: Socket, greeting: asyncio.Task[None]) -> None:
        """Close what was evicted, perhaps before its handshake had begun."""
        self._shared.greetings.discard(greeting)
        if greeting.cancelled():
            socket.close()
            self.connection_lost(None)

    def _knock(self, head: bytes, rest: bytes) -> None:
        request = read_head(head)
        if isinstance(request, Refused):
            return self._turn_away(request)
        assert self._transport is not None
        encrypted: SSLObject | None = self._transport.get_extra_info("ssl_object")
        ruling = self._shared.rule(
            Knock(
                address=self._address,
                target=request.target,
                headers=request.headers,
                subprotocols=request.subprotocols,
                secure=encrypted is not None,
                certificate=encrypted.getpeercert(binary_form=True) if encrypted else None,
            )
        )
        if isinstance(ruling, Refused):
            return self._refuse(ruling)
        self._stop_timer()
        self._shared.porch.let_in(self, self._address)
        return self._welcome(self._transport, self._address, request, ruling, rest)

    def _turn_away(self, refused: Refused) -> None:
        """Refuse a peer that does not even get to knock."""
        self._shared.tell(self._address, AMISS.get(refused.status, Amiss.BAD_REQUEST))
        self._refuse(refused)

    def _refuse(self, refused: Refused) -> None:
        self._see_out(refusal_bytes(refused))

    def _see_out(self, words: bytes) -> None:
        assert self._transport is not None
        self._is_answered = True
        self._head.clear()
        self._stop_timer()
        self._timer = see_out(self._shared, self._transport, words)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()


class Leaver(asyncio.BufferedProtocol):
    """A socket that had been let in and has had its last word, until it is gone."""

    __slots__ = ("_shared", "_timer", "_transport")

    def __init__(self, shared: Threshold, transport: asyncio.Transport) -> None:
        self._shared = shared
        self._transport = transport
        shared.leavers.add(self)
        transport.set_protocol(self)
        self._timer = see_out(shared, transport, b"")

    def connection_lost(self, exc: Exception | None) -> None:
        """Make room."""
        self._timer.cancel()
        self._shared.leavers.discard(self)
        self._shared.go_out()

    def evict(self) -> None:
        """Drop the socket at once."""
        self._transport.abort()

    def get_buffer(self, sizehint: int) -> memoryview:
        """Lend the buffer that nobody reads."""
        return self._shared.scratch

    def buffer_updated(self, nbytes: int) -> None:
        """Forget it: it came too late."""


def see_out(shared: Threshold, transport: asyncio.Transport, words: bytes) -> asyncio.TimerHandle:
    """Send the last words and read on for a moment, so that they arrive; then drop the socket.

    Closing at once, with bytes of the peer unread, would reset the connection and could take the
    words from the peer's hands (RFC 9112, 9.6).
    """
    if not transport.is_closing():
        transport.write(words)
        transport.resume_reading()
        if transport.can_write_eof():
            transport.write_eof()
    return shared.loop.call_later(shared.limits.linger_seconds, transport.abort)
