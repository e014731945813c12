"""Whether there is a demo garage, and whether there may be one."""

from sqlalchemy import Connection, exists, select

from onetime.store.tables import charging_stations, demo_spots, parking_spots, renters


def demo_stations(connection: Connection) -> tuple[str, ...]:
    """Return the stations of the demo garage that may connect; none when there is no demo."""
    rows = connection.execute(
        select(demo_spots.c.station_id)
        .join(charging_stations, charging_stations.c.id == demo_spots.c.station_id)
        .where(charging_stations.c.is_enabled)
        .order_by(demo_spots.c.station_id)
    )
    return tuple(row[0] for row in rows)


def has_demo(connection: Connection) -> bool:
    """Say whether there is a demo garage."""
    return bool(connection.execute(select(exists().select_from(demo_spots))).scalar())


def may_have_demo(connection: Connection) -> bool:
    """Say whether a demo is offered: while there is nothing in the books that it could hide."""
    return not any(
        connection.execute(select(exists().select_from(each))).scalar()
        for each in (parking_spots, renters, charging_stations)
    )
