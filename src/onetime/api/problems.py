"""What becomes of a refusal: one table from its class to a status, one form for all (RFC 9457).

Knows statuses and the form of a problem; the sentences are those of whoever refused.
"""

import math
from collections.abc import Iterable
from http import HTTPStatus
from typing import Final, TypeVar

import msgspec
from litestar import Request, Response
from litestar.datastructures import State
from litestar.enums import HttpMethod
from litestar.exceptions import (
    ClientException,
    HTTPException,
    MethodNotAllowedException,
    NotFoundException,
    ValidationException,
)
from litestar.handlers import BaseRouteHandler
from litestar.types import ExceptionHandlersMap
from litestar.utils import normalize_path
from msgspec import Struct

from onetime.api.answers import standing
from onetime.api.bodies import body_fields, media_of
from onetime.api.entrance import Forbidden
from onetime.api.porter import AskerLeft
from onetime.domain.errors import (
    Conflict,
    Faulty,
    FieldFault,
    NotFound,
    NotSignedIn,
    OperationFailed,
    Refusal,
    SecondFactorNeeded,
    Several,
    StoreDown,
    TooManyAttempts,
    Unacceptable,
    WrongProof,
)
from onetime.kit.logs import get_log

T = TypeVar("T")

MEDIA_TYPE: Final = "application/problem+json"
TYPE_PREFIX: Final = "urn:onetime:problem:"
RETRY_AFTER_SECONDS: Final = 5

STATUS_OF: Final[dict[type[Refusal], HTTPStatus]] = {
    NotSignedIn: HTTPStatus.UNAUTHORIZED,
    WrongProof: HTTPStatus.UNAUTHORIZED,
    SecondFactorNeeded: HTTPStatus.UNAUTHORIZED,
    TooManyAttempts: HTTPStatus.TOO_MANY_REQUESTS,
    Forbidden: HTTPStatus.FORBIDDEN,
    NotFound: HTTPStatus.NOT_FOUND,
    Conflict: HTTPStatus.CONFLICT,
    Unacceptable: HTTPStatus.UNPROCESSABLE_ENTITY,
    Refusal: HTTPStatus.CONFLICT,
}
"""The status of a refusal is that of the nearest class above it that stands here."""

_WORDS: Final[dict[int, tuple[str, str]]] = {
    400: (
        "malformed",
        "The request can not be read: its body is broken, nested too deep, or not what its"
        " Content-Type says.",
    ),
    404: ("not-found", "There is nothing at this address."),
    405: ("method-not-allowed", "This address does not know this method."),
    413: ("too-large", "A body has at most 1 MiB."),
    415: ("wrong-content-type", "The body of this route is sent as Content-Type: {media}."),
    500: ("failed", "Something went wrong in here; it is in the log."),
    503: ("not-available", "The database can not be reached at present; try again soon."),
}

log = get_log("api")

Asking = Request[object, object, State]


class Problem(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Why a request was not done; `detail` is for people, `code` for programs.

    `errors` names all that is wrong, field by field.
    """

    type: str
    title: str
    status: int
    code: str
    detail: str
    errors: tuple[FieldFault, ...] = ()


def problem(
    status: int,
    code: str,
    detail: str,
    errors: Iterable[FieldFault] = (),
    headers: dict[str, str] | None = None,
) -> "Response[T]":
    """Return a problem document as an answer, whatever the route answers otherwise."""
    document = Problem(
        type=TYPE_PREFIX + code,
        title=HTTPStatus(status).phrase,
        status=status,
        code=code,
        detail=detail,
        errors=tuple(errors),
    )
    return standing(msgspec.json.encode(document), status, MEDIA_TYPE, headers)


def status_of(refusal: Refusal) -> HTTPStatus:
    """Return the status of a refusal."""
    return next(STATUS_OF[each] for each in type(refusal).__mro__ if each in STATUS_OF)


def _refused(request: Asking, refusal: Refusal) -> Response[bytes]:
    status = _status(request, refusal)
    headers = {}
    if isinstance(refusal, NotSignedIn):
        headers["WWW-Authenticate"] = "Bearer"
    if isinstance(refusal, TooManyAttempts):
        headers["Retry-After"] = str(math.ceil(refusal.wait_seconds))
    return problem(status, refusal.code, refusal.sentence, _faults(refusal), headers)


def _status(request: Asking, refusal: Refusal) -> HTTPStatus:
    """Return the status; refusals of several kinds have that of what can not be accepted."""
    if isinstance(refusal, Several):
        statuses = {_status(request, each) for each in refusal.refusals}
        return statuses.pop() if len(statuses) == 1 else status_of(Unacceptable(""))
    status = status_of(refusal)
    if status == HTTPStatus.NOT_FOUND and refusal.field in _named_by(request):
        return HTTPStatus.UNPROCESSABLE_ENTITY  # the address is right, what it is told is not
    return status


def _faults(refusal: Refusal) -> tuple[FieldFault, ...]:
    if isinstance(refusal, Several):
        return tuple(fault for each in refusal.refusals for fault in _faults(each))
    if isinstance(refusal, Faulty):
        return refusal.faults
    return () if refusal.field is None else (FieldFault(refusal.field, refusal.sentence),)


def _not_valid(request: Asking, refused: ValidationException) -> Response[bytes]:
    """Tell which parameters are wrong; a wrong part of the path is an address of nothing."""
    extra = refused.extra if isinstance(refused.extra, list) else []
    if any(each.get("key") in request.path_params for each in extra):
        return _told(request, NotFoundException())
    faults = [
        FieldFault(str(each.get("key", "body")), f"{each['message']}.".replace("`", "'"))
        for each in extra
    ]
    sentence = " ".join(each.detail for each in faults) or "The request can not be accepted."
    return problem(HTTPStatus.UNPROCESSABLE_ENTITY, Unacceptable.code, sentence, faults)


def _told(request: Asking, refused: HTTPException) -> Response[bytes]:
    status = refused.status_code
    if status >= 500:
        return _failed(request, refused)
    code, sentence = _WORDS.get(status, _WORDS[400])
    if isinstance(handler := request.scope.get("route_handler"), BaseRouteHandler):
        sentence = sentence.format(media=media_of(handler))
    headers = {}
    if isinstance(refused, MethodNotAllowedException):
        headers["Allow"] = ", ".join(_methods_at(request))
    return problem(status, code, sentence, headers=headers)


def _down(_: Asking, __: StoreDown) -> Response[bytes]:
    code, sentence = _WORDS[503]
    return problem(503, code, sentence, headers={"Retry-After": str(RETRY_AFTER_SECONDS)})


def _failed(request: Asking, error: Exception) -> Response[bytes]:
    """Tell nothing of a bug but that there was one, whether or not somebody still waits for it."""
    template = request.scope.get("path_template")
    log.error("request_failed", route=template, exc_info=error)
    code, sentence = _WORDS[500]
    return problem(500, code, sentence)


def _unheard(_: Asking, __: AskerLeft) -> Response[bytes]:
    """Answer nobody: to leave in mid-request is no bug."""
    code, sentence = _WORDS[400]
    return problem(400, code, sentence)


def _methods_at(request: Asking) -> list[str]:
    """Return the methods that an address knows."""
    router, path = request.app.asgi_router, normalize_path(request.scope["path"])
    found = []
    for method in HttpMethod:
        try:
            router.handle_routing(path=path, method=method.value)
        except (MethodNotAllowedException, NotFoundException):
            continue
        found.append(method.value)
    return found


def _named_by(request: Asking) -> frozenset[str]:
    """Return what a request names in its body and its query."""
    handler: object = request.scope.get("route_handler")
    if not isinstance(handler, BaseRouteHandler):
        return frozenset()
    return body_fields(handler) | frozenset(request.query_params)


HANDLERS: Final[ExceptionHandlersMap] = {
    Refusal: _refused,
    ValidationException: _not_valid,
    ClientException: _told,
    HTTPException: _told,
    StoreDown: _down,
    AskerLeft: _unheard,
    OperationFailed: _failed,
    Exception: _failed,
}
"""What the framework is told to do with each kind of exception."""
