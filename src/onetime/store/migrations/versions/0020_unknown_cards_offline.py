"""When a station was taken off its line to see whether an unknown card charges, and was back.

Revision 0020, after 0019.
"""

import sqlalchemy as sa
from alembic import op

from onetime.store.columns import Instant

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take the schema one step on."""
    op.add_column("commissionings", sa.Column("offline_test_at", Instant(), nullable=True))
    op.add_column("commissionings", sa.Column("offline_back_at", Instant(), nullable=True))


def downgrade() -> None:
    """Take the schema one step back."""
    with op.batch_alter_table("commissionings") as batch:
        batch.drop_column("offline_back_at")
        batch.drop_column("offline_test_at")
