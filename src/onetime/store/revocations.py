"""Cards that were revoked, and what each station has confirmed of that."""

from datetime import datetime

from msgspec import Struct, convert
from sqlalchemy import Connection, exists, insert, or_, select, update

from onetime.domain.ids import StationId
from onetime.domain.revocations import CacheState, ListedState, RevocationReason
from onetime.domain.tokens import Token, TokenStatus, token_key
from onetime.store.command_tables import card_revocations as table
from onetime.store.command_tables import revocation_confirmations as confirmations
from onetime.store.tables import authorization_tokens, charging_stations, renters
from onetime.store.transaction import Transaction

c = table.c
k = confirmations.c
t = authorization_tokens.c
_MAY_CHARGE = t.status == TokenStatus.ACCEPTED.value
_CARD = (
    t.token,
    t.renter_id,
    t.status,
    t.expiry_date,
    t.description,
    t.parent_id_tag,
    renters.c.is_active.label("renter_is_active"),
)
_OPEN = exists(select(c.id).where(c.token_key == t.token_key, c.ended_at.is_(None)))


class Unconfirmed(Struct, frozen=True, kw_only=True):
    """A station that has not confirmed yet that it knows of a revocation."""

    revocation_id: int
    station_id: StationId
    token_key: str
    revoked_at: datetime
    cache: CacheState
    list: ListedState


def not_noted(connection: Connection, now: datetime) -> list[Token]:
    """Return the cards that may not charge at this moment, and that no revocation speaks of."""
    past = or_(~_MAY_CHARGE, renters.c.is_active.is_(False), t.expiry_date <= now)
    return _cards(connection, past & ~_OPEN)


def back_in_force(connection: Connection, now: datetime) -> list[Token]:
    """Return the cards that may charge at this moment, and whose revocation has not ended."""
    valid = or_(t.expiry_date.is_(None), t.expiry_date > now)
    return _cards(connection, _MAY_CHARGE & renters.c.is_active.is_(True) & valid & _OPEN)


def is_open(tx: Transaction, token: str) -> bool:
    """Say whether a card is revoked, as far as was noted."""
    found = tx.connection.execute(
        select(c.id).where(c.token_key == token_key(token), c.ended_at.is_(None)).limit(1)
    )
    return found.first() is not None


def open_revocation(tx: Transaction, token: str, reason: RevocationReason) -> None:
    """Note that a card may not charge any more; each station there is has to confirm it."""
    revocation_id = tx.connection.execute(
        insert(table).returning(c.id),
        {
            "token": token,
            "token_key": token_key(token),
            "reason": reason.value,
            "revoked_at": tx.now,
        },
    ).scalar_one()
    stations = tx.connection.execute(
        select(charging_stations.c.id).where(charging_stations.c.retired_at.is_(None))
    ).scalars()
    rows = [
        {
            "revocation_id": revocation_id,
            "station_id": station_id,
            "cache": CacheState.WAITING.value,
            "list": ListedState.WAITING.value,
        }
        for station_id in stations
    ]
    if rows:
        tx.connection.execute(insert(confirmations), rows)


def end_revocation(tx: Transaction, token: str) -> None:
    """Note that a card may charge again."""
    tx.connection.execute(
        update(table)
        .where(c.token_key == token_key(token), c.ended_at.is_(None))
        .values(ended_at=tx.now)
    )


def unconfirmed(connection: Connection) -> list[Unconfirmed]:
    """Return what stations have still to confirm, of cards that may not charge."""
    rows = connection.execute(
        select(k.revocation_id, k.station_id, c.token_key, c.revoked_at, k.cache, k.list)
        .join(table, c.id == k.revocation_id)
        .join(charging_stations, charging_stations.c.id == k.station_id)
        .where(
            k.confirmed_at.is_(None),
            c.ended_at.is_(None),
            charging_stations.c.retired_at.is_(None),
        )
    )
    return [convert(row, Unconfirmed) for row in rows.mappings()]


def set_confirmation(
    tx: Transaction,
    waits: Unconfirmed,
    cache: CacheState,
    listed: ListedState,
    confirmed_at: datetime | None,
) -> None:
    """Note what a station has shown of a revocation."""
    tx.connection.execute(
        update(confirmations)
        .where(k.revocation_id == waits.revocation_id, k.station_id == waits.station_id)
        .values(cache=cache.value, list=listed.value, confirmed_at=confirmed_at)
    )


def _cards(connection: Connection, condition: object) -> list[Token]:
    rows = connection.execute(
        select(*_CARD).join(renters, renters.c.id == t.renter_id).where(condition)  # type: ignore[arg-type]  # made of columns above
    )
    return [convert(row, Token) for row in rows.mappings()]
