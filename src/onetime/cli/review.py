"""`onetime review`: what needs a person's decision, in words."""

import shlex
from argparse import Namespace

from msgspec import structs

from onetime.cli.arguments import Parser, add_verb, row_number, verbs_of
from onetime.cli.corrections import add_resolve
from onetime.cli.desk import every, open_desk
from onetime.cli.output import (
    clean,
    local,
    print_facts,
    print_indented,
    print_json,
    print_json_list,
)
from onetime.domain.tokens import token_fault
from onetime.queries.review import ReviewItem, frames_of, review_item, review_list


def add_to(parser: Parser) -> None:
    """Give `onetime review` its verbs."""
    verbs = verbs_of(parser)
    listing = add_verb(verbs, "list", show_list, "list what waits for a decision")
    listing.add_argument("--all", action="store_true", help="what was decided too")
    showing = add_verb(verbs, "show", show, "show a finding with all its evidence")
    showing.add_argument("id", metavar="ID", type=row_number)
    add_resolve(verbs)


def show_list(arguments: Namespace) -> None:
    """List what waits for a decision."""
    is_open = None if arguments.all else True
    with open_desk(arguments) as desk:
        found = every(lambda asked: desk.archive.ask(review_list, is_open=is_open, asked=asked))
        if arguments.json:
            print_json_list(found)
            return
        is_empty = True
        for item in found:
            _print(item)
            is_empty = False
        if is_empty:
            print("Nothing needs a decision.")


def show(arguments: Namespace) -> None:
    """Show one finding."""
    with open_desk(arguments) as desk:
        found = desk.archive.ask(review_item, arguments.id)
        frames = desk.archive.ask(frames_of, arguments.id)
    if arguments.json:
        print_json({**structs.asdict(found), "frames": frames})
        return
    print_facts(
        [
            ("Review", f"{found.id} ({found.kind.value})"),
            ("What", found.sentence),
            ("Evidence", found.evidence),
            ("To do", found.advice if found.resolved_at is None else None),
            ("Station", found.station_id),
            ("Session", str(found.session_id) if found.session_id is not None else None),
            ("Card", found.id_tag),
            *(("Frame", frame) for frame in frames),
            ("Seen", f"{found.count:,} x, first {local(found.created_at)}"),
            ("Last", local(found.updated_at)),
            ("Decided", _decision(found)),
        ]
    )


def _print(item: ReviewItem) -> None:
    often = f"  {item.count:,} x" if item.count > 1 else ""
    place = f"  {clean(item.station_id)}" if item.station_id else ""
    about = f"  session {item.session_id}" if item.session_id is not None else ""
    print(f"{item.id}  {local(item.updated_at)}{place}{about}{often}")
    print_indented(item.sentence)
    print_indented(item.evidence)
    if item.resolved_at is None:
        print_indented(f"What to do: {item.advice}")
    if item.id_tag and item.resolved_at is None and _can_be_typed(item.id_tag):
        print_indented(f"Issue it: onetime card issue {shlex.quote(item.id_tag)} --renter ID")
    if item.resolved_at is not None:
        print_indented(f"Decided: {_decision(item)}")


def _can_be_typed(id_tag: str) -> bool:
    """Say whether a command with this card does what it says; a reader may send any text."""
    return token_fault(id_tag) is None and not id_tag.startswith("-")


def _decision(item: ReviewItem) -> str:
    if item.resolved_at is None:
        return "not yet"
    return f"{local(item.resolved_at)} by {item.resolved_by}: {item.resolution}"
