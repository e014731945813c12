"""Who was refused is counted for each address, with what the reason does not say by itself.

Revision 0012, after 0011. The list is made anew as stations knock again.
"""

import sqlalchemy as sa
from alembic import op

from onetime.store import columns

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take the schema one step on."""
    op.drop_table("knocks")
    op.create_table(
        "knocks",
        sa.Column("identity", sa.String(255), nullable=False),
        sa.Column("ip_address", sa.String(45), nullable=False),
        sa.Column("reason", sa.String(40), nullable=False),
        sa.Column("detail", columns.Said(255), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("first_at", columns.Instant(), nullable=False),
        sa.Column("last_at", columns.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("identity", "ip_address"),
    )


def downgrade() -> None:
    """Take the schema one step back."""
    op.drop_table("knocks")
    op.create_table(
        "knocks",
        sa.Column("identity", sa.String(255), nullable=False),
        sa.Column("reason", sa.String(40), nullable=False),
        sa.Column("ip_address", sa.String(45), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("first_at", columns.Instant(), nullable=False),
        sa.Column("last_at", columns.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("identity"),
    )
