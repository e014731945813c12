"""`onetime card`: who may charge."""

from argparse import Namespace
from datetime import datetime

from msgspec import UNSET, structs

from onetime.cli.arguments import Misuse, Parser, add_verb, moment_or_never, row_number, verbs_of
from onetime.cli.desk import Desk, every, open_desk
from onetime.cli.output import (
    Column,
    local,
    print_facts,
    print_json,
    print_list,
)
from onetime.domain.errors import NotFound
from onetime.domain.tokens import Verdict
from onetime.operations.tokens import (
    CardChanges,
    block_card,
    edit_card,
    issue_card,
    unblock_card,
)
from onetime.queries.renters import renter
from onetime.queries.revocations import Revocation, StationConfirmation, revocation
from onetime.queries.tokens import Token, token, token_list, verdict_on

WORDS: dict[Verdict, str] = {
    Verdict.ACCEPTED: "may charge",
    Verdict.BLOCKED: "blocked",
    Verdict.EXPIRED: "expired",
    Verdict.INACTIVE: "past renter",
    Verdict.LOCKED: "the garage is locked",
    Verdict.CONCURRENT: "charges elsewhere",
}


class ShownCard(Token, frozen=True, kw_only=True):
    """A card, whether it may charge, and how far that is known when it may not."""

    verdict: Verdict
    revocation: Revocation | None


def add_to(parser: Parser) -> None:
    """Give `onetime card` its verbs."""
    verbs = verbs_of(parser)
    issuing = _of_card(add_verb(verbs, "issue", issue, "give a renter a card"))
    issuing.add_argument("--renter", metavar="ID", type=row_number, required=True)
    _with_details(issuing)
    listing = add_verb(verbs, "list", show_list, "list cards, the newest first")
    listing.add_argument("--renter", metavar="ID", type=row_number)
    _of_card(
        add_verb(verbs, "show", show, "show a card, and which stations know if it was revoked")
    )
    change = _of_card(add_verb(verbs, "edit", edit, "change a card, or hand it to another renter"))
    change.add_argument("--renter", metavar="ID", type=row_number, help="who holds it from now on")
    _with_details(change)
    _of_card(add_verb(verbs, "block", block, "let a card charge no more"))
    _of_card(add_verb(verbs, "unblock", unblock, "let a card charge again"))


def issue(arguments: Namespace) -> None:
    """Give a renter a card."""
    expires = None if arguments.expires is UNSET else arguments.expires
    with open_desk(arguments) as desk:
        desk.archive.perform(
            issue_card,
            desk.actor,
            arguments.token,
            arguments.renter,
            expiry_date=expires,
            description=arguments.description,
            parent_id_tag=arguments.parent,
        )
        sentence = f"Card {arguments.token} is issued to renter {arguments.renter}."
        if expires is not None and expires <= desk.clock.now():
            sentence += " It has expired and can not charge."
        _tell(desk, arguments, sentence)


def show_list(arguments: Namespace) -> None:
    """List cards."""
    with open_desk(arguments) as desk:
        if arguments.renter is not None:
            desk.archive.ask(renter, arguments.renter)
        found = every(
            lambda asked: desk.archive.ask(token_list, renter_id=arguments.renter, asked=asked)
        )
        whose = arguments.renter or "ID"
        nothing = f"No cards yet. Issue one: onetime card issue TOKEN --renter {whose}"
        print_list(found, _columns(desk.clock.now()), arguments.json, nothing)


def show(arguments: Namespace) -> None:
    """Show a card; when it may not charge, also who knows that by now."""
    with open_desk(arguments) as desk:
        card = desk.archive.ask(token, arguments.token)
        ruling = verdict_on(card, desk.clock.now())
        told = None if ruling is Verdict.ACCEPTED else _revocation(desk, card.token)
        if arguments.json:
            print_json(ShownCard(**structs.asdict(card), verdict=ruling, revocation=told))
            return
    facts = [
        ("Card", card.token),
        ("Renter", f"{card.renter_name} ({card.renter_id})"),
        ("State", WORDS[ruling]),
        ("Expires", local(card.expiry_date)),
        ("Group", card.parent_id_tag),
        ("Description", card.description),
    ]
    if told is not None:
        facts.append(("Revoked", local(told.revoked_at)))
        facts += [(f"Station {each.station_id}", known_by(each)) for each in told.stations]
        facts += [
            (f"Charge {each.id}", f"goes on at station {each.station_id}: decide about it")
            for each in told.open_sessions
        ]
    print_facts(facts)


def known_by(each: StationConfirmation) -> str:
    """Say whether a station may still let a revoked card charge."""
    if each.confirmed_at is not None:
        return f"confirmed {local(each.confirmed_at)}"
    where = "waits for its answer" if each.is_online else "waits for its return"
    return f"{where} (cache {each.cache.value}, list {each.list.value})"


def edit(arguments: Namespace) -> None:
    """Change a card."""
    changes = CardChanges(
        renter_id=UNSET if arguments.renter is None else arguments.renter,
        expiry_date=arguments.expires,
        description=UNSET if arguments.description is None else arguments.description,
        parent_id_tag=UNSET if arguments.parent is None else arguments.parent,
    )
    if changes == CardChanges():
        raise Misuse("Nothing to change: give --renter, --expires, --description or --parent.")
    with open_desk(arguments) as desk:
        desk.archive.perform(edit_card, desk.actor, arguments.token, changes)
        _tell(desk, arguments, f"Card {arguments.token} is changed.")


def block(arguments: Namespace) -> None:
    """Let a card charge no more."""
    with open_desk(arguments) as desk:
        desk.archive.perform(block_card, desk.actor, arguments.token)
        _tell(desk, arguments, f"Card {arguments.token} is blocked.")


def unblock(arguments: Namespace) -> None:
    """Let a card charge again."""
    with open_desk(arguments) as desk:
        desk.archive.perform(unblock_card, desk.actor, arguments.token)
        card = desk.archive.ask(token, arguments.token)
        ruling = verdict_on(card, desk.clock.now())
        sentence = f"Card {arguments.token} is not blocked any more"
        if ruling is not Verdict.ACCEPTED:
            sentence += f", but can not charge: {WORDS[ruling]}"
        _tell(desk, arguments, f"{sentence}.")


def _revocation(desk: Desk, number: str) -> Revocation | None:
    """Return how far a revocation is known; it is noted while the central system runs."""
    try:
        return desk.archive.ask(revocation, number)
    except NotFound:
        return None


def _of_card(parser: Parser) -> Parser:
    parser.add_argument("token", metavar="TOKEN", help="the number that readers send")
    return parser


def _with_details(parser: Parser) -> None:
    parser.add_argument(
        "--expires",
        metavar="TIME",
        type=moment_or_never,
        default=UNSET,
        help="from when on it can not charge: 2026-12-31, 2026-12-31T18:00:00+01:00 or never;"
        " without zone it is UTC",
    )
    parser.add_argument("--description", metavar="TEXT")
    parser.add_argument("--parent", metavar="TOKEN", help="the group that the card belongs to")


def _tell(desk: Desk, arguments: Namespace, sentence: str) -> None:
    if arguments.json:
        print_json(desk.archive.ask(token, arguments.token))
    else:
        print(sentence)


def _columns(now: datetime) -> tuple[Column[Token], ...]:
    return (
        Column("CARD", lambda each: each.token),
        Column("RENTER", lambda each: f"{each.renter_name} ({each.renter_id})", elastic=True),
        Column("", lambda each: WORDS[verdict_on(each, now)]),
        Column("EXPIRES", lambda each: local(each.expiry_date)),
        Column("DESCRIPTION", lambda each: each.description or "", elastic=True),
    )
