"""The frame around every message of OCPP-J: type, id and action. Never looks into payloads.

`read` takes what the specification allows, and a little more that cannot be misunderstood: ids of
more than 36 characters, and a CALLERROR of which parts are missing or null (C04).
"""

import json
import re
from typing import Final, Literal

import msgspec
from msgspec import Raw, Struct

from onetime.kit.limits import excess
from onetime.ocpp.codec import ascii_json, encode
from onetime.ocpp.errors import CallErrorCode

MAX_ID_LENGTH: Final = 255  # 36 by OCPP-J 1.6, 4.1.4
MAX_ACTION_LENGTH: Final = 255
MAX_DESCRIPTION_LENGTH: Final = 255

Kind = Literal["call", "call_result", "call_error"]


class Call(Struct, frozen=True):
    """A request (OCPP-J 1.6, 4.2.1)."""

    message_id: str
    action: str
    payload: Raw


class CallResult(Struct, frozen=True):
    """The answer to a request (OCPP-J 1.6, 4.2.2)."""

    message_id: str
    payload: Raw


class CallError(Struct, frozen=True):
    """The refusal of a request (OCPP-J 1.6, 4.2.3); what was missing or null is empty.

    An odd one lacks parts, or has a code that OCPP-J does not know (C04).
    """

    message_id: str
    code: str
    description: str
    details: Raw
    is_odd: bool = False


class Malformed(Struct, frozen=True):
    """A frame that is none of the above: why, and what could be read of it all the same."""

    reason: str
    message_id: str | None
    action: str | None
    kind: Kind | None


Message = Call | CallResult | CallError | Malformed

KINDS: Final[dict[str, Kind]] = {"2": "call", "3": "call_result", "4": "call_error"}

_CALL: Final = msgspec.json.Decoder(tuple[Literal[2], str, str, Raw])
_CALL_RESULT: Final = msgspec.json.Decoder(tuple[Literal[3], str, Raw])
_CALL_ERROR: Final = msgspec.json.Decoder(list[Raw])
_ENCODER: Final = msgspec.json.Encoder()
_STRING: Final = r'"(?:[^"\\]|\\.)*"'
_HEAD: Final = re.compile(
    rf'\s*\[[\s,]*"?(?P<kind>\d)(?:\.0)?"?'
    rf"(?:[\s,]+(?P<id>{_STRING}|-?[\d.]+)(?:[\s,]+(?P<action>{_STRING})|[\s,\]]|$))?",
    re.DOTALL,
)
_WHOLE_SECOND: Final = re.compile(rb'("\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)Z"')
_HEAD_LENGTH: Final = 4_000
_CODES: Final = frozenset(CallErrorCode)
_NULL: Final = Raw(b"null")
_EMPTY: Final = Raw(b"{}")


def read(frame: bytes) -> Message:
    """Take a frame apart; whatever the bytes are, the answer is a value and never an exception."""
    reason = excess(frame)
    if reason is None:
        try:
            return _checked(_read(frame))
        except (ValueError, RecursionError) as error:
            reason = str(error)
    return _malformed(frame, reason)


def after_head(frame: str) -> str:
    """Return what a CALL that breaks off holds after its action; empty when that is not there."""
    text = frame.lstrip("\ufeff")
    head = _HEAD.match(text[:_HEAD_LENGTH])
    return text[head.end() :].lstrip(", \t\r\n") if head and head["action"] else ""


def write_call(message_id: str, action: str, payload: bytes | Raw | Struct) -> bytes:
    """Write a CALL as compact ASCII JSON (K21)."""
    return b"[2,%b,%b,%b]" % (_quoted(message_id), _quoted(action), _written(payload))


def write_result(message_id: str, payload: bytes | Raw | Struct) -> bytes:
    """Write a CALLRESULT as compact ASCII JSON (K21)."""
    return b"[3,%b,%b]" % (_quoted(message_id), _written(payload))


def write_error(message_id: str, code: CallErrorCode, description: str) -> bytes:
    """Write a CALLERROR; a long description is cut."""
    parts = (message_id, code.value, description[:MAX_DESCRIPTION_LENGTH])
    return b"[4,%b,%b,%b,{}]" % tuple(_quoted(part) for part in parts)


def with_fractions(frame: bytes) -> bytes:
    """Return a frame of ours with fractions of a second in its times, for who needs them (B09)."""
    return _WHOLE_SECOND.sub(rb'\1.000Z"', frame)


def sound(text: str, longest: int) -> bool:
    """Say whether an id or an action can be stored, shown and sent back."""
    return len(text) <= longest and text.isprintable()


def _read(frame: bytes) -> Call | CallResult | CallError:
    kind = frame[:64].partition(b",")[0].strip(b"[ \t\r\n")
    if kind == b"2":
        return Call(*_CALL.decode(frame)[1:])
    if kind == b"3":
        return CallResult(*_CALL_RESULT.decode(frame)[1:])
    if kind == b"4":
        return _call_error(_CALL_ERROR.decode(frame))
    raise ValueError("Not a list that begins with a message type of 2, 3 or 4")


def _checked(message: Call | CallResult | CallError) -> Call | CallResult | CallError:
    if not sound(message.message_id, MAX_ID_LENGTH):
        raise ValueError("The message id is too long or not printable")
    if isinstance(message, Call) and not sound(message.action, MAX_ACTION_LENGTH):
        raise ValueError("The action is too long or not printable")
    return message


def _call_error(elements: list[Raw]) -> CallError:
    if not 3 <= len(elements) <= 5:
        raise ValueError("A CALLERROR has 3 to 5 elements")
    message_id = msgspec.json.decode(elements[1], type=str)
    code, description, details = (*elements[2:], _NULL, _NULL)[:3]
    word = _text(code)
    return CallError(
        message_id,
        word,
        _text(description),
        details if details != _NULL else _EMPTY,
        is_odd=_NULL in (code, description, details) or word not in _CODES,
    )


def _text(part: Raw) -> str:
    """Read a string; null is empty, anything else stays as it is written."""
    value = msgspec.json.decode(part)
    if value is None:
        return ""
    return value if isinstance(value, str) else bytes(part).decode()


def _malformed(frame: bytes, reason: str) -> Malformed:
    """Read what can be read of the head, so that the frame can be answered (K19)."""
    head = _HEAD.match(frame[:_HEAD_LENGTH].decode(errors="replace").lstrip("\ufeff"))
    kind = KINDS.get(head["kind"]) if head else None
    if head is None or kind is None:
        return Malformed(reason, None, None, None)
    message_id = _unquoted(head["id"], MAX_ID_LENGTH)
    action = _unquoted(head["action"], MAX_ACTION_LENGTH) if kind == "call" else None
    return Malformed(reason, message_id, action, kind)


def _unquoted(literal: str | None, longest: int) -> str | None:
    if literal is None:
        return None
    text = literal
    if literal.startswith('"'):
        try:
            text = json.loads(literal, strict=False)
        except ValueError:
            text = literal[1:-1]
    return text if sound(text, longest) else None


def _quoted(text: str) -> bytes:
    return _ENCODER.encode(text) if text.isascii() else json.dumps(text).encode()


def _written(payload: bytes | Raw | Struct) -> bytes:
    return encode(payload) if isinstance(payload, Struct) else ascii_json(bytes(payload))
