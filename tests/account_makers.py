"""Accounts and sign-ins for tests that need some."""

from onetime.domain.accounts import Role
from onetime.operations.accounts import create_account
from onetime.operations.passwords import PasswordHash, hashed_password
from onetime.operations.sign_ins import Browser, NewSignIn, begin_sign_in
from onetime.store.transaction import Transaction
from tests.garage_makers import OWNER

PASSWORD = "correct horse battery"
# Made once: hashing is slow on purpose.
HASH = hashed_password(PASSWORD, "anybody@example.org")
BROWSER = Browser(ip_address="192.0.2.7", user_agent="Browser/1")


def an_account(
    tx: Transaction,
    email: str = "olga@example.org",
    role: Role = Role.OWNER,
    renter_id: int | None = None,
    password_hash: PasswordHash = HASH,
) -> int:
    return create_account(
        tx, OWNER, email=email, role=role, renter_id=renter_id, password_hash=password_hash
    )


def a_sign_in(tx: Transaction, account_id: int, code: str | None = None) -> NewSignIn:
    return begin_sign_in(tx, account_id, HASH, BROWSER, code=code)
