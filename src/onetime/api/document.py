"""The OpenAPI document, made from the routes themselves: their parameters, bodies and answers.

Schemas are those by which bodies are read and answers written; nothing is described twice. Knows
how handlers are looked into; never what they do.
"""

import inspect
import re
from collections.abc import Iterable, Iterator, Mapping
from http import HTTPStatus
from typing import Final, TypeAlias, get_args, get_origin

import msgspec
from litestar import Litestar, Response
from litestar.handlers import HTTPRouteHandler
from litestar.params import ParameterKwarg
from litestar.routes import HTTPRoute
from litestar.typing import FieldDefinition
from msgspec import Struct

from onetime import __version__
from onetime.api.answers import JSON
from onetime.api.bodies import BODY_MEDIA, BODY_SCHEMA, body_of, media_of
from onetime.api.cookies import PLAIN
from onetime.api.given import MAX_KEY_LENGTH
from onetime.api.problems import MEDIA_TYPE, Problem
from onetime.api.rights import PREFIX, PUBLIC, entry_of, roles_of
from onetime.api.sheets import CSV
from onetime.api.views import MESSAGES
from onetime.operations.repeats import FIELD
from onetime.queries.pages import Page

Json: TypeAlias = "dict[str, object]"

REF: Final = "#/components/schemas/"
TEXT: Final[Json] = {"type": "string"}
MAY_ANSWER: Final = "may_answer"
"""The name in `opt` of statuses, each with its type, that a route has beside its usual one."""
MAY_REFUSE: Final = "may_refuse"
"""The name in `opt` of statuses of problems that a route has beside the usual ones."""
ANSWER_SCHEMA: Final = "answer_schema"
"""The name in `opt` of a schema that is told of the usual answer in place of that of its type."""
ANSWER_MEDIA: Final = "answer_media"
"""The name in `opt` of the media type of an answer that is no JSON."""

_DESCRIPTION: Final = (
    "Everything a garage of charging stations needs. Times are RFC 3339 in UTC, energy is Wh"
    " unless a name ends in `_kwh`. Lists come newest first, in pages: `next_cursor` is the"
    " `cursor` of the next one, null after the last; with `Accept: text/csv` all of them come as"
    " one table. What is refused is told as a problem document"
    " (RFC 9457) that names all that is wrong."
)
_WORDS: Final[Mapping[int, str]] = {
    400: "The request can not be read: no JSON, broken, or nested too deep.",
    401: "Nobody is known to be behind the request.",
    403: "The role may not do this.",
    404: "There is no such thing.",
    409: "Something that exists stands in the way.",
    413: "The body is larger than 1 MiB.",
    415: "The body is not `{media}`.",
    429: "It was tried too often; try again after `Retry-After` seconds.",
    422: "Something that was given can not be accepted; `errors` names it all.",
    500: "Something went wrong in here; it is in the log.",
    503: "The database can not be reached at present; try again after `Retry-After` seconds.",
}
_GENERIC: Final = re.compile(r"(?P<outer>\w+?)_(?P<inner>\w+)_$")


class Route(Struct, frozen=True):
    """One route as the document tells it."""

    method: str
    path: str
    handler: HTTPRouteHandler


def routes_of(app: Litestar) -> Iterator[Route]:
    """Yield each route with each of its methods."""
    for route in app.routes:
        if isinstance(route, HTTPRoute):
            for method, (handler, _) in sorted(route.route_handler_map.items()):
                if method != "OPTIONS":
                    yield Route(str(method), route.path_format, handler)


def parameters_of(handler: HTTPRouteHandler) -> dict[str, FieldDefinition]:
    """Return what a handler and all that it is given read of the query, by the name there."""
    given = handler.resolve_dependencies()
    found: dict[str, FieldDefinition] = {}
    waiting = [handler.parsed_fn_signature.parameters]
    while waiting:
        for name, field in waiting.pop().items():
            if name in given:
                waiting.append(given[name].parsed_fn_signature.parameters)
            elif name not in ("request", "socket", "data", "state", *_in_path(handler)):
                found[_name_in_query(name, field)] = field
    return found


def document(app: Litestar) -> Json:
    """Return the OpenAPI 3.1 document of all routes below the prefix."""
    routes = [
        each
        for each in routes_of(app)
        if each.path.startswith(PREFIX) and each.handler.resolve_include_in_schema()
    ]
    schemas = _Schemas(routes)
    paths: dict[str, Json] = {}
    for route in routes:
        path = route.path.removeprefix(PREFIX)
        paths.setdefault(path, {})[route.method.lower()] = _operation(route, schemas)
    return {
        "openapi": "3.1.0",
        "info": {"title": "onetime", "version": __version__, "description": _DESCRIPTION},
        "servers": [{"url": PREFIX}],
        "paths": dict(sorted(paths.items())),
        "components": {
            "schemas": schemas.components,
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer"},
                "cookie": {"type": "apiKey", "in": "cookie", "name": PLAIN},
            },
        },
    }


def as_3_0(of_3_1: object) -> object:
    """Return the document in the older form, for the docs page, which knows no other."""
    if isinstance(of_3_1, list):
        return [as_3_0(each) for each in of_3_1]
    if not isinstance(of_3_1, dict):
        return of_3_1
    found = {key: as_3_0(value) for key, value in of_3_1.items()}
    if found.get("openapi") == "3.1.0":
        found["openapi"] = "3.0.3"
    if found.get("type") == "null":
        return {"nullable": True, "enum": [None]}
    union = found.get("anyOf")
    if isinstance(union, list) and {"nullable": True, "enum": [None]} in union:
        left = [each for each in union if each != {"nullable": True, "enum": [None]}]
        rest = {key: value for key, value in found.items() if key != "anyOf"}
        joined = {"allOf": left} if "$ref" in left[0] else left[0]
        return {**rest, **(joined if len(left) == 1 else {"anyOf": left}), "nullable": True}
    return found


class _Schemas:
    """The schemas of all types that routes name, and how each is referred to."""

    def __init__(self, routes: Iterable[Route]) -> None:
        types: list[object] = [Problem, *MESSAGES]
        for route in routes:
            types += [field.raw for field in parameters_of(route.handler).values()]
            types += [form for form in (body_of(route.handler),) if form is not None]
            types += [form for form in _answers_of(route.handler).values() if form is not None]
        kinds = list({repr(each): each for each in types}.values())
        found, components = msgspec.json.schema_components(kinds, ref_template=REF + "{name}")
        renamed = {name: _told(name) for name in components}
        self._of = {
            repr(kind): _renamed(schema, renamed) for kind, schema in zip(kinds, found, strict=True)
        }
        self.components = {
            renamed[name]: _titled(_renamed(schema, renamed), renamed[name])
            for name, schema in sorted(components.items())
        }

    def of(self, kind: object) -> Json:
        """Return the schema of a type, or the reference to it."""
        schema = self._of[repr(kind)]
        assert isinstance(schema, dict)
        return schema


def _operation(route: Route, schemas: _Schemas) -> Json:
    handler = route.handler
    told: Json = {
        "operationId": handler.operation_id,
        "summary": handler.summary,
        "description": inspect.getdoc(handler.fn) or "",
        "tags": [route.path.removeprefix(PREFIX).split("/")[1]],
        "parameters": list(_parameters(route, schemas)),
        "responses": _responses(route, schemas),
    }
    form = body_of(handler)
    if form is not None:
        schema = handler.opt.get(BODY_SCHEMA) or schemas.of(form)
        told["requestBody"] = {"required": True, "content": {JSON: {"schema": schema}}}
    if media := handler.opt.get(BODY_MEDIA):
        told["requestBody"] = {"required": True, "content": {media: {"schema": TEXT}}}
    roles = roles_of(route.method, route.path) or PUBLIC
    if roles:
        told["security"] = [{"token": []}, {"cookie": []}]
        told["x-roles"] = sorted(role.value for role in roles)
    return told


def _parameters(route: Route, schemas: _Schemas) -> Iterator[Json]:
    for name in _in_path(route.handler):
        field = route.handler.parsed_fn_signature.parameters[name]
        schema = _schema_in_path(field)
        yield {"name": name, "in": "path", "required": True, "schema": schema}
    for name, field in parameters_of(route.handler).items():
        schema = _without_null(schemas.of(field.raw))
        if field.has_default and field.default is not None:
            schema = {**schema, "default": msgspec.to_builtins(field.default)}
        yield {"name": name, "in": "query", "required": not field.has_default, "schema": schema}
    if route.method == "POST" and "act" in route.handler.parsed_fn_signature.parameters:
        yield {
            "name": FIELD,
            "in": "header",
            "required": False,
            "description": "Makes it safe to send this again: the same answer for a day.",
            "schema": {"type": "string", "minLength": 1, "maxLength": MAX_KEY_LENGTH},
        }


def _responses(route: Route, schemas: _Schemas) -> Json:
    told: Json = {}
    for status, form in _answers_of(route.handler).items():
        answer: Json = {"description": HTTPStatus(status).phrase}
        if form is not None:
            own = route.handler.opt.get(ANSWER_SCHEMA)
            is_usual = status == route.handler.status_code
            content: Json = {JSON: {"schema": own if own and is_usual else schemas.of(form)}}
            if get_origin(form) is Page:
                content[CSV] = {"schema": TEXT}  # as `lists.py` and `sheets.py` give them
            if (media := route.handler.opt.get(ANSWER_MEDIA)) and is_usual:
                content = {media: {"schema": TEXT}}
            answer["content"] = content
        told[str(status)] = answer
    for status in sorted(_refusals_of(route)):
        words = _WORDS.get(status, HTTPStatus(status).phrase)
        words = words.format(media=media_of(route.handler))
        schema = {"$ref": f"{REF}{Problem.__name__}"}
        told[str(status)] = {"description": words, "content": {MEDIA_TYPE: {"schema": schema}}}
    return told


def _refusals_of(route: Route) -> set[int]:
    handler = route.handler
    found = {500, 503, *map(int, handler.opt.get(MAY_REFUSE, ()))}
    if roles_of(*entry_of(route.method, route.path)) != PUBLIC:
        found |= {401, 403, 429}
    if _in_path(handler):
        found.add(404)
    if parameters_of(handler):
        found.add(422)
    if body_of(handler) is not None or handler.opt.get(BODY_MEDIA):
        found |= {400, 413, 415, 422}
    if route.method != "GET":
        found |= {409, 422}
    return found


def _answers_of(handler: HTTPRouteHandler) -> dict[int, object]:
    """Return the types of answers by status; None where there is no body."""
    returned = handler.parsed_fn_signature.return_type.raw
    if get_origin(returned) is Response:
        (returned,) = get_args(returned)
    if ANSWER_MEDIA in handler.opt:
        returned = str
    more: Mapping[int, object] = handler.opt.get(MAY_ANSWER, {})
    return {handler.status_code: None if returned in (None, type(None)) else returned, **more}


def _in_path(handler: HTTPRouteHandler) -> list[str]:
    return re.findall(r"\{(\w+)", max(handler.paths, key=len))


def _schema_in_path(field: FieldDefinition) -> Json:
    if field.annotation is int:
        return {"type": "integer", "minimum": 1, "maximum": 2**63 - 1}
    return {"type": "string", "minLength": 1}


def _name_in_query(name: str, field: FieldDefinition) -> str:
    kwarg = field.kwarg_definition
    return (kwarg.name if isinstance(kwarg, ParameterKwarg) else None) or name


def _without_null(schema: Json) -> Json:
    """Return the schema of a parameter that may be left out: a query has no null."""
    union = schema.get("anyOf")
    if not isinstance(union, list):
        return schema
    left = [each for each in union if each != {"type": "null"}]
    return left[0] if len(left) == 1 else {**schema, "anyOf": left}


def _told(name: str) -> str:
    """Return `RenterPage` for `Page_Renter_`."""
    found = _GENERIC.fullmatch(name)
    return found["inner"] + found["outer"] if found else name


def _renamed(schema: object, names: Mapping[str, str]) -> object:
    if isinstance(schema, list):
        return [_renamed(each, names) for each in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: REF + names[str(value).removeprefix(REF)] if key == "$ref" else _renamed(value, names)
        for key, value in schema.items()
    }


def _titled(schema: object, name: str) -> object:
    assert isinstance(schema, dict)
    return {**schema, "title": name}
