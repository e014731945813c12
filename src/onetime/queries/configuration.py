"""Which stations have to be asked for their configuration."""

from sqlalchemy import Connection

from onetime.domain.ids import StationId
from onetime.store.configuration import stations_due

__all__ = ["unread_stations"]


def unread_stations(connection: Connection) -> list[StationId]:
    """Return the connected stations whose configuration was not read since their boot."""
    return stations_due(connection)
