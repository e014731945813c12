"""What harms a station, whether it is deaf, and numbers that are given out.

Revision 0005 after 0004.
"""

import sqlalchemy as sa
from alembic import op

from onetime.store import columns

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take the schema one step on."""
    op.create_table(
        "number_series",
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_number_series")),
    )
    op.create_table(
        "harmful_actions",
        sa.Column("station_id", sa.String(length=255), nullable=False),
        sa.Column("action", sa.String(length=50), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("first_at", columns.Instant(length=27), nullable=False),
        sa.Column("last_at", columns.Instant(length=27), nullable=False),
        sa.Column("withheld_since", columns.Instant(length=27), nullable=True),
        sa.ForeignKeyConstraint(
            ["station_id"],
            ["charging_stations.id"],
            name=op.f("fk_harmful_actions_station_id_charging_stations"),
        ),
        sa.PrimaryKeyConstraint("station_id", "action", name=op.f("pk_harmful_actions")),
    )
    with op.batch_alter_table("charging_stations", schema=None) as batch_op:
        batch_op.add_column(sa.Column("deaf_since", columns.Instant(length=27), nullable=True))


def downgrade() -> None:
    """Take the schema one step back."""
    with op.batch_alter_table("charging_stations", schema=None) as batch_op:
        batch_op.drop_column("deaf_since")
    op.drop_table("harmful_actions")
    op.drop_table("number_series")
