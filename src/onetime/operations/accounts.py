"""What owners do with accounts: make, change, disable, remove; and what people do with their own.

Knows hashes of passwords, never a password. In the audit people stand by number.
"""

from msgspec import UNSET, Struct, UnsetType

from onetime.domain.accounts import Role, email_key, role_fault
from onetime.domain.errors import Conflict, NotFound, Unacceptable
from onetime.domain.facts import AccessChanged
from onetime.domain.people import Actor, email_fault
from onetime.operations.objections import Objections
from onetime.operations.passwords import PasswordHash
from onetime.operations.subjects import require, the_active_renter
from onetime.store import accounts, audit, sign_ins
from onetime.store.accounts import Account
from onetime.store.transaction import Row, Transaction, Value


class AccountChanges(Struct, frozen=True, kw_only=True):
    """What is to be changed of an account."""

    email: str | UnsetType = UNSET
    role: Role | UnsetType = UNSET
    renter_id: int | UnsetType | None = UNSET
    is_enabled: bool | UnsetType = UNSET


def create_account(
    tx: Transaction,
    actor: Actor,
    *,
    email: str,
    role: Role,
    password_hash: PasswordHash,
    renter_id: int | None = None,
) -> int:
    """Let somebody sign in; return the number given.

    Raises Unacceptable, NotFound or Conflict because of the renter, and Conflict when the login
    name is taken, or Several of these.
    """
    objections = Objections()
    with objections:
        name = _login_name(tx, email)
    with objections:
        _require_role(tx, role, renter_id)
    objections.end()
    account_id = accounts.insert_account(
        tx,
        email=name,
        key=email_key(name),
        role=role,
        renter_id=renter_id,
        password_hash=password_hash,
    )
    after: Row = {"role": role.value, "renter_id": renter_id, "is_enabled": True}
    audit.record(tx, actor, "account.created", subject_of(account_id), None, after)
    tx.announce(AccessChanged())
    return account_id


def edit_account(tx: Transaction, actor: Actor, account_id: int, changes: AccountChanges) -> None:
    """Change who may do what; who is disabled or gets another role is signed out at once.

    Raises NotFound, Unacceptable, Conflict when nobody would be left to own the garage, Several.
    """
    account = the_account(tx, account_id)
    role = account.role if changes.role is UNSET else changes.role
    renter_id = account.renter_id if changes.renter_id is UNSET else changes.renter_id
    is_enabled = account.is_enabled if changes.is_enabled is UNSET else changes.is_enabled
    name = account.email
    objections = Objections()
    with objections:
        if (role, renter_id) != (account.role, account.renter_id):
            _require_role(tx, role, renter_id)
    with objections:
        if role is not Role.OWNER or not is_enabled:
            _require_another_owner(tx, account)
    with objections:
        if changes.email is not UNSET and changes.email.strip() != account.email:
            name = _login_name(tx, changes.email, account_id)
    objections.end()
    before: dict[str, Value] = {
        "role": account.role.value,
        "renter_id": account.renter_id,
        "is_enabled": account.is_enabled,
    }
    after: dict[str, Value] = {
        "role": role.value,
        "renter_id": renter_id,
        "is_enabled": is_enabled,
    }
    if audit.record_change(tx, actor, "account.edited", subject_of(account_id), before, after):
        accounts.change(tx, account_id, after)
        sign_ins.end_all(tx, account_id)
        tx.announce(AccessChanged())
    if name != account.email:
        accounts.change(tx, account_id, {"email": name, "email_key": email_key(name)})
        audit.record(
            tx, actor, "account.edited", subject_of(account_id), None, {"changed": "email"}
        )


def set_password(
    tx: Transaction,
    actor: Actor,
    account_id: int,
    password_hash: PasswordHash,
    *,
    but: int | None = None,
) -> None:
    """Replace a password and end all sign-ins but this one; raises NotFound."""
    the_account(tx, account_id)
    accounts.change(tx, account_id, {"password_hash": password_hash, "password_changed_at": tx.now})
    sign_ins.end_all(tx, account_id, but)
    audit.record(tx, actor, "account.password-changed", subject_of(account_id))
    tx.announce(AccessChanged())


def remove_account(tx: Transaction, actor: Actor, account_id: int) -> None:
    """Forget an account with its login name; the audit keeps its number.

    Raises NotFound, and Conflict when nobody would be left to own the garage.
    """
    account = the_account(tx, account_id)
    _require_another_owner(tx, account)
    sign_ins.end_all(tx, account_id)
    accounts.set_recovery_codes(tx, account_id, ())
    accounts.remove(tx, account_id)
    before: Row = {"role": account.role.value, "renter_id": account.renter_id}
    audit.record(tx, actor, "account.removed", subject_of(account_id), before)
    tx.announce(AccessChanged())


def the_account(tx: Transaction, account_id: int) -> Account:
    """Return an account; raises NotFound."""
    account = accounts.find(tx, account_id)
    if account is None:
        raise NotFound(f"There is no account {account_id}.", "account_id")
    return account


def subject_of(account_id: int) -> str:
    """Return how an account stands in the audit."""
    return f"account:{account_id}"


def _login_name(tx: Transaction, email: str, account_id: int | None = None) -> str:
    name = require(email_fault, email.strip(), "email")
    known = accounts.named(tx, email_key(name))
    if known is not None and known.id != account_id:
        raise Conflict("There is an account with this e-mail address already.", "email")
    return name


def _require_role(tx: Transaction, role: Role, renter_id: int | None) -> None:
    if sentence := role_fault(role, renter_id):
        raise Unacceptable(sentence, "renter_id")
    if renter_id is not None:
        the_active_renter(tx, renter_id)


def _require_another_owner(tx: Transaction, account: Account) -> None:
    is_owner = account.role is Role.OWNER and account.is_enabled
    if is_owner and not set(accounts.enabled_owners(tx)) - {account.id}:
        raise Conflict(
            "This is the only owner who can sign in; make another one an owner first.",
            "account_id",
        )
