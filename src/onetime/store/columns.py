"""What columns are made of: the types of ours, names of keys, and the metadata of all tables."""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import lru_cache

from sqlalchemy import (
    TIMESTAMP,
    BigInteger,
    Column,
    Dialect,
    ForeignKey,
    Identity,
    Integer,
    MetaData,
    String,
)
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

    # The two are called once a statement, what they return for each value.

    def bind_processor(self, dialect: Dialect) -> Callable[[datetime | None], str | None] | None:
        """Return what turns a moment into what is stored."""
        if dialect.name == "postgresql":
            return None
        return lambda moment: None if moment is None else to_text(moment)

    def result_processor(
        self, dialect: Dialect, coltype: object
    ) -> Callable[[datetime | str | None], datetime | None]:
        """Return what turns what is stored into a moment in UTC with zone."""
        return _moment


class Said(TypeDecorator[str]):
    """Text as a station sent it: cut to its limit, without NUL, which PostgreSQL can not keep."""

    impl = String
    cache_ok = True

    def __init__(self, length: int) -> None:
        super().__init__(length)
        self.length = length

    def bind_processor(self, dialect: Dialect) -> Callable[[str | None], str | None]:
        """Return what turns a text into what is stored and compared."""
        return self.kept

    def kept(self, text: str | None) -> str | None:
        """Return a text as it is stored."""
        if text is None or (len(text) <= self.length and "\0" not in text):
            return text
        return text.replace("\0", "\ufffd")[: self.length]

    def all_kept(self, texts: Sequence[str | None]) -> Sequence[str | None]:
        """Return many texts as they are stored; nearly always all of them are so already."""
        given = [text for text in texts if text]
        if not given or (max(map(len, given)) <= self.length and "\0" not in "".join(given)):
            return texts
        return [self.kept(text) for text in texts]


class Words(TypeDecorator[Sequence[str]]):
    """A set of words, stored as one comma-separated text."""

    impl = String
    cache_ok = True

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[str], Sequence[str]]:
        """Return what takes the text apart."""
        return _words


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


def _moment(stored: datetime | str | None) -> datetime | None:
    if stored is None:
        return None
    return utc(from_text(stored) if isinstance(stored, str) else stored)


@lru_cache(maxsize=256)
def _words(stored: str) -> Sequence[str]:
    return tuple(stored.split(",")) if stored else ()
