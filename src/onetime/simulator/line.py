"""One WebSocket connection of a station; knows frames, never what they say.

The only file here that names the WebSocket library.
"""

import base64
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote

import picows

SUBPROTOCOL = "ocpp1.6"
HANDSHAKE_SECONDS = 20.0
LARGEST_FRAME = 1 << 20


class LineRefused(Exception):
    """The central system did not open the connection; `status` is 0 when nobody answered."""

    def __init__(self, status: int, reason: str, retry_after: float | None = None) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason
        self.retry_after = retry_after


@dataclass(frozen=True)
class Address:
    """Where a station knocks, and what it shows there."""

    url: str
    identity: str
    password: str | None = None
    encryption: ssl.SSLContext | None = None  # with the station's own certificate, if it has one
    secure_url: str | None = None  # where it would knock with TLS, if it ever is to

    def target(self) -> str:
        """Return the base URL with the identity appended, percent-encoded."""
        return f"{self.url.rstrip('/')}/{quote(self.identity, safe='')}"

    def headers(self, subprotocol: str | None) -> list[tuple[str, str]]:
        """Return the headers beside those that every WebSocket has."""
        headers = []
        if subprotocol is not None:
            headers.append(("Sec-WebSocket-Protocol", subprotocol))
        if self.password is not None:
            pair = f"{self.identity}:{self.password}".encode()
            headers.append(("Authorization", "Basic " + base64.b64encode(pair).decode()))
        return headers


class Line(picows.WSListener):
    """An open connection; `closed` tells that it has ended, from whichever side."""

    def __init__(
        self, received: Callable[["Line", bytes], None], ended: Callable[["Line"], None]
    ) -> None:
        self._received = received
        self._ended = ended
        self._transport: picows.WSTransport | None = None
        self._parts: list[bytes] = []
        self._deaf = False
        self.closed = False
        self.reason = "the line broke"
        self.subprotocol: str | None = None

    def send(self, frame: bytes) -> None:
        """Send one text message; silently nothing once the line has ended."""
        if self._transport is not None and not self._deaf and not self.closed:
            self._transport.send(picows.WSMsgType.TEXT, frame)

    def hang_up(self) -> None:
        """End the connection with a proper close frame."""
        if self._transport is not None:
            self._transport.send_close(picows.WSCloseCode.OK)
            self._transport.disconnect()
        self._end("hung up")

    def cut(self) -> None:
        """End the connection at once, without a close frame."""
        self._deaf = True
        if self._transport is not None:
            self._transport.disconnect(graceful=False)
        self._end("cut")

    def abandon(self) -> None:
        """Keep the socket open but hear and say nothing more: a half-open connection."""
        self._deaf = True
        if self._transport is not None:
            self._transport.underlying_transport.pause_reading()
        self._end("half-open")

    def on_ws_connected(self, transport: picows.WSTransport) -> None:
        """Called by the library after the handshake."""
        self._transport = transport
        self.subprotocol = transport.response.headers.get("Sec-WebSocket-Protocol")

    def on_ws_frame(self, transport: picows.WSTransport, frame: picows.WSFrame) -> None:
        """Called by the library for each frame."""
        if self._deaf:
            return
        match frame.msg_type:
            case picows.WSMsgType.PING:
                transport.send_pong(frame.get_payload_as_bytes())
            case picows.WSMsgType.CLOSE:
                self.reason = f"closed {frame.get_close_code()} {frame.get_close_reason() or ''}"
                transport.send_close(picows.WSCloseCode.OK)
                transport.disconnect()
            case picows.WSMsgType.TEXT | picows.WSMsgType.CONTINUATION:
                self._parts.append(frame.get_payload_as_bytes())
                if frame.fin:
                    message = b"".join(self._parts)
                    self._parts.clear()
                    self._received(self, message)
            case _:
                pass

    def on_ws_disconnected(self, transport: picows.WSTransport) -> None:
        """Called by the library when the connection has ended."""
        self._end(self.reason)

    def _end(self, reason: str) -> None:
        if not self.closed:
            self.closed = True
            self.reason = reason
            self._ended(self)


async def open_line(
    address: Address,
    subprotocol: str | None,
    received: Callable[[Line, bytes], None],
    ended: Callable[[Line], None],
) -> Line:
    """Connect and shake hands; raises LineRefused."""
    try:
        _, line = await picows.ws_connect(
            lambda: Line(received, ended),
            address.target(),
            websocket_handshake_timeout=HANDSHAKE_SECONDS,
            enable_auto_pong=False,
            max_frame_size=LARGEST_FRAME,
            extra_headers=address.headers(subprotocol),
            max_redirects=0,
            read_buffer_init_size=2048,
            ssl_context=address.encryption,
        )
    except picows.WSHandshakeError as refusal:
        raise _refusal(refusal) from refusal
    except (OSError, picows.WSError, TimeoutError) as failure:
        raise LineRefused(0, str(failure) or type(failure).__name__) from failure
    if not isinstance(line, Line):  # what the library returns when the peer dies without an answer
        raise LineRefused(0, "the connection ended before it was answered")
    return line


def _refusal(refusal: picows.WSHandshakeError) -> LineRefused:
    if refusal.response is None:
        return LineRefused(0, str(refusal))
    wait = refusal.response.headers.get("Retry-After", "")
    return LineRefused(
        int(refusal.response.status),
        refusal.response.status.phrase,
        float(wait) if wait.isascii() and wait.isdigit() else None,
    )
