"""The record of who changed what: entries are added, never changed, and each seals those before.

Knows how an entry is written; people stand in it by number, cards by their last four characters.
The number and the digest of the last entry stand in `installation`: an entry takes them over in
the transaction that makes it, so that what is rolled back leaves no gap, whoever else writes.
"""

import msgspec
from sqlalchemy import update

from onetime.domain.audit import Entry, digest_of_entry, digest_of_reason
from onetime.domain.people import Actor
from onetime.store.tables import audit_entries, installation
from onetime.store.transaction import Row, Transaction

_NEXT = (
    update(installation)
    .values(audit_count=installation.c.audit_count + 1)
    .returning(installation.c.audit_count, installation.c.audit_head)
)
_SEAL = update(installation)


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
    last = tx.first(_NEXT)
    assert last is not None
    entry = Entry(
        id=last["audit_count"],
        at=tx.now,
        actor=str(actor),
        act=act,
        subject=subject,
        before=_compact(before),
        after=_compact(after),
        reason_digest=digest_of_reason(last["audit_count"], reason),
    )
    digest = digest_of_entry(last["audit_head"], entry)
    tx.run(_SEAL, audit_head=digest)
    tx.append(audit_entries, {**msgspec.structs.asdict(entry), "reason": reason, "digest": digest})


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
