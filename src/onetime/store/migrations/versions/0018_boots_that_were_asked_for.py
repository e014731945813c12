"""Boots that were asked for, and are no restarts.

Revision 0018, after 0017.
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take the schema one step on."""
    op.add_column(
        "boot_logs", sa.Column("is_restart", sa.Boolean(), server_default=sa.true(), nullable=False)
    )


def downgrade() -> None:
    """Take the schema one step back."""
    with op.batch_alter_table("boot_logs") as batch:
        batch.drop_column("is_restart")
