"""`onetime import`: a whole table of renters, spots, cards or stations, or nothing of it."""

import sys
from argparse import Namespace
from pathlib import Path

from onetime.cli.arguments import Parser
from onetime.cli.desk import open_desk
from onetime.cli.nouns import noun_of
from onetime.cli.output import Column, print_json, print_table, times
from onetime.domain.errors import NotFound, Unacceptable
from onetime.domain.import_lines import Fault
from onetime.domain.imports import Noun
from onetime.operations.imports import Imported, StationKey, import_lines
from onetime.queries.imports import import_draft

MAX_BYTES = 8_000_000
REFUSED = 1
KEYS = (
    Column[StationKey]("STATION", lambda each: each.id),
    Column[StationKey]("KEY", lambda each: each.key),
)


def add_to(parser: Parser) -> None:
    """Give `onetime import` its arguments."""
    parser.add_argument(
        "noun", metavar="NOUN", type=noun_of(Noun), help="renters, spots, cards or stations"
    )
    parser.add_argument("file", metavar="FILE", type=Path, help="a table as CSV in UTF-8")
    parser.add_argument(
        "--dry-run", action="store_true", help="say what would be entered, and enter nothing"
    )
    parser.set_defaults(run=bring)


def bring(arguments: Namespace) -> None:
    """Enter a table, all of it or nothing."""
    content = _content(arguments.file)
    with open_desk(arguments) as desk:
        draft = desk.archive.ask(import_draft, arguments.noun, content)
        done = Imported(
            noun=draft.noun,
            created=len(draft.plan.new),
            unchanged=draft.plan.unchanged,
            faults=draft.plan.faults,
        )
        if not arguments.dry_run and not done.faults:
            done = desk.archive.perform(import_lines, desk.actor, draft)
    if arguments.json:
        print_json(done)
    else:
        _tell(done, arguments.dry_run)
    if done.faults:
        raise SystemExit(REFUSED)


def _content(file: Path) -> bytes:
    if not file.is_file():
        raise NotFound(f"There is no file {file}.")
    if file.stat().st_size > MAX_BYTES:
        raise Unacceptable(f"{file} has more than {MAX_BYTES:,} bytes; divide it.")
    return file.read_bytes()


def _tell(done: Imported, is_dry_run: bool) -> None:
    for fault in done.faults:
        print(_sentence(fault), file=sys.stderr)
    if done.faults:
        print(f"{times(len(done.faults), 'fault')}; nothing was entered.", file=sys.stderr)
        return
    verb = "would be entered" if is_dry_run else "entered"
    print(f"{done.created:,} {verb}, {done.unchanged:,} there already.")
    if done.keys:
        print("Keys that were made, shown only this once:")
        print_table(done.keys, KEYS)


def _sentence(fault: Fault) -> str:
    field = f", {fault.field}" if fault.field else ""
    return f"Line {fault.line}{field}: {fault.sentence}"
