"""What the encrypted door shows and trusts, as the database has it; certificates for people."""

from collections.abc import Sequence

from msgspec import Struct
from sqlalchemy import Connection

from onetime.domain.certificates import Purpose, RequestState
from onetime.domain.errors import NotFound
from onetime.kit.x509 import Pair, Seen, seen_in
from onetime.store import certificates
from onetime.store.certificates import Certificate, Request

__all__ = ["Certificate", "Purpose", "Request", "RequestState"]


class Kept(Struct, frozen=True):
    """What the server shows, and whose certificates stations may show."""

    pairs: Sequence[Pair]
    roots: Sequence[bytes]


class Root(Struct, frozen=True, kw_only=True):
    """The authority of this garage, as stations have to trust it."""

    organization: str
    certificate: str
    seen: Seen


def kept(connection: Connection) -> Kept:
    """Return the server's certificates with their keys, and our authorities."""
    return Kept(certificates.server_pairs(connection), certificates.roots(connection))


def root(connection: Connection) -> Root | None:
    """Return our authority, without its key; None when there is none."""
    found = certificates.authority(connection)
    if found is None:
        return None
    return Root(
        organization=found.organization,
        certificate=found.certificate,
        seen=seen_in(found.certificate.encode()),
    )


def certificate_list(connection: Connection, *, with_past: bool = False) -> list[Certificate]:
    """List certificates, the newest first; past ones, replaced or revoked, if asked for."""
    return certificates.all_certificates(connection, with_past=with_past)


def certificate(connection: Connection, certificate_id: int) -> Certificate:
    """Return one certificate; raises NotFound."""
    found = certificates.find(connection, certificate_id)
    if found is None:
        raise NotFound(f"There is no certificate {certificate_id}.", "certificate")
    return found


def request_list(connection: Connection, *, with_past: bool = False) -> list[Request]:
    """List what stations asked to be signed, the newest first: what waits, or all."""
    states = tuple(RequestState) if with_past else (RequestState.WAITING,)
    return certificates.requests(connection, states)
