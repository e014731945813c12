"""Says in sentences all that keeps a JSON value from fitting a schema, not only the first fault.

Knows JSON Schema and its words; never what the value is for.
"""

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Final

from jsonschema import Draft202012Validator, FormatChecker, ValidationError, validators

Fault = tuple[str, str]
"""Where, as a dotted path or empty for the whole, and one sentence."""

LARGEST_EXPONENT: Final = 400
TIME: Final = "This has to be a time such as 2026-01-31T18:00:00Z."
_KINDS: Final[Mapping[str, str]] = {
    "array": "a list",
    "boolean": "true or false",
    "integer": "a whole number",
    "null": "null",
    "number": "a number",
    "object": "an object",
    "string": "text",
}


def validator(schema: Mapping[str, object], is_time: Callable[[str], bool]) -> Draft202012Validator:
    """Return what checks values against a schema; `is_time` is asked about `date-time`."""
    formats = FormatChecker(formats=())
    formats.checks("date-time")(lambda value: not isinstance(value, str) or is_time(value))
    return _Exact(schema, format_checker=formats)


def _multiple_of(
    checker: Draft202012Validator, step: float | Decimal, value: object, _: object
) -> Iterator[ValidationError]:
    """Check exactly; the library's own check breaks on large decimals and rounds small ones."""
    if not checker.is_type(value, "number") or not isinstance(value, int | float | Decimal):
        return
    size = Decimal(value).adjusted()
    if value == 0 or size > LARGEST_EXPONENT:
        return  # nothing, or as whole as can be; what is so large can not be worked with
    if size < -LARGEST_EXPONENT or (_fraction(value) / _fraction(step)).denominator != 1:
        yield ValidationError(f"{value} is no multiple of {step}")


def _fraction(value: float | Decimal) -> Fraction:
    """Return what a number says in decimal, not what a computer makes of it."""
    return Fraction(str(value))


_Exact: type[Draft202012Validator] = validators.extend(  # type: ignore[no-untyped-call]  # as it is
    Draft202012Validator, {"multipleOf": _multiple_of}
)


def faults(checker: Draft202012Validator, value: object) -> Iterator[Fault]:
    """Yield everything that is wrong with a value, in the order of the places."""
    errors = checker.iter_errors(value)
    for error in sorted(errors, key=_place):
        yield from _told(error)


def _place(error: ValidationError) -> tuple[list[str], bool]:
    """Return by what faults are put in order: by place, the length of a text before its form."""
    return list(map(str, error.absolute_path)), error.validator == "pattern"


def _told(error: ValidationError) -> Iterator[Fault]:
    place = ".".join(map(str, error.absolute_path))
    match error.validator, error.validator_value:
        case "required", list() as wanted:
            # The library tells each missing field by itself, and all that are wanted with each.
            name = next(each for each in wanted if error.message.startswith(repr(each)))
            yield inside(place, str(name)), "This field is missing."
        case "additionalProperties", _:
            schema = error.schema if isinstance(error.schema, Mapping) else {}
            known = schema.get("properties")
            given = error.instance if isinstance(error.instance, Mapping) else {}
            for name in given:
                if not isinstance(known, Mapping) or name not in known:
                    yield inside(place, str(name)), "There is no such field."
        case "anyOf", list():
            yield place, _of_union(error)
        case _:
            yield place, _sentence(error)


def inside(place: str, name: str) -> str:
    """Return the place of a field inside another place."""
    return f"{place}.{name}" if place else name


def _of_union(error: ValidationError) -> str:
    """Say what none of the alternatives took: the fault of the right kind, or all the kinds."""
    of_kind = [each for each in error.context or () if each.validator != "type"]
    if of_kind:
        return _sentence(of_kind[0])
    kinds = [str(each.validator_value) for each in error.context or ()]
    return f"This has to be {' or '.join(_KINDS.get(kind, kind) for kind in kinds)}."


def _sentence(error: ValidationError) -> str:
    value = error.validator_value
    match error.validator:
        case "type":
            return f"This has to be {_KINDS.get(str(value), str(value))}."
        case "enum":
            words = value if isinstance(value, list) else [value]
            return f"This has to be one of {', '.join(map(str, words))}."
        case "minLength":
            return f"This has at least {value} character{'' if value == 1 else 's'}."
        case "maxLength":
            return f"This has at most {value} characters."
        case "minimum":
            return f"This is at least {value}."
        case "maximum":
            return f"This is at most {value}."
        case "minItems":
            return f"This has at least {value} item{'' if value == 1 else 's'}."
        case "maxItems":
            return f"This has at most {value} items."
        case "multipleOf":
            return f"This has to be a multiple of {value}."
        case "pattern" if isinstance(error.schema, Mapping) and "description" in error.schema:
            return f"This has to be {error.schema['description']}."
        case "format":
            return TIME
    return "This can not be accepted as it is."
