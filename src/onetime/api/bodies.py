"""Reads JSON bodies strictly, and tells all that is wrong with one at once.

msgspec decodes, and stops at the first fault; `jsonschema` looks for the others, and for forms
that a type does not tell, by the schemas of the same structs. Knows schemas and their words; never
what a body is for.
"""

from collections.abc import Generator, Mapping
from datetime import datetime
from functools import lru_cache
from typing import ClassVar, Final, TypeVar, get_args

import msgspec
from jsonschema import Draft202012Validator
from litestar.dto import AbstractDTO, DTOConfig
from litestar.dto.data_structures import DTOFieldDefinition
from litestar.exceptions import HTTPException
from litestar.handlers import BaseRouteHandler
from litestar.typing import FieldDefinition
from msgspec import Struct

from onetime.api.answers import JSON
from onetime.domain.errors import Faulty, FieldFault
from onetime.kit.limits import excess
from onetime.kit.schemas import faults, validator

T = TypeVar("T")

MAX_FAULTS: Final = 50
_HERE: Final = "body"

BODY_SCHEMA: Final = "body_schema"
"""The name in `opt` of a schema that is told of a body in place of that of its type."""
BODY_MEDIA: Final = "body_media"
"""The name in `opt` of the media type of a body that is no JSON."""


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
        """Decode a body; raises Faulty, and the framework's exceptions for 400 and 415."""
        sent_as = self.asgi_connection.headers.get("content-type", "")
        if sent_as.partition(";")[0].strip().lower() != JSON:
            raise HTTPException(status_code=415)
        return read_body(value, self.types[self.asgi_connection.route_handler.handler_id])


def read_body(text: bytes, form: object) -> object:
    """Return a body as this type; raises Faulty, HTTPException (400) when it is no JSON."""
    if excess(text) is not None:
        raise HTTPException(status_code=400)
    try:
        found = _decoder(form).decode(text)
    except msgspec.ValidationError as first:
        raise Faulty(_faults(_as_it_stands(text), form, first)) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise HTTPException(status_code=400) from None
    if wrong := _faults(_as_it_stands(text), form):
        raise Faulty(wrong)
    return found


def body_of(handler: BaseRouteHandler) -> object | None:
    """Return the type of a handler's body; None when it takes none."""
    return Body.types.get(handler.handler_id)


def media_of(handler: BaseRouteHandler) -> str:
    """Return the media type of what a handler takes as body."""
    return str(handler.opt.get(BODY_MEDIA, JSON))


def body_fields(handler: BaseRouteHandler) -> frozenset[str]:
    """Return the names of the fields of a handler's body; none when it takes none."""
    form = body_of(handler)
    structs = [each for each in (form, *get_args(form)) if isinstance(each, type)]
    told: Mapping[str, object] = handler.opt.get(BODY_SCHEMA, {})
    named = told.get("properties", {})
    return frozenset(
        name for each in structs if issubclass(each, Struct) for name in each.__struct_fields__
    ) | frozenset(named if isinstance(named, Mapping) else ())


@lru_cache(maxsize=256)
def _decoder(form: object) -> msgspec.json.Decoder[object]:
    return msgspec.json.Decoder(form)


@lru_cache(maxsize=256)
def _validator(form: object) -> Draft202012Validator:
    return validator(msgspec.json.schema(form), _is_time)


def _is_time(text: str) -> bool:
    try:
        msgspec.convert(text, datetime)
    except msgspec.ValidationError:
        return False
    return True


def _as_it_stands(text: bytes) -> object:
    """Return a body as JSON has it; raises HTTPException (400) when it is broken further on."""
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise HTTPException(status_code=400) from None


def _faults(
    given: object, form: object, first: msgspec.ValidationError | None = None
) -> list[FieldFault]:
    """Return what is wrong, each field once; what the decoder said, if the schema finds nothing."""
    found = list(faults(_validator(form), given))
    if first is not None and not found:
        sentence, _, place = str(first).partition(" - at `$")
        found = [(place.strip(".`"), f"{sentence}.".replace("`", "'"))]
    told = dict(reversed(found))  # of several faults of a field the first
    return [FieldFault(place or _HERE, sentence) for place, sentence in told.items()][:MAX_FAULTS]
