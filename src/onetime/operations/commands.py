"""Commands to stations are recorded before they are sent, and again when they have ended.

Knows who asked what and what became of it; never how a command is sent, nor what it means.
"""

from onetime.domain.commands import CommandStatus
from onetime.domain.facts import CommandAsked, CommandEnded
from onetime.domain.ids import StationId
from onetime.operations.subjects import the_working_station
from onetime.store import commands
from onetime.store.commands import Asking, Ending
from onetime.store.transaction import Transaction

__all__ = ["Asking", "CommandStatus", "Ending", "end_command", "end_open_commands", "note_command"]


def note_command(tx: Transaction, asking: Asking) -> int:
    """Record what is about to be asked of a station; return the command's id.

    Raises NotFound when there is no such station, Conflict when it is retired.
    """
    station_id = StationId(the_working_station(tx, asking.station_id).id)
    command_id = commands.insert_command(tx, asking)
    tx.announce(CommandAsked(command_id, station_id))
    return command_id


def end_command(tx: Transaction, command_id: int, station_id: StationId, ending: Ending) -> None:
    """Record what became of a command; only its first end counts."""
    if commands.end_command(tx, command_id, ending):
        tx.announce(CommandEnded(command_id, station_id))


def end_open_commands(tx: Transaction) -> int:
    """Put right what a crash left: what was open when the program died is unknown for ever."""
    return commands.end_all_open(tx)
