"""`onetime alarm`: what a person should know soon."""

from argparse import Namespace

from onetime.cli.arguments import Parser, add_verb, verbs_of
from onetime.cli.corrections import add_acknowledge
from onetime.cli.desk import every, open_desk
from onetime.cli.output import Column, local, print_list
from onetime.queries.alarms import Alarm, alarm_list

COLUMNS = (
    Column[Alarm]("ID", lambda each: str(each.id), right=True),
    Column[Alarm]("LAST", lambda each: local(each.last_at)),
    Column[Alarm]("TIMES", lambda each: str(each.count), right=True),
    Column[Alarm]("STATION", lambda each: each.station_id or ""),
    Column[Alarm]("WHAT HAPPENED", lambda each: each.sentence, elastic=True),
    Column[Alarm]("SEEN BY", lambda each: each.acknowledged_by or ""),
)


def add_to(parser: Parser) -> None:
    """Give `onetime alarm` its verbs."""
    verbs = verbs_of(parser)
    listing = add_verb(verbs, "list", show_list, "list alarms that nobody has acknowledged")
    listing.add_argument("--all", action="store_true", help="acknowledged ones too")
    add_acknowledge(verbs)


def show_list(arguments: Namespace) -> None:
    """List alarms."""
    is_open = None if arguments.all else True
    with open_desk(arguments) as desk:
        found = every(lambda asked: desk.archive.ask(alarm_list, is_open=is_open, asked=asked))
        print_list(found, COLUMNS, arguments.json, "No alarms.")
