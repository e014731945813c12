"""Who rents here: renters with the labels of their spots and the number of their cards."""

from datetime import datetime

from msgspec import Struct, convert
from sqlalchemy import Connection, RowMapping, Select, func, select

from onetime.domain.errors import NotFound
from onetime.queries.pages import FIRST, Asked, Page, after_id, fetch_limit, page_of, widened
from onetime.store.tables import authorization_tokens, parking_spots, renters


class Renter(Struct, frozen=True, kw_only=True):
    """A renter; `spots` are the labels of the spots rented today."""

    id: int
    name: str
    contact_email: str
    phone_number: str | None
    is_active: bool
    created_at: datetime
    spots: tuple[str, ...]
    token_count: int


def renter_list(
    connection: Connection, *, is_active: bool | None = None, asked: Asked = FIRST
) -> Page[Renter]:
    """List renters: all, only the active or only the past ones."""
    statement = _statement().where(*after_id(asked, renters.c.id))
    if is_active is not None:
        statement = statement.where(renters.c.is_active == is_active)
    rows = connection.execute(
        statement.order_by(renters.c.id.desc()).limit(fetch_limit(asked))
    ).mappings()
    found = rows.all()
    labels = _labels(connection, [row["id"] for row in found])
    return page_of([_renter(row, labels) for row in found], asked, lambda each: (each.id,))


def renter(connection: Connection, renter_id: int) -> Renter:
    """Return one renter; raises NotFound."""
    row = connection.execute(_statement().where(renters.c.id == renter_id)).mappings().first()
    if row is None:
        raise NotFound(f"There is no renter {renter_id}.", "renter_id")
    return _renter(row, _labels(connection, [renter_id]))


def _statement() -> Select[*tuple[object, ...]]:
    cards = (
        select(func.count())
        .where(
            authorization_tokens.c.renter_id == renters.c.id,
            authorization_tokens.c.is_remote.is_(False),
        )
        .scalar_subquery()
    )
    return select(*renters.c, cards.label("token_count"))


def _labels(connection: Connection, renter_ids: list[int]) -> dict[int, tuple[str, ...]]:
    rows = connection.execute(
        select(parking_spots.c.renter_id, parking_spots.c.label)
        .where(parking_spots.c.renter_id.in_(renter_ids))
        .order_by(parking_spots.c.label)
    )
    found: dict[int, tuple[str, ...]] = {}
    for renter_id, label in rows:
        found[renter_id] = (*found.get(renter_id, ()), label)
    return found


def _renter(row: RowMapping, labels: dict[int, tuple[str, ...]]) -> Renter:
    return convert(widened(row, spots=labels.get(row["id"], ())), Renter)
