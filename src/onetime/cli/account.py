"""`onetime account`: people who sign in.

A password is typed twice or comes by standard input; it is never an argument, which other users of
the computer could read.
"""

import getpass
import sys
from argparse import Namespace

from onetime.cli.arguments import Parser, add_verb, row_number, verbs_of
from onetime.cli.desk import Desk, every, open_desk
from onetime.cli.output import Column, local, print_json, print_list
from onetime.domain.accounts import MAX_PASSWORD, Role
from onetime.domain.errors import Unacceptable
from onetime.operations.accounts import (
    AccountChanges,
    create_account,
    edit_account,
    remove_account,
    set_password,
)
from onetime.operations.passwords import hashed_password
from onetime.operations.second_factor import remove_second_factor
from onetime.queries.accounts import Account, account_list, account_named


def add_to(parser: Parser) -> None:
    """Give `onetime account` its verbs."""
    verbs = verbs_of(parser)
    new = _of_account(
        add_verb(verbs, "create", create, "let somebody sign in; asks for a password")
    )
    new.add_argument(
        "--role",
        metavar="ROLE",
        choices=[each.value for each in Role],
        required=True,
        help="owner, manager, installer, accountant or renter",
    )
    new.add_argument("--renter", metavar="ID", type=row_number, help="whose things a renter sees")
    _of_account(
        add_verb(verbs, "password", change_password, "replace a password; ends all sign-ins")
    )
    add_verb(verbs, "list", show_list, "list who can sign in")
    _of_account(add_verb(verbs, "disable", disable, "let somebody sign in no more, for now"))
    _of_account(add_verb(verbs, "enable", enable, "let somebody sign in again"))
    _of_account(
        add_verb(verbs, "reset-totp", reset_totp, "let the password be enough again: a lost phone")
    )
    _of_account(add_verb(verbs, "remove", remove, "forget an account with its e-mail address"))


def create(arguments: Namespace) -> None:
    """Let somebody sign in."""
    with open_desk(arguments) as desk:
        hashed = hashed_password(_asked_password(), arguments.email)
        desk.archive.perform(
            create_account,
            desk.actor,
            email=arguments.email,
            role=Role(arguments.role),
            renter_id=arguments.renter,
            password_hash=hashed,
        )
        _tell(desk, arguments, f"{arguments.email} can sign in as {arguments.role}.")


def change_password(arguments: Namespace) -> None:
    """Replace a password."""
    with open_desk(arguments) as desk:
        found = desk.archive.ask(account_named, arguments.email)
        hashed = hashed_password(_asked_password(), found.email)
        desk.archive.perform(set_password, desk.actor, found.id, hashed)
        _tell(desk, arguments, f"The password of {found.email} is changed; all sign-ins ended.")


def show_list(arguments: Namespace) -> None:
    """List accounts."""
    with open_desk(arguments) as desk:
        found = every(lambda asked: desk.archive.ask(account_list, asked))
        nothing = "No accounts yet. Make one: onetime account create EMAIL --role owner"
        print_list(found, COLUMNS, arguments.json, nothing)


def disable(arguments: Namespace) -> None:
    """Let somebody sign in no more."""
    _switch(arguments, False, "can not sign in any more.")


def enable(arguments: Namespace) -> None:
    """Let somebody sign in again."""
    _switch(arguments, True, "can sign in again.")


def reset_totp(arguments: Namespace) -> None:
    """Let the password be enough again."""
    with open_desk(arguments) as desk:
        found = desk.archive.ask(account_named, arguments.email)
        desk.archive.perform(remove_second_factor, desk.actor, found.id)
        _tell(desk, arguments, f"{found.email} signs in without one-time password now.")


def remove(arguments: Namespace) -> None:
    """Forget an account."""
    with open_desk(arguments) as desk:
        found = desk.archive.ask(account_named, arguments.email)
        desk.archive.perform(remove_account, desk.actor, found.id)
    if arguments.json:
        print_json(found)
    else:
        print(f"The account of {found.email} is removed.")


COLUMNS = (
    Column[Account]("ID", lambda each: str(each.id), right=True),
    Column[Account]("E-MAIL", lambda each: each.email, elastic=True),
    Column[Account]("ROLE", lambda each: each.role.value),
    Column[Account]("RENTER", lambda each: str(each.renter_id or ""), right=True),
    Column[Account]("", lambda each: "enabled" if each.is_enabled else "disabled"),
    Column[Account](
        "SECOND FACTOR", lambda each: "one-time password" if each.has_second_factor else ""
    ),
    Column[Account]("LAST SIGN-IN", lambda each: local(each.last_sign_in_at)),
)


def _switch(arguments: Namespace, is_enabled: bool, words: str) -> None:
    with open_desk(arguments) as desk:
        found = desk.archive.ask(account_named, arguments.email)
        changes = AccountChanges(is_enabled=is_enabled)
        desk.archive.perform(edit_account, desk.actor, found.id, changes)
        _tell(desk, arguments, f"{found.email} {words}")


def _asked_password() -> str:
    """Return a password typed twice without echo, or the first line of standard input."""
    if not sys.stdin.isatty():
        return sys.stdin.readline(MAX_PASSWORD + 2).rstrip("\r\n")
    password = getpass.getpass("Password (12 characters or more): ")
    if getpass.getpass("Again: ") != password:
        raise Unacceptable("The two differ; nothing was changed.", "password")
    return password


def _of_account(parser: Parser) -> Parser:
    parser.add_argument("email", metavar="EMAIL", help="the e-mail address that signs in")
    return parser


def _tell(desk: Desk, arguments: Namespace, sentence: str) -> None:
    if arguments.json:
        print_json(desk.archive.ask(account_named, arguments.email))
    else:
        print(sentence)
