"""`onetime garage`: its name, and the lock for emergencies."""

from argparse import Namespace

from onetime.cli.arguments import Parser, add_verb, verbs_of
from onetime.cli.desk import Desk, open_desk
from onetime.cli.output import local, print_facts, print_json
from onetime.operations.site import lock_garage, name_garage, unlock_garage
from onetime.queries.site import site

OPEN = "no: whoever has a valid card may charge"


def add_to(parser: Parser) -> None:
    """Give `onetime garage` its verbs."""
    verbs = verbs_of(parser)
    add_verb(verbs, "show", show, "show its name and whether it is locked")
    naming = add_verb(verbs, "name", name, "give the garage a name")
    naming.add_argument("name", metavar="NAME")
    locking = add_verb(verbs, "lock", lock, "let nobody begin to charge, in an emergency")
    locking.add_argument("--reason", metavar="TEXT", required=True, help="why, for the audit")
    add_verb(verbs, "unlock", unlock, "let people charge again")


def show(arguments: Namespace) -> None:
    """Show the garage."""
    with open_desk(arguments) as desk:
        _tell(desk, arguments)


def name(arguments: Namespace) -> None:
    """Name the garage."""
    with open_desk(arguments) as desk:
        desk.archive.perform(name_garage, desk.actor, arguments.name)
        _tell(desk, arguments)


def lock(arguments: Namespace) -> None:
    """Lock the garage."""
    with open_desk(arguments) as desk:
        desk.archive.perform(lock_garage, desk.actor, arguments.reason)
        _tell(desk, arguments)


def unlock(arguments: Namespace) -> None:
    """Unlock the garage."""
    with open_desk(arguments) as desk:
        desk.archive.perform(unlock_garage, desk.actor)
        _tell(desk, arguments)


def _tell(desk: Desk, arguments: Namespace) -> None:
    found = desk.archive.ask(site)
    if arguments.json:
        print_json(found)
        return
    locked = OPEN
    if found.locked_at is not None:
        locked = f"since {local(found.locked_at)} by {found.locked_by}: {found.lock_reason}"
    print_facts([("Name", found.name), ("Locked", locked)])
