"""What commands mean for the books: wishes, reservations, profiles, lists, revocations.

Revision 0004, after 0003.
"""

import sqlalchemy as sa
from alembic import op

from onetime.store import columns

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take the schema one step on."""
    op.create_table(
        "card_revocations",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            sa.Identity(always=False),
            nullable=False,
        ),
        sa.Column("token", sa.String(length=20), nullable=False),
        sa.Column("token_key", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.String(length=10), nullable=False),
        sa.Column("revoked_at", columns.Instant(length=27), nullable=False),
        sa.Column("ended_at", columns.Instant(length=27), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_card_revocations")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_card_revocations_token_key"), "card_revocations", ["token_key"], unique=False
    )
    op.create_table(
        "charging_profiles",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            sa.Identity(always=False),
            nullable=False,
        ),
        sa.Column("description", sa.String(length=200), nullable=False),
        sa.Column("profile", sa.Text(), nullable=False),
        sa.Column("created_by", sa.String(length=100), nullable=False),
        sa.Column("created_at", columns.Instant(length=27), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_charging_profiles")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "authorization_caches",
        sa.Column("station_id", sa.String(length=255), nullable=False),
        sa.Column("cleared_at", columns.Instant(length=27), nullable=True),
        sa.Column("answer", columns.Said(length=255), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("retry_at", columns.Instant(length=27), nullable=True),
        sa.ForeignKeyConstraint(
            ["station_id"],
            ["charging_stations.id"],
            name=op.f("fk_authorization_caches_station_id"),
        ),
        sa.PrimaryKeyConstraint("station_id", name=op.f("pk_authorization_caches")),
    )
    op.create_table(
        "desired_configurations",
        sa.Column("station_id", sa.String(length=255), nullable=False),
        sa.Column("key", columns.Said(length=255), nullable=False),
        sa.Column("value", columns.Said(length=2097152), nullable=False),
        sa.Column("source", sa.String(length=15), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("asked_by", sa.String(length=100), nullable=False),
        sa.Column("asked_at", columns.Instant(length=27), nullable=False),
        sa.Column("tried_at", columns.Instant(length=27), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["station_id"],
            ["charging_stations.id"],
            name=op.f("fk_desired_configurations_station_id"),
        ),
        sa.PrimaryKeyConstraint("station_id", "key", name=op.f("pk_desired_configurations")),
    )
    op.create_table(
        "installed_profiles",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            sa.Identity(always=False),
            nullable=False,
        ),
        sa.Column("station_id", sa.String(length=255), nullable=False),
        sa.Column("connector_id", sa.BigInteger(), nullable=False),
        sa.Column("charging_profile_id", sa.BigInteger(), nullable=False),
        sa.Column("stack_level", sa.BigInteger(), nullable=False),
        sa.Column("purpose", sa.String(length=25), nullable=False),
        sa.Column("transaction_id", sa.BigInteger(), nullable=True),
        sa.Column("profile", sa.Text(), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("answer", columns.Said(length=255), nullable=True),
        sa.Column(
            "command_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("asked_by", sa.String(length=100), nullable=False),
        sa.Column("sent_at", columns.Instant(length=27), nullable=False),
        sa.Column("changed_at", columns.Instant(length=27), nullable=False),
        sa.ForeignKeyConstraint(
            ["station_id"], ["charging_stations.id"], name=op.f("fk_installed_profiles_station_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_installed_profiles")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_installed_profiles_station", "installed_profiles", ["station_id", "id"], unique=False
    )
    op.create_table(
        "local_list_entries",
        sa.Column("station_id", sa.String(length=255), nullable=False),
        sa.Column("token_key", columns.Said(length=20), nullable=False),
        sa.Column("id_tag", columns.Said(length=20), nullable=False),
        sa.Column("status", sa.String(length=15), nullable=False),
        sa.Column("expiry_date", columns.Instant(length=27), nullable=True),
        sa.Column("parent_id_tag", columns.Said(length=20), nullable=True),
        sa.Column("acknowledged_version", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["station_id"], ["charging_stations.id"], name=op.f("fk_local_list_entries_station_id")
        ),
        sa.PrimaryKeyConstraint("station_id", "token_key", name=op.f("pk_local_list_entries")),
    )
    op.create_table(
        "local_lists",
        sa.Column("station_id", sa.String(length=255), nullable=False),
        sa.Column("desired_version", sa.BigInteger(), nullable=False),
        sa.Column("acknowledged_version", sa.BigInteger(), nullable=True),
        sa.Column("reported_version", sa.BigInteger(), nullable=True),
        sa.Column("checked_at", columns.Instant(length=27), nullable=True),
        sa.Column("answer", columns.Said(length=255), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("retry_at", columns.Instant(length=27), nullable=True),
        sa.Column("changed_at", columns.Instant(length=27), nullable=False),
        sa.ForeignKeyConstraint(
            ["station_id"], ["charging_stations.id"], name=op.f("fk_local_lists_station_id")
        ),
        sa.PrimaryKeyConstraint("station_id", name=op.f("pk_local_lists")),
    )
    op.create_table(
        "revocation_confirmations",
        sa.Column(
            "revocation_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("station_id", sa.String(length=255), nullable=False),
        sa.Column("cache", sa.String(length=15), nullable=False),
        sa.Column("list", sa.String(length=15), nullable=False),
        sa.Column("confirmed_at", columns.Instant(length=27), nullable=True),
        sa.ForeignKeyConstraint(
            ["revocation_id"],
            ["card_revocations.id"],
            name=op.f("fk_revocation_confirmations_revocation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["station_id"],
            ["charging_stations.id"],
            name=op.f("fk_revocation_confirmations_station_id"),
        ),
        sa.PrimaryKeyConstraint(
            "revocation_id", "station_id", name=op.f("pk_revocation_confirmations")
        ),
    )
    op.create_index(
        op.f("ix_revocation_confirmations_station_id"),
        "revocation_confirmations",
        ["station_id"],
        unique=False,
    )
    op.create_table(
        "station_abilities",
        sa.Column("station_id", sa.String(length=255), nullable=False),
        sa.Column("action", sa.String(length=50), nullable=False),
        sa.Column("is_supported", sa.Boolean(), nullable=False),
        sa.Column("answer", columns.Said(length=255), nullable=False),
        sa.Column("learned_at", columns.Instant(length=27), nullable=False),
        sa.ForeignKeyConstraint(
            ["station_id"], ["charging_stations.id"], name=op.f("fk_station_abilities_station_id")
        ),
        sa.PrimaryKeyConstraint("station_id", "action", name=op.f("pk_station_abilities")),
    )
    op.create_table(
        "remote_starts",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            sa.Identity(always=False),
            nullable=False,
        ),
        sa.Column("station_id", sa.String(length=255), nullable=False),
        sa.Column("connector_id", sa.BigInteger(), nullable=True),
        sa.Column("id_tag", columns.Said(length=255), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column(
            "session_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column(
            "command_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("asked_by", sa.String(length=100), nullable=False),
        sa.Column("sent_at", columns.Instant(length=27), nullable=False),
        sa.Column("due_at", columns.Instant(length=27), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id"], ["charging_sessions.id"], name=op.f("fk_remote_starts_session_id")
        ),
        sa.ForeignKeyConstraint(
            ["station_id"], ["charging_stations.id"], name=op.f("fk_remote_starts_station_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_remote_starts")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_remote_starts_session_id"), "remote_starts", ["session_id"], unique=False
    )
    op.create_index(
        "ix_remote_starts_waiting",
        "remote_starts",
        ["due_at"],
        unique=False,
        sqlite_where=sa.text("status = 'waiting'"),
        postgresql_where=sa.text("status = 'waiting'"),
    )
    op.create_table(
        "reservations",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            sa.Identity(always=False),
            nullable=False,
        ),
        sa.Column("station_id", sa.String(length=255), nullable=False),
        sa.Column("reservation_id", sa.BigInteger(), nullable=False),
        sa.Column("connector_id", sa.BigInteger(), nullable=False),
        sa.Column("id_tag", columns.Said(length=255), nullable=False),
        sa.Column("parent_id_tag", columns.Said(length=255), nullable=True),
        sa.Column("expiry_date", columns.Instant(length=27), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("answer", columns.Said(length=255), nullable=True),
        sa.Column(
            "session_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column(
            "command_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("asked_by", sa.String(length=100), nullable=False),
        sa.Column("created_at", columns.Instant(length=27), nullable=False),
        sa.Column("changed_at", columns.Instant(length=27), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id"], ["charging_sessions.id"], name=op.f("fk_reservations_session_id")
        ),
        sa.ForeignKeyConstraint(
            ["station_id"], ["charging_stations.id"], name=op.f("fk_reservations_station_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reservations")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_reservations_live",
        "reservations",
        ["station_id"],
        unique=False,
        sqlite_where=sa.text("status IN ('pending', 'active', 'unknown')"),
        postgresql_where=sa.text("status IN ('pending', 'active', 'unknown')"),
    )
    op.create_index(
        op.f("ix_reservations_session_id"), "reservations", ["session_id"], unique=False
    )
    op.create_index(
        "ix_reservations_station", "reservations", ["station_id", "reservation_id"], unique=False
    )
    op.add_column(
        "charging_stations",
        sa.Column("is_kept_in_step", sa.Boolean(), server_default=sa.true(), nullable=False),
    )
    op.add_column("charging_stations", sa.Column("connector_count", sa.Integer(), nullable=True))
    op.add_column(
        "station_reports",
        sa.Column(
            "command_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
    )


def downgrade() -> None:
    """Take the schema one step back."""
    op.drop_column("station_reports", "command_id")
    op.drop_column("charging_stations", "connector_count")
    op.drop_column("charging_stations", "is_kept_in_step")
    op.drop_index("ix_reservations_station", table_name="reservations")
    op.drop_index(op.f("ix_reservations_session_id"), table_name="reservations")
    op.drop_index(
        "ix_reservations_live",
        table_name="reservations",
        sqlite_where=sa.text("status IN ('pending', 'active', 'unknown')"),
        postgresql_where=sa.text("status IN ('pending', 'active', 'unknown')"),
    )
    op.drop_table("reservations")
    op.drop_index(
        "ix_remote_starts_waiting",
        table_name="remote_starts",
        sqlite_where=sa.text("status = 'waiting'"),
        postgresql_where=sa.text("status = 'waiting'"),
    )
    op.drop_index(op.f("ix_remote_starts_session_id"), table_name="remote_starts")
    op.drop_table("remote_starts")
    op.drop_table("station_abilities")
    op.drop_index(
        op.f("ix_revocation_confirmations_station_id"), table_name="revocation_confirmations"
    )
    op.drop_table("revocation_confirmations")
    op.drop_table("local_lists")
    op.drop_table("local_list_entries")
    op.drop_index("ix_installed_profiles_station", table_name="installed_profiles")
    op.drop_table("installed_profiles")
    op.drop_table("desired_configurations")
    op.drop_table("authorization_caches")
    op.drop_table("charging_profiles")
    op.drop_index(op.f("ix_card_revocations_token_key"), table_name="card_revocations")
    op.drop_table("card_revocations")
