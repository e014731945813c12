"""Who has an account; never what proves who they are."""

from datetime import datetime

from msgspec import Struct, convert
from sqlalchemy import ColumnElement, Connection, Select, func, select

from onetime.domain.accounts import Role, email_key
from onetime.domain.errors import NotFound
from onetime.queries.pages import FIRST, Asked, Page, after_id, fetch_limit, page_of
from onetime.store.access_tables import accounts, recovery_codes


class Account(Struct, frozen=True, kw_only=True):
    """Somebody who signs in; `has_second_factor` says whether a one-time password is asked for."""

    id: int
    email: str
    role: Role
    renter_id: int | None
    is_enabled: bool
    has_second_factor: bool
    recovery_codes_left: int
    created_at: datetime
    password_changed_at: datetime
    last_sign_in_at: datetime | None


def account_list(connection: Connection, asked: Asked = FIRST) -> Page[Account]:
    """List accounts, disabled ones too."""
    rows = connection.execute(
        _statement()
        .where(*after_id(asked, accounts.c.id))
        .order_by(accounts.c.id.desc())
        .limit(fetch_limit(asked))
    ).mappings()
    return page_of([convert(row, Account) for row in rows], asked, lambda each: (each.id,))


def account(connection: Connection, account_id: int) -> Account:
    """Return one account; raises NotFound."""
    return _one(connection, accounts.c.id == account_id, f"There is no account {account_id}.")


def account_named(connection: Connection, email: str) -> Account:
    """Return the account with this login name, however it is written; raises NotFound."""
    return _one(
        connection,
        accounts.c.email_key == email_key(email),
        "There is no account with this e-mail address.",
    )


def is_set_up(connection: Connection) -> bool:
    """Say whether anybody has an account."""
    return connection.execute(select(accounts.c.id).limit(1)).first() is not None


def _statement() -> Select[*tuple[object, ...]]:
    codes = (
        select(func.count()).where(recovery_codes.c.account_id == accounts.c.id).scalar_subquery()
    )
    return select(
        accounts.c.id,
        accounts.c.email,
        accounts.c.role,
        accounts.c.renter_id,
        accounts.c.is_enabled,
        accounts.c.totp_confirmed_at.is_not(None).label("has_second_factor"),
        codes.label("recovery_codes_left"),
        accounts.c.created_at,
        accounts.c.password_changed_at,
        accounts.c.last_sign_in_at,
    )


def _one(connection: Connection, condition: ColumnElement[bool], missing: str) -> Account:
    row = connection.execute(_statement().where(condition)).mappings().first()
    if row is None:
        raise NotFound(missing, "account_id")
    return convert(row, Account)
