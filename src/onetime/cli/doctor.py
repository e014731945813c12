"""`onetime doctor`: what is wrong, and what to do about it."""

import os
import shutil
from argparse import Namespace
from pathlib import Path

from onetime.cli import checks
from onetime.cli.arguments import Parser
from onetime.cli.certificate_checks import encryption
from onetime.cli.checks import Finding
from onetime.cli.desk import Desk, every, open_desk
from onetime.cli.output import clean, print_indented, print_json_list, times
from onetime.cli.running import WEB
from onetime.cli.serving import is_serving
from onetime.domain.errors import Conflict
from onetime.queries.alarms import alarm_list
from onetime.queries.certificates import certificate_list, kept
from onetime.queries.growth import growth
from onetime.queries.knocks import knocking
from onetime.queries.pages import MAX_LIMIT, Asked
from onetime.queries.review import review_list
from onetime.queries.stations import station_list
from onetime.settings import load
from onetime.store.schema import newest_version

WRONG = 1


def add_to(parser: Parser) -> None:
    """Give `onetime doctor` what it runs."""
    parser.set_defaults(run=doctor)


def doctor(arguments: Namespace) -> None:
    """Look at everything, tell all of it, and end with 1 when something is wrong."""
    settings = load(arguments.data_dir, os.environ)
    data_dir = arguments.data_dir.absolute()
    runs = is_serving(data_dir)
    found = [
        checks.data_dir(data_dir),
        checks.port(settings, runs),
        checks.port(settings, runs, WEB),
    ]
    try:
        with open_desk(arguments) as desk:
            found += _in_database(desk, data_dir)
    except Conflict as newer:
        found.append(
            checks.wrong(
                "database",
                newer.sentence,
                "Install the newest onetime, or `onetime database restore` a backup that this"
                " version made.",
            )
        )
    finally:  # what is wrong with the database itself is told by how the command ends
        if arguments.json:
            print_json_list(found)
        else:
            _tell(found)
    if any(each.is_wrong for each in found):
        raise SystemExit(WRONG)


def _in_database(desk: Desk, data_dir: Path) -> list[Finding]:
    now = desk.clock.now()
    grown = desk.archive.ask(growth, now)
    stations = list(every(lambda asked: desk.archive.ask(station_list, asked=asked)))
    most = Asked(MAX_LIMIT)
    alarms = len(desk.archive.ask(alarm_list, asked=most).items)
    reviews = len(desk.archive.ask(review_list, asked=most).items)
    return [
        checks.disk(desk.settings, shutil.disk_usage(data_dir).free, grown),
        checks.clock(now, checks.is_clock_synchronised(), grown),
        checks.fine("database", f"The database can be used (schema {newest_version()})."),
        *encryption(
            desk.settings,
            desk.archive.ask(kept).pairs,
            desk.archive.ask(certificate_list),
            now,
        ),
        *checks.silent_stations(stations, now),
        *checks.knocks(desk.archive.ask(knocking), stations, now),
        checks.fine(
            "people",
            f"{times(alarms, 'alarm')} and {times(reviews, 'finding')} wait for a person"
            " (onetime alarm list, onetime review list).",
        ),
    ]


def _tell(found: list[Finding]) -> None:
    for each in found:
        print(f"{'WRONG' if each.is_wrong else 'ok':<7}{clean(each.sentence)}")
        if each.remedy is not None:
            print_indented(f"   do: {each.remedy}")
    faults = sum(each.is_wrong for each in found)
    print(f"\n{times(faults, 'thing')} to do." if faults else "\nNothing is wrong.")
