"""`onetime errand`: guided operations on keys and certificates of stations, what became of them."""

from argparse import Namespace

from onetime.cli.arguments import Parser, add_verb, row_number, verbs_of
from onetime.cli.desk import Desk, open_desk
from onetime.cli.output import Column, local, print_json, print_list
from onetime.cli.serving import is_serving
from onetime.operations.errands import (
    INSTALL,
    READ,
    RENEW,
    ROTATE,
    UPGRADE,
    begin_errand,
    cancel_errand,
)
from onetime.operations.roots import delete_root
from onetime.queries.errands import Errand, Root, errand_list, trusted_roots

ROOT_KNOWN = "root-known"
COLUMNS = (
    Column[Errand]("NO", lambda each: str(each.id), right=True),
    Column[Errand]("STATION", lambda each: each.station_id),
    Column[Errand]("ERRAND", lambda each: f"{each.kind} {each.goal or ''}".strip()[:30]),
    Column[Errand]("STATE", lambda each: each.state),
    Column[Errand]("STEP", lambda each: each.step),
    Column[Errand]("LAST", lambda each: local(each.updated_at)),
    Column[Errand]("SAID", lambda each: each.said or "", elastic=True),
)
ROOTS = (
    Column[Root]("FOR", lambda each: each.use),
    Column[Root]("SERIAL NUMBER", lambda each: each.serial_number),
    Column[Root]("TOLD", lambda each: local(each.reported_at)),
)
NOT_RUNNING = "The central system does not run; it is done when it does and the station is there."


def add_to(parser: Parser) -> None:
    """Give `onetime errand` its verbs."""
    verbs = verbs_of(parser)
    _of_station(add_verb(verbs, "rotate-key", rotate, "give a station a new key over the air"))
    rising = _of_station(add_verb(verbs, "upgrade", upgrade, "bring a station to profile 2 or 3"))
    rising.add_argument("--security-profile", metavar="2|3", choices=("2", "3"), required=True)
    rising.add_argument(
        "--root-known",
        action="store_true",
        help="the station trusts the server's authority already: do not install it",
    )
    _of_station(add_verb(verbs, "install-root", install, "let a station trust our authority"))
    _of_station(add_verb(verbs, "read-roots", read, "ask which root certificates it trusts"))
    _of_station(add_verb(verbs, "roots", show_roots, "show what it has told of them"))
    ending = _of_station(add_verb(verbs, "delete-root", delete, "take a root certificate from it"))
    ending.add_argument("--serial", metavar="NUMBER", required=True, help="as `roots` shows it")
    _of_station(add_verb(verbs, "renew-certificate", renew, "let a station ask for another"))
    listing = add_verb(verbs, "list", show_list, "list errands, the newest first")
    listing.add_argument("--station", metavar="ID")
    ended = add_verb(verbs, "cancel", cancel, "end an errand that is not done")
    ended.add_argument("number", metavar="NO", type=row_number)


def rotate(arguments: Namespace) -> None:
    """Give a station a new key over the air."""
    _begin(arguments, ROTATE)


def upgrade(arguments: Namespace) -> None:
    """Bring a station to a higher security profile."""
    known = f" {ROOT_KNOWN}" if arguments.root_known else ""
    _begin(arguments, UPGRADE, arguments.security_profile + known)


def install(arguments: Namespace) -> None:
    """Let a station trust our authority."""
    _begin(arguments, INSTALL)


def read(arguments: Namespace) -> None:
    """Ask a station which root certificates it trusts."""
    _begin(arguments, READ)


def renew(arguments: Namespace) -> None:
    """Let a station ask for another certificate."""
    _begin(arguments, RENEW)


def delete(arguments: Namespace) -> None:
    """Take a root certificate from a station."""
    with open_desk(arguments) as desk:
        begun = desk.archive.perform(delete_root, desk.actor, arguments.id, arguments.serial)
        _tell(desk, arguments, begun)


def show_roots(arguments: Namespace) -> None:
    """Show which root certificates a station has told of."""
    with open_desk(arguments) as desk:
        found = desk.archive.ask(trusted_roots, arguments.id)
    nothing = f"It has told of none; ask it: onetime errand read-roots {arguments.id}"
    print_list(found, ROOTS, arguments.json, nothing)


def show_list(arguments: Namespace) -> None:
    """List errands."""
    with open_desk(arguments) as desk:
        found = desk.archive.ask(errand_list, arguments.station)
    print_list(found, COLUMNS, arguments.json, "No errands yet.")


def cancel(arguments: Namespace) -> None:
    """End an errand."""
    with open_desk(arguments) as desk:
        ended = desk.archive.perform(cancel_errand, desk.actor, arguments.number)
    if arguments.json:
        print_json(ended)
    else:
        print(f"Errand {ended.id} is ended; what its steps have changed stays.")


def _begin(arguments: Namespace, kind: str, goal: str | None = None) -> None:
    with open_desk(arguments) as desk:
        begun = desk.archive.perform(begin_errand, desk.actor, arguments.id, kind, goal)
        _tell(desk, arguments, begun)


def _tell(desk: Desk, arguments: Namespace, begun: Errand) -> None:
    if arguments.json:
        print_json(begun)
        return
    print(
        f"Errand {begun.id} is begun; how far it is:"
        f" onetime errand list --station {begun.station_id}"
    )
    if not is_serving(arguments.data_dir):
        print(NOT_RUNNING)


def _of_station(parser: Parser) -> Parser:
    parser.add_argument("id", metavar="ID", help="the identity of the station")
    return parser
