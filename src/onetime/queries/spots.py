"""Which spots there are, whose they are today and which station stands there."""

from msgspec import Struct, convert
from sqlalchemy import Connection, Select, select

from onetime.domain.errors import NotFound
from onetime.kit.texts import is_writable
from onetime.queries.pages import FIRST, Asked, Page, after_id, fetch_limit, page_of
from onetime.store.tables import charging_stations, parking_spots, renters


class Spot(Struct, frozen=True, kw_only=True):
    """A parking spot as it is today."""

    id: int
    label: str
    floor_level: str | None
    renter_id: int | None
    charging_station_id: str | None
    renter_name: str | None
    station_is_online: bool | None


def spot_list(connection: Connection, *, asked: Asked = FIRST) -> Page[Spot]:
    """List spots."""
    rows = connection.execute(
        _statement()
        .where(*after_id(asked, parking_spots.c.id))
        .order_by(parking_spots.c.id.desc())
        .limit(fetch_limit(asked))
    )
    found = [convert(row, Spot) for row in rows.mappings()]
    return page_of(found, asked, lambda each: (each.id,))


def spot(connection: Connection, name: int | str) -> Spot:
    """Return one spot by number or label; raises NotFound."""
    column = parking_spots.c.id if isinstance(name, int) else parking_spots.c.label
    is_findable = isinstance(name, int) or is_writable(name)
    row = (
        connection.execute(_statement().where(column == name)).mappings().first()
        if is_findable
        else None
    )
    if row is None:
        raise NotFound(f"There is no spot {name!r}.", "spot")
    return convert(row, Spot)


def _statement() -> Select[*tuple[object, ...]]:
    return (
        select(
            *parking_spots.c,
            renters.c.name.label("renter_name"),
            charging_stations.c.is_online.label("station_is_online"),
        )
        .outerjoin(renters, renters.c.id == parking_spots.c.renter_id)
        .outerjoin(charging_stations, charging_stations.c.id == parking_spots.c.charging_station_id)
    )
