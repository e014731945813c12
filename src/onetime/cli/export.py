"""`onetime export`: a list as a table for a spreadsheet."""

import sys
from argparse import Namespace

from msgspec import Struct

from onetime.cli.arguments import Misuse, Parser, moment, row_number
from onetime.cli.desk import open_desk
from onetime.cli.nouns import noun_of
from onetime.cli.output import print_json_list
from onetime.kit.sheets import BOM, written
from onetime.queries.exports import FORMS, Listed, cells, export_page, header, pages
from onetime.queries.pages import Asked, Page
from onetime.queries.sessions import EVERY, Wanted


def add_to(parser: Parser) -> None:
    """Give `onetime export` its arguments."""
    parser.add_argument(
        "noun",
        metavar="NOUN",
        type=noun_of(Listed),
        help="renters, spots, cards, stations, sessions",
    )
    parser.add_argument("--renter", metavar="ID", type=row_number, help="sessions of this renter")
    parser.add_argument("--station", metavar="ID", help="sessions at this station")
    parser.add_argument(
        "--from", dest="begin", type=moment, help="sessions that began then or later"
    )
    parser.add_argument("--to", dest="end", type=moment, help="sessions that began earlier")
    parser.add_argument(
        "--excel", action="store_true", help="put a mark before it by which Excel knows UTF-8"
    )
    parser.set_defaults(run=show)


def show(arguments: Namespace) -> None:
    """Print a list as CSV."""
    wanted = Wanted(
        renter_id=arguments.renter,
        station_id=arguments.station,
        began_from=arguments.begin,
        began_before=arguments.end,
    )
    if wanted != EVERY and arguments.noun is not Listed.SESSIONS:
        raise Misuse("--renter, --station, --from and --to choose among sessions only.")
    with open_desk(arguments) as desk:

        def ask(asked: Asked) -> Page[Struct]:
            return desk.archive.ask(export_page, arguments.noun, asked, wanted)

        if arguments.json:
            print_json_list(each for page in pages(ask) for each in page)
            return
        mark = BOM.decode() if arguments.excel else ""
        sys.stdout.write(mark + written([header(FORMS[arguments.noun])]).decode())
        for page in pages(ask):
            sys.stdout.write(written(cells(page)).decode())
