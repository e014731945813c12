"""When a station was last told to forget the verdicts that it remembers.

Revision 0007, after 0006.
"""

import sqlalchemy as sa
from alembic import op

from onetime.store import columns

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take the schema one step on."""
    op.add_column("authorization_caches", sa.Column("tried_at", columns.Instant(), nullable=True))


def downgrade() -> None:
    """Take the schema one step back."""
    op.drop_column("authorization_caches", "tried_at")
