"""Which charging profiles are stored, and which a station has."""

from datetime import datetime

import msgspec
from msgspec import Struct, convert
from sqlalchemy import Connection, RowMapping, select

from onetime.domain.charging_profiles import (
    InstalledStatus,
    Kind,
    Profile,
    Purpose,
    Recurrency,
    Schedule,
)
from onetime.domain.errors import NotFound
from onetime.queries.pages import FIRST, Asked, Page, after_id, fetch_limit, page_of, widened
from onetime.queries.stations import require_station
from onetime.store.command_tables import charging_profiles, installed_profiles


class ChargingProfile(Struct, frozen=True, kw_only=True):
    """A stored profile; `id` is its chargingProfileId on the wire."""

    id: int
    description: str
    stack_level: int
    charging_profile_purpose: Purpose
    charging_profile_kind: Kind
    charging_schedule: Schedule
    transaction_id: int | None
    recurrency_kind: Recurrency | None
    valid_from: datetime | None
    valid_to: datetime | None
    created_by: str
    created_at: datetime


class InstalledProfile(Struct, frozen=True, kw_only=True):
    """A profile that was sent to a station, and what became of it there."""

    id: int
    station_id: str
    connector_id: int
    charging_profile_id: int
    status: InstalledStatus
    answer: str | None
    profile: Profile
    asked_by: str
    sent_at: datetime
    changed_at: datetime


def charging_profile_list(connection: Connection, *, asked: Asked = FIRST) -> Page[ChargingProfile]:
    """List stored profiles, the newest first."""
    table = charging_profiles
    rows = connection.execute(
        select(table)
        .where(*after_id(asked, table.c.id))
        .order_by(table.c.id.desc())
        .limit(fetch_limit(asked))
    )
    found = [_stored(row) for row in rows.mappings()]
    return page_of(found, asked, lambda each: (each.id,))


def charging_profile(connection: Connection, profile_id: int) -> ChargingProfile:
    """Return one stored profile; raises NotFound."""
    statement = select(charging_profiles).where(charging_profiles.c.id == profile_id)
    row = connection.execute(statement).mappings().first()
    if row is None:
        raise NotFound(f"There is no charging profile {profile_id}.", "charging_profile_id")
    return _stored(row)


def installed_profile_list(
    connection: Connection, station_id: str, *, asked: Asked = FIRST
) -> Page[InstalledProfile]:
    """List what was sent to a station, the latest first; raises NotFound."""
    require_station(connection, station_id)
    table = installed_profiles
    rows = connection.execute(
        select(table)
        .where(table.c.station_id == station_id, *after_id(asked, table.c.id))
        .order_by(table.c.id.desc())
        .limit(fetch_limit(asked))
    )
    found = [
        convert(
            widened(row, profile=msgspec.json.decode(row["profile"], type=Profile)),
            InstalledProfile,
        )
        for row in rows.mappings()
    ]
    return page_of(found, asked, lambda each: (each.id,))


def _stored(row: RowMapping) -> ChargingProfile:
    profile = msgspec.json.decode(row["profile"], type=Profile)
    parts = {name: getattr(profile, name) for name in Profile.__struct_fields__}
    return convert(widened(row, **parts), ChargingProfile)
