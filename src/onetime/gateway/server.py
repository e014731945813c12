"""The station door's sockets once they are let in: upgraded, framed, bounded, closed.

The only module here that names the WebSocket library (picows, RFC 6455). It never knows OCPP, a
station's identity or a password: a doorman decides about a knock, a conversation hears the line.

A socket begins as a `Stranger`. Let in, it is handed to the library's own protocol, so that frames
pass nothing of ours but one callback. The library's handshake gets a plain request of our making:
its own reading is laxer about size and time, and refuses `Connection: keep-alive, Upgrade`.
"""

import asyncio
import logging
from functools import partial
from typing import cast

from picows import (
    WSAutoPingStrategy,
    WSCloseCode,
    WSFrame,
    WSListener,
    WSMsgType,
    WSTransport,
    WSUpgradeRequest,
    WSUpgradeResponse,
    WSUpgradeResponseWithListener,
)
from picows.picows import WSProtocol  # type: ignore[attr-defined]  # the stub leaves it out

from onetime.gateway.door import Admitted, Conversation, Doorman, Knock, Line, Refused
from onetime.gateway.frames import (
    BINARY,
    CONTINUATION,
    INTERNAL_ERROR,
    POLICY_VIOLATION,
    PROTOCOL_ERROR,
    TEXT,
    Assembly,
    fitting,
)
from onetime.gateway.handshake import Request, plain_request
from onetime.gateway.limits import Allowance, Limits
from onetime.gateway.listener import Listener
from onetime.gateway.pipe import Pipe
from onetime.gateway.strangers import Leaver, Threshold

__all__ = [
    "Admitted",
    "Conversation",
    "Doorman",
    "Knock",
    "Limits",
    "Line",
    "Listener",
    "Refused",
    "listen",
]

READ_BUFFER_BYTES = 2 * 1024  # of each line to begin with; the library lets it grow with need

_OPEN, _CLOSING, _OVER = range(3)
_TEXT, _CONTINUATION = WSMsgType.TEXT, WSMsgType.CONTINUATION
_PING, _PONG, _CLOSE = WSMsgType.PING, WSMsgType.PONG, WSMsgType.CLOSE

# What the library would log is logged here with its meaning, or is no event.
_LIBRARY_LOG = logging.LoggerAdapter(logging.Logger("picows", logging.CRITICAL + 1), {})


async def listen(host: str, port: int, doorman: Doorman, limits: Limits) -> Listener:
    """Open the station door; port 0 takes any free one.

    OSError: the address cannot be had, as the operating system says it.
    """
    shared = Threshold(doorman, limits)
    listener = Listener(shared, partial(_welcome, shared))
    await listener.open(host, port)
    return listener


class _Socket(WSListener):
    """A line and what happens on it; `on_ws_*` is called by the library, for each frame once."""

    __slots__ = (
        "_assembly",
        "_conversation",
        "_is_paused",
        "_is_quiet",
        "_pipe",
        "_shared",
        "_signs_of_life",
        "_state",
        "_timer",
        "_transport",
        "_unheard",
        "_wire",
        "address",
    )

    def __init__(
        self,
        shared: Threshold,
        transport: asyncio.Transport,
        address: str,
        conversation: Conversation,
    ) -> None:
        self.address = address
        self._shared = shared
        self._transport = transport
        self._conversation = conversation
        self._pipe = Pipe(self, transport, shared.limits.write_buffer_bytes)
        self._assembly = Assembly(shared.limits.message_bytes)
        self._unheard: list[bytes] = []  # had been read when reading was paused
        self._state = _OPEN
        self._is_paused = False
        self._is_quiet = False
        self._signs_of_life = Allowance(
            shared.limits.control_frames, shared.limits.control_window_seconds
        )
        self._timer: asyncio.TimerHandle | None = None
        self._wire: WSTransport

    def begin(self, library: asyncio.BufferedProtocol, first_bytes: bytes) -> None:
        """Hand the socket to the library, with the bytes that it should believe came from it."""
        self._shared.lines.add(self)
        library.connection_made(cast(asyncio.Transport, self._pipe))  # as far as it needs one
        self._transport.set_protocol(library)
        unread = memoryview(first_bytes)
        while unread and self._state != _OVER:
            room = memoryview(library.get_buffer(-1))
            taken = min(len(room), len(unread))
            room[:taken] = unread[:taken]
            unread = unread[taken:]
            library.buffer_updated(taken)

    def send(self, frame: bytes) -> None:
        if self._state == _OPEN:
            self._wire.send(_TEXT, frame)

    def close(self, code: int, reason: str) -> None:
        if self._state == _OPEN:
            self._wire.send_close(WSCloseCode(code), fitting(reason))
            self._transport.resume_reading()  # or the peer's answer would not be seen
            self._await_end()

    def abort(self) -> None:
        if self._state != _OVER:
            self._state = _CLOSING
            self._transport.abort()

    def pause_reading(self) -> None:
        if self._state == _OPEN:
            self._is_paused = True
            self._transport.pause_reading()

    def resume_reading(self) -> None:
        if self._is_paused:
            self._is_paused = False
            self._shared.loop.call_soon(self._catch_up)

    def end(self, code: int, reason: str) -> None:
        """Say why and part, without waiting for the peer's half of the closing handshake."""
        if self._state != _OVER:
            self._wire.send_close(WSCloseCode(code), fitting(reason))
            self.part()

    def part(self) -> None:
        """Take the socket from the library, which is not asked to write again, and see it out."""
        self._finish()
        Leaver(self._shared, self._transport)

    def choke(self) -> None:
        """The peer does not read what is sent to it."""
        if self._state != _OVER:
            self._shared.log.tell("line_choked", address=self.address)
            self.abort()

    def give_up(self) -> None:
        """The library wants to end the line: what came is no frame that it accepts."""
        if self._state != _OPEN:
            return
        if sent := self._said_by_library():
            self._violate(*sent)
        else:
            self.abort()

    def on_ws_connected(self, transport: WSTransport) -> None:
        self._wire = transport
        self._timer = self._shared.loop.call_later(self._shared.limits.ping_seconds, self._watch)
        try:
            self._conversation.opened(self)
        except Exception:  # noqa: BLE001  # the top of a callback: it ends this one line
            self._fail()

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        if self._state != _OPEN or transport.is_close_frame_sent:
            if frame.msg_type is _CLOSE and self._state == _CLOSING:
                self._transport.close()
            return
        self._is_quiet = False
        try:
            self._take(frame)
        except Exception:  # noqa: BLE001  # the top of a callback: it ends this one line
            self._fail()

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        if self._state == _OPEN and (sent := self._said_by_library()):
            self._tell_violation(*sent)
        try:
            self._hear_out()
        except Exception:  # the line is gone in any case
            self._shared.log.exception("conversation_failed", address=self.address)
        self._finish()
        self._shared.go_out()

    def pause_writing(self) -> None:
        """Nothing to do: the pipe has a limit of its own."""

    def resume_writing(self) -> None:
        """Nothing to do, as above."""

    def _take(self, frame: WSFrame) -> None:
        kind = frame.msg_type
        if frame.rsv1 or frame.rsv2 or frame.rsv3:
            self._violate(PROTOCOL_ERROR, "a reserved bit is set; no extension was agreed on")
        elif kind is _PING or kind is _PONG:
            self._take_sign_of_life(frame)
        elif kind is _CLOSE:
            self._take_leave(frame)
        else:
            opcode = TEXT if kind is _TEXT else CONTINUATION if kind is _CONTINUATION else BINARY
            taken = self._assembly.take(opcode, bool(frame.fin), frame.get_payload_as_bytes())
            if isinstance(taken, bytes):
                if kind is _CONTINUATION:
                    self._conversation.fragmented()
                self._take_message(taken)
            elif taken is not None:
                self._violate(taken.code, taken.reason)

    def _take_message(self, message: bytes) -> None:
        if not self._is_paused and not self._unheard:
            self._conversation.received(message)
        elif len(self._unheard) < self._shared.limits.paused_messages:
            self._unheard.append(message)
        else:
            self._violate(POLICY_VIOLATION, "too many messages at once")

    def _take_sign_of_life(self, frame: WSFrame) -> None:
        if not self._signs_of_life.spend(self._shared.loop.time()):
            return self._violate(POLICY_VIOLATION, "too many pings")
        if frame.msg_type is _PING:
            self._wire.send_pong(frame.get_payload_as_bytes())
        return self._conversation.heard()

    def _take_leave(self, frame: WSFrame) -> None:
        self._hear_out()
        if self._state == _OPEN:
            code = frame.get_close_code()
            self._wire.send_close(WSCloseCode.OK if code is WSCloseCode.NO_INFO else code)
            self._await_end()
        self._transport.close()

    def _catch_up(self) -> None:
        """Deliver what had been read before the pause, then read again."""
        try:
            self._deliver_unheard()
        except Exception:  # noqa: BLE001  # the top of a callback: it ends this one line
            self._fail()
        if not self._is_paused and self._state == _OPEN:
            self._transport.resume_reading()

    def _hear_out(self) -> None:
        """The peer goes or is gone: what it had said is delivered, paused or not."""
        while self._unheard and self._state == _OPEN:
            self._is_paused = False
            self._deliver_unheard()

    def _deliver_unheard(self) -> None:
        while self._unheard and not self._is_paused and self._state == _OPEN:
            self._conversation.received(self._unheard.pop(0))

    def _said_by_library(self) -> tuple[int, str] | None:
        """With which words the library closed the line by itself, if it did."""
        closing = self._wire.close_handshake
        if closing is None or closing.sent is None:
            return None
        return closing.sent.code.value, closing.sent.reason

    def _watch(self) -> None:
        if self._is_quiet:
            self._wire.send_ping()
        self._is_quiet = True
        self._timer = self._shared.loop.call_later(self._shared.limits.ping_seconds, self._watch)

    def _await_end(self) -> None:
        self._state = _CLOSING
        self._stop_timer()
        self._timer = self._shared.loop.call_later(self._shared.limits.close_seconds, self.abort)

    def _violate(self, code: int, reason: str) -> None:
        self._tell_violation(code, reason)
        self.end(code, reason)

    def _tell_violation(self, code: int, reason: str) -> None:
        self._state = _CLOSING
        self._shared.log.tell("line_violated", address=self.address, code=code, reason=reason)
        try:
            self._conversation.violated(code, reason)
        except Exception:  # the line ends in any case
            self._shared.log.exception("conversation_failed", address=self.address)

    def _fail(self) -> None:
        self._shared.log.exception("conversation_failed", address=self.address)
        self.end(INTERNAL_ERROR, "")

    def _finish(self) -> None:
        self._state = _OVER
        self._stop_timer()
        self._pipe.release()
        self._unheard.clear()
        self._shared.lines.discard(self)
        conversation = self._conversation
        del self._conversation  # it holds this line; each freed, neither waits for a collection
        try:
            conversation.closed()
        except Exception:  # there is nothing left to end
            self._shared.log.exception("conversation_failed", address=self.address)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()


def _welcome(
    shared: Threshold,
    transport: asyncio.Transport,
    address: str,
    request: Request,
    ruling: Admitted,
    rest: bytes,
) -> None:
    line = _Socket(shared, transport, address, ruling.conversation)
    try:
        library = WSProtocol(
            None,  # host and port, for clients
            None,  # path, for clients
            False,  # is a client
            partial(_greeting, line, ruling.subprotocol),
            _LIBRARY_LOG,
            True,  # disconnect on exception; none gets that far
            None,  # handshake timeout; the whole request is here
            False,  # pings of its own
            1.0,
            1.0,
            WSAutoPingStrategy.PING_WHEN_IDLE,
            False,  # pongs of its own
            shared.limits.message_bytes,
            None,  # extra headers, for clients
            READ_BUFFER_BYTES,
        )
        line.begin(library, plain_request(request.key) + rest)
    except Exception:  # the top of a callback: it ends this one socket
        shared.log.exception("upgrade_failed", address=address)
        transport.abort()
        line.part()


def _greeting(
    line: _Socket, subprotocol: str | None, _request: WSUpgradeRequest
) -> WSUpgradeResponseWithListener:
    headers = [] if subprotocol is None else [("Sec-WebSocket-Protocol", subprotocol)]
    return WSUpgradeResponseWithListener(WSUpgradeResponse.create_101_response(headers), line)
