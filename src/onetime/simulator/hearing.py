"""How a station takes a CALL: by its mood, by the book, or with an error; knows no socket."""

from collections.abc import Callable
from dataclasses import dataclass

import msgspec

from onetime.ocpp import envelope
from onetime.ocpp.errors import CallErrorCode
from onetime.simulator.commands import handle
from onetime.simulator.moods import (
    ERROR_CODE,
    ERROR_DESCRIPTION,
    GARBAGE,
    Mood,
    Moods,
    mood_for,
    refusal,
)
from onetime.simulator.replies import Commanded
from onetime.simulator.wire import Violation


@dataclass(frozen=True)
class Heard:
    """What becomes of a CALL; `answer` is the payload of the CALLRESULT, empty when there is none.

    Without a frame nothing is said; `violation` tells how the CALL broke the schema.
    """

    answer: bytes = b""
    frame: bytes | None = None
    afterwards: Callable[[], None] | None = None
    violation: str | None = None
    ends_line: bool = False


def hear(station: Commanded, moods: Moods, call: envelope.Call) -> Heard:
    """Carry out one CALL, or do not."""
    match mood_for(moods, call.action):
        case Mood.SILENT:
            return Heard()
        case Mood.VANISH:
            return Heard(ends_line=True)
        case Mood.GARBAGE:
            return _said(call, GARBAGE)
        case Mood.REFUSE:
            return _said(call, msgspec.json.encode(refusal(call.action)))
        case Mood.ERROR:
            return Heard(frame=envelope.write_error(call.message_id, ERROR_CODE, ERROR_DESCRIPTION))
    try:
        reply = handle(station, call.action, call.payload)
    except Violation as wrong:
        error = envelope.write_error(call.message_id, CallErrorCode.FORMATION_VIOLATION, "")
        return Heard(frame=error, violation=f"{call.action}.req: {wrong}")
    if reply is None:
        return Heard(frame=envelope.write_error(call.message_id, CallErrorCode.NOT_IMPLEMENTED, ""))
    return _said(call, msgspec.json.encode(reply.payload), reply.afterwards)


def _said(
    call: envelope.Call, answer: bytes, afterwards: Callable[[], None] | None = None
) -> Heard:
    return Heard(answer, envelope.write_result(call.message_id, answer), afterwards)
