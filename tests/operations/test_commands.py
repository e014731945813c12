"""Commands are recorded for stations of this garage, and each change is told."""

import pytest

from onetime.domain.commands import CommandStatus
from onetime.domain.errors import Conflict, NotFound
from onetime.domain.facts import CommandAsked, CommandEnded
from onetime.domain.ids import StationId
from onetime.operations.commands import (
    Asking,
    Ending,
    end_command,
    end_open_commands,
    note_command,
)
from onetime.operations.stations import retire_station
from onetime.store.transaction import Transaction
from tests.charges import CP
from tests.garage_makers import OWNER, a_station


def asking(station_id: str = CP) -> Asking:
    return Asking(
        station_id=StationId(station_id), action="ClearCache", asked_by=str(OWNER), payload="{}"
    )


def test_a_command_is_told_when_it_is_asked_and_when_it_ends(tx: Transaction) -> None:
    a_station(tx, CP)
    command_id = note_command(tx, asking())
    end_command(tx, command_id, CP, Ending(status=CommandStatus.OFFLINE))
    end_command(tx, command_id, CP, Ending(status=CommandStatus.ANSWERED))

    assert tx.facts() == [CommandAsked(command_id, CP), CommandEnded(command_id, CP)]


def test_a_station_that_is_none_of_this_garage_can_not_be_asked(tx: Transaction) -> None:
    a_station(tx, CP)
    with pytest.raises(NotFound, match="no station 'CP-9'"):
        note_command(tx, asking("CP-9"))
    retire_station(tx, OWNER, CP)
    with pytest.raises(Conflict, match="is retired"):
        note_command(tx, asking())


def test_after_a_crash_nothing_is_open(tx: Transaction) -> None:
    a_station(tx, CP)
    note_command(tx, asking())

    assert end_open_commands(tx) == 1
    assert end_open_commands(tx) == 0
