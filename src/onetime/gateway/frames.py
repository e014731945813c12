"""Whole messages out of WebSocket frames (RFC 6455, 5.4 and 5.6): text only, bounded, valid UTF-8.

Pure: it knows neither the socket nor the library that splits the bytes into frames.
"""

from msgspec import Struct

CONTINUATION = 0
TEXT = 1
BINARY = 2

GOING_AWAY = 1001
PROTOCOL_ERROR = 1002
UNSUPPORTED = 1003
INVALID_TEXT = 1007
POLICY_VIOLATION = 1008
TOO_BIG = 1009
INTERNAL_ERROR = 1011

REASON_BYTES = 123  # RFC 6455, 5.5


class Violation(Struct, frozen=True):
    """What a peer did wrong, with the close code for it."""

    code: int
    reason: str


class Assembly:
    """The message of which some fragments have come; most of the time there is none."""

    __slots__ = ("_begun", "_limit_bytes")

    def __init__(self, limit_bytes: int) -> None:
        self._limit_bytes = limit_bytes
        self._begun: bytearray | None = None

    def take(self, opcode: int, final: bool, payload: bytes) -> bytes | Violation | None:
        """Take one frame that carries content; return the message it completes, or None (K16)."""
        if opcode == TEXT:
            if self._begun is not None:
                return Violation(PROTOCOL_ERROR, "a message began inside a fragmented one")
            if final:
                return _checked(payload) if len(payload) <= self._limit_bytes else self._too_big()
            self._begun = bytearray()
        elif opcode != CONTINUATION:
            return Violation(UNSUPPORTED, "only text messages are understood")
        elif self._begun is None:
            return Violation(PROTOCOL_ERROR, "a fragment came without a beginning")
        if len(self._begun) + len(payload) > self._limit_bytes:
            return self._too_big()
        self._begun += payload
        if not final:
            return None
        whole = bytes(self._begun)
        self._begun = None
        return _checked(whole)

    def _too_big(self) -> Violation:
        self._begun = None
        return Violation(TOO_BIG, f"a message may have {self._limit_bytes} bytes")


def fitting(reason: str) -> bytes:
    """Cut a reason to what a closing frame holds, between two characters."""
    cut = reason.encode("utf-8", "replace")[:REASON_BYTES]
    return cut.decode("utf-8", "ignore").encode()


def _checked(message: bytes) -> bytes | Violation:
    if not message.isascii():
        try:
            message.decode()
        except UnicodeDecodeError:
            return Violation(INVALID_TEXT, "a text message is not UTF-8")
    return message
