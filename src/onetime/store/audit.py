"""The record of who changed what: entries are added, never changed, and each seals those before.

Knows how an entry is written; people stand in it by number, cards by their last four characters.
The number and the digest of the last entry stand in `installation`: an entry takes them over in
the transaction that makes it, so that what is rolled back leaves no gap, whoever else writes.
"""

from collections.abc import Sequence

import msgspec
from msgspec import Struct, structs
from sqlalchemy import Connection, bindparam, select, update

from onetime.domain.audit import Entry, digest_of_entry, digest_of_reason
from onetime.domain.people import Actor
from onetime.store.tables import audit_entries, installation
from onetime.store.transaction import Row, Transaction

_COUNT_ON = (
    update(installation)
    .values(audit_count=installation.c.audit_count + bindparam("more"))
    .returning(installation.c.audit_count, installation.c.audit_head)
)
_SEAL = update(installation)


class Change(Struct, frozen=True):
    """What was done to one subject (`spot:3`): values before and after."""

    subject: str
    before: Row | None = None
    after: Row | None = None


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
    record_all(tx, actor, act, [Change(subject, before, after)], reason)


def record_all(
    tx: Transaction, actor: Actor, act: str, changes: Sequence[Change], reason: str | None = None
) -> None:
    """Note one act on many subjects, an entry for each."""
    last = tx.first(_COUNT_ON, more=len(changes))
    assert last is not None
    digest = last["audit_head"]
    for number, change in enumerate(changes, last["audit_count"] - len(changes) + 1):
        entry = Entry(
            id=number,
            at=tx.now,
            actor=str(actor),
            act=act,
            subject=change.subject,
            before=_compact(change.before),
            after=_compact(change.after),
            reason_digest=digest_of_reason(number, reason),
        )
        digest = digest_of_entry(digest, entry)
        tx.append(audit_entries, {**structs.asdict(entry), "reason": reason, "digest": digest})
    tx.run(_SEAL, audit_head=digest)


def head(connection: Connection) -> str:
    """Return the digest of the last entry: as long as it stays, nobody has changed anything."""
    return str(connection.execute(select(installation.c.audit_head)).scalar_one())


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
