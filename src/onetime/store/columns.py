"""What columns are made of: the types of ours, names of keys, and the metadata of all tables."""

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    Column,
    Dialect,
    ForeignKey,
    Identity,
    Integer,
    MetaData,
    String,
)
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.types import TypeDecorator, TypeEngine

from onetime.kit.times import from_text, to_text, utc

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
metadata = MetaData(naming_convention=NAMES)


class Instant(TypeDecorator[datetime]):
    """A moment in UTC: text that sorts by time on SQLite, `timestamptz` on PostgreSQL."""

    impl = String(27)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[datetime] | TypeEngine[str]:
        """Choose the column type of this database."""
        if dialect.name == "postgresql":
            return dialect.type_descriptor(TIMESTAMP(timezone=True))
        return dialect.type_descriptor(String(27))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | str | None:
        """Return what is stored."""
        if value is None or dialect.name == "postgresql":
            return value
        return to_text(value)

    def process_result_value(
        self, value: datetime | str | None, dialect: Dialect
    ) -> datetime | None:
        """Return the stored moment in UTC with zone."""
        if value is None:
            return None
        return utc(from_text(value) if isinstance(value, str) else value)


class Said(TypeDecorator[str]):
    """Text as a station sent it: cut to its limit, without NUL, which PostgreSQL can not keep."""

    impl = String
    cache_ok = True

    def __init__(self, length: int) -> None:
        super().__init__(length)
        self.length = length

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Return what is stored and compared."""
        if value is None or (len(value) <= self.length and "\0" not in value):
            return value
        return value.replace("\0", "\ufffd")[: self.length]


FRAME_LIMIT = 2**21
BigId = BigInteger().with_variant(Integer(), "sqlite")


def row_id() -> Column[int]:
    """Return the key of a table whose rows are numbered."""
    return Column("id", BigId, Identity(always=False), primary_key=True)


def station_column(*, primary_key: bool = False, index: bool = False) -> Column[str]:
    """Return the reference to a station by its identity."""
    station = ForeignKey("charging_stations.id")
    return Column(
        "station_id", String(255), station, primary_key=primary_key, index=index, nullable=False
    )
