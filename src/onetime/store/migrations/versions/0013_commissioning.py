"""Stations are commissioned step by step.

Revision 0013, after 0012.
"""

import sqlalchemy as sa
from alembic import op

from onetime.store.columns import BigId, Instant

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take the schema one step on."""
    op.create_table(
        "commissionings",
        sa.Column("id", BigId, sa.Identity(always=False), nullable=False),
        sa.Column("station_id", sa.String(255), nullable=False),
        sa.Column("started_at", Instant(), nullable=False),
        sa.Column("started_by", sa.String(100), nullable=False),
        sa.Column("finished_at", Instant(), nullable=True),
        sa.Column("finished_by", sa.String(100), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["station_id"], ["charging_stations.id"], name="fk_commissionings_station_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_commissionings"),
    )
    op.create_index("ix_commissionings_station", "commissionings", ["station_id", "id"])


def downgrade() -> None:
    """Take the schema one step back."""
    op.drop_index("ix_commissionings_station", table_name="commissionings")
    op.drop_table("commissionings")
