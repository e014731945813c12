"""Energy that belongs to no charge: one row for each stretch between two links of the chain."""

from msgspec import Struct
from sqlalchemy import RowMapping, bindparam, delete, insert, select, update

from onetime.domain.energy import Gap
from onetime.domain.ids import StationId
from onetime.store.tables import unassigned_energy as table
from onetime.store.transaction import Transaction

c = table.c
_AFTER = select(table).where(c.after_session_id == bindparam("session_id"))
_REMOVE = delete(table).where(c.after_session_id == bindparam("session_id"))
_FIRST = select(table).where(
    c.station_id == bindparam("station"),
    c.connector_id == bindparam("connector"),
    c.after_session_id.is_(None),
)


class Stretch(Struct, frozen=True, kw_only=True):
    """A stretch of a register between two links; `idle_to_wh` is what idle readings reached."""

    id: int
    station_id: StationId
    connector_id: int
    after_session_id: int | None
    before_session_id: int | None
    gap: Gap
    idle_to_wh: int | None


def after_session(tx: Transaction, session_id: int) -> Stretch | None:
    """Return the stretch that begins where this session ended."""
    row = tx.first(_AFTER, session_id=session_id)
    return None if row is None else _stretch(row)


def before_all(tx: Transaction, station_id: StationId, connector_id: int) -> Stretch | None:
    """Return the stretch that lies before the first session of a connector."""
    row = tx.first(_FIRST, station=station_id, connector=connector_id)
    return None if row is None else _stretch(row)


def write(
    tx: Transaction,
    place: tuple[StationId, int],
    links: tuple[int | None, int | None],
    gap: Gap,
    idle_to_wh: int | None,
) -> bool:
    """Set the stretch on a connector between two sessions; return whether there was none before."""
    station_id, connector_id = place
    after, before = links
    existing = (
        before_all(tx, station_id, connector_id) if after is None else after_session(tx, after)
    )
    values = {
        "station_id": station_id,
        "connector_id": connector_id,
        "after_session_id": after,
        "before_session_id": before,
        "from_wh": gap.from_wh,
        "to_wh": gap.to_wh,
        "energy_wh": gap.to_wh - gap.from_wh,
        "from_time": gap.from_time,
        "to_time": gap.to_time,
        "idle_to_wh": idle_to_wh,
    }
    if existing is None:
        tx.connection.execute(insert(table), values)
    else:
        tx.connection.execute(update(table).where(c.id == existing.id).values(values))
    return existing is None


def remove_after(tx: Transaction, session_id: int) -> bool:
    """Drop the stretch that begins at this session; return whether there was one."""
    return tx.run(_REMOVE, session_id=session_id) > 0


def _stretch(row: RowMapping) -> Stretch:
    return Stretch(
        id=row["id"],
        station_id=row["station_id"],
        connector_id=row["connector_id"],
        after_session_id=row["after_session_id"],
        before_session_id=row["before_session_id"],
        gap=Gap(
            from_wh=row["from_wh"],
            to_wh=row["to_wh"],
            from_time=row["from_time"],
            to_time=row["to_time"],
        ),
        idle_to_wh=row["idle_to_wh"],
    )
