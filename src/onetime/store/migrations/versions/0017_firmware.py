"""Firmware that people bring, and stations fetch.

Revision 0017, after 0016.
"""

import sqlalchemy as sa
from alembic import op

from onetime.store import columns

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take the schema one step on."""
    op.create_table(
        "firmware_files",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            sa.Identity(always=False),
            nullable=False,
        ),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("added_by", sa.String(length=100), nullable=False),
        sa.Column("added_at", columns.Instant(length=27), nullable=False),
        sa.Column("secret", sa.String(length=64), nullable=False),
        sa.Column("stored_as", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_firmware_files")),
        sa.UniqueConstraint("name", name=op.f("uq_firmware_files_name")),
        sa.UniqueConstraint("secret", name=op.f("uq_firmware_files_secret")),
    )


def downgrade() -> None:
    """Take the schema one step back."""
    op.drop_table("firmware_files")
