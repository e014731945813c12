"""Where, when and how much was charged: "where did renter X charge?" is asked here.

Renter and spot are those of the charge, so that renames, cards that change hands and chargers
that are swapped change nothing in the answer; the spot's label of today stands beside.
"""

from datetime import datetime

from msgspec import Struct, convert
from sqlalchemy import ColumnElement, Connection, RowMapping, Select, func, select

from onetime.domain.errors import NotFound
from onetime.domain.sessions import EndedBy
from onetime.domain.tokens import Verdict
from onetime.kit.texts import is_writable
from onetime.kit.units import kwh
from onetime.queries.pages import FIRST, Asked, Page, after_time, fetch_limit, page_of, widened
from onetime.queries.stations import require_station
from onetime.store import tokens
from onetime.store.tables import (
    charging_sessions,
    meter_readings,
    parking_spots,
    renters,
)

_LISTED = charging_sessions.c
_OPEN = select(_LISTED.id).where(_LISTED.ended_by.is_(None)).scalar_subquery()


class Session(Struct, frozen=True, kw_only=True):
    """A charge. `spot_label` is the label at that time; `estimated` names unsure columns."""

    id: int
    transaction_id: int
    station_id: str
    token_id: str | None
    start_time: datetime
    end_time: datetime | None
    meter_start: int
    meter_stop: int | None
    total_energy_kwh: float | None
    stop_reason: str | None
    connector_id: int
    id_tag: str
    verdict: Verdict
    renter_id: int | None
    renter_name: str | None
    spot_id: int | None
    spot_label: str | None
    spot_label_today: str | None
    energy_wh: int | None
    ended_by: EndedBy | None
    last_register_wh: int | None
    last_register_at: datetime | None
    last_reading_at: datetime | None
    estimated: tuple[str, ...]
    marks: tuple[str, ...]

    @property
    def energy_so_far_wh(self) -> int:
        """What is booked, or while the charge goes on, what the meter has shown so far."""
        if self.energy_wh is not None:
            return self.energy_wh
        return max((self.last_register_wh or 0) - self.meter_start, 0)


class Wanted(Struct, frozen=True, kw_only=True):
    """Which sessions are asked for; a session belongs to the time in which it began."""

    renter_id: int | None = None
    station_id: str | None = None
    token: str | None = None
    began_from: datetime | None = None
    began_before: datetime | None = None
    is_open: bool | None = None


class Sums(Struct, frozen=True, kw_only=True):
    """How many sessions, how many of them open or estimated, and the energy booked."""

    sessions: int
    open_sessions: int
    estimated_sessions: int
    energy_wh: int
    total_energy_kwh: float


class Reading(Struct, frozen=True, kw_only=True):
    """One sampled value; `raw_value` is the station's text where that is no number.

    `stated_time`: what the station said, where its clock can not be believed and `timestamp` is
    ours; `stated_transaction_id`: the one it named, where it belongs to another (0: none).
    """

    id: int
    transaction_id: int | None
    timestamp: datetime
    measurand: str
    value: float | None
    unit: str
    phase: str | None
    context: str | None
    location: str | None
    raw_value: str | None
    format: str | None
    stated_time: str | None
    stated_transaction_id: int | None


EVERY = Wanted()


def session_list(
    connection: Connection, wanted: Wanted = EVERY, asked: Asked = FIRST
) -> Page[Session]:
    """List sessions; raises NotFound when the renter or the station does not exist."""
    statement = (
        _statement()
        .where(*_conditions(connection, wanted))
        .where(*after_time(asked, _LISTED.start_time, _LISTED.id))
        .order_by(_LISTED.start_time.desc(), _LISTED.id.desc())
        .limit(fetch_limit(asked))
    )
    found = [_session(row) for row in connection.execute(statement).mappings()]
    return page_of(found, asked, lambda each: (each.start_time, each.id))


def session_sums(connection: Connection, wanted: Wanted = EVERY) -> Sums:
    """Add up the sessions asked for; open ones count with no energy yet. Raises NotFound."""
    total, closed, unsure, energy_wh = connection.execute(
        select(
            func.count(),
            func.count(_LISTED.ended_by),
            func.count(func.nullif(_LISTED.estimated, "")),
            func.coalesce(func.sum(_LISTED.energy_wh), 0),
        ).where(*_conditions(connection, wanted))
    ).one()
    return Sums(
        sessions=total,
        open_sessions=total - closed,
        estimated_sessions=unsure,
        energy_wh=int(energy_wh),
        total_energy_kwh=kwh(int(energy_wh)),
    )


def session(connection: Connection, session_id: int) -> Session:
    """Return one session; raises NotFound."""
    row = connection.execute(_statement().where(_LISTED.id == session_id)).mappings().first()
    if row is None:
        raise NotFound(f"There is no session {session_id}.", "session_id")
    return _session(row)


def session_readings(
    connection: Connection, session_id: int, asked: Asked = FIRST
) -> Page[Reading]:
    """List the meter values of a session; raises NotFound."""
    transaction_id = session(connection, session_id).transaction_id
    rows = connection.execute(
        select(meter_readings)
        .where(meter_readings.c.transaction_id == transaction_id)
        .where(*after_time(asked, meter_readings.c.timestamp, meter_readings.c.id))
        .order_by(meter_readings.c.timestamp.desc(), meter_readings.c.id.desc())
        .limit(fetch_limit(asked))
    )
    found = [convert(row, Reading) for row in rows.mappings()]
    return page_of(found, asked, lambda each: (each.timestamp, each.id))


def _statement() -> Select[*tuple[object, ...]]:
    return (
        select(
            *charging_sessions.c,
            renters.c.name.label("renter_name"),
            parking_spots.c.label.label("spot_label_today"),
        )
        .outerjoin(renters, renters.c.id == _LISTED.renter_id)
        .outerjoin(parking_spots, parking_spots.c.id == _LISTED.spot_id)
    )


def _conditions(connection: Connection, wanted: Wanted) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.renter_id is not None:
        known = select(1).where(renters.c.id == wanted.renter_id)
        if connection.execute(known).first() is None:
            raise NotFound(f"There is no renter {wanted.renter_id}.", "renter_id")
        found.append(_LISTED.renter_id == wanted.renter_id)
    if wanted.station_id is not None:
        require_station(connection, wanted.station_id)
        found.append(_LISTED.station_id == wanted.station_id)
    if wanted.token is not None:
        if not is_writable(wanted.token):
            raise NotFound("No card has control characters or broken letters.", "token")
        found.append(_with_card(connection, wanted.token))
    if wanted.began_from is not None:
        found.append(_LISTED.start_time >= wanted.began_from)
    if wanted.began_before is not None:
        found.append(_LISTED.start_time < wanted.began_before)
    if wanted.is_open is not None:
        # By the index of the few that are open; in the order of time all would be looked through.
        found.append(_LISTED.id.in_(_OPEN) if wanted.is_open else _LISTED.ended_by.is_not(None))
    return found


def _with_card(connection: Connection, tag: str) -> ColumnElement[bool]:
    """Choose the sessions of an issued card, or those in which nobody knew this tag."""
    if card := tokens.look_up(connection, tag):
        return _LISTED.token_id == card.token
    return func.lower(_LISTED.id_tag) == tag.lower()


def _session(row: RowMapping) -> Session:
    return convert(
        widened(row, estimated=_words(row["estimated"]), marks=_words(row["marks"])), Session
    )


def _words(text: str) -> tuple[str, ...]:
    return tuple(word for word in text.split(",") if word)
