"""Signing in and out, and the link with which the first owner comes in.

A wrong name, a wrong password and a disabled account get one answer after the same work (S03).
"""

from typing import Annotated, Final

from litestar import Response, get, post
from litestar.handlers import BaseRouteHandler
from litestar.params import JSONBody
from msgspec import Meta, Struct

from onetime.api.access import access_of
from onetime.api.cookies import cookie, csrf_token, no_cookie
from onetime.api.document import MAY_REFUSE
from onetime.api.entrance import address_of, sign_in_behind
from onetime.api.given import GivenGarage, GivenPrincipal, Incoming
from onetime.domain.accounts import MAX_PASSWORD
from onetime.domain.errors import Conflict, SecondFactorNeeded, WrongProof
from onetime.domain.people import MAX_NAME_LENGTH
from onetime.kit.logs import get_log
from onetime.operations.passwords import PasswordHash, hashed_password, is_password
from onetime.operations.second_factor import is_one_time_password
from onetime.operations.sign_ins import Browser, NewSignIn, begin_sign_in, end_sign_in, set_up
from onetime.queries.accounts import is_set_up
from onetime.queries.sign_ins import Login, is_setup_link, login_of

MAX_CODE: Final = 60
MAX_SECRET: Final = 200
MAX_AGENT: Final = 200

log = get_log("api")

LoginName = Annotated[str, Meta(min_length=1, max_length=MAX_NAME_LENGTH)]
Password = Annotated[str, Meta(min_length=1, max_length=MAX_PASSWORD)]
Code = Annotated[str, Meta(min_length=1, max_length=MAX_CODE)]
Secret = Annotated[str, Meta(min_length=1, max_length=MAX_SECRET)]


class Credentials(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who signs in; `totp` is a one-time password or a spare code."""

    email: LoginName
    password: Password
    totp: Code | None = None


class FirstOwner(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The first account; `token` stands at the end of the set-up link."""

    token: Secret
    email: LoginName
    password: Password


class SignedInAs(Struct, frozen=True, kw_only=True):
    """A sign-in that has begun; its secret is in the cookie, `csrf_token` goes with changes."""

    account_id: int
    csrf_token: str


class SetupState(Struct, frozen=True):
    """Whether anybody has an account."""

    is_set_up: bool


@post(
    "/login",
    operation_id="signIn",
    summary="Sign in",
    status_code=200,
    opt={MAY_REFUSE: (401, 403, 429)},
)
async def sign_in(
    garage: GivenGarage, request: Incoming, data: JSONBody[Credentials]
) -> Response[SignedInAs]:
    """Begin a sign-in under a new cookie.

    Where the account asks for a one-time password and there is none: 401, `second-factor-needed`.
    """
    access = access_of(request.state)
    attempt = access.turnstile.login(data.email, address_of(request))
    login = await garage.archive.read(login_of, data.email)
    is_right = await access.hashing(is_password, _kept(login), data.password)
    if login is None or not is_right or not login.is_enabled:
        log.warning("sign_in_refused", ip_address=address_of(request))
        raise WrongProof("E-mail address or password is wrong.")
    tries_code = data.totp is not None and is_one_time_password(data.totp)
    if tries_code:
        access.turnstile.code(login.account_id)
    try:
        begun = await garage.archive.write(
            begin_sign_in,
            login.account_id,
            PasswordHash(login.password_hash),
            _browser(request),
            code=data.totp,
        )
    except SecondFactorNeeded:
        attempt.half_way()
        raise
    except WrongProof:
        log.warning("sign_in_refused", ip_address=address_of(request), account=login.account_id)
        raise
    attempt.came_in()
    if tries_code:
        access.turnstile.code_was_right(login.account_id)
    return _signed_in(request, begun)


@post("/logout", operation_id="signOut", summary="Sign out", status_code=204)
async def sign_out(
    garage: GivenGarage, request: Incoming, principal: GivenPrincipal
) -> Response[None]:
    """End this sign-in; its cookie is worth nothing from then on."""
    signed_in = sign_in_behind(request.scope)
    if signed_in is None:
        raise Conflict("A token does not sign out; take it back with DELETE /api/v1/api-tokens/ID.")
    await garage.archive.write(
        end_sign_in, principal.actor, signed_in.account_id, signed_in.sign_in_id
    )
    return Response(None, cookies=[no_cookie(request)])


@get("/setup", operation_id="getSetup", summary="Ask whether the garage is set up")
async def get_setup(garage: GivenGarage) -> SetupState:
    """Whether anybody has an account; until then the set-up link makes the first."""
    return SetupState(await garage.archive.read(is_set_up))


@post(
    "/setup",
    operation_id="setUp",
    summary="Make the first owner",
    status_code=201,
    opt={MAY_REFUSE: (401, 403, 429)},
)
async def first_owner(
    garage: GivenGarage, request: Incoming, data: JSONBody[FirstOwner]
) -> Response[SignedInAs]:
    """Use the link that `onetime serve` printed: it works once, while nobody has an account."""
    access, address = access_of(request.state), address_of(request)
    if await garage.archive.read(is_set_up):
        raise Conflict("This garage is set up already; sign in.")
    access.turnstile.setup(address)
    if not await garage.archive.read(is_setup_link, data.token, garage.clock.now()):
        log.warning("setup_refused", ip_address=address)
        raise WrongProof(
            "This set-up link does not count any more; a new one is printed when onetime starts.",
            "token",
        )
    access.turnstile.setup_was_right(address)
    hashed = await access.hashing(hashed_password, data.password, data.email)
    begun = await garage.archive.write(set_up, data.token, data.email, hashed, _browser(request))
    return _signed_in(request, begun)


def _kept(login: Login | None) -> PasswordHash | None:
    return PasswordHash(login.password_hash) if login else None


def _browser(request: Incoming) -> Browser:
    agent = request.headers.get("user-agent")
    return Browser(ip_address=address_of(request), user_agent=agent[:MAX_AGENT] if agent else None)


def _signed_in(request: Incoming, begun: NewSignIn) -> Response[SignedInAs]:
    told = SignedInAs(account_id=begun.account_id, csrf_token=csrf_token(begun.secret))
    return Response(told, cookies=[cookie(request, begun.secret)])


ROUTES: tuple[BaseRouteHandler, ...] = (sign_in, sign_out, get_setup, first_owner)
