"""Entries of the audit are chained by digests, and the database refuses to change them.

Revision 0006, after 0005. Entries that are there already are chained as they stand. SQLite makes a
table anew when one of its columns changes: a later migration that does so to `audit_entries` has to
make its triggers anew as well.
"""

import hashlib

import msgspec
import sqlalchemy as sa
from alembic import op

from onetime.kit.times import to_text
from onetime.store.columns import Instant

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

NO_ENTRY = "0" * 64
SEALED = ("id", "at", "actor", "act", "subject", "before", "after", "reason_digest", "digest")
ON_SQLITE = (
    """CREATE TRIGGER audit_entries_are_not_changed BEFORE UPDATE ON audit_entries
    WHEN NOT (NEW.reason IS 'erased' AND {same})
    BEGIN SELECT RAISE(ABORT, 'entries of the audit are never changed'); END""",
    """CREATE TRIGGER audit_entries_are_not_deleted BEFORE DELETE ON audit_entries
    BEGIN SELECT RAISE(ABORT, 'entries of the audit are never deleted'); END""",
    """CREATE TRIGGER audit_entries_are_not_replaced BEFORE INSERT ON audit_entries
    WHEN EXISTS (SELECT 1 FROM audit_entries WHERE id = NEW.id)
    BEGIN SELECT RAISE(ABORT, 'entries of the audit are never replaced'); END""",
)
ON_POSTGRESQL = (
    """CREATE FUNCTION keep_audit_entries() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'UPDATE' AND NEW.reason = 'erased' AND {same} THEN RETURN NEW; END IF;
        RAISE EXCEPTION 'entries of the audit are never changed or deleted';
    END $$""",
    """CREATE TRIGGER audit_entries_are_not_changed BEFORE UPDATE OR DELETE ON audit_entries
    FOR EACH ROW EXECUTE FUNCTION keep_audit_entries()""",
    """CREATE TRIGGER audit_entries_are_not_emptied BEFORE TRUNCATE ON audit_entries
    FOR EACH STATEMENT EXECUTE FUNCTION keep_audit_entries()""",
)


def upgrade() -> None:
    """Take the schema one step on."""
    op.add_column(
        "installation",
        sa.Column("audit_count", sa.BigInteger(), nullable=False, server_default="0"),
    )
    op.add_column(
        "installation",
        sa.Column("audit_head", sa.String(64), nullable=False, server_default=NO_ENTRY),
    )
    with op.batch_alter_table("audit_entries") as batch:
        batch.add_column(sa.Column("reason_digest", sa.String(64), nullable=True))
        batch.add_column(sa.Column("digest", sa.String(64), nullable=True))
    _chain()
    with op.batch_alter_table("audit_entries") as batch:
        batch.alter_column("digest", existing_type=sa.String(64), nullable=False)
    if op.get_bind().dialect.name == "sqlite":
        same = " AND ".join(f'NEW."{each}" IS OLD."{each}"' for each in SEALED)
        statements = ON_SQLITE
    else:
        same = " AND ".join(f'NEW."{each}" IS NOT DISTINCT FROM OLD."{each}"' for each in SEALED)
        statements = ON_POSTGRESQL
    for statement in statements:
        op.execute(statement.replace("{same}", same))


def downgrade() -> None:
    """Take the schema one step back."""
    if op.get_bind().dialect.name == "sqlite":
        for each in ("changed", "deleted", "replaced"):
            op.execute(f"DROP TRIGGER audit_entries_are_not_{each}")
    else:
        for each in ("changed", "emptied"):
            op.execute(f"DROP TRIGGER audit_entries_are_not_{each} ON audit_entries")
        op.execute("DROP FUNCTION keep_audit_entries")
    for table, column in (
        ("audit_entries", "digest"),
        ("audit_entries", "reason_digest"),
        ("installation", "audit_head"),
        ("installation", "audit_count"),
    ):
        op.drop_column(table, column)


def _chain() -> None:
    """Seal the entries that are there, in their order."""
    entries = sa.table(
        "audit_entries",
        sa.column("id", sa.BigInteger()),
        sa.column("at", Instant()),
        *(sa.column(each, sa.Text()) for each in ("actor", "act", "subject", "before", "after")),
        *(sa.column(each, sa.Text()) for each in ("reason", "reason_digest", "digest")),
    )
    connection = op.get_bind()
    head, count = NO_ENTRY, 0
    rows = connection.execute(sa.select(entries).order_by(entries.c.id)).all()
    for row in rows:
        reason = None
        if row.reason is not None:
            reason = hashlib.sha256(f"{row.id}:{row.reason}".encode()).hexdigest()
        # As `domain/audit.py` wrote entries when this migration was made.
        sealed = [head, row.id, to_text(row.at), row.actor, row.act, row.subject]
        written = msgspec.json.encode([*sealed, row.before, row.after, reason])
        head = hashlib.sha256(written).hexdigest()
        count = row.id
        connection.execute(
            sa.update(entries)
            .where(entries.c.id == row.id)
            .values(reason_digest=reason, digest=head)
        )
    connection.execute(
        sa.text("UPDATE installation SET audit_count = :count, audit_head = :head"),
        {"count": count, "head": head},
    )
