"""Persons whose traces are erased, and how far that has come.

Revision 0014, after 0013.
"""

import sqlalchemy as sa
from alembic import op

from onetime.store import columns

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take the schema one step on."""
    op.create_table(
        "erasures",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            sa.Identity(always=False),
            nullable=False,
        ),
        sa.Column(
            "renter_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("asked_by", sa.String(length=100), nullable=False),
        sa.Column("asked_at", columns.Instant(length=27), nullable=False),
        sa.Column("traces", sa.Text(), nullable=True),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("after_id", sa.BigInteger(), nullable=False),
        sa.Column("done_at", columns.Instant(length=27), nullable=True),
        sa.ForeignKeyConstraint(["renter_id"], ["renters.id"], name=op.f("fk_erasures_renter_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasures")),
    )


def downgrade() -> None:
    """Take the schema one step back."""
    op.drop_table("erasures")
