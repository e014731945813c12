"""`onetime api-token`: tokens with which programs use the API."""

from argparse import Namespace
from datetime import datetime

from msgspec import UNSET, to_builtins

from onetime.cli.arguments import Parser, add_verb, moment_or_never, row_number, verbs_of
from onetime.cli.desk import every, open_desk
from onetime.cli.output import Column, local, print_json, print_list
from onetime.domain.accounts import Role
from onetime.operations.api_tokens import create_api_token, revoke_api_token
from onetime.queries.api_tokens import ApiToken, api_token, api_token_list


def add_to(parser: Parser) -> None:
    """Give `onetime api-token` its verbs."""
    verbs = verbs_of(parser)
    new = add_verb(verbs, "create", create, "make a token for a program; prints it, once")
    new.add_argument("--name", metavar="N", required=True, help="what it is for")
    new.add_argument(
        "--role",
        metavar="ROLE",
        type=str,
        choices=[each.value for each in Role],
        required=True,
        help="what it may do: owner, manager, installer, accountant or renter",
    )
    new.add_argument("--renter", metavar="ID", type=row_number, help="whose things a renter sees")
    new.add_argument(
        "--expires",
        metavar="TIME",
        type=moment_or_never,
        default=UNSET,
        help="when it ends: 2026-12-31 or never; a year from now if left out",
    )
    add_verb(verbs, "list", show_list, "list tokens, the newest first")
    ending = add_verb(verbs, "revoke", revoke, "let a token be worth nothing from now on")
    ending.add_argument("id", metavar="ID", type=row_number, help="its number, as listed")


def create(arguments: Namespace) -> None:
    """Make a token; it is never shown again."""
    with open_desk(arguments) as desk:
        issued = desk.archive.perform(
            create_api_token,
            desk.actor,
            name=arguments.name,
            role=Role(arguments.role),
            renter_id=arguments.renter,
            expires_at=arguments.expires,
        )
        found = desk.archive.ask(api_token, issued.id)
    if arguments.json:
        print_json({**to_builtins(found), "token": issued.token})
        return
    ends = local(found.expires_at) or "never"
    print(f"Token {found.id} for {found.role.value}, shown only this once; expires: {ends}.")
    print(issued.token)


def show_list(arguments: Namespace) -> None:
    """List tokens."""
    with open_desk(arguments) as desk:
        found = every(lambda asked: desk.archive.ask(api_token_list, asked))
        nothing = "No tokens yet. Make one: onetime api-token create --name N --role ROLE"
        print_list(found, _columns(desk.clock.now()), arguments.json, nothing)


def revoke(arguments: Namespace) -> None:
    """Let a token be worth nothing."""
    with open_desk(arguments) as desk:
        desk.archive.perform(revoke_api_token, desk.actor, arguments.id)
        if arguments.json:
            print_json(desk.archive.ask(api_token, arguments.id))
        else:
            print(f"Token {arguments.id} is revoked.")


def state_of(each: ApiToken, now: datetime) -> str:
    """Say in a word whether a token is in force."""
    if each.revoked_at is not None:
        return "revoked"
    if each.expires_at is not None and each.expires_at <= now:
        return "expired"
    return "in force"


def _columns(now: datetime) -> tuple[Column[ApiToken], ...]:
    return (
        Column("ID", lambda each: str(each.id), right=True),
        Column("NAME", lambda each: each.name, elastic=True),
        Column("ROLE", lambda each: each.role.value),
        Column("RENTER", lambda each: str(each.renter_id or ""), right=True),
        Column("", lambda each: state_of(each, now)),
        Column("EXPIRES", lambda each: local(each.expires_at) or "never"),
        Column("LAST USED", lambda each: local(each.last_used_at)),
    )
