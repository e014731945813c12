"""Answers kept for programs that may ask again: by whom and under which key, for a day.

Knows rows; never what was asked.
"""

from datetime import datetime

from msgspec import Struct, convert
from sqlalchemy import bindparam, delete, insert, select, update

from onetime.store.access_tables import kept_answers
from onetime.store.transaction import Transaction

c = kept_answers.c
_FIND = select(c.digest, c.status, c.answer, c.at).where(
    c.actor == bindparam("actor"), c.key == bindparam("key")
)
_INSERT = insert(kept_answers)
_SETTLE = (
    update(kept_answers)
    .where(c.actor == bindparam("of"), c.key == bindparam("named"))
    .values(status=bindparam("status"), answer=bindparam("answer"))
)
_FORGET = delete(kept_answers).where(c.actor == bindparam("of"), c.key == bindparam("named"))
_DELETE_OLD = delete(kept_answers).where(c.at < bindparam("before"))


class KeptAnswer(Struct, frozen=True):
    """What was answered to a request with this digest; without answer it is not known yet."""

    digest: str
    status: int | None
    answer: bytes | None
    at: datetime


def find(tx: Transaction, actor: str, key: str) -> KeptAnswer | None:
    """Return what was answered under a key."""
    row = tx.first(_FIND, actor=actor, key=key)
    return convert(row, KeptAnswer) if row else None


def keep(
    tx: Transaction, actor: str, key: str, digest: str, status: int | None, answer: bytes | None
) -> None:
    """Keep an answer under a key that has none."""
    tx.connection.execute(
        _INSERT,
        {
            "actor": actor,
            "key": key,
            "digest": digest,
            "status": status,
            "answer": answer,
            "at": tx.now,
        },
    )


def settle(tx: Transaction, actor: str, key: str, status: int | None, answer: bytes) -> None:
    """Put the answer under a key that was kept without one."""
    tx.run(_SETTLE, of=actor, named=key, status=status, answer=answer)


def forget(tx: Transaction, actor: str, key: str) -> None:
    """Let a key be free again."""
    tx.run(_FORGET, of=actor, named=key)


def delete_old(tx: Transaction, before: datetime) -> None:
    """Delete what was kept earlier than this."""
    tx.run(_DELETE_OLD, before=before)
