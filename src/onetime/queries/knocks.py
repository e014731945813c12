"""Who knocked in vain at the door for stations: why, and what helps."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct
from sqlalchemy import Connection, RowMapping, select

from onetime.domain.knocks import better_identity, likeness, remedy_for, why_refused
from onetime.store.message_tables import knocks
from onetime.store.tables import charging_stations


class Knocking(Struct, frozen=True, kw_only=True):
    """An identity that was refused from an address; the reason and the remedy in plain words.

    `enter_as` is the identity to be entered at the station, with the profile that it is registered
    with, if it is.
    """

    identity: str
    enter_as: str | None
    security_profile: int | None
    kind: str
    reason: str
    remedy: str
    ip_address: str
    count: int
    first_at: datetime
    last_at: datetime


def knocking(connection: Connection) -> tuple[Knocking, ...]:
    """List the identities that were refused, the latest first."""
    rows = connection.execute(
        select(knocks).order_by(knocks.c.last_at.desc(), knocks.c.identity, knocks.c.ip_address)
    )
    return _told(connection, rows.mappings().all())


def knocking_of(connection: Connection, station_id: str) -> tuple[Knocking, ...]:
    """List from where, and why, a station was refused since it was let in last."""
    rows = connection.execute(
        select(knocks).where(knocks.c.identity == station_id).order_by(knocks.c.last_at.desc())
    )
    return _told(connection, rows.mappings().all())


def _told(connection: Connection, rows: Sequence[RowMapping]) -> tuple[Knocking, ...]:
    profiles = _profiles(connection) if rows else {}
    registered = {likeness(each): each for each in profiles}
    found = []
    for row in rows:
        identity = row["identity"]
        meant = _meant(row["reason"], identity, registered)
        enter_as = meant or (identity if identity in profiles else better_identity(identity))
        found.append(
            Knocking(
                identity=identity,
                enter_as=enter_as,
                security_profile=profiles.get(enter_as or ""),
                kind=row["reason"],
                reason=why_refused(row["reason"], row["detail"], row["count"]),
                remedy=remedy_for(row["reason"], identity, meant),
                ip_address=row["ip_address"],
                count=row["count"],
                first_at=row["first_at"],
                last_at=row["last_at"],
            )
        )
    return tuple(found)


def _meant(reason: str, identity: str, registered: dict[str, str]) -> str | None:
    """Return the station whose identity was perhaps typed amiss."""
    if reason not in ("unknown", "bad-identity") or not likeness(identity):
        return None
    return registered.get(likeness(identity))


def _profiles(connection: Connection) -> dict[str, int]:
    c = charging_stations.c
    found = connection.execute(select(c.id, c.security_profile).where(c.retired_at.is_(None)))
    return {row.id: row.security_profile for row in found}
