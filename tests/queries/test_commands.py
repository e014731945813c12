"""The history of commands, newest first, as it went over the wire."""

import pytest

from onetime.domain.commands import CommandStatus
from onetime.domain.errors import NotFound
from onetime.domain.ids import StationId
from onetime.queries.commands import command, command_list
from onetime.queries.pages import Asked
from onetime.store import commands
from onetime.store.commands import Asking, Ending
from onetime.store.transaction import Transaction
from tests.charges import CP
from tests.garage_makers import a_station


def asked(tx: Transaction, action: str, station_id: str = CP) -> int:
    return commands.insert_command(
        tx,
        Asking(station_id=StationId(station_id), action=action, asked_by="cli:uid-0", payload="{}"),
    )


def test_a_command_is_shown_with_what_the_station_said(tx: Transaction) -> None:
    a_station(tx, CP)
    command_id = asked(tx, "ClearCache")
    said = Ending(status=CommandStatus.ANSWERED, latency_ms=12, response='{"status": "Accepted"}')
    commands.end_command(tx, command_id, said)

    found = command(tx.connection, CP, command_id)
    assert (found.action, found.asked_by, found.latency_ms) == ("ClearCache", "cli:uid-0", 12)
    assert found.payload == {}
    assert found.response == {"status": "Accepted"}
    with pytest.raises(NotFound, match="was sent no command"):
        command(tx.connection, "CP-2", command_id)


def test_the_list_is_newest_first_of_one_station_and_can_be_narrowed(tx: Transaction) -> None:
    a_station(tx, CP)
    a_station(tx, "CP-2")
    first, second = asked(tx, "ClearCache"), asked(tx, "Reset")
    asked(tx, "Reset", "CP-2")
    commands.end_command(tx, first, Ending(status=CommandStatus.TIMEOUT))

    def ids(action: str | None = None, status: CommandStatus | None = None) -> list[int]:
        page = command_list(tx.connection, CP, action=action, status=status)
        return [each.id for each in page.items]

    assert ids() == [second, first]
    assert ids(action="Reset") == [second]
    assert ids(status=CommandStatus.TIMEOUT) == [first]
    page = command_list(tx.connection, CP, asked=Asked(limit=1))
    assert [each.id for each in page.items] == [second]
    rest = command_list(tx.connection, CP, asked=Asked(limit=1, cursor=page.next_cursor))
    assert [each.id for each in rest.items] == [first]
