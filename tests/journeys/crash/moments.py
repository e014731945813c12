"""Named moments at which a central system dies by SIGKILL, as with the plug pulled.

A moment is `PHASE:ACTION`: the phase in which the first frame of that action is. Imported by the
process that dies; the product knows nothing of it but the phases of its writer.
"""

import os
import signal
from collections.abc import Callable
from enum import StrEnum

from onetime.gateway.answers import Incoming
from onetime.gateway.connection import Connection
from onetime.store.archive import Archive, no_fault
from onetime.store.writer import Phase
from tests.journeys.crash.swaps import wrap


class Moment(StrEnum):
    """Where a frame is when the process dies."""

    BEFORE_WRITE = "before-write"
    BEFORE_COMMIT = "before-commit"
    AFTER_COMMIT = "after-commit"
    BEFORE_SEND = "before-send"
    HALF_SENT = "half-sent"


def arm(name: str | None) -> Callable[[Phase], None]:
    """Make this process die at a moment; return what its writer is to call at each phase."""
    if name is None:
        return no_fault
    phase, _, action = name.partition(":")
    moment = Moment(phase)
    queued: set[str] = set()
    _note_queued(action, queued)
    if moment in (Moment.BEFORE_SEND, Moment.HALF_SENT):
        _die_sending(moment, queued)
        return no_fault

    def at_phase(reached: Phase) -> None:
        if reached.value == moment.value and queued:
            die()

    return at_phase


def die() -> None:
    """End this process at once."""
    os.kill(os.getpid(), signal.SIGKILL)


def _note_queued(action: str, queued: set[str]) -> None:
    """Note the ids of the frames of this action, once they are on their way to the writer."""

    def around(write_frame):
        def noting(self, told, operation, incoming: Incoming, *others):
            if incoming.action == action:
                queued.add(incoming.message_id)
            write_frame(self, told, operation, incoming, *others)

        return noting

    wrap(Archive, "write_frame", around)


def _die_sending(moment: Moment, queued: set[str]) -> None:
    def around(send):
        def dying(self: Connection, frame: bytes) -> None:
            if any(message_id.encode() in frame for message_id in queued):
                if moment is Moment.HALF_SENT:
                    _send_half(self, frame)
                die()
            send(self, frame)

        return dying

    wrap(Connection, "send", around)


def _send_half(connection, frame: bytes) -> None:
    """Let the head of a WebSocket frame and half of its message go out, past all buffers."""
    assert len(frame) < 1 << 16
    head = bytes([0x81, len(frame)]) if len(frame) < 126 else b"\x81\x7e" + len(frame).to_bytes(2)
    socket = connection._line._transport.get_extra_info("socket")
    os.write(socket.fileno(), head + frame[: len(frame) // 2])
