"""What of the books is made up: the demo garage, remembered row by row, and removed whole.

Knows from the schema what belongs to a spot, a renter or a station; never what it means.
"""

from msgspec import Struct, convert
from sqlalchemy import ColumnElement, Table, delete, false, insert, or_, select, update

from onetime.store.schema import metadata
from onetime.store.tables import charging_stations, demo_spots, parking_spots, renters
from onetime.store.transaction import Transaction

OF_A_STATION = "station_id"
"""How tables without a foreign key name a station."""

_MADE_UP = {
    charging_stations: charging_stations.c.id.in_(select(demo_spots.c.station_id)),
    parking_spots: parking_spots.c.id.in_(select(demo_spots.c.spot_id)),
    renters: renters.c.id.in_(select(demo_spots.c.renter_id)),
}


class DemoSpot(Struct, frozen=True):
    """A spot of the demo garage with its station and its renter."""

    spot_id: int
    station_id: str
    renter_id: int


def is_empty(tx: Transaction) -> bool:
    """Say whether there is no spot, no renter and no station at all, real or made up."""
    return all(
        tx.connection.execute(select(1).select_from(each).limit(1)).first() is None
        for each in _MADE_UP
    )


def remember(tx: Transaction, spot: DemoSpot) -> None:
    """Enter that these three are made up."""
    tx.connection.execute(
        insert(demo_spots).values(
            spot_id=spot.spot_id, station_id=spot.station_id, renter_id=spot.renter_id
        )
    )


def listed(tx: Transaction) -> list[DemoSpot]:
    """Return what is made up."""
    rows = tx.connection.execute(select(demo_spots).order_by(demo_spots.c.spot_id)).mappings()
    return [convert(row, DemoSpot) for row in rows]


def remove(tx: Transaction) -> None:
    """Delete all that is made up and all that stations of it have told.

    What is real and only points there stays, and points nowhere.
    """
    doomed: dict[Table, ColumnElement[bool]] = dict(_MADE_UP)
    for table in metadata.sorted_tables:
        if table is not demo_spots and table not in doomed:
            conditions = [*_told_by_stations(table), *_pointing(table, doomed, nullable=False)]
            if conditions:
                doomed[table] = or_(false(), *conditions)
    for table in reversed(metadata.sorted_tables):
        if table is demo_spots:
            continue
        for key in table.foreign_keys:
            if key.column.table in doomed and key.parent.nullable:
                gone = select(key.column).where(doomed[key.column.table])
                pointing = key.parent.in_(gone)
                tx.connection.execute(update(table).where(pointing).values({key.parent: None}))
        if table in doomed and table not in _MADE_UP:
            tx.connection.execute(delete(table).where(doomed[table]))
    made_up = listed(tx)
    tx.connection.execute(delete(demo_spots))
    for table, ids in (
        (parking_spots, [each.spot_id for each in made_up]),
        (renters, [each.renter_id for each in made_up]),
        (charging_stations, [each.station_id for each in made_up]),
    ):
        tx.connection.execute(delete(table).where(table.c.id.in_(ids)))


def _told_by_stations(table: Table) -> list[ColumnElement[bool]]:
    if OF_A_STATION not in table.c:
        return []
    return [table.c[OF_A_STATION].in_(select(demo_spots.c.station_id))]


def _pointing(
    table: Table, doomed: dict[Table, ColumnElement[bool]], *, nullable: bool
) -> list[ColumnElement[bool]]:
    """Return the conditions for rows of a table that point to what is doomed."""
    return [
        key.parent.in_(select(key.column).where(doomed[key.column.table]))
        for key in table.foreign_keys
        if key.column.table in doomed and key.parent.nullable is nullable
    ]
