"""Which tokens programs have, and who is behind one that is presented."""

from datetime import datetime

from msgspec import Struct, convert
from sqlalchemy import Connection, bindparam, or_, select

from onetime.domain.accounts import API_TOKEN_PREFIX, Principal, Role, secret_digest
from onetime.domain.errors import NotFound
from onetime.domain.people import Actor
from onetime.queries.pages import FIRST, Asked, Page, after_id, fetch_limit, page_of
from onetime.store.access_tables import api_tokens
from onetime.store.tables import renters

MAX_TOKEN_LENGTH = 200
ACTOR_KIND = "api"
"""Such an actor's name is the number of the token."""


class ApiToken(Struct, frozen=True, kw_only=True):
    """A token as its owner sees it: all but the token."""

    id: int
    name: str
    role: Role
    renter_id: int | None
    created_by: str
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None


_SHOWN = select(*(column for column in api_tokens.c if column is not api_tokens.c.digest))
_BEHIND = (
    select(api_tokens.c.id, api_tokens.c.role, api_tokens.c.renter_id)
    .outerjoin(renters, renters.c.id == api_tokens.c.renter_id)
    .where(
        api_tokens.c.digest == bindparam("digest"),
        api_tokens.c.revoked_at.is_(None),
        or_(api_tokens.c.expires_at.is_(None), api_tokens.c.expires_at > bindparam("now")),
        or_(api_tokens.c.renter_id.is_(None), renters.c.is_active),
    )
)


def principal_of(connection: Connection, token_text: str, now: datetime) -> Principal | None:
    """Return who is behind a token; None if it is unknown, revoked, expired, or a past renter's.

    The hash is looked up as a whole, so that nothing is learned from the time it takes (S23).
    """
    if not token_text.startswith(API_TOKEN_PREFIX) or len(token_text) > MAX_TOKEN_LENGTH:
        return None
    row = connection.execute(_BEHIND, {"digest": secret_digest(token_text), "now": now}).first()
    if row is None:
        return None
    return Principal(
        actor=Actor(ACTOR_KIND, str(row.id)), role=Role(row.role), renter_id=row.renter_id
    )


def api_token_list(connection: Connection, asked: Asked = FIRST) -> Page[ApiToken]:
    """List tokens, those in force and those that are not any more."""
    rows = connection.execute(
        _SHOWN.where(*after_id(asked, api_tokens.c.id))
        .order_by(api_tokens.c.id.desc())
        .limit(fetch_limit(asked))
    ).mappings()
    return page_of([convert(row, ApiToken) for row in rows], asked, lambda each: (each.id,))


def api_token(connection: Connection, token_id: int) -> ApiToken:
    """Return one token; raises NotFound."""
    row = connection.execute(_SHOWN.where(api_tokens.c.id == token_id)).mappings().first()
    if row is None:
        raise NotFound(f"There is no API token {token_id}.", "id")
    return convert(row, ApiToken)
