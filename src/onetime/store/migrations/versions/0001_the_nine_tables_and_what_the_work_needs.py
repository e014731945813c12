"""The nine tables and what the work needs.

Revision 0001, the first.
"""

import sqlalchemy as sa
from alembic import op

from onetime.store import columns

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take the schema one step on."""

    op.create_table(
        "alarms",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            sa.Identity(always=False),
            nullable=False,
        ),
        sa.Column("key", columns.Said(length=300), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("station_id", sa.String(length=255), nullable=True),
        sa.Column("sentence", columns.Said(length=2097152), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("raised_at", columns.Instant(length=27), nullable=False),
        sa.Column("last_at", columns.Instant(length=27), nullable=False),
        sa.Column("acknowledged_at", columns.Instant(length=27), nullable=True),
        sa.Column("acknowledged_by", sa.String(length=100), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alarms")),
        sa.UniqueConstraint("key", name=op.f("uq_alarms_key")),
    )
    op.create_table(
        "audit_entries",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            sa.Identity(always=False),
            nullable=False,
        ),
        sa.Column("at", columns.Instant(length=27), nullable=False),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("act", sa.String(length=50), nullable=False),
        sa.Column("subject", sa.String(length=300), nullable=False),
        sa.Column("before", sa.Text(), nullable=True),
        sa.Column("after", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entries")),
    )
    op.create_table(
        "charging_stations",
        sa.Column("id", sa.String(length=255), nullable=False),
        sa.Column("is_online", sa.Boolean(), nullable=False),
        sa.Column("last_heartbeat", columns.Instant(length=27), nullable=True),
        sa.Column("model", columns.Said(length=255), nullable=True),
        sa.Column("vendor", columns.Said(length=255), nullable=True),
        sa.Column("firmware_version", columns.Said(length=255), nullable=True),
        sa.Column("serial_number", columns.Said(length=255), nullable=True),
        sa.Column("security_profile", sa.Integer(), nullable=False),
        sa.Column("is_enabled", sa.Boolean(), nullable=False),
        sa.Column("power_limit_watts", sa.Integer(), nullable=True),
        sa.Column("times_with_fraction", sa.Boolean(), nullable=False),
        sa.Column("register_factor", sa.Integer(), nullable=False),
        sa.Column("clock_drift_seconds", sa.Integer(), nullable=True),
        sa.Column("times_are_local", sa.Boolean(), nullable=True),
        sa.Column("connected_since", columns.Instant(length=27), nullable=True),
        sa.Column("last_seen_at", columns.Instant(length=27), nullable=True),
        sa.Column("last_boot_at", columns.Instant(length=27), nullable=True),
        sa.Column("configuration_read_at", columns.Instant(length=27), nullable=True),
        sa.Column("created_at", columns.Instant(length=27), nullable=False),
        sa.Column("retired_at", columns.Instant(length=27), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_charging_stations")),
    )
    op.create_table(
        "installation",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("transaction_count", sa.BigInteger(), nullable=False),
        sa.Column("created_at", columns.Instant(length=27), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_installation")),
    )
    op.create_table(
        "knocks",
        sa.Column("identity", sa.String(length=255), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("ip_address", sa.String(length=45), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("first_at", columns.Instant(length=27), nullable=False),
        sa.Column("last_at", columns.Instant(length=27), nullable=False),
        sa.PrimaryKeyConstraint("identity", name=op.f("pk_knocks")),
    )
    op.create_table(
        "ocpp_messages",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            sa.Identity(always=False),
            nullable=False,
        ),
        sa.Column("station_id", sa.String(length=255), nullable=False),
        sa.Column("at", columns.Instant(length=27), nullable=False),
        sa.Column("direction", sa.String(length=3), nullable=False),
        sa.Column("action", columns.Said(length=50), nullable=True),
        sa.Column("message_id", columns.Said(length=255), nullable=True),
        sa.Column("frame", columns.Said(length=2097152), nullable=False),
        sa.Column("answer", columns.Said(length=2097152), nullable=True),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("latency_ms", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ocpp_messages")),
    )
    with op.batch_alter_table("ocpp_messages", schema=None) as batch_op:
        batch_op.create_index("ix_ocpp_messages_station", ["station_id", "id"], unique=False)

    op.create_table(
        "renters",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            sa.Identity(always=False),
            nullable=False,
        ),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("contact_email", sa.String(length=200), nullable=False),
        sa.Column("phone_number", sa.String(length=50), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("created_at", columns.Instant(length=27), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_renters")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "authorization_tokens",
        sa.Column("token", sa.String(length=20), nullable=False),
        sa.Column(
            "renter_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("expiry_date", columns.Instant(length=27), nullable=True),
        sa.Column("description", sa.String(length=200), nullable=True),
        sa.Column("parent_id_tag", sa.String(length=20), nullable=True),
        sa.Column("token_key", sa.String(length=20), nullable=False),
        sa.Column("bare_hex", sa.String(length=20), nullable=True),
        sa.Column("created_at", columns.Instant(length=27), nullable=False),
        sa.ForeignKeyConstraint(
            ["renter_id"], ["renters.id"], name=op.f("fk_authorization_tokens_renter_id")
        ),
        sa.PrimaryKeyConstraint("token", name=op.f("pk_authorization_tokens")),
        sa.UniqueConstraint("token_key", name=op.f("uq_authorization_tokens_token_key")),
    )
    with op.batch_alter_table("authorization_tokens", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_authorization_tokens_bare_hex"), ["bare_hex"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_authorization_tokens_renter_id"), ["renter_id"], unique=False
        )

    op.create_table(
        "boot_logs",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            sa.Identity(always=False),
            nullable=False,
        ),
        sa.Column("station_id", sa.String(length=255), nullable=False),
        sa.Column("boot_time", columns.Instant(length=27), nullable=False),
        sa.Column("model", columns.Said(length=255), nullable=False),
        sa.Column("vendor", columns.Said(length=255), nullable=False),
        sa.Column("firmware_version", columns.Said(length=255), nullable=True),
        sa.Column("ip_address", sa.String(length=45), nullable=True),
        sa.Column("serial_number", columns.Said(length=255), nullable=True),
        sa.ForeignKeyConstraint(
            ["station_id"], ["charging_stations.id"], name=op.f("fk_boot_logs_station_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_boot_logs")),
    )
    with op.batch_alter_table("boot_logs", schema=None) as batch_op:
        batch_op.create_index("ix_boot_logs_station", ["station_id", "id"], unique=False)

    op.create_table(
        "parking_spots",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            sa.Identity(always=False),
            nullable=False,
        ),
        sa.Column("label", sa.String(length=50), nullable=False),
        sa.Column("floor_level", sa.String(length=50), nullable=True),
        sa.Column("renter_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("charging_station_id", sa.String(length=255), nullable=True),
        sa.ForeignKeyConstraint(
            ["charging_station_id"],
            ["charging_stations.id"],
            name=op.f("fk_parking_spots_charging_station_id"),
        ),
        sa.ForeignKeyConstraint(
            ["renter_id"], ["renters.id"], name=op.f("fk_parking_spots_renter_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parking_spots")),
        sa.UniqueConstraint(
            "charging_station_id", name=op.f("uq_parking_spots_charging_station_id")
        ),
        sa.UniqueConstraint("label", name=op.f("uq_parking_spots_label")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("parking_spots", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_parking_spots_renter_id"), ["renter_id"], unique=False)

    op.create_table(
        "quarantined_frames",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            sa.Identity(always=False),
            nullable=False,
        ),
        sa.Column("station_id", sa.String(length=255), nullable=False),
        sa.Column("at", columns.Instant(length=27), nullable=False),
        sa.Column("action", columns.Said(length=50), nullable=True),
        sa.Column("frame", columns.Said(length=2097152), nullable=False),
        sa.Column("reason", columns.Said(length=2097152), nullable=False),
        sa.ForeignKeyConstraint(
            ["station_id"], ["charging_stations.id"], name=op.f("fk_quarantined_frames_station_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quarantined_frames")),
    )
    with op.batch_alter_table("quarantined_frames", schema=None) as batch_op:
        batch_op.create_index("ix_quarantined_frames_station", ["station_id", "id"], unique=False)

    op.create_table(
        "quirk_counts",
        sa.Column("station_id", sa.String(length=255), nullable=False),
        sa.Column("quirk", sa.String(length=10), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("first_at", columns.Instant(length=27), nullable=False),
        sa.Column("last_at", columns.Instant(length=27), nullable=False),
        sa.ForeignKeyConstraint(
            ["station_id"], ["charging_stations.id"], name=op.f("fk_quirk_counts_station_id")
        ),
        sa.PrimaryKeyConstraint("station_id", "quirk", name=op.f("pk_quirk_counts")),
    )
    op.create_table(
        "station_configurations",
        sa.Column("station_id", sa.String(length=255), nullable=False),
        sa.Column("key", columns.Said(length=255), nullable=False),
        sa.Column("value", columns.Said(length=2097152), nullable=True),
        sa.Column("readonly", sa.Boolean(), nullable=False),
        sa.Column("reported_at", columns.Instant(length=27), nullable=False),
        sa.ForeignKeyConstraint(
            ["station_id"],
            ["charging_stations.id"],
            name=op.f("fk_station_configurations_station_id"),
        ),
        sa.PrimaryKeyConstraint("station_id", "key", name=op.f("pk_station_configurations")),
    )
    op.create_table(
        "station_connectors",
        sa.Column("station_id", sa.String(length=255), nullable=False),
        sa.Column("connector_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("status", columns.Said(length=50), nullable=False),
        sa.Column("error_code", columns.Said(length=255), nullable=False),
        sa.Column("last_updated", columns.Instant(length=27), nullable=False),
        sa.Column("details", columns.Said(length=255), nullable=True),
        sa.Column("vendor_error_code", columns.Said(length=255), nullable=True),
        sa.Column("received_at", columns.Instant(length=27), nullable=False),
        sa.Column("status_since", columns.Instant(length=27), nullable=False),
        sa.ForeignKeyConstraint(
            ["station_id"], ["charging_stations.id"], name=op.f("fk_station_connectors_station_id")
        ),
        sa.PrimaryKeyConstraint("station_id", "connector_id", name=op.f("pk_station_connectors")),
    )
    op.create_table(
        "station_credentials",
        sa.Column("station_id", sa.String(length=255), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("changed_at", columns.Instant(length=27), nullable=False),
        sa.ForeignKeyConstraint(
            ["station_id"], ["charging_stations.id"], name=op.f("fk_station_credentials_station_id")
        ),
        sa.PrimaryKeyConstraint("station_id", name=op.f("pk_station_credentials")),
    )
    op.create_table(
        "station_reports",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            sa.Identity(always=False),
            nullable=False,
        ),
        sa.Column("station_id", sa.String(length=255), nullable=False),
        sa.Column("at", columns.Instant(length=27), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("status", columns.Said(length=255), nullable=False),
        sa.Column("request_id", sa.BigInteger(), nullable=True),
        sa.Column("stated_at", columns.Instant(length=27), nullable=True),
        sa.Column("details", columns.Said(length=2097152), nullable=True),
        sa.ForeignKeyConstraint(
            ["station_id"], ["charging_stations.id"], name=op.f("fk_station_reports_station_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_station_reports")),
    )
    with op.batch_alter_table("station_reports", schema=None) as batch_op:
        batch_op.create_index("ix_station_reports_station", ["station_id", "id"], unique=False)

    op.create_table(
        "charging_sessions",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            sa.Identity(always=False),
            nullable=False,
        ),
        sa.Column("transaction_id", sa.Integer(), nullable=False),
        sa.Column("station_id", sa.String(length=255), nullable=False),
        sa.Column("token_id", sa.String(length=20), nullable=True),
        sa.Column("start_time", columns.Instant(length=27), nullable=False),
        sa.Column("end_time", columns.Instant(length=27), nullable=True),
        sa.Column("meter_start", sa.BigInteger(), nullable=False),
        sa.Column("meter_stop", sa.BigInteger(), nullable=True),
        sa.Column("total_energy_kwh", sa.Float(), nullable=True),
        sa.Column("stop_reason", columns.Said(length=40), nullable=True),
        sa.Column("connector_id", sa.BigInteger(), nullable=False),
        sa.Column("id_tag", columns.Said(length=255), nullable=False),
        sa.Column("verdict", sa.String(length=10), nullable=False),
        sa.Column("renter_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("spot_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("spot_label", sa.String(length=50), nullable=True),
        sa.Column("energy_wh", sa.BigInteger(), nullable=True),
        sa.Column("ended_by", sa.String(length=15), nullable=True),
        sa.Column("stated_start", sa.String(length=27), nullable=False),
        sa.Column("stated_start_meter", sa.BigInteger(), nullable=True),
        sa.Column("start_message_id", columns.Said(length=255), nullable=True),
        sa.Column("start_digest", sa.String(length=64), nullable=True),
        sa.Column("stated_stop", sa.String(length=27), nullable=True),
        sa.Column("stated_stop_meter", sa.BigInteger(), nullable=True),
        sa.Column("stop_id_tag", columns.Said(length=255), nullable=True),
        sa.Column("reservation_id", sa.BigInteger(), nullable=True),
        sa.Column("last_register_wh", sa.BigInteger(), nullable=True),
        sa.Column("last_register_at", columns.Instant(length=27), nullable=True),
        sa.Column("last_reading_at", columns.Instant(length=27), nullable=True),
        sa.Column("estimated", sa.String(length=60), nullable=False),
        sa.Column("marks", sa.String(length=150), nullable=False),
        sa.Column("started_at", columns.Instant(length=27), nullable=False),
        sa.Column("ended_at", columns.Instant(length=27), nullable=True),
        sa.ForeignKeyConstraint(
            ["renter_id"], ["renters.id"], name=op.f("fk_charging_sessions_renter_id")
        ),
        sa.ForeignKeyConstraint(
            ["spot_id"], ["parking_spots.id"], name=op.f("fk_charging_sessions_spot_id")
        ),
        sa.ForeignKeyConstraint(
            ["station_id"], ["charging_stations.id"], name=op.f("fk_charging_sessions_station_id")
        ),
        sa.ForeignKeyConstraint(
            ["token_id"], ["authorization_tokens.token"], name=op.f("fk_charging_sessions_token_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_charging_sessions")),
        sa.UniqueConstraint("transaction_id", name=op.f("uq_charging_sessions_transaction_id")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("charging_sessions", schema=None) as batch_op:
        batch_op.create_index(
            "ix_charging_sessions_chain",
            ["station_id", "connector_id", "start_time"],
            unique=False,
            sqlite_where=sa.text("ended_by IS NULL OR meter_stop > meter_start"),
            postgresql_where=sa.text("ended_by IS NULL OR meter_stop > meter_start"),
        )
        batch_op.create_index(
            "ix_charging_sessions_like",
            ["station_id", "stated_start", "stated_start_meter"],
            unique=False,
        )
        batch_op.create_index(
            "ix_charging_sessions_open",
            ["station_id"],
            unique=False,
            sqlite_where=sa.text("ended_by IS NULL"),
            postgresql_where=sa.text("ended_by IS NULL"),
        )
        batch_op.create_index(
            "ix_charging_sessions_renter", ["renter_id", "start_time"], unique=False
        )
        batch_op.create_index(
            "ix_charging_sessions_start", ["start_time", "end_time"], unique=False
        )
        batch_op.create_index(
            "ix_charging_sessions_station",
            ["station_id", "connector_id", "start_time"],
            unique=False,
        )
        batch_op.create_index(
            "ix_charging_sessions_stopped",
            ["station_id", "stated_stop"],
            unique=False,
            sqlite_where=sa.text("stated_stop IS NOT NULL"),
            postgresql_where=sa.text("stated_stop IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_charging_sessions_token", ["token_id", "start_time"], unique=False
        )

    op.create_table(
        "spot_renters",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            sa.Identity(always=False),
            nullable=False,
        ),
        sa.Column("spot_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "renter_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("valid_from", columns.Instant(length=27), nullable=False),
        sa.Column("valid_to", columns.Instant(length=27), nullable=True),
        sa.ForeignKeyConstraint(
            ["renter_id"], ["renters.id"], name=op.f("fk_spot_renters_renter_id")
        ),
        sa.ForeignKeyConstraint(
            ["spot_id"], ["parking_spots.id"], name=op.f("fk_spot_renters_spot_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_spot_renters")),
    )
    with op.batch_alter_table("spot_renters", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_spot_renters_renter_id"), ["renter_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_spot_renters_spot_id"), ["spot_id"], unique=False)

    op.create_table(
        "spot_stations",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            sa.Identity(always=False),
            nullable=False,
        ),
        sa.Column("spot_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("station_id", sa.String(length=255), nullable=False),
        sa.Column("valid_from", columns.Instant(length=27), nullable=False),
        sa.Column("valid_to", columns.Instant(length=27), nullable=True),
        sa.ForeignKeyConstraint(
            ["spot_id"], ["parking_spots.id"], name=op.f("fk_spot_stations_spot_id")
        ),
        sa.ForeignKeyConstraint(
            ["station_id"], ["charging_stations.id"], name=op.f("fk_spot_stations_station_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_spot_stations")),
    )
    with op.batch_alter_table("spot_stations", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_spot_stations_spot_id"), ["spot_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_spot_stations_station_id"), ["station_id"], unique=False
        )

    op.create_table(
        "token_renters",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            sa.Identity(always=False),
            nullable=False,
        ),
        sa.Column("token", sa.String(length=20), nullable=False),
        sa.Column(
            "renter_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("valid_from", columns.Instant(length=27), nullable=False),
        sa.Column("valid_to", columns.Instant(length=27), nullable=True),
        sa.ForeignKeyConstraint(
            ["renter_id"], ["renters.id"], name=op.f("fk_token_renters_renter_id")
        ),
        sa.ForeignKeyConstraint(
            ["token"], ["authorization_tokens.token"], name=op.f("fk_token_renters_token")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_token_renters")),
    )
    with op.batch_alter_table("token_renters", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_token_renters_renter_id"), ["renter_id"], unique=False)
        batch_op.create_index("ix_token_renters_token", ["token", "valid_from"], unique=False)

    op.create_table(
        "meter_readings",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            sa.Identity(always=False),
            nullable=False,
        ),
        sa.Column("transaction_id", sa.Integer(), nullable=True),
        sa.Column("timestamp", columns.Instant(length=27), nullable=False),
        sa.Column("measurand", columns.Said(length=50), nullable=False),
        sa.Column("value", sa.Float(), nullable=True),
        sa.Column("unit", columns.Said(length=20), nullable=False),
        sa.Column("phase", columns.Said(length=20), nullable=True),
        sa.Column("context", columns.Said(length=40), nullable=True),
        sa.Column("location", columns.Said(length=20), nullable=True),
        sa.Column("raw_value", columns.Said(length=2097152), nullable=True),
        sa.Column("raw_sha256", sa.String(length=64), nullable=True),
        sa.Column("station_id", sa.String(length=255), nullable=False),
        sa.Column("connector_id", sa.BigInteger(), nullable=False),
        sa.Column("stated_transaction_id", sa.BigInteger(), nullable=True),
        sa.Column("stated_time", sa.String(length=27), nullable=True),
        sa.Column("format", columns.Said(length=20), nullable=True),
        sa.ForeignKeyConstraint(
            ["transaction_id"],
            ["charging_sessions.transaction_id"],
            name=op.f("fk_meter_readings_transaction_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meter_readings")),
    )
    with op.batch_alter_table("meter_readings", schema=None) as batch_op:
        batch_op.create_index(
            "ix_meter_readings_outside",
            ["station_id", "timestamp"],
            unique=False,
            sqlite_where=sa.text("transaction_id IS NULL"),
            postgresql_where=sa.text("transaction_id IS NULL"),
        )
        batch_op.create_index(
            "ix_meter_readings_stated",
            ["station_id", "stated_time", "id"],
            unique=False,
            sqlite_where=sa.text("stated_time IS NOT NULL"),
            postgresql_where=sa.text("stated_time IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_meter_readings_transaction", ["transaction_id", "timestamp"], unique=False
        )

    op.create_table(
        "review_items",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            sa.Identity(always=False),
            nullable=False,
        ),
        sa.Column("key", columns.Said(length=300), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("station_id", sa.String(length=255), nullable=True),
        sa.Column("connector_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "session_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("frame_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("evidence", columns.Said(length=2097152), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("created_at", columns.Instant(length=27), nullable=False),
        sa.Column("updated_at", columns.Instant(length=27), nullable=False),
        sa.Column("resolved_at", columns.Instant(length=27), nullable=True),
        sa.Column("resolved_by", sa.String(length=100), nullable=True),
        sa.Column("resolution", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["frame_id"], ["quarantined_frames.id"], name=op.f("fk_review_items_frame_id")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["charging_sessions.id"], name=op.f("fk_review_items_session_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_items")),
        sa.UniqueConstraint("key", name=op.f("uq_review_items_key")),
    )
    with op.batch_alter_table("review_items", schema=None) as batch_op:
        batch_op.create_index(
            "ix_review_items_open",
            ["id"],
            unique=False,
            sqlite_where=sa.text("resolved_at IS NULL"),
            postgresql_where=sa.text("resolved_at IS NULL"),
        )
        batch_op.create_index(
            batch_op.f("ix_review_items_session_id"), ["session_id"], unique=False
        )

    op.create_table(
        "unassigned_energy",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            sa.Identity(always=False),
            nullable=False,
        ),
        sa.Column("station_id", sa.String(length=255), nullable=False),
        sa.Column("connector_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "after_session_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column(
            "before_session_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("from_wh", sa.BigInteger(), nullable=False),
        sa.Column("to_wh", sa.BigInteger(), nullable=False),
        sa.Column("energy_wh", sa.BigInteger(), nullable=False),
        sa.Column("from_time", columns.Instant(length=27), nullable=False),
        sa.Column("to_time", columns.Instant(length=27), nullable=False),
        sa.Column("idle_to_wh", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["after_session_id"],
            ["charging_sessions.id"],
            name=op.f("fk_unassigned_energy_after_session_id"),
        ),
        sa.ForeignKeyConstraint(
            ["before_session_id"],
            ["charging_sessions.id"],
            name=op.f("fk_unassigned_energy_before_session_id"),
        ),
        sa.ForeignKeyConstraint(
            ["station_id"], ["charging_stations.id"], name=op.f("fk_unassigned_energy_station_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unassigned_energy")),
        sa.UniqueConstraint("after_session_id", name=op.f("uq_unassigned_energy_after_session_id")),
    )
    with op.batch_alter_table("unassigned_energy", schema=None) as batch_op:
        batch_op.create_index(
            "ix_unassigned_energy_station", ["station_id", "connector_id"], unique=False
        )


def downgrade() -> None:
    """Take the schema one step back."""

    with op.batch_alter_table("unassigned_energy", schema=None) as batch_op:
        batch_op.drop_index("ix_unassigned_energy_station")

    op.drop_table("unassigned_energy")
    with op.batch_alter_table("review_items", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_review_items_session_id"))
        batch_op.drop_index(
            "ix_review_items_open",
            sqlite_where=sa.text("resolved_at IS NULL"),
            postgresql_where=sa.text("resolved_at IS NULL"),
        )

    op.drop_table("review_items")
    with op.batch_alter_table("meter_readings", schema=None) as batch_op:
        batch_op.drop_index("ix_meter_readings_transaction")
        batch_op.drop_index(
            "ix_meter_readings_stated",
            sqlite_where=sa.text("stated_time IS NOT NULL"),
            postgresql_where=sa.text("stated_time IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_meter_readings_outside",
            sqlite_where=sa.text("transaction_id IS NULL"),
            postgresql_where=sa.text("transaction_id IS NULL"),
        )

    op.drop_table("meter_readings")
    with op.batch_alter_table("token_renters", schema=None) as batch_op:
        batch_op.drop_index("ix_token_renters_token")
        batch_op.drop_index(batch_op.f("ix_token_renters_renter_id"))

    op.drop_table("token_renters")
    with op.batch_alter_table("spot_stations", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_spot_stations_station_id"))
        batch_op.drop_index(batch_op.f("ix_spot_stations_spot_id"))

    op.drop_table("spot_stations")
    with op.batch_alter_table("spot_renters", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_spot_renters_spot_id"))
        batch_op.drop_index(batch_op.f("ix_spot_renters_renter_id"))

    op.drop_table("spot_renters")
    with op.batch_alter_table("charging_sessions", schema=None) as batch_op:
        batch_op.drop_index("ix_charging_sessions_token")
        batch_op.drop_index(
            "ix_charging_sessions_stopped",
            sqlite_where=sa.text("stated_stop IS NOT NULL"),
            postgresql_where=sa.text("stated_stop IS NOT NULL"),
        )
        batch_op.drop_index("ix_charging_sessions_station")
        batch_op.drop_index("ix_charging_sessions_start")
        batch_op.drop_index("ix_charging_sessions_renter")
        batch_op.drop_index(
            "ix_charging_sessions_open",
            sqlite_where=sa.text("ended_by IS NULL"),
            postgresql_where=sa.text("ended_by IS NULL"),
        )
        batch_op.drop_index("ix_charging_sessions_like")
        batch_op.drop_index(
            "ix_charging_sessions_chain",
            sqlite_where=sa.text("ended_by IS NULL OR meter_stop > meter_start"),
            postgresql_where=sa.text("ended_by IS NULL OR meter_stop > meter_start"),
        )

    op.drop_table("charging_sessions")
    with op.batch_alter_table("station_reports", schema=None) as batch_op:
        batch_op.drop_index("ix_station_reports_station")

    op.drop_table("station_reports")
    op.drop_table("station_credentials")
    op.drop_table("station_connectors")
    op.drop_table("station_configurations")
    op.drop_table("quirk_counts")
    with op.batch_alter_table("quarantined_frames", schema=None) as batch_op:
        batch_op.drop_index("ix_quarantined_frames_station")

    op.drop_table("quarantined_frames")
    with op.batch_alter_table("parking_spots", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_parking_spots_renter_id"))

    op.drop_table("parking_spots")
    with op.batch_alter_table("boot_logs", schema=None) as batch_op:
        batch_op.drop_index("ix_boot_logs_station")

    op.drop_table("boot_logs")
    with op.batch_alter_table("authorization_tokens", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_authorization_tokens_renter_id"))
        batch_op.drop_index(batch_op.f("ix_authorization_tokens_bare_hex"))

    op.drop_table("authorization_tokens")
    op.drop_table("renters")
    with op.batch_alter_table("ocpp_messages", schema=None) as batch_op:
        batch_op.drop_index("ix_ocpp_messages_station")

    op.drop_table("ocpp_messages")
    op.drop_table("knocks")
    op.drop_table("installation")
    op.drop_table("charging_stations")
    op.drop_table("audit_entries")
    op.drop_table("alarms")
