"""An index of the charges that a card has open: asked at each start, however many it had before.

Revision 0016, after 0015.
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take the schema one step on."""
    op.create_index(
        "ix_charging_sessions_open_with",
        "charging_sessions",
        ["token_id"],
        unique=False,
        sqlite_where=sa.text("ended_by IS NULL"),
        postgresql_where=sa.text("ended_by IS NULL"),
    )


def downgrade() -> None:
    """Take the schema one step back."""
    op.drop_index("ix_charging_sessions_open_with", table_name="charging_sessions")
