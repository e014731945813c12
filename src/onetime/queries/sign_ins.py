"""Who is signed in: behind a cookie, and behind the name that somebody signs in with."""

from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct, convert
from sqlalchemy import Connection, bindparam, or_, select

from onetime.domain.accounts import Principal, Role, email_key, secret_digest
from onetime.domain.people import Actor
from onetime.store.access_tables import accounts, setup_links, sign_ins
from onetime.store.tables import renters

ACTOR_KIND: Final = "account"
"""Such an actor's name is the number of the account."""
MAX_SECRET_LENGTH: Final = 200


class SignedIn(Struct, frozen=True, kw_only=True):
    """A browser that is signed in."""

    principal: Principal
    account_id: int
    sign_in_id: int
    last_used_at: datetime
    has_second_factor: bool


class Login(Struct, frozen=True, kw_only=True):
    """What a login is judged by."""

    account_id: int
    email: str
    password_hash: str
    is_enabled: bool


class SignIn(Struct, frozen=True, kw_only=True):
    """A sign-in as its owner sees it."""

    id: int
    created_at: datetime
    last_used_at: datetime
    expires_at: datetime
    ip_address: str
    user_agent: str | None
    is_current: bool


_IS_ACTIVE = or_(accounts.c.renter_id.is_(None), renters.c.is_active)
_BEHIND = (
    select(
        sign_ins.c.id,
        sign_ins.c.last_used_at,
        sign_ins.c.account_id,
        accounts.c.role,
        accounts.c.renter_id,
        accounts.c.totp_confirmed_at,
    )
    .join(accounts, accounts.c.id == sign_ins.c.account_id)
    .outerjoin(renters, renters.c.id == accounts.c.renter_id)
    .where(
        sign_ins.c.digest == bindparam("digest"),
        sign_ins.c.expires_at > bindparam("now"),
        sign_ins.c.last_used_at > bindparam("idle_since"),
        accounts.c.is_enabled,
        _IS_ACTIVE,
    )
)
_LOGIN = (
    select(
        accounts.c.id.label("account_id"),
        accounts.c.email,
        accounts.c.password_hash,
        (accounts.c.is_enabled & _IS_ACTIVE).label("is_enabled"),
    )
    .outerjoin(renters, renters.c.id == accounts.c.renter_id)
    .where(accounts.c.email_key == bindparam("key"))
)


def signed_in(
    connection: Connection, secret: str, now: datetime, idle: timedelta
) -> SignedIn | None:
    """Return who is behind the secret of a cookie; None if it counts no more (S20).

    It does not when it ended, was not used for as long as `idle`, or when the account is disabled
    or a past renter's.
    """
    if not secret or len(secret) > MAX_SECRET_LENGTH:
        return None
    row = connection.execute(
        _BEHIND, {"digest": secret_digest(secret), "now": now, "idle_since": now - idle}
    ).first()
    if row is None:
        return None
    return SignedIn(
        principal=Principal(
            actor=Actor(ACTOR_KIND, str(row.account_id)),
            role=Role(row.role),
            renter_id=row.renter_id,
        ),
        account_id=row.account_id,
        sign_in_id=row.id,
        last_used_at=row.last_used_at,
        has_second_factor=row.totp_confirmed_at is not None,
    )


def login_of(connection: Connection, email: str) -> Login | None:
    """Return what a login under this name is judged by; None when nobody has it."""
    if "\0" in email or any("\ud800" <= letter <= "\udfff" for letter in email):
        return None
    row = connection.execute(_LOGIN, {"key": email_key(email)}).mappings().first()
    return convert(row, Login) if row else None


def login_of_account(connection: Connection, account_id: int) -> Login | None:
    """Return what somebody who is signed in already proves a password by."""
    statement = select(
        accounts.c.id.label("account_id"),
        accounts.c.email,
        accounts.c.password_hash,
        accounts.c.is_enabled,
    ).where(accounts.c.id == account_id)
    row = connection.execute(statement).mappings().first()
    return convert(row, Login) if row else None


def own_sign_ins(
    connection: Connection, account_id: int, current: int | None, now: datetime, idle: timedelta
) -> list[SignIn]:
    """List the sign-ins of an account that count, the newest first."""
    rows = connection.execute(
        select(
            sign_ins.c.id,
            sign_ins.c.created_at,
            sign_ins.c.last_used_at,
            sign_ins.c.expires_at,
            sign_ins.c.ip_address,
            sign_ins.c.user_agent,
            (sign_ins.c.id == current).label("is_current"),
        )
        .where(
            sign_ins.c.account_id == account_id,
            sign_ins.c.expires_at > now,
            sign_ins.c.last_used_at > now - idle,
        )
        .order_by(sign_ins.c.id.desc())
    ).mappings()
    return [convert(row, SignIn) for row in rows]


def is_setup_link(connection: Connection, secret: str, now: datetime) -> bool:
    """Say whether this secret is that of a set-up link that counts."""
    found = connection.execute(
        select(setup_links.c.id).where(
            setup_links.c.digest == secret_digest(secret), setup_links.c.expires_at > now
        )
    )
    return found.first() is not None
