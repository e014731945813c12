"""What a person should know soon."""

from datetime import datetime

from msgspec import Struct, convert
from sqlalchemy import Connection, select

from onetime.domain.errors import NotFound
from onetime.domain.reviews import AlarmKind
from onetime.queries.pages import FIRST, Asked, Page, after_id, fetch_limit, page_of
from onetime.store.tables import alarms


class Alarm(Struct, frozen=True, kw_only=True):
    """Something that happened, once or several times, and whether somebody has seen it."""

    id: int
    kind: AlarmKind
    station_id: str | None
    sentence: str
    count: int
    raised_at: datetime
    last_at: datetime
    acknowledged_at: datetime | None
    acknowledged_by: str | None


def alarm_list(
    connection: Connection, *, is_open: bool | None = True, asked: Asked = FIRST
) -> Page[Alarm]:
    """List alarms that nobody has acknowledged, those that somebody has (False), or both (None)."""
    statement = select(alarms).where(*after_id(asked, alarms.c.id))
    if is_open is not None:
        waits = alarms.c.acknowledged_at.is_(None)
        statement = statement.where(waits if is_open else ~waits)
    rows = connection.execute(statement.order_by(alarms.c.id.desc()).limit(fetch_limit(asked)))
    found = [convert(row, Alarm) for row in rows.mappings()]
    return page_of(found, asked, lambda each: (each.id,))


def alarm(connection: Connection, alarm_id: int) -> Alarm:
    """Return one alarm; raises NotFound."""
    row = connection.execute(select(alarms).where(alarms.c.id == alarm_id)).mappings().first()
    if row is None:
        raise NotFound(f"There is no alarm {alarm_id}.", "alarm_id")
    return convert(row, Alarm)
