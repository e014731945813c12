"""The record of who changed what: entries are added, never changed.

Knows how an entry is written; people stand in it by number, cards by their last four characters.
"""

import msgspec

from onetime.domain.people import Actor
from onetime.store.tables import audit_entries
from onetime.store.transaction import Row, Transaction


def record(
    tx: Transaction,
    actor: Actor,
    act: str,
    subject: str,
    before: Row | None = None,
    after: Row | None = None,
    reason: str | None = None,
) -> None:
    """Note an act on a subject (`spot:3`), with what was there before and after as compact JSON."""
    tx.append(
        audit_entries,
        {
            "at": tx.now,
            "actor": str(actor),
            "act": act,
            "subject": subject,
            "before": _compact(before),
            "after": _compact(after),
            "reason": reason,
        },
    )


def record_change(
    tx: Transaction, actor: Actor, act: str, subject: str, before: Row, after: Row
) -> bool:
    """Note only the values that differ; return whether any does."""
    changed = [name for name in after if before[name] != after[name]]
    if changed:
        record(
            tx,
            actor,
            act,
            subject,
            {name: before[name] for name in changed},
            {name: after[name] for name in changed},
        )
    return bool(changed)


def _compact(values: Row | None) -> str | None:
    return msgspec.json.encode(values).decode() if values is not None else None
