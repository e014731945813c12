"""The official JSON schemas as an oracle: what they accept, and what breaks them in every way."""

import json
from collections.abc import Iterator
from copy import deepcopy
from datetime import date
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any

import jsonschema
from hypothesis import strategies as st

from onetime.ocpp.errors import CallErrorCode
from onetime.ocpp.v16.types import INTEGER_MAX, INTEGER_MIN

MESSAGES = sorted(
    path.name.removesuffix(".json")
    for path in files("ocpp.v16").joinpath("schemas").iterdir()
    if path.name.endswith(".json")
)
"""`Authorize` is the request, `AuthorizeResponse` the response, as the files are called."""

Json = Any
"""Whatever JSON can say; the schemas themselves are read like this too."""

Schema = dict[str, Json]
Path = tuple[str | int, ...]
Break = tuple[str, Path, Json, CallErrorCode]
"""Name, place, what to put there (`GONE` to take it away), and the code this deserves."""

GONE = object()

ONE_OF_EACH: tuple[Json, ...] = (None, True, 7, 1.5, "7", [], {})


@cache
def official(message: str) -> Schema:
    """Return the schema as published, its references filled in, its decimals exact."""
    text = files("ocpp.v16").joinpath("schemas", f"{message}.json").read_text("utf-8-sig")
    schema = json.loads(text, parse_float=Decimal)
    whole: Schema = resolved(schema, schema.pop("definitions", {}))
    return whole


@cache
def as_we_read_it(message: str) -> Schema:
    """Return the schema with the deviations that the codec lists, and with no others."""
    schema = deepcopy(official(message))
    if message in ("StartTransaction", "StopTransaction"):
        schema["properties"]["idTag"]["minLength"] = 1
    if message == "StopTransaction":
        sampled = schema["properties"]["transactionData"]["items"]["properties"]["sampledValue"]
        sampled["minItems"] = 1
        sampled["items"]["properties"]["unit"]["enum"].append("Hertz")
    return schema


def accepts(message: str, payload: bytes) -> bool:
    """Say whether the schema as we read it accepts the payload, its decimals read exactly."""
    return bool(validator(message).is_valid(json.loads(payload, parse_float=Decimal)))


def valid(schema: Schema) -> st.SearchStrategy[Json]:
    """Draw what the schema accepts; times are RFC 3339, integers have 64 bits."""
    kind = schema["type"]
    if kind == "object":
        return objects(schema)
    if kind == "array":
        fewest = schema.get("minItems", 0)
        return st.lists(valid(schema["items"]), min_size=fewest, max_size=fewest + 2)
    if kind == "integer":
        return st.integers(INTEGER_MIN, INTEGER_MAX) | st.integers(-2, 5)
    if kind == "number":
        return st.integers(-(10**6), 10**6).map(lambda tenths: tenths / 10)
    if kind == "boolean":
        return st.booleans()
    return texts(schema)


def full(schema: Schema) -> Json:
    """Return one instance in which every field that there is has a value."""
    kind = schema["type"]
    if kind == "object":
        return {name: full(inner) for name, inner in schema.get("properties", {}).items()}
    if kind == "array":
        return [full(schema["items"])]
    if kind == "string":
        example = "2026-01-31T18:00:00Z" if schema.get("format") == "date-time" else "7"
        return schema["enum"][0] if "enum" in schema else example
    return {"integer": 7, "number": 1.6, "boolean": True}[kind]


def breaks(schema: Schema, path: Path = ()) -> Iterator[Break]:
    """Yield every way to break the full instance: all fields, all rules."""
    kind = schema["type"]
    wrong = CallErrorCode.TYPE_CONSTRAINT_VIOLATION if path else CallErrorCode.FORMATION_VIOLATION
    bad = CallErrorCode.PROPERTY_CONSTRAINT_VIOLATION
    few = CallErrorCode.OCCURENCE_CONSTRAINT_VIOLATION
    for other in ONE_OF_EACH if path else ONE_OF_EACH[1:]:  # a payload of null is an empty one
        if not (isinstance(other, JSON_TYPES[kind]) and (kind == "boolean" or other is not True)):
            yield f"{json.dumps(other)} for {kind}", path, other, wrong
    if kind == "object":
        for name in schema.get("required", ()):
            yield "missing", (*path, name), GONE, few
        for name, inner in schema.get("properties", {}).items():
            yield from breaks(inner, (*path, name))
    if kind == "array":
        if schema.get("minItems"):
            yield "too few", path, [], few
        yield from breaks(schema["items"], (*path, 0))
    if "maxLength" in schema:
        yield "too long", path, "ä" * (schema["maxLength"] + 1), bad
    if "minLength" in schema:
        yield "too short", path, "", bad
    if "enum" in schema:
        yield "unknown word", path, schema["enum"][0] + "?", bad
    if schema.get("format") == "date-time":
        for time in ("", "yesterday", "2026-01-31T18:00:00", "2026-02-30T18:00:00Z"):
            yield f"time {time!r}", path, time, bad
    if "multipleOf" in schema:
        yield "too fine", path, 1.65, bad
    if kind == "integer":
        yield "too large", path, INTEGER_MAX + 1, bad


@cache
def places(message: str) -> list[Path]:
    """Return every place in the full instance of a message."""
    return sorted({path for _, path, _, _ in breaks(as_we_read_it(message))}, key=str)


def broken(instance: Json, path: Path, value: Json) -> Json:
    """Return a copy of the instance with another value, or none, at one place."""
    if not path:
        return value
    copy = deepcopy(instance)
    spot = copy
    for step in path[:-1]:
        spot = spot[step]
    if value is GONE:
        del spot[path[-1]]
    else:
        spot[path[-1]] = value
    return copy


def dotted(path: Path) -> str:
    """Return the place as the codec names it: `meterValue[0].timestamp`."""
    steps = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return "".join(steps).removeprefix(".")


def objects(schema: Schema) -> st.SearchStrategy[dict[str, Json]]:
    fields = {name: valid(inner) for name, inner in schema.get("properties", {}).items()}
    required = set(schema.get("required", ()))
    return st.fixed_dictionaries(
        {name: fields[name] for name in fields if name in required},
        optional={name: fields[name] for name in fields if name not in required},
    )


def texts(schema: Schema) -> st.SearchStrategy[str]:
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    if schema.get("format") == "date-time":
        return times()
    fewest, most = schema.get("minLength", 0), schema.get("maxLength", 60)
    longest = st.just("🔌" * most)
    sound = st.characters(exclude_categories=["Cs"], exclude_characters="\0")
    return st.text(sound, min_size=fewest, max_size=min(most, 60)) | longest


def times() -> st.SearchStrategy[str]:
    """Draw RFC 3339 times with every kind of zone and fraction."""
    zone = st.sampled_from(["Z", "z", "+00:00", "-00:00", "+02:00", "-11:30", "+14:00"])
    fraction = st.sampled_from(["", ".1", ".123", ".123456", ".123456789"])
    middle = st.sampled_from("Tt")
    day = st.dates(date(1000, 1, 2), date(9999, 12, 30))
    clock = st.times().map(lambda clock: clock.replace(microsecond=0))
    return st.builds(
        lambda day, t, clock, part, zone: f"{day.isoformat()}{t}{clock.isoformat()}{part}{zone}",
        day,
        middle,
        clock,
        fraction,
        zone,
    )


@cache
def validator(message: str) -> jsonschema.Draft4Validator:
    return jsonschema.Draft4Validator(as_we_read_it(message))


def resolved(schema: Json, definitions: Schema) -> Json:
    if isinstance(schema, list):
        return [resolved(item, definitions) for item in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return resolved(definitions[schema["$ref"].rpartition("/")[2]], definitions)
    return {name: resolved(inner, definitions) for name, inner in schema.items()}


JSON_TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "string": (str,),
}
