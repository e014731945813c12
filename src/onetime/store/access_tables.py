"""The tables of who may do what: accounts, their sign-ins, tokens of programs.

No secret stands in them but that of one-time passwords, which both sides have to know; of the
others there is a hash.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
)

from onetime.store.columns import BigId, Instant, Said, metadata, row_id

accounts = Table(
    "accounts",
    metadata,
    row_id(),
    Column("email", String(200), nullable=False),
    Column("email_key", String(600), nullable=False, unique=True),
    Column("role", String(20), nullable=False),
    Column("renter_id", BigId, ForeignKey("renters.id"), index=True),
    Column("password_hash", String(300), nullable=False),
    Column("password_changed_at", Instant, nullable=False),
    Column("is_enabled", Boolean, nullable=False, default=True),
    Column("totp_secret", String(64)),
    Column("totp_confirmed_at", Instant),
    Column("totp_last_step", BigInteger),
    Column("created_at", Instant, nullable=False),
    Column("last_sign_in_at", Instant),
    sqlite_autoincrement=True,
)

recovery_codes = Table(
    "recovery_codes",
    metadata,
    row_id(),
    Column("account_id", BigId, ForeignKey("accounts.id"), nullable=False, index=True),
    Column("digest", String(64), nullable=False, unique=True),
)

sign_ins = Table(
    "sign_ins",
    metadata,
    row_id(),
    Column("account_id", BigId, ForeignKey("accounts.id"), nullable=False, index=True),
    Column("digest", String(64), nullable=False, unique=True),
    Column("created_at", Instant, nullable=False),
    Column("last_used_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("ip_address", String(45), nullable=False),
    Column("user_agent", Said(200)),
    Index("ix_sign_ins_expiry", "expires_at"),
    sqlite_autoincrement=True,
)

api_tokens = Table(
    "api_tokens",
    metadata,
    row_id(),
    Column("name", String(100), nullable=False),
    Column("digest", String(64), nullable=False, unique=True),
    Column("role", String(20), nullable=False),
    Column("renter_id", BigId, ForeignKey("renters.id"), index=True),
    Column("created_by", String(100), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant),
    Column("revoked_at", Instant),
    Column("last_used_at", Instant),
    sqlite_autoincrement=True,
)

setup_links = Table(
    "setup_links",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("digest", String(64), nullable=False),
    Column("expires_at", Instant, nullable=False),
)

kept_answers = Table(
    "kept_answers",
    metadata,
    Column("actor", String(100), primary_key=True),
    Column("key", String(200), primary_key=True),
    Column("digest", String(64), nullable=False),
    Column("status", Integer),
    Column("answer", LargeBinary),
    Column("at", Instant, nullable=False, index=True),
)

# Persons whose traces are erased.

erasures = Table(
    "erasures",
    metadata,
    row_id(),
    Column("renter_id", BigId, ForeignKey("renters.id"), nullable=False),
    Column("asked_by", String(100), nullable=False),
    Column("asked_at", Instant, nullable=False),
    Column("traces", Text),
    Column("place", Integer, nullable=False),
    Column("after_id", BigInteger, nullable=False),
    Column("done_at", Instant),
)
