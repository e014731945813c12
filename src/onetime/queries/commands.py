"""What was asked of stations, by whom, and what became of it."""

from datetime import datetime

from msgspec import Struct, convert, json
from sqlalchemy import Connection, RowMapping, select

from onetime.domain.commands import CommandStatus
from onetime.domain.errors import NotFound
from onetime.queries.pages import FIRST, Asked, Page, after_id, fetch_limit, page_of, widened
from onetime.store.command_tables import station_commands as table


class Command(Struct, frozen=True, kw_only=True):
    """A command with its outcome; payload and response as on the wire, secrets replaced."""

    id: int
    station_id: str
    action: str
    asked_by: str
    asked_at: datetime
    payload: dict[str, object]
    status: CommandStatus
    ended_at: datetime | None
    latency_ms: int | None
    response: dict[str, object] | None
    raw_answer: str | None
    code: str | None
    description: str | None


def command_list(
    connection: Connection,
    station_id: str | None = None,
    *,
    action: str | None = None,
    status: CommandStatus | None = None,
    asked: Asked = FIRST,
) -> Page[Command]:
    """List commands: of one station or all, of one action, with one outcome."""
    statement = select(table).where(*after_id(asked, table.c.id))
    if station_id is not None:
        statement = statement.where(table.c.station_id == station_id)
    if action is not None:
        statement = statement.where(table.c.action == action)
    if status is not None:
        statement = statement.where(table.c.status == status.value)
    rows = connection.execute(statement.order_by(table.c.id.desc()).limit(fetch_limit(asked)))
    return page_of([_command(row) for row in rows.mappings()], asked, lambda each: (each.id,))


def command(connection: Connection, station_id: str, command_id: int) -> Command:
    """Return one command of a station; raises NotFound."""
    statement = select(table).where(table.c.id == command_id, table.c.station_id == station_id)
    row = connection.execute(statement).mappings().first()
    if row is None:
        raise NotFound(f"Station {station_id!r} was sent no command {command_id}.", "command_id")
    return _command(row)


def _command(row: RowMapping) -> Command:
    response = row["response"]
    as_json = widened(
        row,
        payload=json.decode(row["payload"]),
        response=None if response is None else json.decode(response),
    )
    return convert(as_json, Command)
