"""Accounts as owners keep them: who signs in, in which role."""

from typing import Annotated

from litestar import Response, delete, get, patch, post, put
from litestar.handlers import BaseRouteHandler
from litestar.params import FromPath, JSONBody
from msgspec import UNSET, Meta, Struct, UnsetType

from onetime.api.access import access_of
from onetime.api.document import MAY_REFUSE
from onetime.api.entrance import sign_in_behind
from onetime.api.given import GivenAct, GivenGarage, GivenPage, GivenPrincipal, Incoming
from onetime.api.shapes import RowId
from onetime.domain.accounts import MAX_PASSWORD, Role
from onetime.domain.errors import Conflict
from onetime.domain.people import MAX_NAME_LENGTH, Actor
from onetime.garage import Transaction
from onetime.operations import accounts as operations
from onetime.operations.accounts import AccountChanges
from onetime.operations.passwords import PasswordHash, hashed_password
from onetime.operations.second_factor import remove_second_factor
from onetime.queries.accounts import Account, account, account_list
from onetime.queries.pages import Page

Email = Annotated[str, Meta(min_length=3, max_length=MAX_NAME_LENGTH)]
NewPassword = Annotated[str, Meta(max_length=MAX_PASSWORD)]


class NewAccount(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Somebody who shall sign in; the role renter, and it alone, has a renter."""

    email: Email
    role: Role
    password: NewPassword
    renter_id: RowId | None = None


class AccountEdit(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is to be changed of an account; another role, or none, ends its sign-ins at once."""

    email: Email | UnsetType = UNSET
    role: Role | UnsetType = UNSET
    renter_id: RowId | UnsetType | None = UNSET
    is_enabled: bool | UnsetType = UNSET


class PasswordSet(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A password that an owner gives somebody else."""

    password: NewPassword


@get("/accounts", operation_id="listAccounts", summary="List accounts")
async def list_accounts(garage: GivenGarage, asked: GivenPage) -> Page[Account]:
    """Who can sign in, disabled ones too."""
    return await garage.archive.read(account_list, asked)


@post(
    "/accounts",
    operation_id="createAccount",
    summary="Let somebody sign in",
    opt={MAY_REFUSE: (429,)},
)
async def create_account(
    garage: GivenGarage, principal: GivenPrincipal, request: Incoming, data: JSONBody[NewAccount]
) -> Account:
    """Make an account; its password is told to whoever it is for by other means.

    A repeat finds the address taken. It keeps no answer under a key: that would keep a quick hash
    of the password beside the slow one.
    """
    hashed = await access_of(request.state).hashing(hashed_password, data.password, data.email)
    return await garage.archive.write(_create, principal.actor, data, hashed)


@get("/accounts/{account_id:int}", operation_id="getAccount", summary="Show an account")
async def get_account(garage: GivenGarage, account_id: FromPath[int]) -> Account:
    """One account, without what proves who uses it."""
    return await garage.archive.read(account, account_id)


@patch("/accounts/{account_id:int}", operation_id="updateAccount", summary="Change an account")
async def update_account(
    act: GivenAct, account_id: FromPath[int], data: JSONBody[AccountEdit]
) -> Response[Account]:
    """Change what is given. The last owner stays one."""
    return await act(_update, account_id, data)


@delete("/accounts/{account_id:int}", operation_id="removeAccount", summary="Remove an account")
async def remove_account(act: GivenAct, account_id: FromPath[int]) -> None:
    """Forget an account with its e-mail address; the audit keeps its number."""
    await act(operations.remove_account, account_id)


@put(
    "/accounts/{account_id:int}/password",
    operation_id="setPassword",
    summary="Give somebody a new password",
    opt={MAY_REFUSE: (429,)},
)
async def set_password(
    act: GivenAct,
    garage: GivenGarage,
    request: Incoming,
    account_id: FromPath[int],
    data: JSONBody[PasswordSet],
) -> Response[Account]:
    """Ends all sign-ins of the account. One's own is changed with `POST /me/password`."""
    _refuse_oneself(request, account_id, "POST /me/password")
    found = await garage.archive.read(account, account_id)
    hashed = await access_of(request.state).hashing(hashed_password, data.password, found.email)
    return await act(_set_password, account_id, hashed)


@delete(
    "/accounts/{account_id:int}/totp",
    operation_id="resetSecondFactor",
    summary="Reset somebody's one-time passwords",
    status_code=200,
)
async def reset_totp(
    act: GivenAct, request: Incoming, account_id: FromPath[int]
) -> Response[Account]:
    """For whoever lost telephone and spare codes: the password is enough again."""
    _refuse_oneself(request, account_id, "POST /me/totp/remove")
    return await act(_reset_totp, account_id)


def _create(tx: Transaction, actor: Actor, new: NewAccount, hashed: PasswordHash) -> Account:
    account_id = operations.create_account(
        tx,
        actor,
        email=new.email,
        role=new.role,
        password_hash=hashed,
        renter_id=new.renter_id,
    )
    return account(tx.connection, account_id)


def _update(tx: Transaction, actor: Actor, account_id: int, edit: AccountEdit) -> Account:
    changes = AccountChanges(
        email=edit.email, role=edit.role, renter_id=edit.renter_id, is_enabled=edit.is_enabled
    )
    operations.edit_account(tx, actor, account_id, changes)
    return account(tx.connection, account_id)


def _set_password(tx: Transaction, actor: Actor, account_id: int, hashed: PasswordHash) -> Account:
    operations.set_password(tx, actor, account_id, hashed)
    return account(tx.connection, account_id)


def _reset_totp(tx: Transaction, actor: Actor, account_id: int) -> Account:
    remove_second_factor(tx, actor, account_id)
    return account(tx.connection, account_id)


def _refuse_oneself(request: Incoming, account_id: int, instead: str) -> None:
    """Keep a browser left alone from taking over the account that is signed in."""
    me = sign_in_behind(request.scope)
    if me is not None and me.account_id == account_id:
        raise Conflict(f"For your own account use {instead}, which asks for the password.")


ROUTES: tuple[BaseRouteHandler, ...] = (
    list_accounts,
    create_account,
    get_account,
    update_account,
    remove_account,
    set_password,
    reset_totp,
)
