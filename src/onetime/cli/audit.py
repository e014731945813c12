"""`onetime audit`: who changed what, and whether that record is whole."""

import re
from argparse import ArgumentTypeError, Namespace
from itertools import islice

from onetime.cli.arguments import Parser, add_verb, row_number, verbs_of
from onetime.cli.desk import every, open_desk
from onetime.cli.output import Column, local, print_json, print_list, times
from onetime.queries.audit import AuditEntry, audit_chain, audit_list

BROKEN = 1
SHOWN = 50
_KNOWN = re.compile(r"([0-9]{1,18}):([0-9a-f]{64})", re.ASCII)

COLUMNS = (
    Column[AuditEntry]("ID", lambda each: str(each.id), right=True),
    Column[AuditEntry]("WHEN", lambda each: local(each.at)),
    Column[AuditEntry]("WHO", lambda each: each.actor),
    Column[AuditEntry]("DID", lambda each: each.act),
    Column[AuditEntry]("TO", lambda each: each.subject, elastic=True),
    Column[AuditEntry]("BEFORE", lambda each: each.before or "", elastic=True),
    Column[AuditEntry]("AFTER", lambda each: each.after or "", elastic=True),
    Column[AuditEntry]("WHY", lambda each: each.reason or "", elastic=True),
)


def add_to(parser: Parser) -> None:
    """Give `onetime audit` its verbs."""
    verbs = verbs_of(parser)
    listing = add_verb(verbs, "list", show_list, "list who changed what, the newest first")
    listing.add_argument("--subject", metavar="KIND:NAME", help="such as spot:3 or station:CP-1")
    listing.add_argument("--limit", metavar="N", type=row_number, help=f"as text {SHOWN} otherwise")
    checking = add_verb(verbs, "verify", verify, "say whether an entry was changed or removed")
    checking.add_argument(
        "--known",
        metavar="ID:DIGEST",
        type=_known,
        help="an entry as `verify` named it earlier: it must still be there",
    )


def show_list(arguments: Namespace) -> None:
    """List acts."""
    limit = arguments.limit if arguments.limit is not None or arguments.json else SHOWN
    with open_desk(arguments) as desk:
        found = islice(
            every(
                lambda asked: desk.archive.ask(audit_list, subject=arguments.subject, asked=asked)
            ),
            limit,
        )
        print_list(found, COLUMNS, arguments.json, "Nobody has changed anything.")


def verify(arguments: Namespace) -> None:
    """Follow the chain; end with 1 when it is broken."""
    with open_desk(arguments) as desk:
        chain = desk.archive.ask(audit_chain, arguments.known)
    if arguments.json:
        print_json(chain)
    elif chain.fault is None:
        print(f"The audit is whole: {times(chain.entries, 'entry', 'entries')}.")
        if chain.entries:
            print(f"Note this elsewhere, for --known: {chain.last_id}:{chain.head}")
    else:
        print(f"The audit is broken at entry {chain.broken_id}: {chain.fault}.")
    if chain.fault is not None:
        raise SystemExit(BROKEN)


def _known(text: str) -> tuple[int, str]:
    found = _KNOWN.fullmatch(text)
    if found is None:
        raise ArgumentTypeError(f"{text!r} is not the number and the digest of an entry")
    return int(found[1]), found[2]
