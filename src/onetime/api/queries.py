"""Reads what a request says beside its body: the query, all faults at once, and ids in the path.

Knows the parameters that handlers declare; never what they are for.
"""

from functools import lru_cache
from typing import get_args

from jsonschema import Draft202012Validator
from litestar.exceptions import NotFoundException
from litestar.handlers import HTTPRouteHandler
from litestar.typing import FieldDefinition
from msgspec import DecodeError, ValidationError, convert, json

from onetime.api.bodies import body_of
from onetime.api.document import parameters_of
from onetime.api.given import Incoming
from onetime.api.moments import MomentText, moment
from onetime.api.shapes import LARGEST_ID
from onetime.domain.errors import Faulty, FieldFault, Unacceptable
from onetime.kit.schemas import faults, validator


async def refuse_misuse(request: Incoming) -> None:
    """Refuse what no handler should see; a filter that is misspelt would silently give everything.

    Raises Faulty, NotFoundException.
    """
    handler = request.scope["route_handler"]
    assert isinstance(handler, HTTPRouteHandler)
    for part in request.path_params.values():
        if isinstance(part, int) and not 1 <= part <= LARGEST_ID:
            raise NotFoundException
    found = query_faults(request, handler)
    if body_of(handler) is not None and not await request.body():
        found.append(FieldFault("body", "A JSON body is missing."))
    if found:
        raise Faulty(found)


def query_faults(request: Incoming, handler: HTTPRouteHandler) -> list[FieldFault]:
    """Return what is wrong with the query, parameter by parameter."""
    known = parameters_of(handler)
    found = []
    for name in dict.fromkeys(request.query_params):
        given = request.query_params.getall(name)
        if name not in known:
            sentence: str | None = "There is no such parameter."
        elif len(given) > 1:
            sentence = "This parameter is given more than once."
        else:
            sentence = _fault_of(given[0], known[name])
        if sentence is not None:
            found.append(FieldFault(name, sentence))
    return found


def _fault_of(text: str, field: FieldDefinition) -> str | None:
    """Say what is wrong with a parameter, in the words that bodies get; None when it is right."""
    try:
        value = convert(text, field.raw, strict=False)
        if MomentText in get_args(field.annotation):
            moment(value, "")
    except Unacceptable as fault:
        return fault.sentence
    except ValidationError as fault:
        said = str(fault).partition(" - at")[0].replace("`", "'")
        wrong = faults(_validator(field.raw), _as_json(text))
        return next((sentence for _, sentence in wrong), f"{said}.")
    return None


def _as_json(text: str) -> object:
    """Return the number that stands in a query; everything else is text there."""
    try:
        value: object = json.decode(text)
    except DecodeError:
        return text
    return value if isinstance(value, int | float) else text


@lru_cache(maxsize=256)
def _validator(form: object) -> Draft202012Validator:
    """Return what checks a parameter; one that may be left out can not be given as null."""
    schema = json.schema(form)
    union = schema.get("anyOf", [])
    left = [each for each in union if each != {"type": "null"}]
    if len(left) == 1:
        schema = {**left[0], "$defs": schema.get("$defs", {})}
    return validator(schema, lambda _: True)
