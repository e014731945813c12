"""Actions after which a station's connection died, and those that are withheld for that."""

from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    Connection,
    bindparam,
    delete,
    exists,
    insert,
    null,
    select,
    update,
)

from onetime.domain.ids import StationId
from onetime.store.command_tables import harmful_actions as table
from onetime.store.tables import charging_stations
from onetime.store.transaction import Transaction

_IT = (table.c.station_id == bindparam("station"), table.c.action == bindparam("harmful"))
_FIND = select(table.c.count, table.c.withheld_since).where(*_IT)
_COUNT_ON = update(table).where(*_IT).values(count=table.c.count + 1, last_at=bindparam("at"))
_INSERT = insert(table).values(
    station_id=bindparam("station"),
    action=bindparam("harmful"),
    count=1,
    first_at=bindparam("at"),
    last_at=bindparam("at"),
    withheld_since=null(),
)
_WITHHOLD = (
    update(table)
    .where(*_IT, table.c.withheld_since.is_(None))
    .values(withheld_since=bindparam("at"))
)
_FORGET = delete(table).where(*_IT)
_DEAF = (
    update(charging_stations)
    .where(charging_stations.c.id == bindparam("station"), charging_stations.c.deaf_since.is_(None))
    .values(deaf_since=bindparam("at"))
)
_HEARS = (
    update(charging_stations)
    .where(
        charging_stations.c.id == bindparam("station"), charging_stations.c.deaf_since.is_not(None)
    )
    .values(deaf_since=null())
)


def count_harm(tx: Transaction, station_id: StationId, action: str) -> int:
    """Count a connection that died of an action; return how often that was."""
    if tx.run(_COUNT_ON, station=station_id, harmful=action, at=tx.now) == 0:
        tx.run(_INSERT, station=station_id, harmful=action, at=tx.now)
    row = tx.first(_FIND, station=station_id, harmful=action)
    assert row is not None
    count: int = row["count"]
    return count


def withhold(tx: Transaction, station_id: StationId, action: str) -> bool:
    """Note that an action is not sent any more; False when that was so already."""
    return tx.run(_WITHHOLD, station=station_id, harmful=action, at=tx.now) == 1


def withheld_since(tx: Transaction, station_id: StationId, action: str) -> datetime | None:
    """Return since when an action is not sent to a station; None when it is."""
    row = tx.first(_FIND, station=station_id, harmful=action)
    since: datetime | None = row["withheld_since"] if row is not None else None
    return since


def forget_harm(tx: Transaction, station_id: StationId, action: str) -> None:
    """Forget what an action did: it does no harm any more."""
    tx.run(_FORGET, station=station_id, harmful=action)


def set_deaf(tx: Transaction, station_id: StationId) -> bool:
    """Note that a station does not answer; False when that was known."""
    return tx.run(_DEAF, station=station_id, at=tx.now) == 1


def set_hearing(tx: Transaction, station_id: StationId) -> bool:
    """Note that a station answers; False when that was known."""
    return tx.run(_HEARS, station=station_id) == 1


def is_withheld(action: str) -> ColumnElement[bool]:
    """Return the condition that an action is withheld from a station of `charging_stations`."""
    return exists(
        select(table.c.action).where(
            table.c.station_id == charging_stations.c.id,
            table.c.action == action,
            table.c.withheld_since.is_not(None),
        )
    )


def never_booted(connection: Connection, trigger: str) -> list[StationId]:
    """Return the connected stations of which no boot is known, and that bear to be asked for it."""
    statement = select(charging_stations.c.id).where(
        charging_stations.c.is_online.is_(True),
        charging_stations.c.last_boot_at.is_(None),
        ~is_withheld(trigger),
    )
    return [StationId(each) for each in connection.execute(statement).scalars()]
