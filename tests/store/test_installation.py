"""Transaction ids are issued once, also after a restore (X05)."""

from onetime.domain.transaction_ids import RESTORE_STRIDE
from onetime.store.installation import (
    move_transaction_count,
    next_transaction_id,
    transaction_count,
)
from onetime.store.transaction import Transaction


def test_ids_never_come_twice_and_are_not_counted_up(tx: Transaction) -> None:
    ids = [next_transaction_id(tx) for _ in range(200)]

    assert len(set(ids)) == 200
    assert all(1 <= each <= 2_147_483_647 for each in ids)
    assert ids != sorted(ids)


def test_ids_that_may_have_been_issued_after_a_backup_are_left_out(tx: Transaction) -> None:
    before = transaction_count(tx)

    move_transaction_count(tx, RESTORE_STRIDE)
    next_transaction_id(tx)

    assert transaction_count(tx) == before + 1_000_001
