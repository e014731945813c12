"""How often each station deviated, and in what way."""

from sqlalchemy import bindparam, insert, update

from onetime.domain.ids import StationId
from onetime.domain.quirks import QUIRKS
from onetime.store.message_tables import quirk_counts as table
from onetime.store.transaction import Transaction

_COUNT_ON = (
    update(table)
    .where(table.c.station_id == bindparam("station"), table.c.quirk == bindparam("id"))
    .values(count=table.c.count + 1, last_at=bindparam("at"))
)
_INSERT = insert(table).values(
    station_id=bindparam("station"),
    quirk=bindparam("id"),
    count=1,
    first_at=bindparam("at"),
    last_at=bindparam("at"),
)


def count_quirk(tx: Transaction, station_id: StationId, quirk: str) -> None:
    """Count one deviation of a station; within one message each way counts once."""
    known = quirk if quirk in QUIRKS else "other"
    if not tx.is_first_in_message((station_id, known)):
        return
    if tx.run(_COUNT_ON, station=station_id, id=known, at=tx.now) == 0:
        tx.run(_INSERT, station=station_id, id=known, at=tx.now)
