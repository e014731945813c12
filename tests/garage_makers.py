"""Renters, spots, cards, stations and charges for tests that need some, written directly."""

from datetime import datetime, timedelta

import msgspec
from sqlalchemy import insert, select

from onetime.domain.ids import StationId
from onetime.domain.people import Actor
from onetime.domain.stations import SecurityProfile
from onetime.store import spots, stations, tokens
from onetime.store.tables import audit_entries, charging_sessions, renters
from onetime.store.transaction import Transaction

OWNER = Actor("cli", "uid-0")


def a_renter(tx: Transaction, name: str = "Anna Example", *, is_active: bool = True) -> int:
    result = tx.connection.execute(
        insert(renters).values(
            name=name,
            contact_email="anna@example.org",
            is_active=is_active,
            created_at=tx.now,
        )
    )
    assert result.inserted_primary_key is not None
    return int(result.inserted_primary_key[0])


def a_card(tx: Transaction, token: str, renter_id: int) -> str:
    tokens.insert_token(tx, token, renter_id, None, None, None)
    return token


def a_station(tx: Transaction, station_id: str = "CP-1") -> StationId:
    stations.insert_station(tx, station_id, SecurityProfile.BASIC)
    return StationId(station_id)


def a_spot(tx: Transaction, label: str, station_id: str | None = None) -> int:
    spot_id = spots.insert_spot(tx, label, None)
    if station_id is not None:
        spots.set_station(tx, spot_id, station_id)
    return spot_id


def a_session(
    tx: Transaction,
    transaction_id: int,
    *,
    station_id: str = "CP-1",
    token_id: str | None = None,
    renter_id: int | None = None,
    place: tuple[int, str] | None = None,
    start: datetime | None = None,
    energy_wh: int | None = 7_500,
    estimated: str = "",
    marks: str = "",
) -> int:
    """Enter a charge of one hour that began at `start`; without energy it is still open."""
    began = start or tx.now - timedelta(hours=2)
    is_open = energy_wh is None
    result = tx.connection.execute(
        insert(charging_sessions).values(
            transaction_id=transaction_id,
            station_id=station_id,
            token_id=token_id,
            start_time=began,
            end_time=None if is_open else began + timedelta(hours=1),
            meter_start=1_000,
            meter_stop=None if is_open else 1_000 + (energy_wh or 0),
            total_energy_kwh=None if energy_wh is None else energy_wh / 1_000,
            stop_reason=None if is_open else "Local",
            connector_id=1,
            id_tag=token_id or "FFFFFFFF",
            verdict="Accepted" if token_id else "Unknown",
            renter_id=renter_id,
            spot_id=place[0] if place else None,
            spot_label=place[1] if place else None,
            energy_wh=energy_wh,
            ended_by=None if is_open else "station",
            stated_start=began.isoformat(),
            estimated=estimated,
            marks=marks,
            started_at=began,
        )
    )
    assert result.inserted_primary_key is not None
    return int(result.inserted_primary_key[0])


def audit_trail(tx: Transaction) -> list[tuple[str, str, object, object]]:
    """Return act, subject, before and after of every entry, in order."""
    tx.flush(audit_entries)
    rows = tx.connection.execute(select(audit_entries).order_by(audit_entries.c.id))
    return [
        (
            row.act,
            row.subject,
            msgspec.json.decode(row.before) if row.before else None,
            msgspec.json.decode(row.after) if row.after else None,
        )
        for row in rows
    ]
