"""Answers kept for programs that send a request again.

Revision 0008 after 0007.
"""

import sqlalchemy as sa
from alembic import op

from onetime.store.columns import Instant

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take the schema one step on."""
    op.create_table(
        "kept_answers",
        sa.Column("actor", sa.String(100), nullable=False),
        sa.Column("key", sa.String(200), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("status", sa.Integer()),
        sa.Column("answer", sa.LargeBinary()),
        sa.Column("at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("actor", "key", name="pk_kept_answers"),
    )
    op.create_index("ix_kept_answers_at", "kept_answers", ["at"])


def downgrade() -> None:
    """Take the schema one step back."""
    op.drop_table("kept_answers")
