"""Guided operations on stations' keys and certificates: what is under way, what became of it."""

from sqlalchemy import Connection

from onetime.store import certificates, errands, roots
from onetime.store.certificates import Request
from onetime.store.errands import Errand
from onetime.store.roots import Root

__all__ = ["Errand", "Root"]


def open_errands(connection: Connection) -> list[Errand]:
    """Return what is not done, the oldest first."""
    return errands.open_ones(connection)


def errand_list(connection: Connection, station_id: str | None = None) -> list[Errand]:
    """List errands, the newest first, ended ones too."""
    return errands.all_ones(connection, station_id)


def newest_request(connection: Connection, station_id: str) -> Request | None:
    """Return the last request for a certificate that a station made."""
    found = certificates.requests(connection, station_id=station_id)
    return found[0] if found else None


def trusted_roots(connection: Connection, station_id: str) -> list[Root]:
    """Return the root certificates that a station has named."""
    return roots.of_station(connection, station_id)
