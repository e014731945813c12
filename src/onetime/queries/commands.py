"""What was asked of stations, by whom, and what became of it."""

from datetime import datetime
from typing import Annotated, TypeAlias

from msgspec import Meta, Struct, convert, json
from sqlalchemy import Connection, RowMapping, select

from onetime.domain.commands import CommandStatus
from onetime.domain.errors import NotFound
from onetime.queries.pages import FIRST, Asked, Page, after_id, fetch_limit, page_of, widened
from onetime.store.command_tables import harmful_actions
from onetime.store.command_tables import station_commands as table

JsonObject: TypeAlias = dict[str, Annotated[object, Meta(extra_json_schema={"title": "JSON"})]]
"""An object of which OCPP says what is in it."""


class Command(Struct, frozen=True, kw_only=True):
    """A command with its outcome; payload and response as on the wire, secrets replaced."""

    id: int
    station_id: str
    action: str
    asked_by: str
    asked_at: datetime
    payload: JsonObject
    status: CommandStatus
    ended_at: datetime | None
    latency_ms: int | None
    response: JsonObject | None
    raw_answer: str | None
    code: str | None
    description: str | None


class Withheld(Struct, frozen=True, kw_only=True):
    """An action that onetime does not send to a station by itself, and since when (K22)."""

    station_id: str
    action: str
    count: int
    withheld_since: datetime


def withheld_actions(connection: Connection, station_id: str) -> tuple[Withheld, ...]:
    """List what is not sent to a station because its connection died of it."""
    since = harmful_actions.c.withheld_since
    rows = connection.execute(
        select(harmful_actions)
        .where(harmful_actions.c.station_id == station_id, since.is_not(None))
        .order_by(since, harmful_actions.c.action)
    )
    return tuple(convert(row, Withheld) for row in rows.mappings())


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
