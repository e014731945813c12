"""JSON schemas of messages, made from their types: for documents, and to tell all faults at once.

They say what the strict decoder (`codec.py`) takes, and refuse fields that OCPP does not know:
whoever writes a message by hand wants to hear of a slip. Knows no message by name.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import Final, TypeAlias

import msgspec
from msgspec import Struct

from onetime.kit.times import utc

Schema: TypeAlias = dict[str, object]

_IN_TENTHS: Final = frozenset({"limit", "minChargingRate"})
"""Numbers that OCPP 1.6 wants in steps of 0.1 (7.13, 7.14)."""
_TENTH: Final = Decimal("0.1")
_HAS_ZONE: Final = re.compile(r"(?:[Zz]|[-+]\d\d:?\d\d)$")


@cache
def schema_of(message: type[Struct]) -> Mapping[str, object]:
    """Return the JSON Schema (2020-12) of a message, its definitions inside."""
    whole = msgspec.json.schema(message)
    inner = {name: _strict(each) for name, each in whole["$defs"].items()}
    return {**whole, "$defs": inner}


def is_time(text: str) -> bool:
    """Say whether a text is a time that the decoder takes: RFC 3339, with a zone."""
    try:
        utc(msgspec.convert(text, datetime))
    except (msgspec.ValidationError, OverflowError):
        return False
    return _HAS_ZONE.search(text) is not None


def _strict(definition: Schema) -> Schema:
    """Return the schema of an object without null, without defaults, without unknown fields."""
    properties = definition.get("properties")
    assert isinstance(properties, dict)
    fields = {name: _bare(field) for name, field in properties.items()}
    for name in _IN_TENTHS & fields.keys():
        fields[name]["multipleOf"] = _TENTH
    return {**definition, "properties": fields, "additionalProperties": False}


def _bare(field: Schema) -> Schema:
    """Strip the null of a field that may be left out."""
    options = field.get("anyOf")
    if not isinstance(options, list):
        return {name: value for name, value in field.items() if name != "default"}
    (bare,) = (option for option in options if option != {"type": "null"})
    return dict(bare)
