"""The tables of what stations said, as it came: the log, what was set aside, who only knocked.

What was made of it stands in `tables.py`.
"""

from sqlalchemy import BigInteger, Column, Index, Integer, String, Table

from onetime.store.columns import (
    FRAME_LIMIT,
    BigId,
    Instant,
    Said,
    metadata,
    row_id,
    station_column,
)

ocpp_messages = Table(
    "ocpp_messages",
    metadata,
    row_id(),
    Column("station_id", String(255), nullable=False),
    Column("at", Instant, nullable=False),
    Column("direction", String(3), nullable=False),
    Column("action", Said(50)),
    Column("message_id", Said(255)),
    Column("frame", Said(FRAME_LIMIT), nullable=False),
    Column("answer", Said(FRAME_LIMIT)),
    Column("outcome", String(20), nullable=False),
    Column("latency_ms", Integer),
    Index("ix_ocpp_messages_station", "station_id", "id"),
)

quarantined_frames = Table(
    "quarantined_frames",
    metadata,
    row_id(),
    station_column(),
    Column("at", Instant, nullable=False),
    Column("action", Said(50)),
    Column("frame", Said(FRAME_LIMIT), nullable=False),
    Column("reason", Said(FRAME_LIMIT), nullable=False),
    Index("ix_quarantined_frames_station", "station_id", "id"),
)

quirk_counts = Table(
    "quirk_counts",
    metadata,
    station_column(primary_key=True),
    Column("quirk", String(10), primary_key=True),
    Column("count", Integer, nullable=False),
    Column("first_at", Instant, nullable=False),
    Column("last_at", Instant, nullable=False),
)

station_reports = Table(
    "station_reports",
    metadata,
    row_id(),
    station_column(),
    Column("at", Instant, nullable=False),
    Column("kind", String(30), nullable=False),
    Column("status", Said(255), nullable=False),
    Column("request_id", BigInteger),
    Column("stated_at", Instant),
    Column("details", Said(FRAME_LIMIT)),
    Column("command_id", BigId),
    Index("ix_station_reports_station", "station_id", "id"),
)

knocks = Table(
    "knocks",
    metadata,
    Column("identity", String(255), primary_key=True),
    Column("ip_address", String(45), primary_key=True),
    Column("reason", String(40), nullable=False),
    Column("detail", Said(255), nullable=False),
    Column("count", Integer, nullable=False),
    Column("first_at", Instant, nullable=False),
    Column("last_at", Instant, nullable=False),
)
