"""Charging stations in the database as their owner sees them: registered, enabled, retired.

Knows keyed hashes of station keys, never a key; what a station reports is kept elsewhere.
"""

from collections import defaultdict
from datetime import datetime

from msgspec import Struct, convert
from sqlalchemy import Connection, bindparam, insert, or_, select, update
from sqlalchemy import delete as delete_from

from onetime.domain.ids import StationId
from onetime.domain.stations import Credential, Habits, SecurityProfile
from onetime.store.security_tables import security_errands, station_next_keys
from onetime.store.tables import charging_stations, installation, station_credentials
from onetime.store.transaction import Transaction, Value


class Station(Struct, frozen=True, kw_only=True):
    """What an owner decides about a station."""

    id: StationId
    security_profile: SecurityProfile
    is_enabled: bool
    power_limit_watts: int | None
    times_with_fraction: bool
    register_factor: int
    is_kept_in_step: bool
    connector_count: int | None
    retired_at: datetime | None
    certificate_name: str | None


_BY_ID = select(
    charging_stations.c.id,
    charging_stations.c.security_profile,
    charging_stations.c.is_enabled,
    charging_stations.c.power_limit_watts,
    charging_stations.c.times_with_fraction,
    charging_stations.c.register_factor,
    charging_stations.c.is_kept_in_step,
    charging_stations.c.connector_count,
    charging_stations.c.retired_at,
    charging_stations.c.certificate_name,
).where(charging_stations.c.id == bindparam("station_id"))
_CREDENTIALS = (
    select(
        charging_stations.c.id,
        charging_stations.c.security_profile,
        charging_stations.c.is_enabled,
        charging_stations.c.times_with_fraction,
        charging_stations.c.register_factor,
        charging_stations.c.certificate_name,
        station_credentials.c.salt,
        station_credentials.c.digest,
    )
    .outerjoin(station_credentials, station_credentials.c.station_id == charging_stations.c.id)
    .where(charging_stations.c.retired_at.is_(None))
)
_NEXT_KEYS = select(station_next_keys.c.station_id, station_next_keys.c.digest).order_by(
    station_next_keys.c.id
)
_UPGRADES = select(security_errands.c.station_id, security_errands.c.goal).where(
    security_errands.c.state == "open", security_errands.c.kind == "upgrade"
)
_SECRET = select(installation.c.secret)


def secret(connection: Connection) -> bytes:
    """Return the secret of this installation, with which station keys are hashed (S02)."""
    return bytes(connection.execute(_SECRET).scalar_one())


def credentials(connection: Connection) -> dict[StationId, Credential]:
    """Return what is needed to judge logins, of all stations that are not retired.

    A station without password (profile 0 or 3) has an empty salt and digest.
    """
    following: defaultdict[str, list[bytes]] = defaultdict(list)
    for row in connection.execute(_NEXT_KEYS):
        following[row.station_id].append(bytes(row.digest))
    raised = {row.station_id: int(row.goal) for row in connection.execute(_UPGRADES)}
    return {
        StationId(row.id): Credential(
            station_id=StationId(row.id),
            security_profile=SecurityProfile(row.security_profile),
            salt=bytes(row.salt or b""),
            digest=bytes(row.digest or b""),
            is_enabled=row.is_enabled,
            habits=Habits(
                times_with_fraction=row.times_with_fraction, register_factor=row.register_factor
            ),
            next_digests=tuple(following[row.id]),
            certificate_name=row.certificate_name,
            raises_to=SecurityProfile(raised[row.id]) if row.id in raised else None,
        )
        for row in connection.execute(_CREDENTIALS)
    }


def find(tx: Transaction, station_id: str) -> Station | None:
    """Return a station, retired ones too."""
    row = tx.connection.execute(_BY_ID, {"station_id": station_id}).mappings().first()
    return convert(row, Station) if row else None


def named(tx: Transaction, name: str, besides: str) -> str | None:
    """Return another station that goes by this name, by its identity or in its certificate."""
    row = tx.connection.execute(
        select(charging_stations.c.id).where(
            charging_stations.c.id != besides,
            charging_stations.c.retired_at.is_(None),
            or_(charging_stations.c.id == name, charging_stations.c.certificate_name == name),
        )
    ).first()
    return None if row is None else str(row.id)


def insert_station(tx: Transaction, station_id: str, profile: SecurityProfile) -> None:
    """Enter a station, enabled and never seen yet."""
    tx.connection.execute(
        insert(charging_stations).values(
            id=station_id,
            is_online=False,
            security_profile=int(profile),
            is_enabled=True,
            created_at=tx.now,
        )
    )


def change(tx: Transaction, station_id: str, changes: dict[str, Value]) -> None:
    """Set these columns of a station."""
    tx.connection.execute(
        update(charging_stations).where(charging_stations.c.id == station_id).values(changes)
    )


def set_credential(tx: Transaction, station_id: str, salt: bytes, digest: bytes) -> None:
    """Keep the keyed hash of a station's key in place of an earlier one."""
    drop_credential(tx, station_id)
    tx.connection.execute(
        insert(station_credentials).values(
            station_id=station_id, salt=salt, digest=digest, changed_at=tx.now
        )
    )


def drop_credential(tx: Transaction, station_id: str) -> None:
    """Forget a station's key."""
    tx.connection.execute(
        delete_from(station_credentials).where(station_credentials.c.station_id == station_id)
    )
