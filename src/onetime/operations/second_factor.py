"""One-time passwords (TOTP, RFC 6238): enrolled, confirmed, checked, taken away.

A code counts for its own thirty seconds and one step to either side, and only once. Spare codes
stand in when the telephone is lost; each counts once, and kept are their hashes (S19).
"""

import base64
import hmac
import re
import secrets
from datetime import datetime
from typing import Final

import pyotp
from msgspec import Struct

from onetime.domain.accounts import secret_digest
from onetime.domain.errors import Conflict, WrongProof
from onetime.domain.facts import AccessChanged
from onetime.domain.people import Actor
from onetime.operations.accounts import subject_of, the_account
from onetime.store import accounts, audit, sign_ins
from onetime.store.accounts import Account
from onetime.store.transaction import Transaction

ISSUER: Final = "onetime"
STEP_SECONDS: Final = 30
WINDOW: Final = 1
"""How many steps a clock may be off, to either side."""
CODES: Final = 10
_CODE_BYTES: Final = 10
_GROUP: Final = 4
_TOTP: Final = re.compile(r"[0-9]{6}", re.ASCII)
_SEPARATORS: Final = re.compile(r"[\s-]")


class Enrolment(Struct, frozen=True):
    """A secret as it is shown, only this once: as text and as an address for a telephone."""

    secret: str
    uri: str


def begin_enrolment(tx: Transaction, account_id: int) -> Enrolment:
    """Make a secret, which counts once it is confirmed; raises NotFound, Conflict."""
    account = the_account(tx, account_id)
    _require_unconfirmed(account)
    secret = pyotp.random_base32()
    accounts.change(tx, account_id, {"totp_secret": secret, "totp_last_step": None})
    uri = pyotp.TOTP(secret).provisioning_uri(name=account.email, issuer_name=ISSUER)
    return Enrolment(secret, uri)


def confirm_enrolment(
    tx: Transaction, actor: Actor, account_id: int, code: str, but: int | None = None
) -> tuple[str, ...]:
    """Require one-time passwords from now on; return spare codes, which are shown only this once.

    Sign-ins but this one end. Raises NotFound, Conflict when there is nothing to confirm, and
    WrongProof.
    """
    account = the_account(tx, account_id)
    _require_unconfirmed(account)
    if account.totp_secret is None:
        raise Conflict("There is nothing to confirm; begin the enrolment first.")
    _use_code(tx, account, account.totp_secret, code)
    codes = tuple(_recovery_code() for _ in range(CODES))
    accounts.change(tx, account_id, {"totp_confirmed_at": tx.now})
    accounts.set_recovery_codes(tx, account_id, (_digest(each) for each in codes))
    sign_ins.end_all(tx, account_id, but)
    audit.record(tx, actor, "account.second-factor-added", subject_of(account_id))
    tx.announce(AccessChanged())
    return codes


def check_second_factor(tx: Transaction, account: Account, code: str) -> None:
    """Take a one-time password or a spare code, which then is used up; raises WrongProof."""
    assert account.totp_secret is not None
    if is_one_time_password(code):
        _use_code(tx, account, account.totp_secret, code)
    elif not accounts.take_recovery_code(tx, account.id, _digest(code)):
        raise WrongProof("This spare code is wrong or was used before.", "totp")
    else:
        audit.record(
            tx,
            Actor("account", str(account.id)),
            "account.recovery-code-used",
            subject_of(account.id),
        )


def remove_second_factor(tx: Transaction, actor: Actor, account_id: int) -> None:
    """Let the password be enough again, until enrolled anew; raises NotFound."""
    account = the_account(tx, account_id)
    if account.totp_secret is None:
        return
    nothing = {"totp_secret": None, "totp_confirmed_at": None, "totp_last_step": None}
    accounts.change(tx, account_id, {**nothing})
    accounts.set_recovery_codes(tx, account_id, ())
    if account.totp_confirmed_at is not None:
        audit.record(tx, actor, "account.second-factor-removed", subject_of(account_id))
        tx.announce(AccessChanged())


def is_one_time_password(code: str) -> bool:
    """Say whether a text is a one-time password by its form; anything else is a spare code."""
    return _TOTP.fullmatch(_bare(code)) is not None


def step_at(moment: datetime) -> int:
    """Return the number of the thirty seconds in which a moment lies."""
    return int(moment.timestamp()) // STEP_SECONDS


def _use_code(tx: Transaction, account: Account, secret: str, code: str) -> None:
    totp = pyotp.TOTP(secret, interval=STEP_SECONDS)
    now = step_at(tx.now)
    typed = _bare(code).encode("utf-8", "surrogatepass")
    matching = [
        step
        for step in range(now - WINDOW, now + WINDOW + 1)
        if hmac.compare_digest(totp.generate_otp(step).encode(), typed)
    ]
    fresh = [step for step in matching if step > (account.totp_last_step or 0)]
    if not fresh:
        raise WrongProof(
            "This one-time password was used before; wait for the next."
            if matching
            else "This one-time password is wrong; look at the clock of the telephone, too.",
            "totp",
        )
    accounts.change(tx, account.id, {"totp_last_step": max(fresh)})


def _require_unconfirmed(account: Account) -> None:
    if account.totp_confirmed_at is not None:
        raise Conflict("One-time passwords are set up already; remove them first.")


def _recovery_code() -> str:
    letters = base64.b32encode(secrets.token_bytes(_CODE_BYTES)).decode().lower()
    return "-".join(letters[at : at + _GROUP] for at in range(0, len(letters), _GROUP))


def _digest(code: str) -> str:
    return secret_digest(_bare(code))


def _bare(code: str) -> str:
    return _SEPARATORS.sub("", code).lower()
