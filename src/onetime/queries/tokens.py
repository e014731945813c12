"""Which cards were issued, who holds them and whether they may charge."""

from datetime import datetime

from msgspec import Struct, convert
from sqlalchemy import Connection, Select, select

from onetime.domain.errors import NotFound
from onetime.domain.tokens import Token as Card
from onetime.domain.tokens import TokenStatus, Verdict, verdict
from onetime.kit.logs import masked
from onetime.queries.pages import FIRST, Asked, Page, after_time, fetch_limit, page_of
from onetime.store import tokens
from onetime.store.tables import authorization_tokens as cards
from onetime.store.tables import renters


class Token(Struct, frozen=True, kw_only=True):
    """A card with its holder of today; its status alone does not say whether it may charge."""

    token: str
    renter_id: int
    status: TokenStatus
    expiry_date: datetime | None
    description: str | None
    parent_id_tag: str | None
    created_at: datetime
    renter_name: str
    renter_is_active: bool


def token_list(
    connection: Connection, *, renter_id: int | None = None, asked: Asked = FIRST
) -> Page[Token]:
    """List cards: all, or those of one renter; not what stands for one in remote starts."""
    statement = _statement().where(
        cards.c.is_remote.is_(False), *after_time(asked, cards.c.created_at, cards.c.token)
    )
    if renter_id is not None:
        statement = statement.where(cards.c.renter_id == renter_id)
    rows = connection.execute(
        statement.order_by(cards.c.created_at.desc(), cards.c.token.desc()).limit(
            fetch_limit(asked)
        )
    )
    found = [convert(row, Token) for row in rows.mappings()]
    return page_of(found, asked, lambda each: (each.created_at, each.token))


def token(connection: Connection, number: str) -> Token:
    """Return one card by its number, however it is written; raises NotFound."""
    card = tokens.look_up(connection, number)
    if card is None:
        raise NotFound(f"There is no card {masked(number)}.", "token")
    row = connection.execute(_statement().where(cards.c.token == card.token)).mappings().one()
    return convert(row, Token)


def verdict_on(token: Token, now: datetime) -> Verdict:
    """Say whether a card may charge at this moment, and why not."""
    return verdict(
        Card(
            token=token.token,
            renter_id=token.renter_id,
            status=token.status,
            expiry_date=token.expiry_date,
            description=token.description,
            parent_id_tag=token.parent_id_tag,
            renter_is_active=token.renter_is_active,
        ),
        now,
    )


def _statement() -> Select[*tuple[object, ...]]:
    return select(
        *cards.c,
        renters.c.name.label("renter_name"),
        renters.c.is_active.label("renter_is_active"),
    ).join(renters, renters.c.id == cards.c.renter_id)
