"""The authority of this garage, the certificates it knows, and requests of stations for some.

Knows rows and PEM texts, never what stands in a certificate.
"""

from datetime import datetime

from msgspec import Struct, convert
from sqlalchemy import Connection, insert, select, update

from onetime.domain.certificates import Purpose, RequestState
from onetime.kit.x509 import Pair, Seen
from onetime.store.security_tables import authorities, certificate_requests, certificates
from onetime.store.transaction import Transaction, Value


class Authority(Struct, frozen=True, kw_only=True):
    """Who signs the certificates of this garage."""

    id: int
    organization: str
    certificate: str
    private_key: bytes
    not_after: datetime
    created_at: datetime

    @property
    def pair(self) -> Pair:
        """What signs."""
        return Pair(self.certificate.encode(), self.private_key)

    def __repr__(self) -> str:
        return f"Authority({self.id})"  # a key never reaches a log


class Certificate(Struct, frozen=True, kw_only=True):
    """A certificate as it is shown: without a key."""

    id: int
    purpose: Purpose
    station_id: str | None
    common_name: str
    names: str
    key_kind: str
    serial_number: str
    fingerprint: str
    certificate: str
    not_before: datetime
    not_after: datetime
    created_at: datetime
    replaced_at: datetime | None
    revoked_at: datetime | None
    revoked_because: str | None


class Request(Struct, frozen=True, kw_only=True):
    """A station's request for a certificate, and what became of it."""

    id: int
    station_id: str
    at: datetime
    request: str
    common_name: str
    state: RequestState
    why: str | None
    certificate_id: int | None
    decided_by: str | None
    attempts: int
    updated_at: datetime


_SHOWN = [each for each in certificates.c if each.name != "private_key"]


def authority(connection: Connection) -> Authority | None:
    """Return the authority of this garage; None when none was made."""
    row = connection.execute(select(authorities).order_by(authorities.c.id.desc())).mappings()
    found = row.first()
    return convert(found, Authority) if found else None


def add_authority(tx: Transaction, organization: str, pair: Pair, seen: Seen) -> None:
    """Keep an authority; certificates are signed by the newest."""
    tx.connection.execute(
        insert(authorities).values(
            organization=organization,
            certificate=pair.certificate.decode(),
            private_key=pair.private_key,
            not_after=seen.not_after,
            created_at=tx.now,
        )
    )


def roots(connection: Connection) -> tuple[bytes, ...]:
    """Return the certificates of all authorities that this garage has had."""
    rows = connection.execute(select(authorities.c.certificate).order_by(authorities.c.id))
    return tuple(row.certificate.encode() for row in rows)


def add(
    tx: Transaction,
    purpose: Purpose,
    station_id: str | None,
    certificate: bytes,
    seen: Seen,
    private_key: bytes | None = None,
) -> int:
    """Keep a certificate, with its key if the server has to use that."""
    added: int = tx.connection.execute(
        insert(certificates).returning(certificates.c.id),
        {
            "purpose": purpose.value,
            "station_id": station_id,
            "common_name": seen.common_name,
            "names": ",".join(seen.names),
            "key_kind": seen.key_kind,
            "serial_number": seen.serial_number,
            "fingerprint": seen.fingerprint,
            "certificate": certificate.decode(),
            "private_key": private_key,
            "not_before": seen.not_before,
            "not_after": seen.not_after,
            "created_at": tx.now,
        },
    ).scalar_one()
    return added


def add_foreign(tx: Transaction, fingerprint: str) -> int:
    """Enter a certificate of which nothing but its fingerprint is known."""
    added: int = tx.connection.execute(
        insert(certificates).returning(certificates.c.id),
        {
            "purpose": Purpose.FOREIGN.value,
            "common_name": "",
            "names": "",
            "key_kind": "",
            "serial_number": "",
            "fingerprint": fingerprint,
            "certificate": "",
            "not_before": tx.now,
            "not_after": tx.now,
            "created_at": tx.now,
        },
    ).scalar_one()
    return added


def all_certificates(connection: Connection, *, with_past: bool = False) -> list[Certificate]:
    """Return the certificates, the newest first; past ones are replaced or revoked."""
    statement = select(*_SHOWN).order_by(certificates.c.id.desc())
    if not with_past:
        statement = statement.where(
            certificates.c.replaced_at.is_(None), certificates.c.revoked_at.is_(None)
        )
    return [convert(row, Certificate) for row in connection.execute(statement).mappings()]


def find(connection: Connection, certificate_id: int) -> Certificate | None:
    """Return one certificate."""
    rows = connection.execute(select(*_SHOWN).where(certificates.c.id == certificate_id))
    found = rows.mappings().first()
    return convert(found, Certificate) if found else None


def find_by_fingerprint(connection: Connection, fingerprint: str) -> Certificate | None:
    """Return one certificate by its SHA-256 fingerprint."""
    rows = connection.execute(select(*_SHOWN).where(certificates.c.fingerprint == fingerprint))
    found = rows.mappings().first()
    return convert(found, Certificate) if found else None


def server_pairs(connection: Connection) -> list[Pair]:
    """Return the certificates that the server shows, with their keys, one of each kind of key."""
    rows = connection.execute(
        select(certificates.c.certificate, certificates.c.private_key, certificates.c.key_kind)
        .where(
            certificates.c.purpose == Purpose.SERVER.value,
            certificates.c.replaced_at.is_(None),
            certificates.c.revoked_at.is_(None),
        )
        .order_by(certificates.c.id)
    )
    newest = {row.key_kind: Pair(row.certificate.encode(), bytes(row.private_key)) for row in rows}
    return list(newest.values())


def change(tx: Transaction, certificate_id: int, **changes: Value) -> None:
    """Set these columns of a certificate."""
    tx.connection.execute(
        update(certificates).where(certificates.c.id == certificate_id).values(**changes)
    )


def note_shown(tx: Transaction, station_id: str, fingerprint: str) -> None:
    """Note that a station uses this certificate: its earlier ones are replaced."""
    shown = find_by_fingerprint(tx.connection, fingerprint)
    if shown is not None:
        tx.connection.execute(
            update(certificates)
            .where(
                certificates.c.station_id == station_id,
                certificates.c.id < shown.id,
                certificates.c.replaced_at.is_(None),
            )
            .values(replaced_at=tx.now)
        )


def revoked_fingerprints(connection: Connection) -> frozenset[str]:
    """Return the fingerprints of all certificates that were revoked."""
    rows = connection.execute(
        select(certificates.c.fingerprint).where(certificates.c.revoked_at.is_not(None))
    )
    return frozenset(row.fingerprint for row in rows)


def add_request(
    tx: Transaction, station_id: str, request: str, common_name: str, state: RequestState
) -> int:
    """Keep a station's request."""
    added: int = tx.connection.execute(
        insert(certificate_requests).returning(certificate_requests.c.id),
        {
            "station_id": station_id,
            "at": tx.now,
            "request": request,
            "common_name": common_name,
            "state": state.value,
            "attempts": 0,
            "updated_at": tx.now,
        },
    ).scalar_one()
    return added


def find_request(connection: Connection, request_id: int) -> Request | None:
    """Return one request."""
    rows = connection.execute(
        select(certificate_requests).where(certificate_requests.c.id == request_id)
    )
    found = rows.mappings().first()
    return convert(found, Request) if found else None


def requests(
    connection: Connection,
    states: tuple[RequestState, ...] = tuple(RequestState),
    station_id: str | None = None,
) -> list[Request]:
    """Return requests in these states, the newest first."""
    statement = select(certificate_requests).where(
        certificate_requests.c.state.in_([each.value for each in states])
    )
    if station_id is not None:
        statement = statement.where(certificate_requests.c.station_id == station_id)
    rows = connection.execute(statement.order_by(certificate_requests.c.id.desc()))
    return [convert(row, Request) for row in rows.mappings()]


def change_request(tx: Transaction, request_id: int, **changes: Value) -> None:
    """Set these columns of a request."""
    tx.connection.execute(
        update(certificate_requests)
        .where(certificate_requests.c.id == request_id)
        .values(updated_at=tx.now, **changes)
    )
