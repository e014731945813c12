"""What the socket side of the station door and the conversation side promise each other.

Names and shapes only: nothing here knows a WebSocket library, OCPP, or who is a known station.
"""

from collections.abc import Mapping
from enum import StrEnum
from ssl import SSLContext
from typing import Protocol

from msgspec import Struct


class Knock(Struct, frozen=True):
    """An upgrade request that is well formed, from somebody not yet let in."""

    address: str  # IPv4 dotted, also where the socket says ::ffff:a.b.c.d
    target: str  # as sent, not percent-decoded; bytes above 127 are latin-1 characters
    headers: Mapping[str, str]  # lower-cased name -> first value, each byte one latin-1 character
    subprotocols: tuple[str, ...]  # as offered, in order
    secure: bool
    certificate: bytes | None = None  # DER, chained to an authority of ours, its owner proven


class Refused(Struct, frozen=True):
    """A plain HTTP answer in place of the upgrade."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: str = ""


class Line(Protocol):
    """The open WebSocket, as its conversation sees it. Nothing here blocks or raises."""

    @property
    def address(self) -> str:
        """The peer's address, as in its knock."""
        ...

    def send(self, frame: bytes) -> None:
        """Send one text message, unless closing; a peer that lets too much pile up is cut off."""
        ...

    def close(self, code: int, reason: str) -> None:
        """Begin the closing handshake; from here on nothing more is received. `closed` follows."""
        ...

    def abort(self) -> None:
        """Drop the socket without another word. `closed` follows, not from within this call."""
        ...

    def pause_reading(self) -> None:
        """Receive no message until `resume_reading`; the peer soon feels it."""
        ...

    def resume_reading(self) -> None:
        """Receive again, first what had been read before the pause, never from within this call."""
        ...


class Conversation(Protocol):
    """What hears a line. An exception raised here ends this one line with code 1011."""

    def opened(self, line: Line) -> None:
        """The handshake is done; the line can be used."""
        ...

    def received(self, frame: bytes) -> None:
        """One whole text message, valid UTF-8, within the limit of size."""
        ...

    def heard(self) -> None:
        """A ping or a pong came: the peer is alive."""
        ...

    def fragmented(self) -> None:
        """The message that `received` is told of next came in several frames."""
        ...

    def violated(self, code: int, reason: str) -> None:
        """The peer broke the protocol or a limit; the line is being closed with this code."""
        ...

    def closed(self) -> None:
        """The line is gone. Called exactly once for each admission, whatever happens."""
        ...


class Admitted(Struct, frozen=True):
    """The upgrade is granted, with one of the offered subprotocols or none."""

    subprotocol: str | None
    conversation: Conversation


class Encryption(Protocol):
    """What is needed to encrypt a socket."""

    def context(self) -> SSLContext:
        """Return the context for a handshake that begins now."""
        ...

    def failed(self, address: str, failure: Exception) -> None:
        """A handshake failed, or was not done in time (TimeoutError)."""
        ...


class Amiss(StrEnum):
    """Why a peer does not even get to knock."""

    TLS_ON_PLAIN = "tls-on-plain"
    NOT_WEBSOCKET = "not-websocket"
    BAD_REQUEST = "bad-request"
    TOO_SLOW = "too-slow"
    TOO_LARGE = "too-large"
    CROWDED = "crowded"


class Doorman(Protocol):
    """Decides about a knock at once: it may not wait for anything."""

    def admit(self, knock: Knock) -> Admitted | Refused:
        """Let the peer in or say why not."""
        ...

    def turned_away(self, address: str, reason: str) -> None:
        """A peer was refused before it could knock, for one of the reasons `Amiss` names."""
        ...
