"""The energy chain of a connector in the database: which charge comes before and after another.

What a link is, `domain/energy.py` says; here it is a condition that an index has. Charges of which
the connector is not known are in no chain: they may have nothing to do with one another.
"""

from datetime import datetime

from sqlalchemy import and_, bindparam, or_

from onetime.domain.ids import StationId
from onetime.domain.sessions import Session
from onetime.store.sessions import ANY, SAME_CONNECTOR, one
from onetime.store.tables import charging_sessions
from onetime.store.transaction import Transaction, Value

c = charging_sessions.c
_PLACE = and_(SAME_CONNECTOR, c.connector_id > 0)
_IS_LINK = or_(c.ended_by.is_(None), c.meter_stop > c.meter_start)
# The first comparison of each pair is what an index can follow; alone it would suffice but for
# charges that began at the same moment.
_BEFORE = (
    ANY.where(
        _PLACE,
        _IS_LINK,
        c.start_time <= bindparam("start_time"),
        or_(c.start_time < bindparam("start_time"), c.id < bindparam("session_id")),
    )
    .order_by(c.start_time.desc(), c.id.desc())
    .limit(1)
)
_AFTER = (
    ANY.where(
        _PLACE,
        _IS_LINK,
        c.start_time >= bindparam("start_time"),
        or_(c.start_time > bindparam("start_time"), c.id > bindparam("session_id")),
    )
    .order_by(c.start_time, c.id)
    .limit(1)
)
_AT = (
    ANY.where(_PLACE, _IS_LINK, c.start_time <= bindparam("moment"))
    .order_by(c.start_time.desc(), c.id.desc())
    .limit(1)
)
_FIRST = ANY.where(_PLACE, _IS_LINK).order_by(c.start_time, c.id).limit(1)
_LATEST = (
    ANY.where(_PLACE, c.start_time <= bindparam("moment"))
    .order_by(c.start_time.desc(), c.id.desc())
    .limit(1)
)


def link_before(tx: Transaction, session: Session) -> Session | None:
    """Return the link of the energy chain before this session, on its connector."""
    return one(tx, _BEFORE, **_place(session))


def link_after(tx: Transaction, session: Session) -> Session | None:
    """Return the link of the energy chain after this session, on its connector."""
    return one(tx, _AFTER, **_place(session))


def link_at(
    tx: Transaction, station_id: StationId, connector_id: int, moment: datetime
) -> Session | None:
    """Return the last link of a connector's energy chain that began at or before a moment."""
    return one(tx, _AT, station_id=station_id, connector_id=connector_id, moment=moment)


def first_link(tx: Transaction, station_id: StationId, connector_id: int) -> Session | None:
    """Return the link with which a connector's energy chain begins."""
    return one(tx, _FIRST, station_id=station_id, connector_id=connector_id)


def latest_at(
    tx: Transaction, station_id: StationId, connector_id: int, moment: datetime
) -> Session | None:
    """Return the last session of a connector that began at or before a moment."""
    return one(tx, _LATEST, station_id=station_id, connector_id=connector_id, moment=moment)


def _place(session: Session) -> dict[str, Value]:
    return {
        "station_id": session.station_id,
        "connector_id": session.connector_id,
        "start_time": session.start_time,
        "session_id": session.id,
    }
