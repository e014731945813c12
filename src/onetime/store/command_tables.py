"""The tables of what stations are asked and keep: commands, reservations, lists, files."""

from sqlalchemy import Column, Index, Integer, String, Table, text

from onetime.store.columns import FRAME_LIMIT, Instant, Said, metadata, row_id, station_column

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
