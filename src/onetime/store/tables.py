"""The schema of the garage: the nine tables as specified, then what the books need.

Column names of the nine are the specification's; columns of ours follow them. Times are UTC,
energy is integer Wh unless a name ends in `_kwh`. Lists of words are comma-separated text.
What stations said stands in `message_tables.py`; what signing in, commands and certificates need
in `access_tables.py`, `command_tables.py` and `security_tables.py`.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
    true,
)

from onetime.store.columns import (
    FRAME_LIMIT,
    BigId,
    Instant,
    Said,
    metadata,
    row_id,
    station_column,
)

# The nine tables of the specification.

renters = Table(
    "renters",
    metadata,
    row_id(),
    Column("name", String(200), nullable=False),
    Column("contact_email", String(200), nullable=False),
    Column("phone_number", String(50)),
    Column("is_active", Boolean, nullable=False, default=True),
    Column("created_at", Instant, nullable=False),
    sqlite_autoincrement=True,
)

charging_stations = Table(
    "charging_stations",
    metadata,
    Column("id", String(255), primary_key=True),
    Column("is_online", Boolean, nullable=False, default=False),
    Column("last_heartbeat", Instant),
    Column("model", Said(255)),
    Column("vendor", Said(255)),
    Column("firmware_version", Said(255)),
    Column("serial_number", Said(255)),
    Column("security_profile", Integer, nullable=False),
    Column("is_enabled", Boolean, nullable=False, default=True),
    Column("power_limit_watts", Integer),
    Column("times_with_fraction", Boolean, nullable=False, default=False),
    Column("register_factor", Integer, nullable=False, default=1),
    Column("is_kept_in_step", Boolean, nullable=False, default=True),
    Column("connector_count", Integer),
    Column("clock_drift_seconds", Integer),
    Column("times_are_local", Boolean),
    Column("connected_since", Instant),
    Column("last_seen_at", Instant),
    Column("last_boot_at", Instant),
    Column("configuration_read_at", Instant),
    Column("deaf_since", Instant),
    Column("certificate_name", String(255)),
    Column("created_at", Instant, nullable=False),
    Column("retired_at", Instant),
)

parking_spots = Table(
    "parking_spots",
    metadata,
    row_id(),
    Column("label", String(50), nullable=False, unique=True),
    Column("floor_level", String(50)),
    Column("renter_id", BigId, ForeignKey("renters.id"), index=True),
    Column("charging_station_id", String(255), ForeignKey("charging_stations.id"), unique=True),
    sqlite_autoincrement=True,
)

authorization_tokens = Table(
    "authorization_tokens",
    metadata,
    Column("token", String(20), primary_key=True),
    Column("renter_id", BigId, ForeignKey("renters.id"), nullable=False, index=True),
    Column("status", String(10), nullable=False),
    Column("expiry_date", Instant),
    Column("description", String(200)),
    Column("parent_id_tag", String(20)),
    Column("token_key", String(20), nullable=False, unique=True),
    Column("bare_hex", String(20), index=True),
    Column("created_at", Instant, nullable=False),
    Column("is_remote", Boolean, nullable=False, server_default=false()),
)

charging_sessions = Table(
    "charging_sessions",
    metadata,
    row_id(),
    Column("transaction_id", Integer, nullable=False, unique=True),
    station_column(),
    Column("token_id", String(20), ForeignKey("authorization_tokens.token")),
    Column("start_time", Instant, nullable=False),
    Column("end_time", Instant),
    Column("meter_start", BigInteger, nullable=False),
    Column("meter_stop", BigInteger),
    Column("total_energy_kwh", Float),
    Column("stop_reason", Said(40)),
    Column("connector_id", BigInteger, nullable=False),
    Column("id_tag", Said(255), nullable=False),
    Column("verdict", String(10), nullable=False),
    Column("renter_id", BigId, ForeignKey("renters.id")),
    Column("spot_id", BigId, ForeignKey("parking_spots.id")),
    Column("spot_label", String(50)),
    Column("energy_wh", BigInteger),
    Column("ended_by", String(15)),
    Column("stated_start", String(27), nullable=False),
    Column("stated_start_meter", BigInteger),
    Column("start_message_id", Said(255)),
    Column("start_digest", String(64)),
    Column("stated_stop", String(27)),
    Column("stated_stop_meter", BigInteger),
    Column("stop_id_tag", Said(255)),
    Column("reservation_id", BigInteger),
    Column("last_register_wh", BigInteger),
    Column("last_register_at", Instant),
    Column("last_reading_at", Instant),
    Column("estimated", String(60), nullable=False, default=""),
    Column("marks", String(150), nullable=False, default=""),
    Column("started_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Index("ix_charging_sessions_station", "station_id", "connector_id", "start_time"),
    Index(
        "ix_charging_sessions_chain",
        "station_id",
        "connector_id",
        "start_time",
        sqlite_where=text("ended_by IS NULL OR meter_stop > meter_start"),
        postgresql_where=text("ended_by IS NULL OR meter_stop > meter_start"),
    ),
    Index("ix_charging_sessions_like", "station_id", "stated_start", "stated_start_meter"),
    Index(
        "ix_charging_sessions_stopped",
        "station_id",
        "stated_stop",
        sqlite_where=text("stated_stop IS NOT NULL"),
        postgresql_where=text("stated_stop IS NOT NULL"),
    ),
    Index("ix_charging_sessions_renter", "renter_id", "start_time"),
    Index("ix_charging_sessions_token", "token_id", "start_time"),
    Index("ix_charging_sessions_start", "start_time", "end_time"),
    Index(
        "ix_charging_sessions_open_with",
        "token_id",
        sqlite_where=text("ended_by IS NULL"),
        postgresql_where=text("ended_by IS NULL"),
    ),
    Index(
        "ix_charging_sessions_open",
        "station_id",
        sqlite_where=text("ended_by IS NULL"),
        postgresql_where=text("ended_by IS NULL"),
    ),
    sqlite_autoincrement=True,
)

station_connectors = Table(
    "station_connectors",
    metadata,
    station_column(primary_key=True),
    Column("connector_id", BigInteger, primary_key=True, autoincrement=False),
    Column("status", Said(50), nullable=False),
    Column("error_code", Said(255), nullable=False),
    Column("last_updated", Instant, nullable=False),
    Column("details", Said(255)),
    Column("vendor_error_code", Said(255)),
    Column("received_at", Instant, nullable=False),
    Column("status_since", Instant, nullable=False),
)

meter_readings = Table(
    "meter_readings",
    metadata,
    row_id(),
    Column("transaction_id", Integer, ForeignKey("charging_sessions.transaction_id")),
    Column("timestamp", Instant, nullable=False),
    Column("measurand", Said(50), nullable=False),
    Column("value", Float),
    Column("unit", Said(20), nullable=False),
    Column("phase", Said(20)),
    Column("context", Said(40)),
    Column("location", Said(20)),
    Column("raw_value", Said(FRAME_LIMIT)),
    Column("raw_sha256", String(64)),
    Column("station_id", String(255), nullable=False),
    Column("connector_id", BigInteger, nullable=False),
    Column("stated_transaction_id", BigInteger),
    Column("stated_time", String(27)),
    Column("format", Said(20)),
    Index("ix_meter_readings_transaction", "transaction_id", "timestamp"),
    Index(
        "ix_meter_readings_outside",
        "station_id",
        "timestamp",
        sqlite_where=text("transaction_id IS NULL"),
        postgresql_where=text("transaction_id IS NULL"),
    ),
    Index(
        "ix_meter_readings_stated",
        "station_id",
        "stated_time",
        "id",
        sqlite_where=text("stated_time IS NOT NULL"),
        postgresql_where=text("stated_time IS NOT NULL"),
    ),
)

station_configurations = Table(
    "station_configurations",
    metadata,
    station_column(primary_key=True),
    Column("key", Said(255), primary_key=True),
    Column("value", Said(FRAME_LIMIT)),
    Column("readonly", Boolean, nullable=False),
    Column("reported_at", Instant, nullable=False),
)

boot_logs = Table(
    "boot_logs",
    metadata,
    row_id(),
    station_column(),
    Column("boot_time", Instant, nullable=False),
    Column("model", Said(255), nullable=False),
    Column("vendor", Said(255), nullable=False),
    Column("firmware_version", Said(255)),
    Column("ip_address", String(45)),
    Column("serial_number", Said(255)),
    Column("is_restart", Boolean, nullable=False, server_default=true()),
    Index("ix_boot_logs_station", "station_id", "id"),
)

# What the work needs beside the nine.

station_credentials = Table(
    "station_credentials",
    metadata,
    station_column(primary_key=True),
    Column("salt", LargeBinary, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("changed_at", Instant, nullable=False),
    Column("used_at", Instant),
)

spot_stations = Table(
    "spot_stations",
    metadata,
    row_id(),
    Column("spot_id", BigId, ForeignKey("parking_spots.id"), nullable=False, index=True),
    station_column(index=True),
    Column("valid_from", Instant, nullable=False),
    Column("valid_to", Instant),
)

spot_renters = Table(
    "spot_renters",
    metadata,
    row_id(),
    Column("spot_id", BigId, ForeignKey("parking_spots.id"), nullable=False, index=True),
    Column("renter_id", BigId, ForeignKey("renters.id"), nullable=False, index=True),
    Column("valid_from", Instant, nullable=False),
    Column("valid_to", Instant),
)

token_renters = Table(
    "token_renters",
    metadata,
    row_id(),
    Column("token", String(20), ForeignKey("authorization_tokens.token"), nullable=False),
    Column("renter_id", BigId, ForeignKey("renters.id"), nullable=False, index=True),
    Column("valid_from", Instant, nullable=False),
    Column("valid_to", Instant),
    Index("ix_token_renters_token", "token", "valid_from"),
)

unassigned_energy = Table(
    "unassigned_energy",
    metadata,
    row_id(),
    station_column(),
    Column("connector_id", BigInteger, nullable=False),
    Column("after_session_id", BigId, ForeignKey("charging_sessions.id")),
    Column("before_session_id", BigId, ForeignKey("charging_sessions.id")),
    Column("from_wh", BigInteger, nullable=False),
    Column("to_wh", BigInteger, nullable=False),
    Column("energy_wh", BigInteger, nullable=False),
    Column("from_time", Instant, nullable=False),
    Column("to_time", Instant, nullable=False),
    Column("idle_to_wh", BigInteger),
    UniqueConstraint("after_session_id"),
    Index("ix_unassigned_energy_station", "station_id", "connector_id"),
)

review_items = Table(
    "review_items",
    metadata,
    row_id(),
    Column("key", Said(300), nullable=False, unique=True),
    Column("kind", String(30), nullable=False),
    Column("station_id", String(255)),
    Column("connector_id", BigInteger),
    Column("session_id", BigId, ForeignKey("charging_sessions.id"), index=True),
    Column("frame_id", BigId, ForeignKey("quarantined_frames.id")),
    Column("evidence", Said(FRAME_LIMIT), nullable=False),
    Column("count", Integer, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    Column("resolved_at", Instant),
    Column("resolved_by", String(100)),
    Column("resolution", Text),
    Index(
        "ix_review_items_open",
        "id",
        sqlite_where=text("resolved_at IS NULL"),
        postgresql_where=text("resolved_at IS NULL"),
    ),
)

alarms = Table(
    "alarms",
    metadata,
    row_id(),
    Column("key", Said(300), nullable=False, unique=True),
    Column("kind", String(40), nullable=False),
    Column("station_id", String(255)),
    Column("sentence", Said(FRAME_LIMIT), nullable=False),
    Column("count", Integer, nullable=False),
    Column("raised_at", Instant, nullable=False),
    Column("last_at", Instant, nullable=False),
    Column("acknowledged_at", Instant),
    Column("acknowledged_by", String(100)),
)

audit_entries = Table(
    "audit_entries",
    metadata,
    row_id(),
    Column("at", Instant, nullable=False),
    Column("actor", String(100), nullable=False),
    Column("act", String(50), nullable=False),
    Column("subject", String(300), nullable=False),
    Column("before", Text),
    Column("after", Text),
    Column("reason", Text),
    Column("reason_digest", String(64)),
    Column("digest", String(64), nullable=False),
)

installation = Table(
    "installation",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("secret", LargeBinary, nullable=False),
    Column("transaction_count", BigInteger, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("audit_count", BigInteger, nullable=False, server_default="0"),
    Column("audit_head", String(64), nullable=False, server_default="0" * 64),
    Column("name", String(100), nullable=False, server_default=""),
    Column("locked_at", Instant),
    Column("locked_by", String(100)),
    Column("lock_reason", Text),
)

# What is made up, on request, in an empty garage.

demo_spots = Table(
    "demo_spots",
    metadata,
    Column("spot_id", BigId, ForeignKey("parking_spots.id"), primary_key=True, autoincrement=False),
    Column("station_id", String(255), ForeignKey("charging_stations.id"), nullable=False),
    Column("renter_id", BigId, ForeignKey("renters.id"), nullable=False),
)
