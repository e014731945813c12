"""Which spots, stations and renters are made up.

Revision 0019, after 0018.
"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take the schema one step on."""
    op.create_table(
        "demo_spots",
        sa.Column("spot_id", _number(), nullable=False, autoincrement=False),
        sa.Column("station_id", sa.String(length=255), nullable=False),
        sa.Column("renter_id", _number(), nullable=False),
        sa.ForeignKeyConstraint(
            ["spot_id"], ["parking_spots.id"], name=op.f("fk_demo_spots_spot_id")
        ),
        sa.ForeignKeyConstraint(
            ["station_id"],
            ["charging_stations.id"],
            name=op.f("fk_demo_spots_station_id"),
        ),
        sa.ForeignKeyConstraint(
            ["renter_id"], ["renters.id"], name=op.f("fk_demo_spots_renter_id")
        ),
        sa.PrimaryKeyConstraint("spot_id", name=op.f("pk_demo_spots")),
    )


def downgrade() -> None:
    """Take the schema one step back."""
    op.drop_table("demo_spots")


def _number() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")
