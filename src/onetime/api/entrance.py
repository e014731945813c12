"""Who comes in: finds out who is behind a request, and lets pass whom the table of rights names.

Knows how a request says who sends it; never what routes do.
"""

from typing import Final

from litestar.connection import ASGIConnection
from litestar.datastructures import State
from litestar.enums import ScopeType
from litestar.handlers import BaseRouteHandler
from litestar.types import Scope

from onetime.api.rights import PUBLIC, roles_of
from onetime.domain.accounts import Principal
from onetime.domain.errors import NotSignedIn, Refusal
from onetime.garage import Garage
from onetime.queries.api_tokens import principal_of

SOCKET: Final = "WEBSOCKET"
"""What the table of rights calls the method of a WebSocket."""
_BEARER: Final = "bearer"

Knock = ASGIConnection[object, object, object, State]


class Forbidden(Refusal):
    """The one behind the request may not do this."""

    code = "forbidden"


async def require_right(connection: Knock, _: BaseRouteHandler) -> None:
    """Let the request pass when the table of rights says so; raises NotSignedIn, Forbidden."""
    scope = connection.scope
    method = str(scope["method"]) if scope["type"] == ScopeType.HTTP else SOCKET
    roles = roles_of(method, scope["path_template"])
    if roles == PUBLIC and roles is not None:
        return
    principal = await identify(connection)
    if principal is None:
        raise NotSignedIn("Sign in, or send a valid token: Authorization: Bearer TOKEN.")
    scope["user"] = principal
    if roles is None or principal.role not in roles:
        raise Forbidden(f"The role {principal.role.value} may not do this.")


async def identify(connection: Knock) -> Principal | None:
    """Return who is behind a request, or None."""
    scheme, _, token = connection.headers.get("authorization", "").partition(" ")
    if scheme.lower() != _BEARER or not token.strip():
        return None
    garage = garage_of(connection.app.state)
    return await garage.archive.read(principal_of, token.strip(), garage.clock.now())


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
