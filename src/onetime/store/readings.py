"""Meter readings in the database: one row per sampled value, each kept once."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256

from msgspec import Struct
from sqlalchemy import bindparam, select

from onetime.domain.ids import StationId
from onetime.domain.readings import Sample, Sampling
from onetime.store.tables import meter_readings as table
from onetime.store.transaction import Transaction

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


class Origin(Struct, frozen=True, kw_only=True):
    """Where readings belong; `stated_transaction_id` is what the station said where it differs."""

    station_id: StationId
    connector_id: int
    transaction_id: int | None
    stated_transaction_id: int | None


def append(tx: Transaction, origin: Origin, moment: datetime, samples: Iterable[Sample]) -> None:
    """Keep sampled values of one moment."""
    for sample in samples:
        tx.append(
            table,
            {
                "transaction_id": origin.transaction_id,
                "timestamp": moment,
                "measurand": sample.measurand,
                "value": sample.value,
                "unit": sample.unit,
                "phase": sample.phase,
                "context": sample.context,
                "location": sample.location,
                "raw_value": sample.raw,
                "raw_sha256": _hash(sample),
                "station_id": origin.station_id,
                "connector_id": origin.connector_id,
                "stated_transaction_id": origin.stated_transaction_id,
                "format": sample.format,
            },
        )


def not_yet_kept(
    tx: Transaction, origin: Origin, moment: datetime, sampling: Sampling
) -> list[Sample]:
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
    kept = Counter(Sample(*row.values()) for row in rows)
    fresh = []
    for sample in sampling.samples:
        if kept[sample] > 0:
            kept[sample] -= 1
        else:
            fresh.append(sample)
    return fresh


def _hash(sample: Sample) -> str | None:
    """Return the hash of signed bytes, by which a customer can prove them unchanged (M13)."""
    if sample.format is None or sample.raw is None:
        return None
    return sha256(sample.raw.encode()).hexdigest()
