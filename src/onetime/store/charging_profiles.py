"""Charging profiles in the database: those that people stored, and those that stations have."""

import msgspec
from msgspec import convert
from sqlalchemy import and_, bindparam, insert, or_, select, update

from onetime.domain.charging_profiles import HOLDS, Installed, InstalledStatus, Profile
from onetime.domain.ids import StationId
from onetime.store.command_tables import charging_profiles, installed_profiles
from onetime.store.transaction import Transaction

c = installed_profiles.c
COLUMNS = (
    c.id,
    c.connector_id,
    c.charging_profile_id,
    c.stack_level,
    c.purpose,
    c.status,
)
_HOLDING = [each.value for each in HOLDS]
_END_OF_TRANSACTION = (
    update(installed_profiles)
    .where(
        c.station_id == bindparam("station"),
        or_(*(c.status == each.value for each in HOLDS)),
        c.purpose == "TxProfile",
        or_(
            c.transaction_id == bindparam("transaction"),
            and_(
                c.transaction_id.is_(None),
                or_(c.connector_id == 0, c.connector_id == bindparam("connector")),
            ),
        ),
    )
    .values(status=InstalledStatus.ENDED.value, changed_at=bindparam("at"))
)


def insert_profile(tx: Transaction, description: str, profile: Profile, created_by: str) -> int:
    """Store a profile; return its number, which is its chargingProfileId on the wire."""
    return int(
        tx.connection.execute(
            insert(charging_profiles).returning(charging_profiles.c.id),
            {
                "description": description,
                "profile": msgspec.json.encode(profile).decode(),
                "created_by": created_by,
                "created_at": tx.now,
            },
        ).scalar_one()
    )


def find_profile(tx: Transaction, profile_id: int) -> Profile | None:
    """Return a stored profile."""
    found = tx.connection.execute(
        select(charging_profiles.c.profile).where(charging_profiles.c.id == profile_id)
    ).scalar()
    return None if found is None else msgspec.json.decode(found, type=Profile)


def insert_installed(
    tx: Transaction,
    station_id: StationId,
    connector_id: int,
    charging_profile_id: int,
    profile: Profile,
    command_id: int,
    asked_by: str,
) -> int:
    """Note that a station is being told to use a profile; return the row's number."""
    return int(
        tx.connection.execute(
            insert(installed_profiles).returning(c.id),
            {
                "station_id": station_id,
                "connector_id": connector_id,
                "charging_profile_id": charging_profile_id,
                "stack_level": profile.stack_level,
                "purpose": profile.charging_profile_purpose,
                "transaction_id": profile.transaction_id,
                "profile": msgspec.json.encode(profile).decode(),
                "status": InstalledStatus.PENDING.value,
                "command_id": command_id,
                "asked_by": asked_by,
                "sent_at": tx.now,
                "changed_at": tx.now,
            },
        ).scalar_one()
    )


def installed_by(tx: Transaction, station_id: StationId, command_id: int) -> Installed | None:
    """Return the profile that a command brought to a station."""
    found = tx.connection.execute(
        select(*COLUMNS).where(c.station_id == station_id, c.command_id == command_id)
    )
    row = found.mappings().first()
    return convert(row, Installed) if row else None


def held_at(tx: Transaction, station_id: StationId) -> list[Installed]:
    """Return the profiles that a station has, or may have."""
    rows = tx.connection.execute(
        select(*COLUMNS)
        .where(c.station_id == station_id, c.status.in_(_HOLDING))
        .order_by(c.id.desc())
    )
    return [convert(row, Installed) for row in rows.mappings()]


def change(tx: Transaction, row_id: int, status: InstalledStatus, answer: str | None) -> None:
    """Set what became of a profile at a station."""
    values: dict[str, object] = {"status": status.value, "changed_at": tx.now}
    if answer is not None:
        values["answer"] = answer
    tx.connection.execute(update(installed_profiles).where(c.id == row_id).values(values))


def end_with_transaction(
    tx: Transaction, station_id: StationId, connector_id: int, transaction_id: int
) -> None:
    """End the profiles that held for one transaction only (OCPP 1.6, 3.13.1).

    One that came with a RemoteStartTransaction names its connector alone, or not even that.
    """
    tx.run(
        _END_OF_TRANSACTION,
        station=station_id,
        connector=connector_id,
        transaction=transaction_id,
        at=tx.now,
    )
