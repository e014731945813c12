"""What stations get wrong, and how it is read all the same. Called when strict decoding failed.

Knows the deviations by their ids in the catalogue of quirks, never what a garage does about them.
What is missing or unreadable gets a fixed substitute: "" for text, 0 for a number, no items for a
list, False for a choice of two, 1970 for a time. Words that OCPP does not know and text that is
too long stay as they were.
"""

from collections.abc import Mapping
from functools import cache
from typing import Final

from msgspec import Raw, Struct
from msgspec import inspect as kinds

from onetime.kit.times import EPOCH
from onetime.ocpp import lenient
from onetime.ocpp.actions import ACTIONS
from onetime.ocpp.envelope import (
    KINDS,
    MAX_ACTION_LENGTH,
    MAX_ID_LENGTH,
    Call,
    CallError,
    CallResult,
    sound,
)
from onetime.ocpp.lenient import Number, Tree, Unreadable
from onetime.ocpp.shapes import slots
from onetime.ocpp.v16.core import (
    KeyValue,
    MeterValuesRequest,
    SampledValue,
    StartTransactionRequest,
    StatusNotificationRequest,
    StopTransactionRequest,
)
from onetime.ocpp.values import as_decimal, as_moment, as_text, as_whole, as_word

Place = tuple[type[Struct], str]
"""A field of a message, by its name on the wire."""

NEVER_REFUSED: Final = frozenset({"StartTransaction", "StopTransaction", "MeterValues"})
"""Actions that are answered whatever they hold: a refusal would destroy what was metered."""

BROKEN_JSON: Final = "K19"
NO_TIME: Final = "T01"
NO_ZONE: Final = "T03"
NOT_WHOLE: Final = "X15"
LONG_TAG: Final = "G05"
IMPLAUSIBLE: Final = "M14"
OTHER: Final = "other"

WITHOUT_VALUE: Final[Mapping[Place, str]] = {
    (StartTransactionRequest, "idTag"): "X17",
    (StartTransactionRequest, "meterStart"): "X14",
    (StopTransactionRequest, "idTag"): "X12",
    (StopTransactionRequest, "meterStop"): "X14",
    (StopTransactionRequest, "transactionId"): "X06",
    (MeterValuesRequest, "transactionId"): "X07",
    (SampledValue, "unit"): "M01",
    (SampledValue, "measurand"): "M03",
}
"""The quirk when a field is null or unreadable, or is required and missing."""

UNKNOWN_WORD: Final[Mapping[Place, str]] = {
    (StatusNotificationRequest, "status"): "N01",
    (StatusNotificationRequest, "errorCode"): "N01",
    (SampledValue, "unit"): "M06",
    (SampledValue, "measurand"): "M06",
    (SampledValue, "context"): "M06",
    (SampledValue, "phase"): "M06",
    (SampledValue, "location"): "M06",
    (SampledValue, "format"): "M06",
}
"""The quirk when a word is none that OCPP knows, or is spelled in another case."""

INDISPENSABLE: Final[Mapping[type[Struct], str]] = {SampledValue: "value", KeyValue: "key"}
"""An item of a list that lacks this says nothing and is left out; the others are kept."""

LARGEST_PLAUSIBLE: Final = 10**12
MAX_STRANGE_NAMES: Final = 1_000
_MAY_BREAK_OFF: Final = "StartTransaction"

Quirks = dict[str, None]
"""Ids in the order in which they were met, each once."""


class Repaired(Struct, frozen=True):
    """A request as it was meant, and the ids of the quirks that stood in the way."""

    request: Struct
    quirks: tuple[str, ...]


def repair_frame(frame: bytes) -> Call | CallResult | CallError | None:
    """Read a frame that is nearly JSON, or nearly a message (K19).

    None when it breaks off or has no usable id; `Malformed` then says what is known of its head.
    """
    try:
        elements = lenient.read(frame).tree
        if not isinstance(elements, list) or len(elements) < 2:
            return None
        return _message(as_text(elements[0]).removesuffix(".0"), _id(elements[1]), elements[2:])
    except Unreadable:
        return None


def repair_request(action: str, frame_payload: bytes | Raw) -> Repaired | None:
    """Build the request that a station meant by a payload that breaks the schema.

    None when nothing of it makes sense, which never happens for `NEVER_REFUSED`: there even an
    empty or unreadable payload becomes a request, all of it substitutes. Of a Start that breaks off
    stays what it told in full before: without it nobody could say which charge has begun.
    """
    known = ACTIONS.get(action)
    if known is None or not known.from_station:
        return None
    quirks: Quirks = {}
    payload = bytes(frame_payload)
    fields = _fields_of(payload, quirks)
    if fields is None:
        fields = lenient.read_beginning(payload) if action == _MAY_BREAK_OFF else {}
    fields = _as_spelled(known.request, fields, quirks)
    if action not in NEVER_REFUSED and not _says_something(known.request, fields):
        return None
    request = _build(known.request, fields, quirks)
    return Repaired(request, tuple(quirks) or (OTHER,))


def repair_response(action: str, payload: bytes) -> Repaired | None:
    """Build the answer that a station meant by a payload that breaks the schema (C05).

    None when it holds nothing that is known. Only for those who ask what a station has to tell:
    a word that it should have chosen from a list, such as Accepted, stays as it was sent.
    """
    known = ACTIONS.get(action)
    if known is None or not known.to_station:
        return None
    quirks: Quirks = {}
    fields = _as_spelled(known.response, _fields_of(payload, quirks) or {}, quirks)
    if not fields.keys() & slots(known.response).keys():
        return None
    response = _build(known.response, fields, quirks)
    return Repaired(response, tuple(quirks) or (OTHER,))


def _message(kind: str, message_id: str, rest: list[Tree]) -> Call | CallResult | CallError | None:
    match KINDS.get(kind):
        case "call" if rest and isinstance(rest[0], str) and sound(rest[0], MAX_ACTION_LENGTH):
            return Call(message_id, rest[0], _payload(rest[1:]))
        case "call_result":
            return CallResult(message_id, _payload(rest))
        case "call_error":
            code, description = (*("" if part is None else as_text(part) for part in rest), "", "")[
                :2
            ]
            return CallError(message_id, code, description, _payload(rest[2:]))
        case _:
            return None


def _id(element: Tree) -> str:
    if isinstance(element, str | Number):
        message_id = as_text(element)
        if sound(message_id, MAX_ID_LENGTH):
            return message_id
    raise Unreadable("No message id")


def _payload(elements: list[Tree]) -> Raw:
    """Take the first object; without one, what stands there; and if nothing does, an empty one."""
    objects = [element for element in elements if isinstance(element, dict)]
    return Raw(lenient.write((objects or elements or [{}])[0]))


def _fields_of(payload: bytes, quirks: Quirks) -> dict[str, Tree] | None:
    """Read a payload as the object that it should be, also out of a list or a text around it.

    None when it can not be read to its end.
    """
    try:
        reading = lenient.read(payload)
        tree = reading.tree
        if not reading.sound:
            _note(quirks, BROKEN_JSON)
        if not isinstance(tree, dict):
            _note(quirks, OTHER)
        if isinstance(tree, str):
            tree = lenient.read(tree.encode(errors="replace")).tree
    except Unreadable:
        _note(quirks, BROKEN_JSON)
        return None
    if isinstance(tree, list) and len(tree) == 1:
        tree = tree[0]
    return tree if isinstance(tree, dict) else {}


def _says_something(request: type[Struct], fields: dict[str, Tree]) -> bool:
    """A request is worth an answer if a field that it needs is there, or if it needs none."""
    needed = [slot.wire for slot in slots(request).values() if slot.required]
    return not needed or any(fields.get(wire) is not None for wire in needed)


def _build(message: type[Struct], fields: dict[str, Tree], quirks: Quirks) -> Struct:
    values: dict[str, object] = {}
    for slot in slots(message).values():
        place = (message, slot.wire)
        try:
            values[slot.name] = _read(place, slot.kind, fields.get(slot.wire), quirks)
        except Unreadable:
            if slot.required or slot.wire in fields:
                _note(quirks, WITHOUT_VALUE.get(place, _unreadable(slot.kind)))
            if slot.required:
                values[slot.name] = _substitute(slot.kind)
    return message(**values)


def _as_spelled(message: type[Struct], fields: dict[str, Tree], quirks: Quirks) -> dict[str, Tree]:
    """Give the fields the names that OCPP has for them where only case or `_` differs.

    Among more strange names than any vendor has, none is looked for: a megabyte of them costs time.
    """
    known = slots(message)
    strange = fields.keys() - known.keys()
    if not 0 < len(strange) <= MAX_STRANGE_NAMES:
        return fields
    spelled: dict[str, Tree] = {}
    for name, value in fields.items():
        wire = name if name in known else _spellings(message).get(_plain(name), name)
        if wire == name:
            spelled[wire] = value
        elif wire not in fields:
            spelled[wire] = value
            _note(quirks, OTHER)
    return spelled


@cache
def _spellings(message: type[Struct]) -> Mapping[str, str]:
    return {_plain(wire): wire for wire in slots(message)}


def _plain(name: str) -> str:
    return name.replace("_", "").casefold()


def _read(place: Place, kind: kinds.Type, tree: Tree, quirks: Quirks) -> object:
    match kind:
        case kinds.StrType():
            return _text(place, kind, tree, quirks)
        case kinds.IntType():
            return _integer(tree, quirks)
        case kinds.DateTimeType():
            moment = as_moment(tree)
            if not moment.has_zone:
                _note(quirks, NO_ZONE)
            return moment.time
        case kinds.LiteralType():
            known = tuple(str(word) for word in kind.values)
            word = as_word(tree, known)
            if word != tree or word not in known:
                _note(quirks, UNKNOWN_WORD.get(place, OTHER))
            return word
        case kinds.BoolType():
            return _yes_or_no(tree, quirks)
        case kinds.VarTupleType(item_type=kinds.StructType(cls=item), min_length=fewest):
            return _items(item, fewest or 0, tree, quirks)
        case kinds.VarTupleType(item_type=kinds.StrType()):
            return _texts(tree, quirks)
    raise AssertionError(f"No station sends a {kind}")


def _yes_or_no(tree: Tree, quirks: Quirks) -> bool:
    if isinstance(tree, bool):
        return tree
    _note(quirks, OTHER)
    match as_text(tree).casefold():
        case "true" | "1" | "yes":
            return True
        case "false" | "0" | "no":
            return False
    raise Unreadable("Neither true nor false")


def _texts(tree: Tree, quirks: Quirks) -> tuple[str, ...]:
    if not isinstance(tree, list):
        raise Unreadable("No list")
    texts = tuple(as_text(each) for each in tree if isinstance(each, str | Number))
    if len(texts) < len(tree):
        _note(quirks, OTHER)
    return texts


def _text(place: Place, kind: kinds.StrType, tree: Tree, quirks: Quirks) -> str:
    text = as_text(tree)
    if len(text) < (kind.min_length or 0):
        raise Unreadable("Empty")
    if text != tree:
        _note(quirks, OTHER)
    if place == (SampledValue, "value") and not _is_plausible(tree):
        _note(quirks, IMPLAUSIBLE)
    if kind.max_length is not None and len(text) > kind.max_length:
        _note(quirks, LONG_TAG if place[1] == "idTag" else OTHER)
    return text


def _is_plausible(tree: Tree) -> bool:
    """Text may be anything, signed bytes too; a number must be one that a meter can show."""
    if not isinstance(tree, Number):
        return isinstance(tree, str)
    try:
        return abs(as_decimal(tree)) < LARGEST_PLAUSIBLE
    except Unreadable:
        return False


def _integer(tree: Tree, quirks: Quirks) -> int:
    whole = as_whole(tree)
    if tree != Number(str(whole)):
        _note(quirks, NOT_WHOLE)
    return whole


def _items(item: type[Struct], fewest: int, tree: Tree, quirks: Quirks) -> tuple[Struct, ...]:
    if isinstance(tree, dict):
        _note(quirks, OTHER)
        tree = [tree]
    if not isinstance(tree, list):
        raise Unreadable("No list")
    vital = INDISPENSABLE.get(item)
    objects = [_as_spelled(item, fields, quirks) for fields in tree if isinstance(fields, dict)]
    readable = [fields for fields in objects if vital is None or fields.get(vital) is not None]
    if len(readable) < max(len(tree), fewest):
        _note(quirks, OTHER)
    return tuple(_build(item, fields, quirks) for fields in readable)


def _unreadable(kind: kinds.Type) -> str:
    return NO_TIME if isinstance(kind, kinds.DateTimeType) else OTHER


def _substitute(kind: kinds.Type) -> object:
    match kind:
        case kinds.IntType():
            return 0
        case kinds.DateTimeType():
            return EPOCH
        case kinds.BoolType():
            return False
        case kinds.VarTupleType():
            return ()
    return ""


def _note(quirks: Quirks, quirk: str) -> None:
    quirks[quirk] = None
