"""What the books say of backups: that one was taken, and what a restored one needs first."""

from onetime.domain.people import Actor
from onetime.domain.transaction_ids import RESTORE_STRIDE
from onetime.store import audit, installation, presence
from onetime.store.transaction import Transaction


def note_backed_up(tx: Transaction, actor: Actor, size: int) -> None:
    """Enter that somebody took a backup of so many bytes, before it is handed out."""
    audit.record(tx, actor, "database.backed-up", "database", None, {"bytes": size})


def note_restored(tx: Transaction, actor: Actor, source: str, issued_meanwhile: int | None) -> int:
    """Make a restored database fit to go on; return by how much the transaction count moved.

    Ids that were issued after the backup must never come again (X05): the count goes on from the
    higher of what the backup knows and what the replaced database had issued, if that is known,
    plus a stride for what nobody knows. `source` is the file's name.
    """
    known = installation.transaction_count(tx)
    stride = max((issued_meanwhile or 0) - known, 0) + RESTORE_STRIDE
    installation.move_transaction_count(tx, stride)
    presence.set_all_offline(tx)
    audit.record(
        tx,
        actor,
        "database.restored",
        "database",
        {"transaction_count": known},
        {"transaction_count": known + stride, "source": source},
    )
    return stride
