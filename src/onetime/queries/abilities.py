"""What a station has shown that it can do, for whoever offers buttons."""

from datetime import datetime

from msgspec import Struct, convert
from sqlalchemy import Connection, select

from onetime.queries.stations import require_station
from onetime.store.command_tables import station_abilities as table


class Ability(Struct, frozen=True, kw_only=True):
    """Whether a station can do what an action asks, by its own answer; others are not known yet."""

    action: str
    is_supported: bool
    answer: str
    learned_at: datetime


def abilities(connection: Connection, station_id: str) -> tuple[Ability, ...]:
    """List what a station has shown, by action; raises NotFound."""
    require_station(connection, station_id)
    rows = connection.execute(
        select(table.c.action, table.c.is_supported, table.c.answer, table.c.learned_at)
        .where(table.c.station_id == station_id)
        .order_by(table.c.action)
    )
    return tuple(convert(row, Ability) for row in rows.mappings())
