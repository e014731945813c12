"""Who is signed in, in the database: the hash of the cookie, when it was used, when it ends."""

from datetime import datetime

from sqlalchemy import bindparam, delete, insert, select, update

from onetime.store.access_tables import setup_links, sign_ins
from onetime.store.transaction import Transaction

SETUP = 1
"""The number of the only row of the table of set-up links."""
_NOTE_USE = (
    update(sign_ins)
    .where(sign_ins.c.id == bindparam("sign_in_id"))
    .values(last_used_at=bindparam("at"))
)


def insert_sign_in(
    tx: Transaction,
    *,
    account_id: int,
    digest: str,
    expires_at: datetime,
    ip_address: str,
    user_agent: str | None,
) -> int:
    """Enter a browser that has signed in; return the number given."""
    sign_in_id: int = tx.connection.execute(
        insert(sign_ins)
        .values(
            account_id=account_id,
            digest=digest,
            created_at=tx.now,
            last_used_at=tx.now,
            expires_at=expires_at,
            ip_address=ip_address,
            user_agent=user_agent,
        )
        .returning(sign_ins.c.id)
    ).scalar_one()
    return sign_in_id


def of_account(tx: Transaction, account_id: int) -> list[int]:
    """Return the numbers of an account's sign-ins, the newest first."""
    rows = tx.connection.execute(
        select(sign_ins.c.id)
        .where(sign_ins.c.account_id == account_id)
        .order_by(sign_ins.c.id.desc())
    )
    return [row.id for row in rows]


def note_use(tx: Transaction, sign_in_id: int) -> None:
    """Remember that somebody is still there."""
    tx.run(_NOTE_USE, sign_in_id=sign_in_id, at=tx.now)


def end(tx: Transaction, sign_in_id: int) -> None:
    """Let a cookie be worth nothing from now on."""
    tx.connection.execute(delete(sign_ins).where(sign_ins.c.id == sign_in_id))


def end_all(tx: Transaction, account_id: int, but: int | None = None) -> int:
    """End all sign-ins of an account but this one; return how many."""
    statement = delete(sign_ins).where(sign_ins.c.account_id == account_id)
    if but is not None:
        statement = statement.where(sign_ins.c.id != but)
    return tx.connection.execute(statement).rowcount


def forget_ended(tx: Transaction, idle_since: datetime) -> None:
    """Delete sign-ins that have come to their end, or were not used since this moment."""
    tx.connection.execute(
        delete(sign_ins).where(
            (sign_ins.c.expires_at <= tx.now) | (sign_ins.c.last_used_at <= idle_since)
        )
    )


def set_setup_link(tx: Transaction, digest: str | None, expires_at: datetime) -> None:
    """Keep the hash of the set-up link in place of an earlier one; None keeps none."""
    tx.connection.execute(delete(setup_links))
    if digest is not None:
        tx.connection.execute(
            insert(setup_links).values(id=SETUP, digest=digest, expires_at=expires_at)
        )


def take_setup_link(tx: Transaction, digest: str) -> bool:
    """Use the set-up link up; False when this is not it, or it has come to its end."""
    used = tx.connection.execute(
        delete(setup_links).where(setup_links.c.digest == digest, setup_links.c.expires_at > tx.now)
    )
    return used.rowcount > 0
