"""Open charges of connected stations whose card was refused."""

from datetime import datetime

from msgspec import Struct, convert
from sqlalchemy import and_, bindparam, select

from onetime.domain.ids import StationId, TransactionId
from onetime.domain.tokens import Verdict
from onetime.store.tables import charging_sessions, charging_stations, station_connectors
from onetime.store.transaction import Transaction

_s, _k = charging_sessions.c, station_connectors.c
_REFUSED = (
    select(
        _s.id,
        _s.station_id,
        _s.transaction_id,
        _s.verdict,
        _s.start_time,
        _k.status,
    )
    .join(charging_stations, charging_stations.c.id == _s.station_id)
    .outerjoin(
        station_connectors,
        and_(_k.station_id == _s.station_id, _k.connector_id == _s.connector_id),
    )
    .where(
        _s.ended_by.is_(None),
        _s.verdict != Verdict.ACCEPTED.value,
        _s.id_tag != "",
        _s.started_at <= bindparam("before"),
        charging_stations.c.is_online.is_(True),
    )
    .order_by(_s.id)
)


class Refused(Struct, frozen=True, kw_only=True):
    """A charge whose card was refused; `status` is the last word on its connector."""

    id: int
    station_id: StationId
    transaction_id: TransactionId
    verdict: Verdict
    start_time: datetime
    status: str | None


def refused_charges(tx: Transaction, before: datetime) -> list[Refused]:
    """Return the charges that are open since before a moment, the oldest first."""
    rows = tx.connection.execute(_REFUSED, {"before": before}).mappings()
    return [convert(row, Refused) for row in rows]
