"""Payloads to typed messages and back, strictly. Knows the schemas, never what a message causes.

Decoding agrees with the official JSON schemas but for these deviations, all of them on purpose:

- fields that the schema does not know are dropped instead of refused (vendors add their own);
- a payload of null is an empty object (OCPP-J 1.6, 4.2.1 and 4.2.2);
- text must not contain NUL, which not every database can keep;
- a time must be RFC 3339 with a zone and lie in the calendar, the schema takes any text;
- integers must fit 64 bits and be written without fraction or exponent; numbers must be finite;
- the tag of StartTransaction and StopTransaction must not be empty (X12, X17);
- `sampledValue` is never empty in StopTransaction either (OCPP 1.6, 7.33);
- the unit `Hertz` is known in StopTransaction too, not in MeterValues alone.

A CALLERROR code is chosen like this (OCPP-J 1.6, 4.2.3): what is no JSON or no object is a
FormationViolation; a field that is missing, or a list that is too short, is an
OccurenceConstraintViolation; a value of another JSON type, null included, is a
TypeConstraintViolation; a value of the right type that is too long, out of range, no known word or
no time is a PropertyConstraintViolation.
"""

import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Final

import msgspec
from msgspec import Raw, Struct

from onetime.kit.times import to_wire, utc
from onetime.ocpp.actions import ACTIONS
from onetime.ocpp.errors import CallErrorCode, OcppViolation
from onetime.ocpp.shapes import holds_times, null_field

_REQUESTS: Final = {name: msgspec.json.Decoder(action.request) for name, action in ACTIONS.items()}
_RESPONSES: Final = {
    name: msgspec.json.Decoder(action.response) for name, action in ACTIONS.items()
}
_ENCODER: Final = msgspec.json.Encoder()
_PATH: Final = re.compile(r" - at `\$\.?(?P<path>[^`]*)`$")
_MISSING: Final = re.compile(r"^Object missing required field `(?P<field>[^`]*)`")
_TOO_FINE: Final = re.compile(r"^Expected tenths in `(?P<field>[^`]*)`")
_WRONG_TYPE: Final = re.compile(r"^Expected `[^`]*`, got `")
_TOO_FEW: Final = "Expected `array` of length >="
_NOT_ASCII: Final = re.compile(r"[^\x00-\x7f]+")
_FIRST_DAY: Final = b'"0001-01-01'
_LAST_DAY: Final = b'"9999-12-31'
_NUL: Final = b"\\u0000"


def decode_request(action: str, payload: Raw | bytes) -> Struct:
    """Read the payload of a CALL; raise OcppViolation with the code and field for the peer."""
    return _decode(_REQUESTS, action, payload)


def decode_response(action: str, payload: Raw | bytes) -> Struct:
    """Read the payload of the CALLRESULT to a call of ours; raise OcppViolation as above."""
    return _decode(_RESPONSES, action, payload)


def encode(message: Struct) -> bytes:
    """Write a message as compact ASCII JSON, its times without fraction (K21, B09)."""
    if not holds_times(type(message)):
        return ascii_json(_ENCODER.encode(message))
    tree = msgspec.to_builtins(message, builtin_types=(datetime,))
    return ascii_json(_ENCODER.encode(_with_wire_times(tree)))


def ascii_json(text: bytes) -> bytes:
    """Return the same JSON with everything outside ASCII escaped."""
    if text.isascii():
        return text
    return _NOT_ASCII.sub(lambda found: json.dumps(found[0])[1:-1], text.decode()).encode()


def _decode(
    decoders: Mapping[str, msgspec.json.Decoder[Struct]], action: str, payload: Raw | bytes
) -> Struct:
    decoder = decoders.get(action)
    if decoder is None:
        raise OcppViolation(CallErrorCode.NOT_IMPLEMENTED, "", f"Unknown action {action[:50]!r}")
    text = bytes(payload)
    if text == b"null":
        text = b"{}"
    try:
        message = decoder.decode(text)
    except msgspec.ValidationError as error:
        raise _violation(str(error)) from None
    except (ValueError, RecursionError) as error:
        raise OcppViolation(CallErrorCode.FORMATION_VIOLATION, "", str(error)) from None
    if b"null" in text:
        _refuse_nulls(text, type(message))
    if _NUL in text or _FIRST_DAY in text or _LAST_DAY in text:
        _refuse_what_cannot_be_kept(msgspec.to_builtins(message, builtin_types=(datetime,)))
    return message


def _violation(report: str) -> OcppViolation:
    """Turn a report of msgspec into the code and the field that OCPP-J speaks of."""
    place = _PATH.search(report)
    field = place["path"] if place else ""
    reason = report[: place.start()] if place else report
    if inner := _MISSING.match(reason) or _TOO_FINE.match(reason):
        field = f"{field}.{inner['field']}" if field else inner["field"]
    if _MISSING.match(reason):
        return OcppViolation(CallErrorCode.OCCURENCE_CONSTRAINT_VIOLATION, field, "Is missing")
    if reason.startswith(_TOO_FEW):
        code = CallErrorCode.OCCURENCE_CONSTRAINT_VIOLATION
    elif not _WRONG_TYPE.match(reason):
        code = CallErrorCode.PROPERTY_CONSTRAINT_VIOLATION
    elif field:
        code = CallErrorCode.TYPE_CONSTRAINT_VIOLATION
    else:
        code = CallErrorCode.FORMATION_VIOLATION
    return OcppViolation(code, field, reason)


def _refuse_nulls(text: bytes, message: type[Struct]) -> None:
    """A field that is left out is fine, one that is null is not; msgspec takes both."""
    field = null_field(msgspec.json.decode(text), message)
    if field is not None:
        raise OcppViolation(CallErrorCode.TYPE_CONSTRAINT_VIOLATION, field, "Is null")


def _refuse_what_cannot_be_kept(tree: object) -> None:
    """Text with NUL in it, and times next to the first or last day that have no equal in UTC."""
    if isinstance(tree, dict):
        for value in tree.values():
            _refuse_what_cannot_be_kept(value)
    elif isinstance(tree, (list, tuple)):
        for item in tree:
            _refuse_what_cannot_be_kept(item)
    elif isinstance(tree, str) and "\0" in tree:
        raise OcppViolation(CallErrorCode.PROPERTY_CONSTRAINT_VIOLATION, "", "Text contains NUL")
    elif isinstance(tree, datetime):
        try:
            utc(tree)
        except OverflowError:
            code = CallErrorCode.PROPERTY_CONSTRAINT_VIOLATION
            raise OcppViolation(code, "", "A time lies outside the calendar") from None


def _with_wire_times(tree: object) -> object:
    if isinstance(tree, datetime):
        return to_wire(tree)
    if isinstance(tree, dict):
        return {name: _with_wire_times(value) for name, value in tree.items()}
    if isinstance(tree, (list, tuple)):
        return [_with_wire_times(item) for item in tree]
    return tree
