"""Signing in and out: a browser gets a secret, and it stops counting.

A secret leaves this room once, in the cookie of the answer; kept is its hash (S20).
"""

import secrets
from datetime import timedelta
from typing import Final

from msgspec import Struct

from onetime.domain.accounts import Role, secret_digest
from onetime.domain.errors import Conflict, NotFound, NotSignedIn, SecondFactorNeeded, WrongProof
from onetime.domain.facts import AccessChanged
from onetime.domain.people import Actor
from onetime.operations.accounts import create_account, subject_of
from onetime.operations.passwords import PasswordHash
from onetime.operations.second_factor import check_second_factor
from onetime.store import accounts, audit, sign_ins
from onetime.store.accounts import Account
from onetime.store.transaction import Transaction

SECRET_BYTES: Final = 32
MAX_SIGN_INS: Final = 20
"""Of one account; one more ends the oldest."""
SETUP_LIFETIME: Final = timedelta(hours=24)
SETUP: Final = Actor("setup", "link")


class Browser(Struct, frozen=True, kw_only=True):
    """From where somebody signs in."""

    ip_address: str
    user_agent: str | None = None


class NewSignIn(Struct, frozen=True):
    """A sign-in as its browser is told of it: the secret, only this once."""

    id: int
    account_id: int
    secret: str


def begin_sign_in(
    tx: Transaction,
    account_id: int,
    proven: PasswordHash,
    browser: Browser,
    *,
    code: str | None = None,
) -> NewSignIn:
    """Sign somebody in whose password was found right against the hash `proven`.

    Always under a new secret (S20). Raises NotSignedIn when the account was changed meanwhile,
    SecondFactorNeeded, WrongProof.
    """
    account = accounts.find(tx, account_id)
    if account is None or not account.is_enabled or account.password_hash != proven:
        raise NotSignedIn("This account was changed meanwhile; sign in again.")
    if account.totp_confirmed_at is not None:
        if code is None:
            raise SecondFactorNeeded(
                "The password is right; send a one-time password or a spare code as well.", "totp"
            )
        check_second_factor(tx, account, code)
    return _signed_in(tx, account, browser)


def end_sign_in(tx: Transaction, actor: Actor, account_id: int, sign_in_id: int) -> None:
    """End one sign-in of this account; raises NotFound when it has no such."""
    if sign_in_id not in sign_ins.of_account(tx, account_id):
        raise NotFound(f"You have no sign-in {sign_in_id}.", "sign_in_id")
    sign_ins.end(tx, sign_in_id)
    audit.record(tx, actor, "account.signed-out", subject_of(account_id))
    tx.announce(AccessChanged())


def end_other_sign_ins(tx: Transaction, actor: Actor, account_id: int, but: int | None) -> int:
    """End all sign-ins of an account but this one; return how many."""
    ended = sign_ins.end_all(tx, account_id, but)
    if ended:
        audit.record(
            tx, actor, "account.signed-out", subject_of(account_id), None, {"sign_ins": ended}
        )
        tx.announce(AccessChanged())
    return ended


def note_sign_in_use(tx: Transaction, sign_in_id: int) -> None:
    """Remember that somebody is still there; written with whatever is written next."""
    sign_ins.note_use(tx, sign_in_id)


def offer_setup(tx: Transaction) -> str | None:
    """Make the secret with which the first owner is entered; None once anybody has an account.

    The one made before does not count any more.
    """
    if accounts.are_there_any(tx):
        sign_ins.set_setup_link(tx, None, tx.now)
        return None
    secret = secrets.token_urlsafe(SECRET_BYTES)
    sign_ins.set_setup_link(tx, secret_digest(secret), tx.now + SETUP_LIFETIME)
    return secret


def set_up(
    tx: Transaction, secret: str, email: str, password_hash: PasswordHash, browser: Browser
) -> NewSignIn:
    """Enter the first owner and sign them in; the secret is used up.

    Raises Conflict when there is an account, WrongProof, Unacceptable.
    """
    if accounts.are_there_any(tx):
        raise Conflict("This garage is set up already; sign in.")
    if not sign_ins.take_setup_link(tx, secret_digest(secret)):
        raise WrongProof(
            "This set-up link does not count any more; a new one is printed when onetime starts.",
            "token",
        )
    account_id = create_account(
        tx, SETUP, email=email, role=Role.OWNER, password_hash=password_hash
    )
    account = accounts.find(tx, account_id)
    assert account is not None
    return _signed_in(tx, account, browser)


def _signed_in(tx: Transaction, account: Account, browser: Browser) -> NewSignIn:
    sign_ins.forget_ended(tx, tx.now - tx.policy.sign_in_idle)
    for oldest in sign_ins.of_account(tx, account.id)[MAX_SIGN_INS - 1 :]:
        sign_ins.end(tx, oldest)
    secret = secrets.token_urlsafe(SECRET_BYTES)
    sign_in_id = sign_ins.insert_sign_in(
        tx,
        account_id=account.id,
        digest=secret_digest(secret),
        expires_at=tx.now + tx.policy.sign_in_longest,
        ip_address=browser.ip_address[:45],
        user_agent=browser.user_agent,
    )
    accounts.change(tx, account.id, {"last_sign_in_at": tx.now})
    me = Actor("account", str(account.id))
    audit.record(tx, me, "account.signed-in", subject_of(account.id))
    return NewSignIn(sign_in_id, account.id, secret)
