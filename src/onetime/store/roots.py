"""The root certificates that stations said they trust, each named by its hashes."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct, convert
from sqlalchemy import Connection, delete, insert, select

from onetime.kit.x509 import HashIds
from onetime.store.security_tables import station_roots
from onetime.store.transaction import Transaction


class Root(Struct, frozen=True, kw_only=True):
    """One root certificate at a station."""

    station_id: str
    use: str
    hash_algorithm: str
    issuer_name_hash: str
    issuer_key_hash: str
    serial_number: str
    reported_at: datetime


def of_station(connection: Connection, station_id: str) -> list[Root]:
    """Return what a station has named."""
    rows = connection.execute(
        select(station_roots)
        .where(station_roots.c.station_id == station_id)
        .order_by(station_roots.c.use, station_roots.c.serial_number)
    )
    return [convert(row, Root) for row in rows.mappings()]


def replace(tx: Transaction, station_id: str, use: str, found: Sequence[HashIds]) -> None:
    """Keep what a station names for one use, in place of what it named before."""
    tx.connection.execute(
        delete(station_roots).where(
            station_roots.c.station_id == station_id, station_roots.c.use == use
        )
    )
    for each in {
        (e.issuer_name_hash, e.issuer_key_hash, e.serial_number): e for e in found
    }.values():
        tx.connection.execute(
            insert(station_roots).values(
                station_id=station_id,
                use=use,
                hash_algorithm=each.hash_algorithm,
                issuer_name_hash=each.issuer_name_hash,
                issuer_key_hash=each.issuer_key_hash,
                serial_number=each.serial_number,
                reported_at=tx.now,
            )
        )


def remove(tx: Transaction, station_id: str, use: str, ids: HashIds) -> None:
    """Forget one."""
    tx.connection.execute(
        delete(station_roots).where(
            station_roots.c.station_id == station_id,
            station_roots.c.use == use,
            station_roots.c.issuer_name_hash == ids.issuer_name_hash,
            station_roots.c.issuer_key_hash == ids.issuer_key_hash,
            station_roots.c.serial_number == ids.serial_number,
        )
    )
