"""How stations prove who they are: authority, certificates, keys on their way, errands.

Revision 0009, after 0008.
"""

import sqlalchemy as sa
from alembic import op

from onetime.store import columns

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take the schema one step on."""
    op.create_table(
        "authorities",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            sa.Identity(always=False),
            nullable=False,
        ),
        sa.Column("organization", sa.String(length=64), nullable=False),
        sa.Column("certificate", sa.Text(), nullable=False),
        sa.Column("private_key", sa.LargeBinary(), nullable=False),
        sa.Column("not_after", columns.Instant(length=27), nullable=False),
        sa.Column("created_at", columns.Instant(length=27), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_authorities")),
    )
    op.create_table(
        "certificates",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            sa.Identity(always=False),
            nullable=False,
        ),
        sa.Column("purpose", sa.String(length=10), nullable=False),
        sa.Column("station_id", sa.String(length=255), nullable=True),
        sa.Column("common_name", columns.Said(length=255), nullable=False),
        sa.Column("names", columns.Said(length=2000), nullable=False),
        sa.Column("key_kind", sa.String(length=20), nullable=False),
        sa.Column("serial_number", sa.String(length=40), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("certificate", sa.Text(), nullable=False),
        sa.Column("private_key", sa.LargeBinary(), nullable=True),
        sa.Column("not_before", columns.Instant(length=27), nullable=False),
        sa.Column("not_after", columns.Instant(length=27), nullable=False),
        sa.Column("created_at", columns.Instant(length=27), nullable=False),
        sa.Column("replaced_at", columns.Instant(length=27), nullable=True),
        sa.Column("revoked_at", columns.Instant(length=27), nullable=True),
        sa.Column("revoked_because", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["station_id"], ["charging_stations.id"], name=op.f("fk_certificates_station_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificates")),
        sa.UniqueConstraint("fingerprint", name=op.f("uq_certificates_fingerprint")),
    )
    with op.batch_alter_table("certificates", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_certificates_station_id"), ["station_id"], unique=False
        )
    op.create_table(
        "security_errands",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            sa.Identity(always=False),
            nullable=False,
        ),
        sa.Column("station_id", sa.String(length=255), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("goal", columns.Said(length=6000), nullable=True),
        sa.Column("step", sa.String(length=30), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("said", columns.Said(length=500), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("created_by", sa.String(length=100), nullable=False),
        sa.Column("created_at", columns.Instant(length=27), nullable=False),
        sa.Column("updated_at", columns.Instant(length=27), nullable=False),
        sa.ForeignKeyConstraint(
            ["station_id"], ["charging_stations.id"], name=op.f("fk_security_errands_station_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_security_errands")),
    )
    with op.batch_alter_table("security_errands", schema=None) as batch_op:
        batch_op.create_index(
            "ix_security_errands_open",
            ["id"],
            unique=False,
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )
        batch_op.create_index("ix_security_errands_station", ["station_id", "id"], unique=False)
    op.create_table(
        "station_next_keys",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            sa.Identity(always=False),
            nullable=False,
        ),
        sa.Column("station_id", sa.String(length=255), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", columns.Instant(length=27), nullable=False),
        sa.Column("accepted_at", columns.Instant(length=27), nullable=True),
        sa.ForeignKeyConstraint(
            ["station_id"], ["charging_stations.id"], name=op.f("fk_station_next_keys_station_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_station_next_keys")),
    )
    with op.batch_alter_table("station_next_keys", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_station_next_keys_station_id"), ["station_id"], unique=False
        )
    op.create_table(
        "station_roots",
        sa.Column("station_id", sa.String(length=255), nullable=False),
        sa.Column("use", sa.String(length=40), nullable=False),
        sa.Column("hash_algorithm", sa.String(length=10), nullable=False),
        sa.Column("issuer_name_hash", sa.String(length=128), nullable=False),
        sa.Column("issuer_key_hash", sa.String(length=128), nullable=False),
        sa.Column("serial_number", sa.String(length=40), nullable=False),
        sa.Column("reported_at", columns.Instant(length=27), nullable=False),
        sa.ForeignKeyConstraint(
            ["station_id"], ["charging_stations.id"], name=op.f("fk_station_roots_station_id")
        ),
        sa.PrimaryKeyConstraint(
            "station_id",
            "use",
            "issuer_name_hash",
            "issuer_key_hash",
            "serial_number",
            name=op.f("pk_station_roots"),
        ),
    )
    op.create_table(
        "certificate_requests",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            sa.Identity(always=False),
            nullable=False,
        ),
        sa.Column("station_id", sa.String(length=255), nullable=False),
        sa.Column("at", columns.Instant(length=27), nullable=False),
        sa.Column("request", columns.Said(length=5500), nullable=False),
        sa.Column("common_name", columns.Said(length=255), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("why", columns.Said(length=500), nullable=True),
        sa.Column(
            "certificate_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("decided_by", sa.String(length=100), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("updated_at", columns.Instant(length=27), nullable=False),
        sa.ForeignKeyConstraint(
            ["certificate_id"],
            ["certificates.id"],
            name=op.f("fk_certificate_requests_certificate_id"),
        ),
        sa.ForeignKeyConstraint(
            ["station_id"],
            ["charging_stations.id"],
            name=op.f("fk_certificate_requests_station_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate_requests")),
    )
    with op.batch_alter_table("certificate_requests", schema=None) as batch_op:
        batch_op.create_index("ix_certificate_requests_station", ["station_id", "id"], unique=False)
    with op.batch_alter_table("charging_stations", schema=None) as batch_op:
        batch_op.add_column(sa.Column("certificate_name", sa.String(length=255), nullable=True))
    with op.batch_alter_table("station_credentials", schema=None) as batch_op:
        batch_op.add_column(sa.Column("used_at", columns.Instant(length=27), nullable=True))


def downgrade() -> None:
    """Take the schema one step back."""
    with op.batch_alter_table("station_credentials", schema=None) as batch_op:
        batch_op.drop_column("used_at")
    with op.batch_alter_table("charging_stations", schema=None) as batch_op:
        batch_op.drop_column("certificate_name")
    with op.batch_alter_table("certificate_requests", schema=None) as batch_op:
        batch_op.drop_index("ix_certificate_requests_station")
    op.drop_table("certificate_requests")
    op.drop_table("station_roots")
    with op.batch_alter_table("station_next_keys", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_station_next_keys_station_id"))
    op.drop_table("station_next_keys")
    with op.batch_alter_table("security_errands", schema=None) as batch_op:
        batch_op.drop_index("ix_security_errands_station")
        batch_op.drop_index(
            "ix_security_errands_open",
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )
    op.drop_table("security_errands")
    with op.batch_alter_table("certificates", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_certificates_station_id"))
    op.drop_table("certificates")
    op.drop_table("authorities")
