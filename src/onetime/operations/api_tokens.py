"""What an owner does with tokens of programs: make one, take it back.

A token leaves this room once, as the answer to whoever asked for it; kept is its hash (S23).
"""

import base64
import secrets
from datetime import datetime, timedelta

from msgspec import UNSET, Struct, UnsetType

from onetime.domain.accounts import API_TOKEN_PREFIX, Role, role_fault, secret_digest
from onetime.domain.errors import Conflict, NotFound, Unacceptable
from onetime.domain.facts import AccessChanged
from onetime.domain.people import Actor
from onetime.kit.texts import one_line
from onetime.operations.objections import Objections
from onetime.operations.subjects import require, the_active_renter
from onetime.store import api_tokens, audit
from onetime.store.transaction import Row, Transaction

SECRET_BYTES = 20
"""160 random bits: guessing is hopeless, so that a plain hash is enough."""
MAX_NAME_LENGTH = 100
DEFAULT_LIFETIME = timedelta(days=365)


class IssuedToken(Struct, frozen=True):
    """A token as it is shown, only this once."""

    id: int
    token: str


def create_api_token(
    tx: Transaction,
    actor: Actor,
    *,
    name: str,
    role: Role,
    renter_id: int | None = None,
    expires_at: datetime | UnsetType | None = UNSET,
) -> IssuedToken:
    """Make a token of a role; it ends after a year unless another time, or None, is given.

    Raises Unacceptable, NotFound or Conflict because of the renter, or Several of these.
    """
    objections = Objections()
    with objections:
        name = require(_name_fault, one_line(name), "name")
    with objections:
        if sentence := role_fault(role, renter_id):
            raise Unacceptable(sentence, "renter_id")
        if renter_id is not None:
            the_active_renter(tx, renter_id)
    ends = tx.now + DEFAULT_LIFETIME if expires_at is UNSET else expires_at
    with objections:
        if ends is not None and ends <= tx.now:
            raise Unacceptable("A token has to expire later than now.", "expires_at")
    objections.end()
    random = base64.b32encode(secrets.token_bytes(SECRET_BYTES)).decode().lower()
    token = f"{API_TOKEN_PREFIX}{random}"
    token_id = api_tokens.insert_api_token(
        tx,
        name=name,
        digest=secret_digest(token),
        role=role,
        renter_id=renter_id,
        created_by=str(actor),
        expires_at=ends,
    )
    after: Row = {"role": role.value, "renter_id": renter_id, "expires_at": ends}
    audit.record(tx, actor, "api-token.created", _subject(token_id), None, after)
    tx.announce(AccessChanged())
    return IssuedToken(token_id, token)


def revoke_api_token(tx: Transaction, actor: Actor, token_id: int) -> None:
    """Let a token be worth nothing from now on; raises NotFound, and Conflict the second time."""
    token = api_tokens.find(tx, token_id)
    if token is None:
        raise NotFound(f"There is no API token {token_id}.", "id")
    if token.revoked_at is not None:
        raise Conflict(f"API token {token_id} is revoked already.", "id")
    api_tokens.revoke(tx, token_id)
    audit.record(
        tx,
        actor,
        "api-token.revoked",
        _subject(token_id),
        {"revoked_at": None},
        {"revoked_at": tx.now},
    )
    tx.announce(AccessChanged())


def note_token_use(tx: Transaction, token_id: int) -> None:
    """Remember when a token was used; written with whatever is written next."""
    api_tokens.note_use(tx, token_id)


def _name_fault(name: str) -> str | None:
    if not name or len(name) > MAX_NAME_LENGTH:
        return f"A token's name has 1 to {MAX_NAME_LENGTH} characters."
    return None


def _subject(token_id: int) -> str:
    return f"api-token:{token_id}"
