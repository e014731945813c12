"""Limits what a request may take before it has said all: bytes of its head, and seconds.

Knows the server library from within, which knows no such limits; never what is asked.
"""

from asyncio import TimerHandle, Transport
from http import HTTPStatus
from typing import Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

MAX_HEAD_BYTES: Final = 16_384
HEAD_SECONDS: Final = 10.0
BYTES_OF_A_CHUNK: Final = 8
"""So many bytes may carry one of a body: more than a chunk of a single byte takes."""
BODY_GRACE_SECONDS: Final = 30.0
BODY_BYTES_PER_SECOND: Final = 256
"""How fast a body has to come on average once that time is over, whatever is done with it."""
LOOK_SECONDS: Final = 1.0


class BoundedHttp(HttpToolsProtocol):
    """A connection to the web door; a head that is too large ends it, and whatever is too slow."""

    _awaits_head = True
    _is_refused = False
    _head_bytes = 0
    """What the head has so far, as it is read, and its trailers."""
    _raw_bytes = 0
    """What came since the last head was complete, or since it began, however it is to be read."""
    _body_bytes = 0
    _body_seconds = 0.0
    """How long a body was awaited while it could come."""
    _deadline: TimerHandle | None = None
    """When the head is too late, or when the body is looked at."""

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]  # as the library does
        """Begin to wait for the first head."""
        super().connection_made(transport)
        self._set_deadline()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no more."""
        self._unset_deadline()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read what came, and look whether it is too much for what it says."""
        if self._is_refused:
            return
        self._raw_bytes += len(data)
        super().data_received(data)
        if self._is_refused or self.transport.is_closing():
            return
        if self._raw_bytes > MAX_HEAD_BYTES + BYTES_OF_A_CHUNK * self._body_bytes:
            self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
        elif not self._awaits_head:
            self._set_look()
        elif self._raw_bytes:
            self._set_deadline()

    def on_message_begin(self) -> None:
        """Begin a head."""
        self._head_bytes = 0
        super().on_message_begin()

    def on_url(self, url: bytes) -> None:
        """Take a part of the address."""
        if self._fits(len(url)):
            super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header, or a trailer."""
        if self._fits(len(name) + len(value)):
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """Let a request begin whose head is not too large."""
        self._awaits_head = False
        self._raw_bytes = self._body_bytes = 0
        self._body_seconds = 0.0
        self._unset_deadline()
        if not self._is_refused:
            super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Take a part of a body."""
        self._body_bytes += len(body)
        if not self._is_refused:
            super().on_body(body)

    def on_message_complete(self) -> None:
        """End a request; the next head may follow."""
        self._awaits_head = True
        self._raw_bytes = self._body_bytes = 0
        self._unset_deadline()
        if not self._is_refused:
            super().on_message_complete()

    def _fits(self, size: int) -> bool:
        self._head_bytes += size
        if self._head_bytes > MAX_HEAD_BYTES:
            self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
        return not self._is_refused

    def _set_deadline(self) -> None:
        if self._deadline is None:
            self._deadline = self.loop.call_later(HEAD_SECONDS, self._too_late)

    def _set_look(self) -> None:
        if self._deadline is None:
            self._deadline = self.loop.call_later(LOOK_SECONDS, self._look_at_body)

    def _look_at_body(self) -> None:
        """Hang up on a body that trickles; time in which it must not come does not count."""
        self._deadline = None
        if not (self.flow.read_paused or (self.cycle and self.cycle.waiting_for_100_continue)):
            self._body_seconds += LOOK_SECONDS
        due = BODY_BYTES_PER_SECOND * (self._body_seconds - BODY_GRACE_SECONDS)
        if self._body_bytes < due:
            self._refuse(None)  # its answer is under way, or has gone
        else:
            self._set_look()

    def _unset_deadline(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _too_late(self) -> None:
        self._refuse(HTTPStatus.REQUEST_TIMEOUT if self._raw_bytes else None)

    def _refuse(self, status: HTTPStatus | None) -> None:
        """Hang up, with a status unless an answer is under way or nothing was asked."""
        if self._is_refused:
            return
        self._is_refused = True
        self._unset_deadline()
        if status is not None and (self.cycle is None or self.cycle.response_complete):
            line = f"HTTP/1.1 {status.value} {status.phrase}\r\n"
            self.transport.write(line.encode() + b"content-length: 0\r\nconnection: close\r\n\r\n")
        self.transport.close()
