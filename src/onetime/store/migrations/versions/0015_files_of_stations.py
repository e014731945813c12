"""Files that stations send, and those that are awaited of them.

Revision 0015, after 0014.
"""

import sqlalchemy as sa
from alembic import op

from onetime.store import columns

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take the schema one step on."""
    op.create_table(
        "station_files",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            sa.Identity(always=False),
            nullable=False,
        ),
        sa.Column("station_id", sa.String(length=255), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("asked_by", sa.String(length=100), nullable=False),
        sa.Column("asked_at", columns.Instant(length=27), nullable=False),
        sa.Column("expires_at", columns.Instant(length=27), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("received_at", columns.Instant(length=27), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=True),
        sa.Column("size_bytes", sa.BigInteger(), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("stored_as", sa.String(length=80), nullable=True),
        sa.ForeignKeyConstraint(
            ["station_id"], ["charging_stations.id"], name=op.f("fk_station_files_station_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_station_files")),
        sa.UniqueConstraint("digest", name=op.f("uq_station_files_digest")),
    )
    op.create_index("ix_station_files_station_id", "station_files", ["station_id"])


def downgrade() -> None:
    """Take the schema one step back."""
    op.drop_index("ix_station_files_station_id", "station_files")
    op.drop_table("station_files")
