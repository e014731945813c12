"""How far stations are commissioned: what each has shown since somebody began.

What counts is what the station did, as the books and the OCPP log have it; nobody ticks a box.
"""

from datetime import datetime

from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, Row, RowMapping, Select, func, or_, select

from onetime.domain.commissioning import Check, Shown, checks
from onetime.domain.errors import NotFound
from onetime.domain.sessions import EndedBy
from onetime.domain.tokens import Verdict
from onetime.queries.pages import FIRST, Asked, Page, after_id, fetch_limit, page_of
from onetime.store.command_tables import commissionings
from onetime.store.message_tables import ocpp_messages
from onetime.store.tables import (
    boot_logs,
    charging_sessions,
    charging_stations,
    meter_readings,
    parking_spots,
)

c = commissionings.c
ACCEPTED = '%"status":"Accepted"%'


class Commissioning(Struct, frozen=True, kw_only=True):
    """A commissioning with its steps; after it is finished later deeds count no more."""

    id: int
    station_id: str
    spot_id: int | None
    spot_label: str | None
    started_at: datetime
    started_by: str
    finished_at: datetime | None
    finished_by: str | None
    note: str
    offline_test_at: datetime | None
    checks: tuple[Check, ...]


def commissioning_list(connection: Connection, asked: Asked = FIRST) -> Page[Commissioning]:
    """List commissionings."""
    rows = connection.execute(
        _statement().where(*after_id(asked, c.id)).order_by(c.id.desc()).limit(fetch_limit(asked))
    ).mappings()
    found = [_commissioning(connection, row) for row in rows.all()]
    return page_of(found, asked, lambda each: (each.id,))


def commissioning(connection: Connection, commissioning_id: int) -> Commissioning:
    """Return one commissioning; raises NotFound."""
    row = connection.execute(_statement().where(c.id == commissioning_id)).mappings().first()
    if row is None:
        raise NotFound(f"There is no commissioning {commissioning_id}.", "commissioning_id")
    return _commissioning(connection, row)


def _statement() -> Select[*tuple[object, ...]]:
    return select(
        *c, parking_spots.c.id.label("spot_id"), parking_spots.c.label.label("spot_label")
    ).outerjoin(parking_spots, parking_spots.c.charging_station_id == c.station_id)


def _commissioning(connection: Connection, row: RowMapping) -> Commissioning:
    shown = _shown(connection, row)
    return Commissioning(
        id=row["id"],
        station_id=row["station_id"],
        spot_id=row["spot_id"],
        spot_label=row["spot_label"],
        started_at=row["started_at"],
        started_by=row["started_by"],
        finished_at=row["finished_at"],
        finished_by=row["finished_by"],
        note=row["note"],
        offline_test_at=row["offline_test_at"],
        checks=checks(shown),
    )


def _shown(connection: Connection, row: RowMapping) -> Shown:
    station_id, since, until = row["station_id"], row["started_at"], row["finished_at"]
    s = charging_stations.c
    station = connection.execute(
        select(s.is_online, s.connected_since, s.clock_drift_seconds, s.last_seen_at).where(
            s.id == station_id
        )
    ).one()
    boot = _last_boot(connection, station_id, until)
    charge = _last_charge(connection, station_id, since, until)
    outside = _outside_reading(connection, station_id, since, until)
    refused_at = _card(connection, station_id, since, until, is_accepted=False)
    offline_at = row["offline_test_at"]
    return Shown(
        connected_at=station.connected_since or (boot.boot_time if boot else None),
        ip_address=boot.ip_address if boot else None,
        booted_at=boot.boot_time if boot else None,
        introduced_as=_introduction(boot) if boot else None,
        clock_drift_seconds=station.clock_drift_seconds,
        seen_at=station.last_seen_at or (boot.boot_time if boot else None),
        card_accepted_at=_card(connection, station_id, since, until, is_accepted=True)
        or (charge.started_at if charge else None),
        session_began_at=charge.started_at if charge else None,
        read_at=(charge.last_reading_at if charge else None) or outside,
        session_ended_at=charge.ended_at if charge else None,
        energy_wh=charge.energy_wh if charge else None,
        card_refused_at=refused_at,
        charged_all_the_same=_refused_charge(connection, station_id, refused_at, until),
        back_from_offline_at=row["offline_back_at"],
        charged_offline=_refused_charge(connection, station_id, offline_at, until),
        restarted_at=_restart(connection, station_id, since, until),
    )


def _within(
    column: ColumnElement[datetime], since: datetime, until: datetime | None
) -> list[ColumnElement[bool]]:
    return [column >= since] if until is None else [column >= since, column <= until]


def _last_boot(
    connection: Connection, station_id: str, until: datetime | None
) -> Row[*tuple[object, ...]] | None:
    b = boot_logs.c
    statement = select(b.boot_time, b.vendor, b.model, b.firmware_version, b.ip_address).where(
        b.station_id == station_id
    )
    if until is not None:
        statement = statement.where(b.boot_time <= until)
    return connection.execute(statement.order_by(b.id.desc()).limit(1)).first()


def _introduction(boot: Row[*tuple[object, ...]]) -> str:
    return " ".join(str(each) for each in (boot.vendor, boot.model, boot.firmware_version) if each)


def _last_charge(
    connection: Connection, station_id: str, since: datetime, until: datetime | None
) -> Row[*tuple[object, ...]] | None:
    """Return the charge that shows most: one that its station has ended, else the latest."""
    s = charging_sessions.c
    was_ended = s.ended_by == EndedBy.STATION.value
    return connection.execute(
        select(s.started_at, s.last_reading_at, s.ended_at, s.energy_wh)
        .where(
            s.station_id == station_id,
            s.verdict == Verdict.ACCEPTED.value,
            *_within(s.started_at, since, until),
        )
        .order_by(was_ended.desc(), s.id.desc())
        .limit(1)
    ).first()


def _outside_reading(
    connection: Connection, station_id: str, since: datetime, until: datetime | None
) -> datetime | None:
    m = meter_readings.c
    return connection.execute(
        select(func.max(m.timestamp)).where(
            m.station_id == station_id,
            m.transaction_id.is_(None),
            *_within(m.timestamp, since, until),
        )
    ).scalar()


def _card(
    connection: Connection,
    station_id: str,
    since: datetime,
    until: datetime | None,
    *,
    is_accepted: bool,
) -> datetime | None:
    """Return when a card was last asked about and accepted, or refused."""
    o = ocpp_messages.c
    was_accepted = o.answer.like(ACCEPTED)
    return connection.execute(
        select(o.at)
        .where(
            o.station_id == station_id,
            o.action == "Authorize",
            was_accepted if is_accepted else ~was_accepted,
            *_within(o.at, since, until),
        )
        .order_by(o.id.desc())
        .limit(1)
    ).scalar()


def _refused_charge(
    connection: Connection, station_id: str, since: datetime | None, until: datetime | None
) -> str | None:
    """Tell of a charge with a card that was refused: it goes on, or energy flowed in it."""
    if since is None:
        return None
    s = charging_sessions.c
    found = connection.execute(
        select(s.id, s.energy_wh)
        .where(
            s.station_id == station_id,
            s.verdict != Verdict.ACCEPTED.value,
            or_(s.ended_by.is_(None), s.energy_wh > 0),
            *_within(s.started_at, since, until),
        )
        .order_by(s.id.desc())
        .limit(1)
    ).first()
    return None if found is None else f"#{found.id}: {found.energy_wh or 0} Wh"


def _restart(
    connection: Connection, station_id: str, since: datetime, until: datetime | None
) -> datetime | None:
    """Return when the station came back: a boot that was not its very first."""
    b = boot_logs.c
    boots = connection.execute(
        select(b.boot_time)
        .where(
            b.station_id == station_id,
            b.is_restart.is_(True),
            *_within(b.boot_time, since, until),
        )
        .order_by(b.id.desc())
        .limit(2)
    ).scalars()
    newest, *others = [*boots, None]
    if newest is None:
        return None
    earlier = connection.execute(
        select(b.id).where(b.station_id == station_id, b.boot_time < since).limit(1)
    ).first()
    return newest if earlier is not None or others[0] is not None else None
