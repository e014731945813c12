"""A garage has a name, and its owner can lock it.

Revision 0010, after 0009.
"""

import sqlalchemy as sa
from alembic import op

from onetime.store.columns import Instant

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take the schema one step on."""
    op.add_column(
        "installation", sa.Column("name", sa.String(100), nullable=False, server_default="")
    )
    op.add_column("installation", sa.Column("locked_at", Instant(), nullable=True))
    op.add_column("installation", sa.Column("locked_by", sa.String(100), nullable=True))
    op.add_column("installation", sa.Column("lock_reason", sa.Text(), nullable=True))


def downgrade() -> None:
    """Take the schema one step back."""
    for column in ("lock_reason", "locked_by", "locked_at", "name"):
        op.drop_column("installation", column)
