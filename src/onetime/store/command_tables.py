"""The tables of what stations are asked and keep: commands, reservations, lists, files."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    text,
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

_IS_LIVE = text("status IN ('pending', 'active', 'unknown')")
_IS_WAITING = text("status = 'waiting'")

station_commands = Table(
    "station_commands",
    metadata,
    row_id(),
    station_column(),
    Column("action", String(50), nullable=False),
    Column("asked_by", String(100), nullable=False),
    Column("asked_at", Instant, nullable=False),
    Column("payload", Said(FRAME_LIMIT), nullable=False),
    Column("status", String(20), nullable=False),
    Column("ended_at", Instant),
    Column("latency_ms", Integer),
    Column("response", Said(FRAME_LIMIT)),
    Column("raw_answer", Said(FRAME_LIMIT)),
    Column("code", Said(255)),
    Column("description", Said(FRAME_LIMIT)),
    Index("ix_station_commands_station", "station_id", "id"),
    Index(
        "ix_station_commands_open",
        "id",
        sqlite_where=text("status = 'open'"),
        postgresql_where=text("status = 'open'"),
    ),
    sqlite_autoincrement=True,
)

# What a station should be set to, and what it has shown that it can not do.

desired_configurations = Table(
    "desired_configurations",
    metadata,
    station_column(primary_key=True),
    Column("key", Said(255), primary_key=True),
    Column("value", Said(FRAME_LIMIT), nullable=False),
    Column("source", String(15), nullable=False),
    Column("state", String(20), nullable=False),
    Column("asked_by", String(100), nullable=False),
    Column("asked_at", Instant, nullable=False),
    Column("tried_at", Instant),
    Column("attempts", Integer, nullable=False),
)

station_abilities = Table(
    "station_abilities",
    metadata,
    station_column(primary_key=True),
    Column("action", String(50), primary_key=True),
    Column("is_supported", Boolean, nullable=False),
    Column("answer", Said(255), nullable=False),
    Column("learned_at", Instant, nullable=False),
)

# Reservations and charging profiles.

reservations = Table(
    "reservations",
    metadata,
    row_id(),
    station_column(),
    Column("reservation_id", BigInteger, nullable=False),
    Column("connector_id", BigInteger, nullable=False),
    Column("id_tag", Said(255), nullable=False),
    Column("parent_id_tag", Said(255)),
    Column("expiry_date", Instant, nullable=False),
    Column("status", String(10), nullable=False),
    Column("answer", Said(255)),
    Column("session_id", BigId, ForeignKey("charging_sessions.id"), index=True),
    Column("command_id", BigId),
    Column("asked_by", String(100), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("changed_at", Instant, nullable=False),
    Index("ix_reservations_station", "station_id", "reservation_id"),
    Index(
        "ix_reservations_live",
        "station_id",
        sqlite_where=_IS_LIVE,
        postgresql_where=_IS_LIVE,
    ),
    sqlite_autoincrement=True,
)

charging_profiles = Table(
    "charging_profiles",
    metadata,
    row_id(),
    Column("description", String(200), nullable=False),
    Column("profile", Text, nullable=False),
    Column("created_by", String(100), nullable=False),
    Column("created_at", Instant, nullable=False),
    sqlite_autoincrement=True,
)

installed_profiles = Table(
    "installed_profiles",
    metadata,
    row_id(),
    station_column(),
    Column("connector_id", BigInteger, nullable=False),
    Column("charging_profile_id", BigInteger, nullable=False),
    Column("stack_level", BigInteger, nullable=False),
    Column("purpose", String(25), nullable=False),
    Column("transaction_id", BigInteger),
    Column("profile", Text, nullable=False),
    Column("status", String(10), nullable=False),
    Column("answer", Said(255)),
    Column("command_id", BigId),
    Column("asked_by", String(100), nullable=False),
    Column("sent_at", Instant, nullable=False),
    Column("changed_at", Instant, nullable=False),
    Index("ix_installed_profiles_station", "station_id", "id"),
    sqlite_autoincrement=True,
)

remote_starts = Table(
    "remote_starts",
    metadata,
    row_id(),
    station_column(),
    Column("connector_id", BigInteger),
    Column("id_tag", Said(255), nullable=False),
    Column("status", String(10), nullable=False),
    Column("session_id", BigId, ForeignKey("charging_sessions.id"), index=True),
    Column("command_id", BigId),
    Column("asked_by", String(100), nullable=False),
    Column("sent_at", Instant, nullable=False),
    Column("due_at", Instant, nullable=False),
    Index(
        "ix_remote_starts_waiting",
        "due_at",
        sqlite_where=_IS_WAITING,
        postgresql_where=_IS_WAITING,
    ),
    sqlite_autoincrement=True,
)

# What stations know of cards by themselves.

local_lists = Table(
    "local_lists",
    metadata,
    station_column(primary_key=True),
    Column("desired_version", BigInteger, nullable=False),
    Column("acknowledged_version", BigInteger),
    Column("reported_version", BigInteger),
    Column("checked_at", Instant),
    Column("answer", Said(255)),
    Column("attempts", Integer, nullable=False),
    Column("retry_at", Instant),
    Column("changed_at", Instant, nullable=False),
)

local_list_entries = Table(
    "local_list_entries",
    metadata,
    station_column(primary_key=True),
    Column("token_key", Said(20), primary_key=True),
    Column("id_tag", Said(20), nullable=False),
    Column("status", String(15), nullable=False),
    Column("expiry_date", Instant),
    Column("parent_id_tag", Said(20)),
    Column("acknowledged_version", BigInteger, nullable=False),
)

authorization_caches = Table(
    "authorization_caches",
    metadata,
    station_column(primary_key=True),
    Column("cleared_at", Instant),
    Column("tried_at", Instant),
    Column("answer", Said(255)),
    Column("attempts", Integer, nullable=False),
    Column("retry_at", Instant),
)

card_revocations = Table(
    "card_revocations",
    metadata,
    row_id(),
    Column("token", String(20), nullable=False),
    Column("token_key", String(20), nullable=False, index=True),
    Column("reason", String(10), nullable=False),
    Column("revoked_at", Instant, nullable=False),
    Column("ended_at", Instant),
    sqlite_autoincrement=True,
)

revocation_confirmations = Table(
    "revocation_confirmations",
    metadata,
    Column(
        "revocation_id",
        BigId,
        ForeignKey("card_revocations.id"),
        primary_key=True,
        autoincrement=False,
    ),
    station_column(primary_key=True, index=True),
    Column("cache", String(15), nullable=False),
    Column("list", String(15), nullable=False),
    Column("confirmed_at", Instant),
)

# What we give out, and what does harm.

number_series = Table(
    "number_series",
    metadata,
    Column("name", String(300), primary_key=True),
    Column("last", BigInteger, nullable=False),
)

harmful_actions = Table(
    "harmful_actions",
    metadata,
    station_column(primary_key=True),
    Column("action", String(50), primary_key=True),
    Column("count", Integer, nullable=False),
    Column("first_at", Instant, nullable=False),
    Column("last_at", Instant, nullable=False),
    Column("withheld_since", Instant),
)

commissionings = Table(
    "commissionings",
    metadata,
    row_id(),
    station_column(),
    Column("started_at", Instant, nullable=False),
    Column("started_by", String(100), nullable=False),
    Column("finished_at", Instant),
    Column("finished_by", String(100)),
    Column("note", Text, nullable=False, default=""),
    Column("offline_test_at", Instant),
    Column("offline_back_at", Instant),
    Index("ix_commissionings_station", "station_id", "id"),
)

# Files of stations.

station_files = Table(
    "station_files",
    metadata,
    row_id(),
    station_column(index=True),
    Column("kind", String(20), nullable=False),
    Column("asked_by", String(100), nullable=False),
    Column("asked_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("digest", String(64), nullable=False, unique=True),
    Column("received_at", Instant),
    Column("name", String(200)),
    Column("size_bytes", BigInteger),
    Column("sha256", String(64)),
    Column("stored_as", String(80)),
)

firmware_files = Table(
    "firmware_files",
    metadata,
    row_id(),
    Column("name", String(100), nullable=False, unique=True),
    Column("size_bytes", BigInteger, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("added_by", String(100), nullable=False),
    Column("added_at", Instant, nullable=False),
    Column("secret", String(64), nullable=False, unique=True),
    Column("stored_as", String(80), nullable=False),
)
