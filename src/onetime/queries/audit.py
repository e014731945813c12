"""Who changed what, and whether the record of it is whole.

Knows how the chain of entries is followed; never what an act means.
"""

from datetime import datetime

from msgspec import Struct, convert
from sqlalchemy import Connection, RowMapping, select

from onetime.domain.audit import ERASED, NO_ENTRY, Entry, digest_of_entry, digest_of_reason
from onetime.queries.pages import FIRST, Asked, Page, after_id, fetch_limit, page_of
from onetime.store.tables import audit_entries, installation

STEP = 1_000

c = audit_entries.c


class AuditEntry(Struct, frozen=True, kw_only=True):
    """One act; `before` and `after` are JSON texts of what was changed."""

    id: int
    at: datetime
    actor: str
    act: str
    subject: str
    before: str | None
    after: str | None
    reason: str | None
    digest: str


class Chain(Struct, frozen=True, kw_only=True):
    """How far the record is whole: its last entry, or the first that does not fit and why."""

    entries: int
    last_id: int
    head: str
    broken_id: int | None = None
    fault: str | None = None


def audit_list(
    connection: Connection,
    *,
    actor: str | None = None,
    act: str | None = None,
    subject: str | None = None,
    asked: Asked = FIRST,
) -> Page[AuditEntry]:
    """List acts, the newest first: those of an actor, of one kind, on a subject, or all."""
    statement = select(audit_entries).where(*after_id(asked, c.id))
    for column, value in ((c.actor, actor), (c.act, act), (c.subject, subject)):
        if value is not None:
            statement = statement.where(column == value)
    rows = connection.execute(statement.order_by(c.id.desc()).limit(fetch_limit(asked)))
    found = [convert(row, AuditEntry) for row in rows.mappings()]
    return page_of(found, asked, lambda each: (each.id,))


def audit_chain(connection: Connection, known: tuple[int, str] | None = None) -> Chain:
    """Follow the chain from its first entry to the last that was made.

    `known` is the number and the digest of an entry, as noted earlier outside of the database:
    whoever can rewrite all of it can make a new chain that fits, but not one that has this entry.
    """
    made = connection.execute(select(installation.c.audit_count, installation.c.audit_head)).one()
    count, last_id, head = 0, 0, NO_ENTRY
    while rows := _after(connection, last_id):
        for row in rows:
            fault = _fault(head, row)
            if known is not None and row["id"] == known[0] and row["digest"] != known[1]:
                fault = "its digest is another than the one noted earlier"
            if fault is not None:
                return Chain(
                    entries=count, last_id=last_id, head=head, broken_id=row["id"], fault=fault
                )
            count, last_id, head = count + 1, row["id"], row["digest"]
    fault = None
    if (last_id, head) != (made.audit_count, made.audit_head):
        fault = f"the entries after it, up to {made.audit_count}, are missing"
    elif known is not None and known[0] > last_id:
        fault = f"entry {known[0]}, whose digest was noted earlier, is missing"
    return Chain(
        entries=count,
        last_id=last_id,
        head=head,
        broken_id=None if fault is None else last_id,
        fault=fault,
    )


def _after(connection: Connection, entry_id: int) -> list[RowMapping]:
    statement = select(audit_entries).where(c.id > entry_id).order_by(c.id).limit(STEP)
    return list(connection.execute(statement).mappings())


def _fault(previous: str, row: RowMapping) -> str | None:
    """Return why an entry does not fit behind the one with this digest, or None."""
    if row["reason"] != ERASED:
        if digest_of_reason(row["id"], row["reason"]) != row["reason_digest"]:
            return "its reason was changed"
    elif row["reason_digest"] is None:
        return "its reason was put in later"
    entry = convert({str(key): value for key, value in row.items()}, Entry)
    if digest_of_entry(previous, entry) != row["digest"]:
        return "it was changed, or one before it was removed or put in"
    return None
