"""Identities that were refused at the door for stations, counted, the oldest forgotten first."""

from datetime import datetime

from sqlalchemy import bindparam, delete, func, insert, select, update

from onetime.store.tables import knocks
from onetime.store.transaction import Transaction

LIMIT = 1_000
"""Anybody can knock under any name, so the list has an end."""

_COUNT_ON = (
    update(knocks)
    .where(knocks.c.identity == bindparam("who"))
    .values(
        reason=bindparam("why"),
        ip_address=bindparam("whence"),
        count=knocks.c.count + bindparam("times"),
        last_at=bindparam("when"),
    )
)
_INSERT = insert(knocks)
_FORGET = delete(knocks).where(knocks.c.identity == bindparam("who"))
_COUNT = select(func.count()).select_from(knocks)


def note(
    tx: Transaction, identity: str, reason: str, ip_address: str, count: int, last_at: datetime
) -> None:
    """Count so many refusals of an identity; reason and address are those of the last."""
    known = tx.connection.execute(
        _COUNT_ON,
        {
            "who": identity,
            "why": reason,
            "whence": ip_address,
            "times": count,
            "when": last_at,
        },
    ).rowcount
    if not known:
        tx.connection.execute(
            _INSERT,
            {
                "identity": identity,
                "reason": reason,
                "ip_address": ip_address,
                "count": count,
                "first_at": last_at,
                "last_at": last_at,
            },
        )


def trim(tx: Transaction) -> None:
    """Forget the identities that have been silent longest, past the limit."""
    surplus = tx.connection.execute(_COUNT).scalar_one() - LIMIT
    if surplus > 0:
        oldest = select(knocks.c.identity).order_by(knocks.c.last_at).limit(surplus)
        tx.connection.execute(delete(knocks).where(knocks.c.identity.in_(oldest)))


def identities(tx: Transaction) -> set[str]:
    """Return who is on the list."""
    return set(tx.connection.execute(select(knocks.c.identity)).scalars())


def forget(tx: Transaction, identity: str) -> None:
    """Take an identity off the list."""
    tx.connection.execute(_FORGET, {"who": identity})
