"""Accounts in the database: who signs in, with the hash of the password and of spare codes."""

from collections.abc import Iterable
from datetime import datetime

from msgspec import Struct, convert
from sqlalchemy import bindparam, delete, insert, select, update

from onetime.domain.accounts import Role
from onetime.store.access_tables import accounts, recovery_codes
from onetime.store.transaction import Transaction, Value


class Account(Struct, frozen=True, kw_only=True):
    """An account with what proves who uses it."""

    id: int
    email: str
    role: Role
    renter_id: int | None
    password_hash: str
    is_enabled: bool
    totp_secret: str | None
    totp_confirmed_at: datetime | None
    totp_last_step: int | None


_SELECT = select(
    accounts.c.id,
    accounts.c.email,
    accounts.c.role,
    accounts.c.renter_id,
    accounts.c.password_hash,
    accounts.c.is_enabled,
    accounts.c.totp_secret,
    accounts.c.totp_confirmed_at,
    accounts.c.totp_last_step,
)
_BY_ID = _SELECT.where(accounts.c.id == bindparam("account_id"))
_BY_KEY = _SELECT.where(accounts.c.email_key == bindparam("key"))
_ANY = select(accounts.c.id).limit(1)
# Locked, so that two programs on one database can not each take away the other's last owner.
_OWNERS = (
    select(accounts.c.id)
    .where(accounts.c.role == Role.OWNER.value, accounts.c.is_enabled)
    .with_for_update()
)


def find(tx: Transaction, account_id: int) -> Account | None:
    """Return an account by its number, disabled ones too."""
    row = tx.connection.execute(_BY_ID, {"account_id": account_id}).mappings().first()
    return convert(row, Account) if row else None


def named(tx: Transaction, key: str) -> Account | None:
    """Return the account whose login name has this key."""
    row = tx.connection.execute(_BY_KEY, {"key": key}).mappings().first()
    return convert(row, Account) if row else None


def are_there_any(tx: Transaction) -> bool:
    """Say whether anybody has an account."""
    return tx.connection.execute(_ANY).first() is not None


def enabled_owners(tx: Transaction) -> list[int]:
    """Return the numbers of the owners who can sign in."""
    return [row.id for row in tx.connection.execute(_OWNERS)]


def insert_account(
    tx: Transaction, *, email: str, key: str, role: Role, renter_id: int | None, password_hash: str
) -> int:
    """Enter an account that can be used from now on; return its number."""
    account_id: int = tx.connection.execute(
        insert(accounts)
        .values(
            email=email,
            email_key=key,
            role=role.value,
            renter_id=renter_id,
            password_hash=password_hash,
            password_changed_at=tx.now,
            is_enabled=True,
            created_at=tx.now,
        )
        .returning(accounts.c.id)
    ).scalar_one()
    return account_id


def change(tx: Transaction, account_id: int, changes: dict[str, Value]) -> None:
    """Set these columns of an account."""
    tx.connection.execute(update(accounts).where(accounts.c.id == account_id).values(changes))


def remove(tx: Transaction, account_id: int) -> None:
    """Delete an account that nothing refers to any more."""
    tx.connection.execute(delete(accounts).where(accounts.c.id == account_id))


def set_recovery_codes(tx: Transaction, account_id: int, digests: Iterable[str]) -> None:
    """Keep the hashes of these codes in place of earlier ones."""
    tx.connection.execute(delete(recovery_codes).where(recovery_codes.c.account_id == account_id))
    rows = [{"account_id": account_id, "digest": each} for each in digests]
    if rows:
        tx.connection.execute(insert(recovery_codes), rows)


def take_recovery_code(tx: Transaction, account_id: int, digest: str) -> bool:
    """Use a code up; False when the account has no such code."""
    used = tx.connection.execute(
        delete(recovery_codes).where(
            recovery_codes.c.account_id == account_id, recovery_codes.c.digest == digest
        )
    )
    return used.rowcount > 0
