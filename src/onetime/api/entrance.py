"""Who comes in: finds out who is behind a request, and lets pass whom the table of rights names.

A token in the header wins over a cookie. A cookie alone changes nothing: the request must come from
a page of ours and bring the token that goes with the cookie (S21). Never knows what routes do.
"""

from typing import Final

from litestar.datastructures import State
from litestar.enums import ScopeType
from litestar.handlers import BaseRouteHandler
from litestar.types import Scope
from msgspec import Struct

from onetime.api.access import access_of
from onetime.api.cookies import CSRF_HEADER, is_csrf_token, secret_in
from onetime.api.origins import Knock, is_from_elsewhere, says_own_origin
from onetime.api.rights import BEFORE_SECOND_FACTOR, PUBLIC, entry_of, roles_of
from onetime.domain.accounts import WITH_SECOND_FACTOR, Principal
from onetime.domain.errors import NotSignedIn, Refusal
from onetime.garage import Garage
from onetime.operations.api_tokens import note_token_use
from onetime.operations.sign_ins import note_sign_in_use
from onetime.queries.api_tokens import principal_of
from onetime.queries.sign_ins import SignedIn, signed_in

SOCKET: Final = "WEBSOCKET"
"""What the table of rights calls the method of a WebSocket."""
SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_BEARER: Final = "bearer"
_NOBODY: Final = "0.0.0.0"


class Forbidden(Refusal):
    """The one behind the request may not do this."""

    code = "forbidden"


class Foreign(Forbidden):
    """The request may have been made by a page of somebody else."""

    code = "foreign-request"


class SecondFactorRequired(Forbidden):
    """This garage lets owners and managers do nothing before they have a second factor."""

    code = "second-factor-required"


class Visitor(Struct, frozen=True):
    """Who is behind a request, and by which sign-in; None when it was a token."""

    principal: Principal
    sign_in: SignedIn | None = None


async def require_right(connection: Knock, _: BaseRouteHandler) -> None:
    """Let the request pass when the table of rights says so.

    Raises NotSignedIn, Forbidden, Foreign, SecondFactorRequired, TooManyAttempts.
    """
    scope = connection.scope
    method = str(scope["method"]) if scope["type"] == ScopeType.HTTP else SOCKET
    entry = entry_of(method, scope["path_template"])
    roles = roles_of(*entry)
    if roles == PUBLIC and roles is not None:
        _refuse_foreign(connection, method)
        return
    if method == SOCKET:
        _refuse_foreign(connection, method)
    visitor = await identify(connection)
    if visitor is None:
        raise NotSignedIn("Sign in, or send a valid token: Authorization: Bearer TOKEN.")
    scope["user"] = visitor.principal
    scope["auth"] = visitor.sign_in
    if visitor.sign_in is not None:
        _refuse_foreign(connection, method)
        _require_csrf_token(connection, method)
    if roles is None or visitor.principal.role not in roles:
        raise Forbidden(f"The role {visitor.principal.role.value} may not do this.")
    if entry not in BEFORE_SECOND_FACTOR and lacks_second_factor(connection, visitor):
        raise SecondFactorRequired("Set up one-time passwords first: POST /api/v1/me/totp.")


async def identify(connection: Knock, *, is_use: bool = True) -> Visitor | None:
    """Return who is behind a request, or None; unless told otherwise the use is noted.

    Whoever holds a socket open asks again when access changed. Raises TooManyAttempts.
    """
    authorization = connection.headers.get("authorization")
    if authorization is not None:
        visitor = await _by_token(connection, authorization)
    else:
        visitor = await _by_cookie(connection)
    if visitor is not None and is_use:
        _note_use(connection, visitor)
    return visitor


def lacks_second_factor(connection: Knock, visitor: Visitor) -> bool:
    """Say whether somebody has to set up one-time passwords before anything else."""
    return (
        visitor.sign_in is not None
        and not visitor.sign_in.has_second_factor
        and visitor.principal.role in WITH_SECOND_FACTOR
        and garage_of(connection.state).archive.policy.second_factor_required
    )


def garage_of(state: State) -> Garage:
    """Return the garage that a door belongs to."""
    garage = state["garage"]
    assert isinstance(garage, Garage)
    return garage


def principal_behind(scope: Scope) -> Principal:
    """Return who is behind a request that has passed `require_right`."""
    found = scope["user"]
    assert isinstance(found, Principal)
    return found


def sign_in_behind(scope: Scope) -> SignedIn | None:
    """Return by which sign-in a request has passed; None when it was by a token."""
    found = scope["auth"]
    assert found is None or isinstance(found, SignedIn)
    return found


def address_of(connection: Knock) -> str:
    """Return from which address a request came."""
    return connection.client.host if connection.client else _NOBODY


async def _by_token(connection: Knock, authorization: str) -> Visitor | None:
    scheme, _, text = authorization.partition(" ")
    token = text.strip()
    if scheme.lower() != _BEARER or not token:
        return None
    garage, address = garage_of(connection.state), address_of(connection)
    turnstile = access_of(connection.state).turnstile
    turnstile.token(token, address)
    principal = await garage.archive.read(principal_of, token, garage.clock.now())
    turnstile.token_was(principal is not None, token, address)
    return Visitor(principal) if principal else None


async def _by_cookie(connection: Knock) -> Visitor | None:
    secret = secret_in(connection)
    if secret is None:
        return None
    garage = garage_of(connection.state)
    idle = garage.archive.policy.sign_in_idle
    found = await garage.archive.read(signed_in, secret, garage.clock.now(), idle)
    return Visitor(found.principal, found) if found else None


def _note_use(connection: Knock, visitor: Visitor) -> None:
    archive = garage_of(connection.state).archive
    access = access_of(connection.state)
    if visitor.sign_in is not None:
        if access.is_worth_noting(f"sign-in:{visitor.sign_in.sign_in_id}"):
            archive.write_lazily(note_sign_in_use, visitor.sign_in.sign_in_id)
    elif access.is_worth_noting(str(visitor.principal.actor)):
        archive.write_lazily(note_token_use, int(visitor.principal.actor.name))


def _refuse_foreign(connection: Knock, method: str) -> None:
    is_foreign = is_from_elsewhere(connection)
    if method == SOCKET and "authorization" not in connection.headers:
        is_foreign = not says_own_origin(connection)
    if method not in SAFE and is_foreign:
        raise Foreign("This request was not made by a page of this server.")


def _require_csrf_token(connection: Knock, method: str) -> None:
    secret = secret_in(connection)
    if method in SAFE or method == SOCKET:
        return
    if secret is None or not is_csrf_token(connection, secret):
        raise Foreign(f"Send the csrf_token of GET /api/v1/me in the header {CSRF_HEADER}.")
