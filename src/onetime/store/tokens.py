"""Cards in the database: how a presented tag finds its card, and who held a card when.

Knows rows; never whether a card may charge.
"""

from collections.abc import Callable
from datetime import datetime

from msgspec import convert
from sqlalchemy import Connection, and_, bindparam, delete, insert, or_, select, update

from onetime.domain.tokens import (
    MIN_HEX_DIGITS,
    Token,
    TokenStatus,
    bare_hex,
    is_separated_hex,
    token_key,
)
from onetime.store.tables import authorization_tokens, charging_sessions, renters, token_renters
from onetime.store.transaction import Transaction, Value

_AFTER_HEX = "g"
_SELECT = select(
    authorization_tokens.c.token,
    authorization_tokens.c.renter_id,
    authorization_tokens.c.status,
    authorization_tokens.c.expiry_date,
    authorization_tokens.c.description,
    authorization_tokens.c.parent_id_tag,
    renters.c.is_active.label("renter_is_active"),
).join(renters, renters.c.id == authorization_tokens.c.renter_id)
_BY_KEY = _SELECT.where(authorization_tokens.c.token_key == bindparam("key"))
_BY_BARE_HEX = _SELECT.where(authorization_tokens.c.bare_hex == bindparam("digits")).limit(2)
_INTERVALS = (
    select(token_renters.c.renter_id, token_renters.c.valid_from, token_renters.c.valid_to)
    .where(token_renters.c.token == bindparam("token"))
    .order_by(token_renters.c.valid_from, token_renters.c.id)
)
_HOLDER = select(authorization_tokens.c.renter_id).where(
    authorization_tokens.c.token == bindparam("token")
)
_REMOTE = _SELECT.where(
    authorization_tokens.c.renter_id == bindparam("renter_id"), authorization_tokens.c.is_remote
)
_INSERT = insert(authorization_tokens)
_OPEN_INTERVAL = insert(token_renters)
_CLOSE_INTERVAL = (
    update(token_renters)
    .where(token_renters.c.token == bindparam("of"), token_renters.c.valid_to.is_(None))
    .values(valid_to=bindparam("at"))
)
_CHARGED = (
    select(charging_sessions.c.id)
    .where(charging_sessions.c.token_id == bindparam("token"))
    .limit(1)
)
_FORGET_INTERVALS = delete(token_renters).where(token_renters.c.token == bindparam("of"))
_REMOVE = delete(authorization_tokens).where(authorization_tokens.c.token == bindparam("of"))


def find(tx: Transaction, id_tag: str) -> Token | None:
    """Return the card that a presented tag names, compared without case (G01).

    When none is equal and the tag is separated hexadecimal digits, the bare digits decide, if
    exactly one card has them.
    """
    return _match(tx.connection, id_tag, lambda tag: same_key(tx, tag))


def look_up(connection: Connection, id_tag: str) -> Token | None:
    """As `find`, for whoever has no transaction."""

    def same(tag: str) -> Token | None:
        row = connection.execute(_BY_KEY, {"key": token_key(tag)}).mappings().first()
        return convert(row, Token) if row else None

    return _match(connection, id_tag, same)


def cut_or_padded(tx: Transaction, id_tag: str) -> Token | None:
    """Return the one card whose hexadecimal digits begin as this tag's, or the other way (G04)."""
    digits = bare_hex(id_tag)
    if digits is None:
        return None
    column = authorization_tokens.c.bare_hex
    beginnings = [digits[:size] for size in range(MIN_HEX_DIGITS, len(digits))]
    is_longer = and_(column > digits, column < digits + _AFTER_HEX)
    statement = _SELECT.where(or_(is_longer, column.in_(beginnings))).limit(2)
    found = tx.connection.execute(statement).mappings().all()
    return convert(found[0], Token) if len(found) == 1 else None


def same_key(tx: Transaction, token: str) -> Token | None:
    """Return the card whose number differs from this one by case at most."""
    row = tx.first(_BY_KEY, key=token_key(token))
    return convert(row, Token) if row else None


def holder_at(tx: Transaction, token: str, moment: datetime) -> int | None:
    """Return the id of the renter who held this card, given as issued, at that moment.

    A moment before the card was issued counts to its first holder.
    """
    intervals = tx.all(_INTERVALS, token=token)
    for held in reversed(intervals):
        valid_to = held["valid_to"]
        if held["valid_from"] <= moment and (valid_to is None or moment < valid_to):
            return int(held["renter_id"])
    if intervals and moment < intervals[0]["valid_from"]:
        return int(intervals[0]["renter_id"])
    holder = tx.first(_HOLDER, token=token)
    return holder["renter_id"] if holder else None


def remote_of(tx: Transaction, renter_id: int) -> Token | None:
    """Return what stands for a renter in place of a card when a charge is begun from afar."""
    row = tx.connection.execute(_REMOTE, {"renter_id": renter_id}).mappings().first()
    return convert(row, Token) if row else None


def insert_token(
    tx: Transaction,
    token: str,
    renter_id: int,
    expiry_date: datetime | None,
    description: str | None,
    parent_id_tag: str | None,
    *,
    is_remote: bool = False,
) -> None:
    """Enter a card, accepted, held by this renter from now on."""
    tx.connection.execute(
        _INSERT,
        {
            "token": token,
            "renter_id": renter_id,
            "status": TokenStatus.ACCEPTED.value,
            "expiry_date": expiry_date,
            "description": description,
            "parent_id_tag": parent_id_tag,
            "token_key": token_key(token),
            "bare_hex": bare_hex(token),
            "created_at": tx.now,
            "is_remote": is_remote,
        },
    )
    _open_interval(tx, token, renter_id)


def change(tx: Transaction, token: str, changes: dict[str, Value]) -> None:
    """Set these columns of a card; its renter is changed by `hand_over`."""
    tx.connection.execute(
        update(authorization_tokens).where(authorization_tokens.c.token == token).values(changes)
    )


def hand_over(tx: Transaction, token: str, renter_id: int) -> None:
    """Let another renter hold the card from now on."""
    tx.connection.execute(_CLOSE_INTERVAL, {"of": token, "at": tx.now})
    _open_interval(tx, token, renter_id)
    change(tx, token, {"renter_id": renter_id})


def has_history(tx: Transaction, token: str) -> bool:
    """Say whether this card, given as issued, has ever charged."""
    return tx.first(_CHARGED, token=token) is not None


def remove(tx: Transaction, token: str) -> None:
    """Delete a card that has no history, and who held it."""
    tx.run(_FORGET_INTERVALS, of=token)
    tx.run(_REMOVE, of=token)


def _match(
    connection: Connection, id_tag: str, same: Callable[[str], Token | None]
) -> Token | None:
    # Cards are printable ASCII, so nothing else can match; NUL would not even reach the database.
    if not id_tag.isascii() or "\0" in id_tag:
        return None
    if card := same(id_tag):
        return card
    if not is_separated_hex(id_tag):
        return None
    found = connection.execute(_BY_BARE_HEX, {"digits": bare_hex(id_tag)}).mappings().all()
    return convert(found[0], Token) if len(found) == 1 else None


def _open_interval(tx: Transaction, token: str, renter_id: int) -> None:
    tx.connection.execute(
        _OPEN_INTERVAL,
        {"token": token, "renter_id": renter_id, "valid_from": tx.now, "valid_to": None},
    )
