"""What everybody may do with their own: see who they are, change a password, see where from.

Whoever changes what proves them shows the password again, so that a browser left alone gives
nobody the account.
"""

from typing import Annotated

from litestar import delete, get, post
from litestar.handlers import BaseRouteHandler
from litestar.params import FromPath, JSONBody
from msgspec import Meta, Struct, structs

from onetime.api.access import access_of
from onetime.api.cookies import csrf_token, secret_in
from onetime.api.document import MAY_REFUSE
from onetime.api.entrance import Visitor, address_of, lacks_second_factor, sign_in_behind
from onetime.api.given import GivenGarage, GivenPrincipal, Incoming
from onetime.api.login import Code, Password
from onetime.api.origins import is_encrypted
from onetime.api.rights import RIGHTS
from onetime.domain.accounts import MAX_PASSWORD, Principal, Role
from onetime.domain.errors import Conflict, NotSignedIn, WrongProof
from onetime.garage import Garage
from onetime.operations.accounts import set_password
from onetime.operations.passwords import PasswordHash, hashed_password, is_password
from onetime.operations.second_factor import (
    Enrolment,
    begin_enrolment,
    confirm_enrolment,
    remove_second_factor,
)
from onetime.operations.sign_ins import end_other_sign_ins, end_sign_in
from onetime.queries.accounts import account
from onetime.queries.sign_ins import Login, SignedIn, SignIn, login_of_account, own_sign_ins


class Me(Struct, frozen=True, kw_only=True):
    """Who is behind this request, and what they may do: `METHOD /path` for each route.

    What belongs to an account is null for a token; `csrf_token` goes with each change that is made
    with the cookie. Where `is_encrypted` is false the request came plainly, which is for the
    garage's own network only: whoever is on the way can read along.
    """

    actor: str
    role: Role
    renter_id: int | None
    rights: tuple[str, ...]
    is_encrypted: bool
    email: str | None = None
    has_second_factor: bool | None = None
    recovery_codes_left: int | None = None
    must_add_second_factor: bool = False
    csrf_token: str | None = None


class PasswordChange(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The password as it is and as it shall be."""

    password: Password
    new_password: Annotated[str, Meta(max_length=MAX_PASSWORD)]


class Proof(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The password, shown again."""

    password: Password


class Confirmation(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A one-time password that the telephone shows for the secret just made."""

    totp: Code


class RecoveryCodes(Struct, frozen=True):
    """Codes that stand in once each for a one-time password; shown only this once."""

    recovery_codes: tuple[str, ...]


class SignIns(Struct, frozen=True):
    """The sign-ins of an account."""

    items: tuple[SignIn, ...]


@get("/me", operation_id="getMe", summary="Ask who I am")
async def get_me(garage: GivenGarage, request: Incoming, principal: GivenPrincipal) -> Me:
    """Who is behind this request, what they may do, and the token that goes with changes."""
    signed_in = sign_in_behind(request.scope)
    if signed_in is None:
        return _me(request, principal)
    found = await garage.archive.read(account, signed_in.account_id)
    secret = secret_in(request)
    assert secret is not None
    return structs.replace(
        _me(request, principal),
        email=found.email,
        has_second_factor=found.has_second_factor,
        recovery_codes_left=found.recovery_codes_left,
        must_add_second_factor=lacks_second_factor(request, Visitor(principal, signed_in)),
        csrf_token=csrf_token(secret),
    )


@post(
    "/me/password",
    operation_id="changeMyPassword",
    summary="Change my password",
    status_code=204,
    opt={MAY_REFUSE: (429,)},
)
async def change_password(
    garage: GivenGarage,
    request: Incoming,
    principal: GivenPrincipal,
    data: JSONBody[PasswordChange],
) -> None:
    """Ends all other sign-ins."""
    me = _required(request)
    login = await _proven(garage, request, me, data.password)
    hashed = await access_of(request.state).hashing(hashed_password, data.new_password, login.email)
    await garage.archive.write(
        set_password, principal.actor, me.account_id, hashed, but=me.sign_in_id
    )


@post(
    "/me/totp",
    operation_id="beginMySecondFactor",
    summary="Begin to set up one-time passwords",
    status_code=201,
    opt={MAY_REFUSE: (429,)},
)
async def begin_totp(garage: GivenGarage, request: Incoming, data: JSONBody[Proof]) -> Enrolment:
    """Makes a secret for the telephone, shown only this once; it counts once confirmed."""
    me = _required(request)
    await _proven(garage, request, me, data.password)
    return await garage.archive.write(begin_enrolment, me.account_id)


@post(
    "/me/totp/confirm",
    operation_id="confirmMySecondFactor",
    summary="Confirm one-time passwords",
    status_code=200,
    opt={MAY_REFUSE: (429,)},
)
async def confirm_totp(
    garage: GivenGarage, request: Incoming, principal: GivenPrincipal, data: JSONBody[Confirmation]
) -> RecoveryCodes:
    """From now on signing in asks for one; ends all other sign-ins."""
    me = _required(request)
    turnstile = access_of(request.state).turnstile
    turnstile.code(me.account_id)
    codes = await garage.archive.write(
        confirm_enrolment, principal.actor, me.account_id, data.totp, me.sign_in_id
    )
    turnstile.code_was_right(me.account_id)
    return RecoveryCodes(codes)


@post(
    "/me/totp/remove",
    operation_id="removeMySecondFactor",
    summary="Remove one-time passwords",
    status_code=204,
    opt={MAY_REFUSE: (429,)},
)
async def remove_totp(
    garage: GivenGarage, request: Incoming, principal: GivenPrincipal, data: JSONBody[Proof]
) -> None:
    """Lets the password be enough again, until they are set up anew."""
    me = _required(request)
    await _proven(garage, request, me, data.password)
    await garage.archive.write(remove_second_factor, principal.actor, me.account_id)


@get("/me/sign-ins", operation_id="listMySignIns", summary="List my sign-ins")
async def list_sign_ins(garage: GivenGarage, request: Incoming) -> SignIns:
    """Where I am signed in, the newest first; not in pages, as there are at most twenty."""
    me = sign_in_behind(request.scope)
    if me is None:
        return SignIns(())
    found = await garage.archive.read(
        own_sign_ins,
        me.account_id,
        me.sign_in_id,
        garage.clock.now(),
        garage.archive.policy.sign_in_idle,
    )
    return SignIns(tuple(found))


@delete("/me/sign-ins", operation_id="endMyOtherSignIns", summary="End my other sign-ins")
async def end_others(garage: GivenGarage, request: Incoming, principal: GivenPrincipal) -> None:
    """Ends all of my sign-ins but this one."""
    me = _required(request)
    await garage.archive.write(end_other_sign_ins, principal.actor, me.account_id, me.sign_in_id)


@delete(
    "/me/sign-ins/{sign_in_id:int}", operation_id="endMySignIn", summary="End one of my sign-ins"
)
async def end_one(
    garage: GivenGarage, request: Incoming, principal: GivenPrincipal, sign_in_id: FromPath[int]
) -> None:
    """Ends a sign-in of mine, were it on a computer far away."""
    me = _required(request)
    await garage.archive.write(end_sign_in, principal.actor, me.account_id, sign_in_id)


def _me(request: Incoming, principal: Principal) -> Me:
    rights = tuple(
        f"{method} {path}"
        for (method, path), roles in sorted(RIGHTS.items())
        if not roles or principal.role in roles
    )
    return Me(
        actor=str(principal.actor),
        role=principal.role,
        renter_id=principal.renter_id,
        rights=rights,
        is_encrypted=is_encrypted(request),
    )


def _required(request: Incoming) -> SignedIn:
    """Return the sign-in of a request; raises Conflict when a token made it."""
    signed_in = sign_in_behind(request.scope)
    if signed_in is None:
        raise Conflict("A token has no account; sign in for this.")
    return signed_in


async def _proven(garage: Garage, request: Incoming, me: SignedIn, password: str) -> Login:
    """Return what this account signs in by, once the password is proven.

    Raises WrongProof, TooManyAttempts.
    """
    access = access_of(request.state)
    login = await garage.archive.read(login_of_account, me.account_id)
    if login is None:
        raise NotSignedIn("This account is gone.")
    attempt = access.turnstile.login(login.email, address_of(request))
    if not await access.hashing(is_password, PasswordHash(login.password_hash), password):
        raise WrongProof("The password is wrong.", "password")
    attempt.half_way()
    return login


ROUTES: tuple[BaseRouteHandler, ...] = (
    get_me,
    change_password,
    begin_totp,
    confirm_totp,
    remove_totp,
    list_sign_ins,
    end_others,
    end_one,
)
