"""The energy chain of a connector in the database: which charge comes before and after another.

What a link is, `domain/energy.py` says; here it is a condition that an index has. Charges of which
the connector is not known are in no chain: they may have nothing to do with one another.
"""

from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, bindparam, not_, or_

from onetime.domain.ids import StationId
from onetime.domain.sessions import Estimate, Mark, Session
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
_IS_SCALED = c.marks.contains(Mark.SCALED.value)


def _barrier(is_other_scale: ColumnElement[bool]) -> Select[tuple[object, ...]]:
    is_reset = c.marks.contains(Mark.REGISTER_BACK.value)
    is_guess = c.estimated.contains(Estimate.METER_START.value)
    return (
        ANY.where(
            _PLACE,
            _IS_LINK,
            c.start_time > bindparam("moment"),
            or_(is_reset, is_guess, is_other_scale),
        )
        .order_by(c.start_time, c.id)
        .limit(1)
    )


_FIRST = ANY.where(_PLACE, _IS_LINK).order_by(c.start_time, c.id).limit(1)
_GONE_BACK = ANY.where(
    _PLACE,
    or_(
        c.marks.contains(Mark.REGISTER_BACK.value),
        c.marks.contains(Mark.RELATIVE_SAMPLES.value),
        c.last_register_wh < c.meter_start,
        c.stated_stop_meter < c.meter_start,
    ),
).limit(1)
_LATEST = (
    ANY.where(_PLACE, c.start_time <= bindparam("moment"))
    .order_by(c.start_time.desc(), c.id.desc())
    .limit(1)
)
_NEXT = (
    ANY.where(_PLACE, _IS_LINK, c.start_time > bindparam("moment"))
    .order_by(c.start_time, c.id)
    .limit(1)
)
_BARRIERS = {True: _barrier(not_(_IS_SCALED)), False: _barrier(_IS_SCALED)}
_HAS_NOT_MOVED = and_(
    c.ended_by.is_(None), or_(c.last_register_wh.is_(None), c.last_register_wh <= c.meter_start)
)
_IS_BELOW = c.meter_start < bindparam("register_wh")
_BEGUN = (
    ANY.where(
        _PLACE, _IS_LINK, c.start_time > bindparam("moment"), c.start_time < bindparam("until")
    )
    .order_by(c.start_time.desc(), c.id.desc())
    .limit(1)
)
_BEGUN_BELOW = _BEGUN.where(_IS_BELOW)
_BEGUN_BEFORE_START = _BEGUN.where(
    or_(_IS_BELOW, and_(c.meter_start == bindparam("register_wh"), _HAS_NOT_MOVED))
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


def link_from(
    tx: Transaction, station_id: StationId, connector_id: int, moment: datetime
) -> Session | None:
    """Return the first link of a connector's energy chain that began after a moment."""
    return one(tx, _NEXT, station_id=station_id, connector_id=connector_id, moment=moment)


def barrier_from(
    tx: Transaction, place: tuple[StationId, int], moment: datetime, *, is_scaled: bool
) -> Session | None:
    """Return the first link after a moment beyond which registers say nothing of the order.

    It began anew, its start is a guess, or it is read on another scale than is asked for.
    """
    station_id, connector_id = place
    return one(
        tx,
        _BARRIERS[is_scaled],
        station_id=station_id,
        connector_id=connector_id,
        moment=moment,
    )


def last_begun_below(
    tx: Transaction,
    place: tuple[StationId, int],
    between: tuple[datetime, datetime],
    register_wh: int,
    *,
    is_start: bool,
) -> Session | None:
    """Return the last link that began between two moments with a register below this one.

    Before the start of another charge there is also one that was never ended, and has not moved it.
    """
    station_id, connector_id = place
    return one(
        tx,
        _BEGUN_BEFORE_START if is_start else _BEGUN_BELOW,
        station_id=station_id,
        connector_id=connector_id,
        moment=between[0],
        until=between[1],
        register_wh=register_wh,
    )


def first_link(tx: Transaction, station_id: StationId, connector_id: int) -> Session | None:
    """Return the link with which a connector's energy chain begins."""
    return one(tx, _FIRST, station_id=station_id, connector_id=connector_id)


def has_gone_back(tx: Transaction, station_id: StationId, connector_id: int) -> bool:
    """Say whether any charge of a connector has shown a register lower than one before (M10)."""
    return one(tx, _GONE_BACK, station_id=station_id, connector_id=connector_id) is not None


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
