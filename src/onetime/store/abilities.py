"""What a station has shown that it can do, and what it can not, by action."""

from sqlalchemy import Connection, bindparam, delete, insert, select

from onetime.domain.ids import StationId
from onetime.store.command_tables import station_abilities as table
from onetime.store.transaction import Transaction

c = table.c
_FIND = select(c.is_supported).where(
    c.station_id == bindparam("station"), c.action == bindparam("name")
)


def find(connection: Connection, station_id: StationId, action: str) -> bool | None:
    """Say whether a station can do what an action asks; None when it has not shown yet."""
    found: bool | None = connection.execute(_FIND, {"station": station_id, "name": action}).scalar()
    return found


def learn(
    tx: Transaction, station_id: StationId, action: str, is_supported: bool, answer: str
) -> None:
    """Remember what a station has shown."""
    forget(tx, station_id, action)
    tx.connection.execute(
        insert(table),
        {
            "station_id": station_id,
            "action": action,
            "is_supported": is_supported,
            "answer": answer,
            "learned_at": tx.now,
        },
    )


def forget(tx: Transaction, station_id: StationId, action: str | None = None) -> None:
    """Forget what a station has shown of one action, or of all."""
    statement = delete(table).where(c.station_id == station_id)
    if action is not None:
        statement = statement.where(c.action == action)
    tx.connection.execute(statement)
