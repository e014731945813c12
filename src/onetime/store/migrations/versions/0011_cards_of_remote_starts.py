"""The card that stands for a renter when a charge is begun from a telephone.

Revision 0011, after 0010.
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take the schema one step on."""
    op.add_column(
        "authorization_tokens",
        sa.Column("is_remote", sa.Boolean(), server_default=sa.false(), nullable=False),
    )


def downgrade() -> None:
    """Take the schema one step back."""
    with op.batch_alter_table("authorization_tokens", schema=None) as batch_op:
        batch_op.drop_column("is_remote")
