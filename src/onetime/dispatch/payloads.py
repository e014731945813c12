"""Payloads as programs write them: checked against OCPP 1.6, with every fault told at once.

Knows the schemas of requests; never vetoes a value that they allow.
"""

import difflib
import json
from decimal import Decimal
from functools import cache
from typing import Final

import msgspec
from jsonschema import Draft202012Validator
from msgspec import Struct

from onetime.domain.errors import Faulty, FieldFault, NotFound
from onetime.kit.limits import excess
from onetime.kit.schemas import faults, validator
from onetime.ocpp.actions import COMMANDS
from onetime.ocpp.codec import decode_request
from onetime.ocpp.errors import OcppViolation
from onetime.ocpp.schemas import is_time, schema_of

WHOLE: Final = "body"
MAX_FAULTS: Final = 50
MAX_SHOWN: Final = 50

Fields = dict[str, object]


class Payload(Struct, frozen=True):
    """A request that obeys the schema: as a value, and as the text that is sent."""

    request: Struct
    text: bytes


def require_command(action: str) -> None:
    """Refuse what no station can be asked, with the nearest name; raises NotFound."""
    if action in COMMANDS:
        return
    by_small = {name.lower(): name for name in COMMANDS}
    near = difflib.get_close_matches(action.lower(), by_small, 1)
    hint = by_small[near[0]] if near else ""
    raise NotFound(
        f"OCPP 1.6 has no command {action[:MAX_SHOWN]!r} for stations"
        f"{f'; the nearest is {hint}' if hint else ''}.",
        "action",
    )


def read_fields(text: bytes) -> Fields:
    """Read a payload as an object; nothing at all is an empty one. Raises Faulty."""
    problem = excess(text)
    try:
        tree = msgspec.json.decode(text) if text.strip() and problem is None else {}
    except (ValueError, RecursionError) as error:
        problem = f"This is no JSON ({str(error)[:MAX_SHOWN]})"
    if problem is not None:
        raise Faulty([FieldFault(WHOLE, f"{problem}.")])
    if not isinstance(tree, dict):
        raise Faulty([FieldFault(WHOLE, "This has to be an object.")])
    return tree


def checked(action: str, fields: Fields) -> Payload:
    """Return a payload that obeys the schema of its action; raises Faulty with all that is wrong.

    Fields that OCPP does not know are refused: a station would not know them either.
    """
    text = msgspec.json.encode(fields)
    exact = json.loads(text, parse_float=Decimal)
    found = [
        FieldFault(place or WHOLE, sentence) for place, sentence in faults(_checker(action), exact)
    ]
    if found:
        raise Faulty(found[:MAX_FAULTS])
    try:
        return Payload(decode_request(action, text), text)
    except OcppViolation as violation:
        fault = FieldFault(violation.field or WHOLE, f"{violation.reason}.")
        raise Faulty([fault]) from None


@cache
def _checker(action: str) -> Draft202012Validator:
    return validator(schema_of(COMMANDS[action].request), is_time)
