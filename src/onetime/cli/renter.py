"""`onetime renter`: who rents here."""

import os
import shutil
from argparse import Namespace
from pathlib import Path

from msgspec import UNSET

from onetime.cli.arguments import Misuse, Parser, add_verb, row_number, verbs_of
from onetime.cli.desk import Desk, every, open_desk
from onetime.cli.output import (
    Column,
    local,
    print_facts,
    print_json,
    print_list,
    times,
)
from onetime.domain.errors import Refusal
from onetime.kit.units import kwh_text
from onetime.operations.erasure import erase_renter, erase_traces
from onetime.operations.renters import (
    RenterChanges,
    create_renter,
    deactivate_renter,
    edit_renter,
    reactivate_renter,
)
from onetime.queries.bundles import renter_bundle
from onetime.queries.renters import Renter, renter, renter_list
from onetime.queries.sessions import Wanted, session_sums

COLUMNS = (
    Column[Renter]("ID", lambda each: str(each.id), right=True),
    Column[Renter]("NAME", lambda each: each.name, elastic=True),
    Column[Renter]("EMAIL", lambda each: each.contact_email, elastic=True),
    Column[Renter]("PHONE", lambda each: each.phone_number or ""),
    Column[Renter]("SPOTS", lambda each: ", ".join(each.spots), elastic=True),
    Column[Renter]("CARDS", lambda each: str(each.token_count), right=True),
    Column[Renter]("", lambda each: "" if each.is_active else "past renter"),
)


def add_to(parser: Parser) -> None:
    """Give `onetime renter` its verbs."""
    verbs = verbs_of(parser)
    enter = add_verb(verbs, "add", add, "enter a renter")
    enter.add_argument("name", metavar="NAME")
    enter.add_argument("--email", required=True)
    enter.add_argument("--phone")
    listing = add_verb(verbs, "list", show_list, "list renters, the newest first")
    listing.add_argument("--past", action="store_true", help="only those who are not active")
    _of_renter(add_verb(verbs, "show", show, "show a renter with spots, cards and energy"))
    change = _of_renter(add_verb(verbs, "edit", edit, "change name, e-mail address or phone"))
    change.add_argument("--name")
    change.add_argument("--email")
    change.add_argument("--phone", help="an empty one takes it away")
    _of_renter(
        add_verb(
            verbs,
            "deactivate",
            deactivate,
            "end a tenancy: cards stop charging, spots become free, the history stays",
        )
    )
    forgetting = _of_renter(
        add_verb(verbs, "erase", erase, "erase a person, for good; the energy of charges stays")
    )
    forgetting.add_argument("--confirm", required=True, metavar="NAME", help="the renter's name")
    taking = _of_renter(
        add_verb(verbs, "export", export, "write all that is kept of a renter into a ZIP file")
    )
    taking.add_argument("file", metavar="FILE", type=Path, help="a new file")
    _of_renter(add_verb(verbs, "reactivate", reactivate, "let a past renter's cards charge again"))


def add(arguments: Namespace) -> None:
    """Enter a renter."""
    with open_desk(arguments) as desk:
        renter_id = desk.archive.perform(
            create_renter,
            desk.actor,
            name=arguments.name,
            contact_email=arguments.email,
            phone_number=arguments.phone,
        )
        _tell(desk, arguments, renter_id, f"Renter {renter_id} is entered.")


def show_list(arguments: Namespace) -> None:
    """List renters."""
    is_active = False if arguments.past else None
    with open_desk(arguments) as desk:
        found = every(lambda asked: desk.archive.ask(renter_list, is_active=is_active, asked=asked))
        nothing = "No renters yet. Enter one: onetime renter add NAME --email ADDRESS"
        if arguments.past:
            nothing = "No past renters."
        print_list(found, COLUMNS, arguments.json, nothing)


def show(arguments: Namespace) -> None:
    """Show one renter."""
    with open_desk(arguments) as desk:
        found = desk.archive.ask(renter, arguments.id)
        if arguments.json:
            print_json(found)
            return
        sums = desk.archive.ask(session_sums, Wanted(renter_id=found.id))
    print_facts(
        [
            ("Renter", f"{found.id}" if found.is_active else f"{found.id} (past renter)"),
            ("Name", found.name),
            ("E-mail", found.contact_email),
            ("Phone", found.phone_number),
            ("Since", local(found.created_at)),
            ("Spots", ", ".join(found.spots)),
            ("Cards", str(found.token_count)),
            ("Charged", f"{kwh_text(sums.energy_wh)} in {times(sums.sessions, 'session')}"),
        ]
    )


def edit(arguments: Namespace) -> None:
    """Change a renter."""
    changes = RenterChanges(
        name=UNSET if arguments.name is None else arguments.name,
        contact_email=UNSET if arguments.email is None else arguments.email,
        phone_number=UNSET if arguments.phone is None else arguments.phone,
    )
    if changes == RenterChanges():
        raise Misuse("Nothing to change: give --name, --email or --phone.")
    with open_desk(arguments) as desk:
        desk.archive.perform(edit_renter, desk.actor, arguments.id, changes)
        _tell(desk, arguments, arguments.id, f"Renter {arguments.id} is changed.")


def deactivate(arguments: Namespace) -> None:
    """End a tenancy."""
    with open_desk(arguments) as desk:
        released = desk.archive.perform(deactivate_renter, desk.actor, arguments.id)
        sentence = f"Renter {arguments.id} is not active any more; cards charge no longer."
        if released:
            sentence += f" Released: {', '.join(released)}."
        _tell(desk, arguments, arguments.id, sentence)


def erase(arguments: Namespace) -> None:
    """Erase a person."""
    with open_desk(arguments) as desk:
        begun = desk.archive.perform(erase_renter, desk.actor, arguments.id, arguments.confirm)
        while desk.archive.perform(erase_traces, begun.id):
            continue
        _tell(desk, arguments, arguments.id, f"Renter {begun.renter_id} is erased for good.")


def export(arguments: Namespace) -> None:
    """Write all about a renter into a file that only its owner can read."""
    with open_desk(arguments) as desk:
        with renter_bundle(desk.archive, arguments.id) as bundle:
            try:
                file = os.open(arguments.file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
            except OSError as fault:
                raise Refusal(f"{arguments.file} can not be written: {fault.strerror}.") from None
            with os.fdopen(file, "wb") as out:
                shutil.copyfileobj(bundle, out)
        _tell(desk, arguments, arguments.id, f"All about renter {arguments.id} is in the file.")


def reactivate(arguments: Namespace) -> None:
    """Let a past renter come back."""
    with open_desk(arguments) as desk:
        desk.archive.perform(reactivate_renter, desk.actor, arguments.id)
        _tell(desk, arguments, arguments.id, f"Renter {arguments.id} is active; cards charge.")


def _of_renter(parser: Parser) -> Parser:
    parser.add_argument("id", metavar="ID", type=row_number, help="the number of the renter")
    return parser


def _tell(desk: Desk, arguments: Namespace, renter_id: int, sentence: str) -> None:
    if arguments.json:
        print_json(desk.archive.ask(renter, renter_id))
    else:
        print(sentence)
