"""Meter readings in the database: one row per sampled value, each kept once."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256

from msgspec import Struct, structs
from sqlalchemy import bindparam, select

from onetime.domain.ids import StationId, TransactionId
from onetime.domain.readings import POWER, Kind, Sample, Sampling, is_usual
from onetime.kit.memory import Memory
from onetime.store.columns import Said
from onetime.store.shapes import Shape, is_plain
from onetime.store.statements import SHAPES
from onetime.store.tables import meter_readings as table
from onetime.store.transaction import Transaction, Value

POWER_ROWS = 5_000
MOST_ALIKE = 50
"""Values of one moment that one statement writes; few stations have more than thirty."""
RECENT_ROWS = 300
"""How many values of one stated time are compared: a clock that stands still gives no others."""

c = table.c
_COLUMNS = (
    c.measurand,
    c.value,
    c.unit,
    c.phase,
    c.context,
    c.location,
    c.raw_value,
    c.format,
)
_OF_SESSION = select(*_COLUMNS).where(
    c.transaction_id == bindparam("transaction_id"), c.timestamp == bindparam("moment")
)
_OUTSIDE = select(*_COLUMNS).where(
    c.transaction_id.is_(None),
    c.station_id == bindparam("station_id"),
    c.timestamp == bindparam("moment"),
    c.connector_id == bindparam("connector_id"),
)
_OF_POWER = (
    select(c.timestamp, *_COLUMNS)
    .where(c.transaction_id == bindparam("transaction_id"), c.measurand == POWER)
    .order_by(c.timestamp)
    .limit(POWER_ROWS)
)
_STATED = (
    select(*_COLUMNS)
    .where(
        c.transaction_id.is_not_distinct_from(bindparam("transaction_id")),
        c.station_id == bindparam("station_id"),
        c.stated_time == bindparam("stated"),
        c.connector_id == bindparam("connector_id"),
    )
    .order_by(c.id.desc())
    .limit(RECENT_ROWS)
)

_SHARED = (
    "transaction_id",
    "timestamp",
    "station_id",
    "connector_id",
    "stated_transaction_id",
    "stated_time",
)
_WORDS = ("measurand", "unit", "phase", "context", "location")
_TEXTS: dict[str, Said] = {
    "raw" if column is c.raw_value else column.name: column.type
    for column in _COLUMNS
    if isinstance(column.type, Said)
}


class Origin(Struct, frozen=True, kw_only=True):
    """Where readings belong.

    `stated_transaction_id` is what the station said where it differs, 0 where it named none.
    """

    station_id: StationId
    connector_id: int
    transaction_id: int | None
    stated_transaction_id: int | None


class Moment(Struct, frozen=True):
    """The time of a sampling that is kept, and the station's own where that can not be believed."""

    at: datetime
    stated: str | None


def append(tx: Transaction, origin: Origin, moment: Moment, sampling: Sampling) -> None:
    """Keep sampled values of one moment."""
    shared = (
        origin.transaction_id,
        moment.at,
        origin.station_id,
        origin.connector_id,
        origin.stated_transaction_id,
        moment.stated,
    )
    shape = None if sampling.texts else _known_shape(sampling.kinds)
    if shape is not None:
        tx.extend_alike(shape, [*shared, *sampling.values])
    else:
        tx.extend(table, [_row(shared, each) for each in sampling.samples()])


def not_yet_kept(tx: Transaction, origin: Origin, moment: datetime, sampling: Sampling) -> Sampling:
    """Return those values of a sampling that are not in the books already (promise 2)."""
    tx.flush(table)
    if origin.transaction_id is not None:
        rows = tx.all(_OF_SESSION, transaction_id=origin.transaction_id, moment=moment)
    else:
        rows = tx.all(
            _OUTSIDE,
            station_id=origin.station_id,
            connector_id=origin.connector_id,
            moment=moment,
        )
    if not rows:
        return sampling
    kept = Counter(Sample(*row.values()) for row in rows)
    fresh = []
    for sample in sampling.samples():
        key = _as_kept(sample)
        if kept[key] > 0:
            kept[key] -= 1
        else:
            fresh.append(sample)
    return Sampling.of(sampling.stated_time, fresh)


def of_power(tx: Transaction, transaction_id: TransactionId) -> list[tuple[datetime, Sample]]:
    """Return the samples of the power drawn in a charge, with their times, the first ones."""
    tx.flush(table)
    rows = tx.all(_OF_POWER, transaction_id=transaction_id)
    return [
        (
            row["timestamp"],
            Sample(
                row["measurand"],
                row["value"],
                row["unit"],
                row["phase"],
                row["context"],
                row["location"],
                row["raw_value"],
            ),
        )
        for row in rows
    ]


def is_stated(tx: Transaction, origin: Origin, stated: str, sampling: Sampling) -> bool:
    """Say whether a station said all of this before, with the same time that was not believed."""
    tx.flush(table)
    rows = tx.all(
        _STATED,
        transaction_id=origin.transaction_id,
        station_id=origin.station_id,
        connector_id=origin.connector_id,
        stated=stated,
    )
    if len(rows) < len(sampling.kinds):
        return False
    kept = Counter(Sample(*row.values()) for row in rows)
    return Counter(_as_kept(each) for each in sampling.samples()) <= kept


def _as_kept(sample: Sample) -> Sample:
    """Return a value in the form in which its row is read: text cut to what its column holds."""
    texts: dict[str, str | None] = {name: getattr(sample, name) for name in _TEXTS}
    kept = {name: _TEXTS[name].kept(text) for name, text in texts.items()}
    return sample if kept == texts else structs.replace(sample, **kept)


def _shape(kinds: tuple[Kind, ...]) -> Shape | None:
    """Return the shape of values of these kinds; None if some word is none of OCPP's."""
    if not 0 < len(kinds) <= MOST_ALIKE or any(each.format is not None for each in kinds):
        return None
    words = [
        {name: word for name in _WORDS if (word := getattr(kind, name)) is not None}
        for kind in kinds
    ]
    is_kept = all(_TEXTS[name].kept(word) == word for row in words for name, word in row.items())
    is_safe = all(is_plain(word) for row in words for word in row.values())
    return Shape(table, _SHARED, "value", words) if is_kept and is_safe else None


_known_shape = Memory(_shape, lambda kinds: is_usual(map(structs.astuple, kinds)), SHAPES)


def _row(shared: Sequence[Value], sample: Sample) -> Sequence[Value]:
    transaction_id, at, station_id, connector_id, stated_transaction_id, stated = shared
    return (
        transaction_id,
        at,
        sample.measurand,
        sample.value,
        sample.unit,
        sample.phase,
        sample.context,
        sample.location,
        sample.raw,
        _hash(sample),
        station_id,
        connector_id,
        stated_transaction_id,
        stated,
        sample.format,
    )


def _hash(sample: Sample) -> str | None:
    """Return the hash of signed bytes, by which a customer can prove them unchanged (M13)."""
    if sample.format is None or sample.raw is None:
        return None
    return sha256(sample.raw.encode()).hexdigest()
