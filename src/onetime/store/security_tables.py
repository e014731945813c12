"""The tables of how stations prove who they are: authority, certificates, keys on their way.

A private key stands here where it has to be used by the server itself; a station's own never does.
"""

from sqlalchemy import (
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    text,
)

from onetime.store.columns import BigId, Instant, Said, metadata, row_id, station_column

authorities = Table(
    "authorities",
    metadata,
    row_id(),
    Column("organization", String(64), nullable=False),
    Column("certificate", Text, nullable=False),
    Column("private_key", LargeBinary, nullable=False),
    Column("not_after", Instant, nullable=False),
    Column("created_at", Instant, nullable=False),
)

certificates = Table(
    "certificates",
    metadata,
    row_id(),
    Column("purpose", String(10), nullable=False),
    Column("station_id", String(255), ForeignKey("charging_stations.id"), index=True),
    Column("common_name", Said(255), nullable=False),
    Column("names", Said(2_000), nullable=False),
    Column("key_kind", String(20), nullable=False),
    Column("serial_number", String(40), nullable=False),
    Column("fingerprint", String(64), nullable=False, unique=True),
    Column("certificate", Text, nullable=False),
    Column("private_key", LargeBinary),
    Column("not_before", Instant, nullable=False),
    Column("not_after", Instant, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("replaced_at", Instant),
    Column("revoked_at", Instant),
    Column("revoked_because", Text),
)

certificate_requests = Table(
    "certificate_requests",
    metadata,
    row_id(),
    station_column(),
    Column("at", Instant, nullable=False),
    Column("request", Said(5_500), nullable=False),
    Column("common_name", Said(255), nullable=False),
    Column("state", String(10), nullable=False),
    Column("why", Said(500)),
    Column("certificate_id", BigId, ForeignKey("certificates.id")),
    Column("decided_by", String(100)),
    Column("attempts", Integer, nullable=False, default=0),
    Column("updated_at", Instant, nullable=False),
    Index("ix_certificate_requests_station", "station_id", "id"),
)

station_next_keys = Table(
    "station_next_keys",
    metadata,
    row_id(),
    station_column(index=True),
    Column("digest", LargeBinary, nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("accepted_at", Instant),
)

security_errands = Table(
    "security_errands",
    metadata,
    row_id(),
    station_column(),
    Column("kind", String(30), nullable=False),
    Column("goal", Said(6_000)),
    Column("step", String(30), nullable=False),
    Column("state", String(10), nullable=False),
    Column("said", Said(500)),
    Column("attempts", Integer, nullable=False, default=0),
    Column("created_by", String(100), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    Index("ix_security_errands_station", "station_id", "id"),
    Index(
        "ix_security_errands_open",
        "id",
        sqlite_where=text("state = 'open'"),
        postgresql_where=text("state = 'open'"),
    ),
)

station_roots = Table(
    "station_roots",
    metadata,
    station_column(primary_key=True),
    Column("use", String(40), primary_key=True),
    Column("hash_algorithm", String(10), nullable=False),
    Column("issuer_name_hash", String(128), primary_key=True),
    Column("issuer_key_hash", String(128), primary_key=True),
    Column("serial_number", String(40), primary_key=True),
    Column("reported_at", Instant, nullable=False),
)
