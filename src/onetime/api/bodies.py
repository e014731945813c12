"""Reads JSON bodies strictly, and tells all that is wrong with one at once.

msgspec decodes, and stops at the first fault; then `jsonschema` looks for the others, by the
schemas of the same structs. Knows schemas and their words; never what a body is for.
"""

from collections.abc import Generator, Iterable, Iterator, Mapping
from datetime import datetime
from functools import lru_cache
from typing import ClassVar, Final, TypeVar, get_args

import msgspec
from jsonschema import Draft202012Validator, FormatChecker, ValidationError
from litestar.dto import AbstractDTO, DTOConfig
from litestar.dto.data_structures import DTOFieldDefinition
from litestar.exceptions import HTTPException
from litestar.handlers import BaseRouteHandler
from litestar.typing import FieldDefinition
from msgspec import Struct

from onetime.domain.errors import Unacceptable
from onetime.kit.limits import excess

T = TypeVar("T")

JSON: Final = "application/json"
MAX_FAULTS: Final = 50
_HERE: Final = "body"

_KINDS: Final[Mapping[str, str]] = {
    "array": "a list",
    "boolean": "true or false",
    "integer": "a whole number",
    "null": "null",
    "number": "a number",
    "object": "an object",
    "string": "text",
}


class FieldFault(Struct, frozen=True):
    """What is wrong with one field, in a sentence."""

    field: str
    detail: str


class BodyFault(Unacceptable):
    """A body that is JSON, but not as the document of the API says."""

    def __init__(self, faults: tuple[FieldFault, ...]) -> None:
        super().__init__(" ".join(f"{each.field}: {each.detail}" for each in faults))
        self.faults = faults


class Body(AbstractDTO[Struct]):
    """How the framework decodes what handlers take as `data`: by the type they say, strictly."""

    config: ClassVar[DTOConfig] = DTOConfig()
    types: ClassVar[dict[str, object]] = {}

    @classmethod
    def generate_field_definitions(cls, model_type: type) -> Generator[DTOFieldDefinition]:
        """Yield nothing: fields are the decoder's matter."""
        yield from ()

    @classmethod
    def detect_nested_field(cls, field_definition: FieldDefinition) -> bool:
        """Say no, for the same reason."""
        return False

    @classmethod
    def is_supported_model_type_field(cls, field_definition: FieldDefinition) -> bool:
        """Take whatever a handler says."""
        return True

    @classmethod
    def create_for_field_definition(
        cls, field_definition: FieldDefinition, handler_id: str, backend_cls: object = None
    ) -> None:
        """Remember the type of a handler's body."""
        cls.types[handler_id] = field_definition.annotation

    def decode_bytes(self, value: bytes) -> object:
        """Decode a body; raises BodyFault, and the framework's exceptions for 400 and 415."""
        sent_as = self.asgi_connection.headers.get("content-type", "")
        if sent_as.partition(";")[0].strip().lower() != JSON:
            raise HTTPException(status_code=415)
        return read_body(value, self.types[self.asgi_connection.route_handler.handler_id])


def read_body(text: bytes, form: object) -> object:
    """Return a body as this type; raises BodyFault, HTTPException (400) when it is no JSON."""
    if excess(text) is not None:
        raise HTTPException(status_code=400)
    try:
        return _decoder(form).decode(text)
    except msgspec.ValidationError as first:
        raise BodyFault(tuple(_faults(_as_it_stands(text), form, first))) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise HTTPException(status_code=400) from None


def body_of(handler: BaseRouteHandler) -> object | None:
    """Return the type of a handler's body; None when it takes none."""
    return Body.types.get(handler.handler_id)


def body_fields(handler: BaseRouteHandler) -> frozenset[str]:
    """Return the names of the fields of a handler's body; none when it takes none."""
    form = body_of(handler)
    structs = [each for each in (form, *get_args(form)) if isinstance(each, type)]
    return frozenset(
        name for each in structs if issubclass(each, Struct) for name in each.__struct_fields__
    )


@lru_cache(maxsize=256)
def _decoder(form: object) -> msgspec.json.Decoder[object]:
    return msgspec.json.Decoder(form)


@lru_cache(maxsize=256)
def _validator(form: object) -> Draft202012Validator:
    return Draft202012Validator(msgspec.json.schema(form), format_checker=_FORMATS)


_FORMATS: Final = FormatChecker(formats=())


@_FORMATS.checks("date-time")
def _is_time(value: object) -> bool:
    if not isinstance(value, str):
        return True
    try:
        msgspec.convert(value, datetime)
    except msgspec.ValidationError:
        return False
    return True


def _as_it_stands(text: bytes) -> object:
    """Return a body as JSON has it; raises HTTPException (400) when it is broken further on."""
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise HTTPException(status_code=400) from None


def _faults(given: object, form: object, first: msgspec.ValidationError) -> Iterator[FieldFault]:
    """Yield what is wrong, each field once; what the decoder said, if the schema finds nothing."""
    told: set[str] = set()
    errors: Iterable[ValidationError] = _validator(form).iter_errors(given)
    for error in sorted(errors, key=lambda each: list(map(str, each.absolute_path))):
        for fault in _sentences(error):
            if fault.field not in told and len(told) < MAX_FAULTS:
                told.add(fault.field)
                yield fault
    if not told:
        sentence, _, place = str(first).partition(" - at `$")
        yield FieldFault(place.strip(".`") or _HERE, f"{sentence}.".replace("`", "'"))


def _sentences(error: ValidationError) -> Iterator[FieldFault]:
    place = ".".join(map(str, error.absolute_path))
    schema: Mapping[str, object] = error.schema if isinstance(error.schema, Mapping) else {}
    match error.validator, error.validator_value:
        case "required", list() as wanted:
            for name in wanted:
                if isinstance(error.instance, Mapping) and name not in error.instance:
                    yield FieldFault(_inside(place, str(name)), "This field is missing.")
        case "additionalProperties", _:
            known, given = schema.get("properties"), error.instance
            for name in given if isinstance(given, Mapping) else ():
                if not isinstance(known, Mapping) or name not in known:
                    yield FieldFault(_inside(place, str(name)), "There is no such field.")
        case "anyOf", list():
            yield FieldFault(place or _HERE, _of_union(error))
        case _:
            yield FieldFault(place or _HERE, _sentence(error))


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
        case "enum" if isinstance(value, list):
            return f"This has to be one of {', '.join(map(str, value))}."
        case "minLength":
            return f"This has at least {value} character{'' if value == 1 else 's'}."
        case "maxLength":
            return f"This has at most {value} characters."
        case "minimum":
            return f"This is at least {value}."
        case "maximum":
            return f"This is at most {value}."
        case "format":
            return "This has to be a time such as 2026-01-31T18:00:00Z."
        case "maxItems":
            return f"This has at most {value} items."
    return "This can not be accepted as it is."


def _inside(place: str, name: str) -> str:
    return f"{place}.{name}" if place else name
