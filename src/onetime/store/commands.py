"""Commands to stations: who asked what of whom, when, and what became of it."""

from msgspec import Struct
from sqlalchemy import bindparam, insert, update

from onetime.domain.commands import CommandStatus
from onetime.domain.ids import StationId
from onetime.store.command_tables import station_commands as table
from onetime.store.transaction import Transaction

_OPEN = table.c.status == CommandStatus.OPEN.value
_END = (
    update(table)
    .where(table.c.id == bindparam("command"), _OPEN)
    .values(
        status=bindparam("word"),
        ended_at=bindparam("at"),
        latency_ms=bindparam("took"),
        response=bindparam("said"),
        raw_answer=bindparam("raw"),
        code=bindparam("error"),
        description=bindparam("why"),
    )
)


class Asking(Struct, frozen=True, kw_only=True):
    """What somebody asks of a station; the payload is JSON, its secrets replaced."""

    station_id: StationId
    action: str
    asked_by: str
    payload: str


class Ending(Struct, frozen=True, kw_only=True):
    """What became of it; texts as the station sent them, their secrets replaced."""

    status: CommandStatus
    latency_ms: int | None = None
    response: str | None = None
    raw_answer: str | None = None
    code: str | None = None
    description: str | None = None


def insert_command(tx: Transaction, asking: Asking) -> int:
    """Enter a command that is open; return its id."""
    command_id: int = tx.connection.execute(
        insert(table).returning(table.c.id),
        {
            "station_id": asking.station_id,
            "action": asking.action,
            "asked_by": asking.asked_by,
            "asked_at": tx.now,
            "payload": asking.payload,
            "status": CommandStatus.OPEN.value,
        },
    ).scalar_one()
    return command_id


def end_command(tx: Transaction, command_id: int, ending: Ending) -> bool:
    """Note how an open command ended; False when it was not open."""
    ended = tx.run(
        _END,
        command=command_id,
        word=ending.status.value,
        at=tx.now,
        took=ending.latency_ms,
        said=ending.response,
        raw=ending.raw_answer,
        error=ending.code,
        why=ending.description,
    )
    return ended == 1


def end_all_open(tx: Transaction) -> int:
    """End all open commands as unknown; return how many there were."""
    changed = tx.connection.execute(
        update(table).where(_OPEN).values(status=CommandStatus.UNKNOWN.value, ended_at=tx.now)
    )
    return changed.rowcount
