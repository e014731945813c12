"""A command is entered open and ends once."""

from sqlalchemy import select

from onetime.domain.commands import CommandStatus
from onetime.store import commands
from onetime.store.command_tables import station_commands
from onetime.store.commands import Asking, Ending
from onetime.store.transaction import Transaction
from tests.charges import CP
from tests.garage_makers import a_station

ASKING = Asking(station_id=CP, action="Reset", asked_by="cli:uid-0", payload='{"type":"Soft"}')


def status_of(tx: Transaction, command_id: int) -> tuple[str, object, object]:
    c = station_commands.c
    row = tx.connection.execute(
        select(c.status, c.ended_at, c.latency_ms).where(c.id == command_id)
    ).one()
    return (row[0], row[1], row[2])


def test_only_the_first_end_counts(tx: Transaction) -> None:
    a_station(tx, CP)
    command_id = commands.insert_command(tx, ASKING)
    assert status_of(tx, command_id) == ("open", None, None)

    first = Ending(status=CommandStatus.TIMEOUT, latency_ms=30_000)
    assert commands.end_command(tx, command_id, first)
    assert not commands.end_command(tx, command_id, Ending(status=CommandStatus.ANSWERED))
    assert status_of(tx, command_id) == ("timeout", tx.now, 30_000)


def test_what_is_open_is_ended_as_unknown_and_nothing_else(tx: Transaction) -> None:
    a_station(tx, CP)
    ended, left_open = (commands.insert_command(tx, ASKING) for _ in range(2))
    commands.end_command(tx, ended, Ending(status=CommandStatus.OFFLINE))

    assert commands.end_all_open(tx) == 1
    assert status_of(tx, ended)[0] == "offline"
    assert status_of(tx, left_open) == ("unknown", tx.now, None)
