"""`onetime station commands`: what a station was asked, by whom, and what became of it."""

from argparse import Namespace
from itertools import islice

from onetime.cli.arguments import Parser, Verbs, add_verb, row_number
from onetime.cli.desk import every, open_desk
from onetime.cli.output import Column, local, print_json_list, print_table
from onetime.domain.commands import STATUS_WORDS, CommandStatus
from onetime.queries.commands import Command, command_list
from onetime.queries.stations import station

SHOWN = 50


def add_commands(verbs: Verbs) -> Parser:
    """Give `onetime station` the verb `commands`."""
    listing = add_verb(verbs, "commands", show_commands, "list what a station was asked")
    listing.add_argument("--action", metavar="ACTION", help="only this one, as OCPP writes it")
    listing.add_argument(
        "--limit", metavar="N", type=row_number, default=SHOWN, help=f"{SHOWN} if left out"
    )
    return listing


def show_commands(arguments: Namespace) -> None:
    """List commands, the newest first."""
    with open_desk(arguments) as desk:
        desk.archive.ask(station, arguments.id)
        found = islice(
            every(
                lambda asked: desk.archive.ask(
                    command_list, arguments.id, action=arguments.action, asked=asked
                )
            ),
            arguments.limit,
        )
        if arguments.json:
            print_json_list(found)
        elif rows := list(found):
            print_table(rows, COLUMNS)
            _explain(rows)
        else:
            print(f"Station {arguments.id} was asked nothing.")


def said_of(each: Command) -> str:
    """Return in a few words what the station said."""
    if each.response is not None:
        return str(each.response.get("status", ""))
    return " ".join(part for part in (each.code, each.description) if part)


def _explain(rows: list[Command]) -> None:
    """Say what the words mean that do not speak for themselves."""
    plain = (CommandStatus.ANSWERED, CommandStatus.OPEN)
    for status in dict.fromkeys(each.status for each in rows if each.status not in plain):
        print(f"\n{status.value}: {STATUS_WORDS[status]}.", end="")
    print()


COLUMNS = (
    Column[Command]("ID", lambda each: str(each.id), right=True),
    Column[Command]("ASKED", lambda each: local(each.asked_at)),
    Column[Command]("BY", lambda each: each.asked_by),
    Column[Command]("COMMAND", lambda each: each.action),
    Column[Command]("END", lambda each: each.status.value),
    Column[Command](
        "MS", lambda each: "" if each.latency_ms is None else str(each.latency_ms), right=True
    ),
    Column[Command]("IT SAID", said_of, elastic=True),
)
