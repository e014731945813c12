"""Tokens of programs in the database: their hashes, never the tokens."""

from datetime import datetime

from msgspec import Struct, convert
from sqlalchemy import bindparam, insert, select, update

from onetime.domain.accounts import Role
from onetime.store.access_tables import api_tokens
from onetime.store.transaction import Transaction


class ApiToken(Struct, frozen=True, kw_only=True):
    """A token, in force or not any more."""

    id: int
    name: str
    role: Role
    renter_id: int | None
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None


_BY_ID = select(
    api_tokens.c.id,
    api_tokens.c.name,
    api_tokens.c.role,
    api_tokens.c.renter_id,
    api_tokens.c.expires_at,
    api_tokens.c.revoked_at,
    api_tokens.c.last_used_at,
).where(api_tokens.c.id == bindparam("token_id"))
_REVOKE = (
    update(api_tokens)
    .where(api_tokens.c.id == bindparam("token_id"))
    .values(revoked_at=bindparam("at"))
)
_NOTE_USE = (
    update(api_tokens)
    .where(api_tokens.c.id == bindparam("token_id"))
    .values(last_used_at=bindparam("at"))
)


def find(tx: Transaction, token_id: int) -> ApiToken | None:
    """Return a token, revoked ones too."""
    row = tx.first(_BY_ID, token_id=token_id)
    return convert(row, ApiToken) if row else None


def insert_api_token(
    tx: Transaction,
    *,
    name: str,
    digest: str,
    role: Role,
    renter_id: int | None,
    created_by: str,
    expires_at: datetime | None,
) -> int:
    """Enter a token that is in force from now on; return its number."""
    token_id: int = tx.connection.execute(
        insert(api_tokens)
        .values(
            name=name,
            digest=digest,
            role=role.value,
            renter_id=renter_id,
            created_by=created_by,
            created_at=tx.now,
            expires_at=expires_at,
        )
        .returning(api_tokens.c.id)
    ).scalar_one()
    return token_id


def revoke(tx: Transaction, token_id: int) -> None:
    """Let a token be worth nothing from now on."""
    tx.run(_REVOKE, token_id=token_id, at=tx.now)


def note_use(tx: Transaction, token_id: int) -> None:
    """Remember that a token was used."""
    tx.run(_NOTE_USE, token_id=token_id, at=tx.now)
