"""Identities that were refused at the door for stations, by address, the oldest forgotten first."""

from datetime import datetime

from msgspec import Struct
from sqlalchemy import and_, bindparam, case, delete, func, insert, select, update

from onetime.store.message_tables import knocks
from onetime.store.transaction import Transaction

LIMIT = 1_000
"""Anybody can knock under any name, so the list has an end."""

_IS_THIS = and_(knocks.c.identity == bindparam("who"), knocks.c.ip_address == bindparam("whence"))
_IS_SAME = knocks.c.reason == bindparam("why")
_KNOWN = select(knocks.c.reason).where(_IS_THIS)
_COUNT_ON = (
    update(knocks)
    .where(_IS_THIS)
    .values(
        count=case((_IS_SAME, knocks.c.count + bindparam("times")), else_=bindparam("times")),
        first_at=case((_IS_SAME, knocks.c.first_at), else_=bindparam("when")),
        reason=bindparam("why"),
        detail=bindparam("more"),
        last_at=bindparam("when"),
    )
)
_INSERT = insert(knocks)
_FORGET = delete(knocks).where(knocks.c.identity == bindparam("who"))
_FORGET_ONE = delete(knocks).where(_IS_THIS)
_COUNT = select(func.count()).select_from(knocks)


class Knock(Struct, frozen=True, kw_only=True):
    """Refusals of one identity from one address, for the same reason."""

    identity: str
    ip_address: str
    reason: str
    count: int
    last_at: datetime
    detail: str = ""


def note(tx: Transaction, knock: Knock) -> bool:
    """Count refusals; return whether the reason is another than it was before.

    They are counted from the first one that had the reason of the last.
    """
    place = {"who": knock.identity, "whence": knock.ip_address}
    known = tx.connection.execute(_KNOWN, place).scalar_one_or_none()
    if known is None:
        tx.connection.execute(
            _INSERT,
            {
                "identity": knock.identity,
                "ip_address": knock.ip_address,
                "reason": knock.reason,
                "detail": knock.detail,
                "count": knock.count,
                "first_at": knock.last_at,
                "last_at": knock.last_at,
            },
        )
    else:
        tx.connection.execute(
            _COUNT_ON,
            {
                **place,
                "why": knock.reason,
                "more": knock.detail,
                "times": knock.count,
                "when": knock.last_at,
            },
        )
    return known != knock.reason


def identities(tx: Transaction) -> frozenset[str]:
    """Return all identities that stand among the refused."""
    return frozenset(tx.connection.execute(select(knocks.c.identity)).scalars())


def trim(tx: Transaction) -> None:
    """Forget those that have been silent longest, past the limit."""
    surplus = tx.connection.execute(_COUNT).scalar_one() - LIMIT
    if surplus > 0:
        oldest = select(knocks.c.identity, knocks.c.ip_address).order_by(knocks.c.last_at)
        for who, whence in tx.connection.execute(oldest.limit(surplus)).all():
            tx.connection.execute(_FORGET_ONE, {"who": who, "whence": whence})


def forget(tx: Transaction, identity: str) -> None:
    """Take an identity off the list, wherever it came from."""
    tx.connection.execute(_FORGET, {"who": identity})
