"""What programs are told of each command: a sentence, the schema of its payload and its answer.

Knows what may be left out because it is filled in; never how a command is sent.
"""

import inspect
from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from msgspec import Struct

from onetime.dispatch.filling import NUMBERED, PROFILED, STORED
from onetime.ocpp.actions import COMMANDS
from onetime.ocpp.schemas import schema_of

COMMAND_NAMES: Final = tuple(sorted(COMMANDS))
_DEFINED: Final = "$defs"

Schema = dict[str, object]


class Described(Struct, frozen=True):
    """One command for the document of the API; both schemas stand by themselves."""

    sentence: str
    request: Schema
    response: Schema


def described(action: str) -> Described:
    """Return what is told of a command."""
    known = COMMANDS[action]
    request = _whole(known.request)
    fields, required = request["properties"], request.get("required", [])
    assert isinstance(fields, dict)
    assert isinstance(required, list)
    may_miss = set()
    if action in NUMBERED:
        may_miss.add(NUMBERED[action][0])
    if action in PROFILED:
        may_miss.add(PROFILED[action])
        fields = {**fields, STORED: {"type": "integer", "description": "A stored profile."}}
    request = {
        **request,
        "properties": fields,
        "required": [name for name in required if name not in may_miss],
    }
    return Described(inspect.getdoc(known.request) or "", request, _opened(_whole(known.response)))


def _whole(message: type[Struct]) -> Schema:
    """Return the schema of a message with its definitions put where they are referred to."""
    schema = schema_of(message)
    definitions = schema[_DEFINED]
    assert isinstance(definitions, Mapping)
    whole = _filled(definitions[message.__name__], definitions)
    assert isinstance(whole, dict)
    return whole


def _filled(schema: object, definitions: Mapping[str, object]) -> object:
    if isinstance(schema, list):
        return [_filled(each, definitions) for each in schema]
    if isinstance(schema, Decimal):
        return float(schema)
    if not isinstance(schema, dict):
        return schema
    reference = schema.get("$ref")
    if isinstance(reference, str):
        return _filled(definitions[reference.rpartition("/")[2]], definitions)
    return {key: _filled(value, definitions) for key, value in schema.items()}


def _opened(schema: object) -> Schema:
    """Return the schema of an answer: stations add fields of their own, which are shown."""
    opened = _without_lock(schema)
    assert isinstance(opened, dict)
    return opened


def _without_lock(schema: object) -> object:
    if isinstance(schema, list):
        return [_without_lock(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: _without_lock(value) for key, value in schema.items() if key != "additionalProperties"
    }
