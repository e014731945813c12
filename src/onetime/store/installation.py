"""The one row about this installation: its secret and name, what it has issued, its lock."""

from sqlalchemy import select, update

from onetime.domain.ids import TransactionId
from onetime.domain.transaction_ids import transaction_id
from onetime.store.tables import installation
from onetime.store.transaction import Transaction

_COUNT_ON = (
    update(installation)
    .values(transaction_count=installation.c.transaction_count + 1)
    .returning(installation.c.transaction_count, installation.c.secret)
)

_LOCK = select(installation.c.locked_at)


def next_transaction_id(tx: Transaction) -> TransactionId:
    """Issue a transaction id that was never issued before (X05)."""
    row = tx.first(_COUNT_ON)
    assert row is not None
    return transaction_id(row["transaction_count"], row["secret"])


def is_locked(tx: Transaction) -> bool:
    """Say whether nobody may begin to charge at present."""
    row = tx.first(_LOCK)
    return row is not None and row["locked_at"] is not None


def set_lock(tx: Transaction, by: str | None, reason: str | None) -> None:
    """Lock the garage in somebody's name, or with None unlock it."""
    locked_at = tx.now if by is not None else None
    tx.connection.execute(
        update(installation).values(locked_at=locked_at, locked_by=by, lock_reason=reason)
    )


def set_name(tx: Transaction, name: str) -> None:
    """Give the garage a name."""
    tx.connection.execute(update(installation).values(name=name))


def transaction_count(tx: Transaction) -> int:
    """Return how many transaction ids were issued or left out so far."""
    return int(tx.connection.execute(select(installation.c.transaction_count)).scalar_one())


def move_transaction_count(tx: Transaction, stride: int) -> None:
    """Leave out so many ids: those that may have been issued after a backup was made."""
    tx.connection.execute(
        update(installation).values(transaction_count=installation.c.transaction_count + stride)
    )
