"""Which stations have never said what they are."""

from sqlalchemy import Connection

from onetime.domain.ids import StationId
from onetime.store.harm import never_booted

__all__ = ["never_booted_stations"]


def never_booted_stations(connection: Connection, trigger: str) -> frozenset[StationId]:
    """Return the connected stations of which no boot is known and the trigger is not withheld."""
    return frozenset(never_booted(connection, trigger))
