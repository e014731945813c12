"""Commands to stations.

Revision 0003 after 0002.
"""

import sqlalchemy as sa
from alembic import op

from onetime.store import columns

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take the schema one step on."""
    op.create_table(
        "station_commands",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            sa.Identity(always=False),
            nullable=False,
        ),
        sa.Column("station_id", sa.String(length=255), nullable=False),
        sa.Column("action", sa.String(length=50), nullable=False),
        sa.Column("asked_by", sa.String(length=100), nullable=False),
        sa.Column("asked_at", columns.Instant(length=27), nullable=False),
        sa.Column("payload", columns.Said(length=2097152), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("ended_at", columns.Instant(length=27), nullable=True),
        sa.Column("latency_ms", sa.Integer(), nullable=True),
        sa.Column("response", columns.Said(length=2097152), nullable=True),
        sa.Column("raw_answer", columns.Said(length=2097152), nullable=True),
        sa.Column("code", columns.Said(length=255), nullable=True),
        sa.Column("description", columns.Said(length=2097152), nullable=True),
        sa.ForeignKeyConstraint(
            ["station_id"],
            ["charging_stations.id"],
            name=op.f("fk_station_commands_station_id_charging_stations"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_station_commands")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_station_commands_station", "station_commands", ["station_id", "id"])
    op.create_index(
        "ix_station_commands_open",
        "station_commands",
        ["id"],
        sqlite_where=sa.text("status = 'open'"),
        postgresql_where=sa.text("status = 'open'"),
    )


def downgrade() -> None:
    """Take the schema one step back."""
    op.drop_table("station_commands")
