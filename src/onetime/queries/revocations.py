"""Who knows by now that a card may not charge any more, and who has to be told."""

from datetime import datetime

from msgspec import Struct, convert
from sqlalchemy import Connection, func, select

from onetime.domain.errors import NotFound
from onetime.domain.ids import StationId
from onetime.domain.revocations import SAFE_CACHES, CacheState, ListedState, RevocationReason
from onetime.domain.tokens import token_key
from onetime.kit.logs import masked
from onetime.store import caches, revocations
from onetime.store.command_tables import card_revocations, revocation_confirmations
from onetime.store.tables import charging_sessions, charging_stations


class StationConfirmation(Struct, frozen=True, kw_only=True):
    """What a station has shown: what it remembers, its list, and since when both are safe."""

    station_id: str
    is_online: bool
    cache: CacheState
    list: ListedState
    confirmed_at: datetime | None


class OpenCharge(Struct, frozen=True, kw_only=True):
    """A charge of a revoked card that goes on: somebody has to decide whether it may."""

    id: int
    transaction_id: int
    station_id: str
    connector_id: int
    start_time: datetime


class Revocation(Struct, frozen=True, kw_only=True):
    """A card that may not charge, and how far that is known in the garage."""

    token: str
    reason: RevocationReason
    revoked_at: datetime
    ended_at: datetime | None
    is_confirmed: bool
    stations: tuple[StationConfirmation, ...]
    open_sessions: tuple[OpenCharge, ...]


def revocation(connection: Connection, token: str) -> Revocation:
    """Return the last revocation of a card; raises NotFound when there never was one."""
    r = card_revocations.c
    row = (
        connection.execute(
            select(r.id, r.token, r.reason, r.revoked_at, r.ended_at)
            .where(r.token_key == token_key(token))
            .order_by(r.id.desc())
            .limit(1)
        )
        .mappings()
        .first()
    )
    if row is None:
        raise NotFound(f"Card {masked(token)} was never revoked.", "token")
    stations = _confirmations(connection, row["id"])
    return Revocation(
        token=row["token"],
        reason=RevocationReason(row["reason"]),
        revoked_at=row["revoked_at"],
        ended_at=row["ended_at"],
        is_confirmed=all(each.confirmed_at is not None for each in stations),
        stations=stations,
        open_sessions=_open_charges(connection, row["token"]),
    )


def stations_to_clear(connection: Connection, now: datetime) -> list[StationId]:
    """Return the stations that have to be told to forget the verdicts that they remember.

    One that did not do so is left in peace for a while, unless another card was revoked since.
    """
    known = caches.find_all(connection)
    due: dict[StationId, bool] = {}
    for waits in revocations.unconfirmed(connection):
        if waits.cache in SAFE_CACHES:
            continue
        cache = known.get(waits.station_id)
        is_newer = cache is None or cache.tried_at is None or cache.tried_at < waits.revoked_at
        is_rested = cache is None or cache.retry_at is None or cache.retry_at <= now
        due[waits.station_id] = due.get(waits.station_id, False) or is_newer or is_rested
    return [station_id for station_id, is_due in due.items() if is_due]


def _confirmations(connection: Connection, revocation_id: int) -> tuple[StationConfirmation, ...]:
    k = revocation_confirmations.c
    s = charging_stations.c
    rows = connection.execute(
        select(k.station_id, s.is_online, k.cache, k.list, k.confirmed_at)
        .join(charging_stations, s.id == k.station_id)
        .where(k.revocation_id == revocation_id, s.retired_at.is_(None))
        .order_by(k.station_id)
    )
    return tuple(convert(row, StationConfirmation) for row in rows.mappings())


def _open_charges(connection: Connection, token: str) -> tuple[OpenCharge, ...]:
    s = charging_sessions.c
    rows = connection.execute(
        select(s.id, s.transaction_id, s.station_id, s.connector_id, s.start_time)
        .where(
            s.ended_by.is_(None),
            (s.token_id == token) | (func.lower(s.id_tag) == token.lower()),
        )
        .order_by(s.id)
    )
    return tuple(convert(row, OpenCharge) for row in rows.mappings())
