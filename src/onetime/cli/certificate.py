"""`onetime certificate`: the garage's own authority, and what it signs for server and stations."""

import os
from argparse import Namespace
from pathlib import Path

from msgspec import to_builtins

from onetime.cli.arguments import Misuse, Parser, Verbs, add_common, add_verb, row_number, verbs_of
from onetime.cli.desk import Desk, open_desk
from onetime.cli.output import (
    Column,
    local,
    print_facts,
    print_json,
    print_json_list,
    print_list,
    print_table,
)
from onetime.domain.errors import Conflict, NotFound
from onetime.kit.signing import KeyKind
from onetime.kit.x509 import Pair
from onetime.operations.certificates import (
    ROOT_KINDS,
    create_authority,
    create_server_certificates,
    issue_station_pair,
    renew_server_certificates,
    revocations,
    revoke,
)
from onetime.operations.requests import approve_request, refuse_request
from onetime.queries.certificates import (
    Certificate,
    Request,
    Root,
    certificate,
    certificate_list,
    request_list,
    root,
)

STATION_KINDS = (KeyKind.ECDSA_P256, KeyKind.RSA_2048)
COLUMNS = (
    Column[Certificate]("NO", lambda each: str(each.id), right=True),
    Column[Certificate]("FOR", lambda each: each.station_id or each.purpose.value),
    Column[Certificate]("NAMES", lambda each: each.names or each.common_name, elastic=True),
    Column[Certificate]("KEY", lambda each: each.key_kind),
    Column[Certificate]("UNTIL", lambda each: local(each.not_after)),
    Column[Certificate]("", lambda each: state_of(each)),
)

REQUESTS = (
    Column[Request]("NO", lambda each: str(each.id), right=True),
    Column[Request]("STATION", lambda each: each.station_id),
    Column[Request]("NAME", lambda each: each.common_name),
    Column[Request]("AT", lambda each: local(each.at)),
    Column[Request]("STATE", lambda each: each.state.value),
    Column[Request]("WHY", lambda each: each.why or "", elastic=True),
)


def add_to(parser: Parser) -> None:
    """Give `onetime certificate` its verbs."""
    verbs = verbs_of(parser)
    _add_authority(_group(verbs, "authority", "the garage's own authority: create, show, crl"))
    server = verbs_of(_group(verbs, "server", "what the server shows: create, renew"))
    new = add_verb(server, "create", create_server, "make the server's certificates, by the name")
    new.add_argument(
        "--name",
        metavar="HOST",
        action="append",
        required=True,
        help="host name or address under which stations call it; may be given several times",
    )
    add_verb(server, "renew", renew_server, "make them anew, for the same names")
    station = verbs_of(_group(verbs, "station", "certificates of stations: issue"))
    issuing = add_verb(station, "issue", issue, "make one with its key, to be put in by hand")
    issuing.add_argument("id", metavar="ID", help="the identity of the station")
    _add_key(issuing, STATION_KINDS)
    issuing.add_argument("--out", metavar="FILE", type=Path, help="write it there, for you alone")
    asking = verbs_of(_group(verbs, "request", "what stations ask for: list, approve, refuse"))
    waiting = add_verb(asking, "list", list_requests, "list what waits for a decision")
    waiting.add_argument("--all", action="store_true", help="what was decided too")
    for name, run, summary in (
        ("approve", approve, "sign it, in the name that it gives"),
        ("refuse", refuse, "sign nothing"),
    ):
        deciding = add_verb(asking, name, run, summary)
        deciding.add_argument("number", metavar="NO", type=row_number)
    deciding.add_argument("--reason", metavar="TEXT", required=True)
    listing = add_verb(verbs, "list", show_list, "list certificates")
    listing.add_argument("--past", action="store_true", help="replaced and revoked ones too")
    showing = add_verb(verbs, "show", show, "show one certificate")
    showing.add_argument("number", metavar="NO", type=row_number)
    revoking = add_verb(verbs, "revoke", revoke_one, "let a certificate open nothing any more")
    revoking.add_argument("which", metavar="NO|FINGERPRINT", help="its number or SHA-256")
    revoking.add_argument("--reason", metavar="TEXT", required=True)


def create(arguments: Namespace) -> None:
    """Make the authority."""
    with open_desk(arguments) as desk:
        desk.archive.perform(
            create_authority, desk.actor, arguments.organization, KeyKind(arguments.key)
        )
        made = _the_root(desk)
        if arguments.json:
            print_json(_shown_root(made))
            return
        print("The authority is made. Stations have to trust it: give them the certificate that")
        print("`onetime certificate authority show` prints, or let it be installed over the air.")
        print_facts(_facts_of_root(made))


def show_authority(arguments: Namespace) -> None:
    """Print the authority's certificate."""
    with open_desk(arguments) as desk:
        found = _the_root(desk)
    if arguments.json:
        print_json(_shown_root(found))
    else:
        print(found.certificate, end="")


def crl(arguments: Namespace) -> None:
    """Print the signed list of what was revoked."""
    with open_desk(arguments) as desk:
        listed = desk.archive.perform(revocations).decode()
    if arguments.json:
        print_json({"crl": listed})
    else:
        print(listed, end="")


def create_server(arguments: Namespace) -> None:
    """Make the server's certificates."""
    with open_desk(arguments) as desk:
        made = desk.archive.perform(create_server_certificates, desk.actor, arguments.name)
        _tell_server(desk, arguments, made)


def renew_server(arguments: Namespace) -> None:
    """Make the server's certificates anew."""
    with open_desk(arguments) as desk:
        made = desk.archive.perform(renew_server_certificates, desk.actor)
        _tell_server(desk, arguments, made)


def issue(arguments: Namespace) -> None:
    """Make a certificate with its key for a station."""
    if arguments.json and arguments.out:
        raise Misuse("--out writes PEM; leave --json or --out away.")
    with open_desk(arguments) as desk:
        if arguments.out is not None and arguments.out.exists():
            raise Conflict(f"{arguments.out} is there already; it was not touched.")
        pair = desk.archive.perform(
            issue_station_pair, desk.actor, arguments.id, KeyKind(arguments.key)
        )
    if arguments.json:
        print_json({name: text.decode() for name, text in to_pem(pair).items()})
    elif arguments.out is not None:
        write_privately(arguments.out, pair.certificate + pair.private_key)
        print(f"Certificate and key are in {arguments.out}; the key is nowhere else.")
    else:
        print((pair.certificate + pair.private_key).decode(), end="")


def show_list(arguments: Namespace) -> None:
    """List certificates."""
    with open_desk(arguments) as desk:
        found = desk.archive.ask(certificate_list, with_past=arguments.past)
        authority = desk.archive.ask(root)
    if arguments.json:
        print_json_list(found)
        return
    if authority is None:
        print("No authority yet: onetime certificate authority create --organization NAME")
    else:
        print_facts(_facts_of_root(authority))
    if found:
        print()
        print_table(found, COLUMNS)


def show(arguments: Namespace) -> None:
    """Show one certificate."""
    with open_desk(arguments) as desk:
        found = desk.archive.ask(certificate, arguments.number)
    if arguments.json:
        print_json(found)
        return
    print_facts(
        [
            ("Number", str(found.id)),
            ("For", found.station_id or found.purpose.value),
            ("Name", found.common_name),
            ("Names", found.names or None),
            ("Key", found.key_kind),
            ("Serial", found.serial_number),
            ("SHA-256", found.fingerprint),
            ("From", local(found.not_before)),
            ("Until", local(found.not_after)),
            ("State", state_of(found) or "in use"),
            ("Because", found.revoked_because),
        ]
    )
    print(found.certificate, end="")


def list_requests(arguments: Namespace) -> None:
    """List what stations ask for."""
    with open_desk(arguments) as desk:
        found = desk.archive.ask(request_list, with_past=arguments.all)
    print_list(found, REQUESTS, arguments.json, "Nothing waits for a decision.")


def approve(arguments: Namespace) -> None:
    """Sign what a station asks for."""
    with open_desk(arguments) as desk:
        found = desk.archive.perform(approve_request, desk.actor, arguments.number)
    _tell_request(arguments, found, "is signed; the station gets the certificate when it is there")


def refuse(arguments: Namespace) -> None:
    """Sign nothing."""
    with open_desk(arguments) as desk:
        found = desk.archive.perform(refuse_request, desk.actor, arguments.number, arguments.reason)
    _tell_request(arguments, found, "comes to nothing")


def _tell_request(arguments: Namespace, found: Request, what: str) -> None:
    if arguments.json:
        print_json(found)
    else:
        print(f"Certificate request {found.id} of station {found.station_id} {what}.")


def revoke_one(arguments: Namespace) -> None:
    """Revoke a certificate."""
    with open_desk(arguments) as desk:
        found = desk.archive.perform(revoke, desk.actor, arguments.which, arguments.reason)
    if arguments.json:
        print_json(found)
    else:
        print(f"Certificate {found.id} is revoked; what came in with it is sent away.")


def state_of(each: Certificate) -> str:
    """Say in a word whether a certificate still counts."""
    if each.revoked_at is not None:
        return "revoked"
    return "replaced" if each.replaced_at is not None else ""


def to_pem(pair: Pair) -> dict[str, bytes]:
    """Return the parts of a pair by name."""
    return {"certificate": pair.certificate, "private_key": pair.private_key}


def write_privately(path: Path, content: bytes) -> None:
    """Write a new file that its owner alone can read; raises OSError, also when it is there."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(handle, "wb") as file:
        file.write(content)


def _group(verbs: Verbs, name: str, summary: str) -> Parser:
    parser: Parser = verbs.add_parser(name, help=summary, description=summary)
    add_common(parser)
    return parser


def _add_authority(parser: Parser) -> None:
    verbs = verbs_of(parser)
    new = add_verb(verbs, "create", create, "make the authority")
    new.add_argument("--organization", metavar="NAME", required=True, help="who runs the garage")
    _add_key(new, ROOT_KINDS)
    add_verb(verbs, "show", show_authority, "print its certificate, which stations have to trust")
    add_verb(verbs, "crl", crl, "print the signed list of revoked certificates")


def _add_key(parser: Parser, kinds: tuple[KeyKind, ...]) -> None:
    parser.add_argument(
        "--key",
        choices=[each.value for each in kinds],
        default=kinds[0].value,
        help="the kind of key; RSA for stations that know nothing else",
    )


def _the_root(desk: Desk) -> Root:
    found = desk.archive.ask(root)
    if found is None:
        raise NotFound(
            "This garage has no authority of its own yet: onetime certificate authority create."
        )
    return found


def _shown_root(found: Root) -> dict[str, object]:
    seen: dict[str, object] = to_builtins(found.seen)
    return {"organization": found.organization, "certificate": found.certificate, **seen}


def _facts_of_root(found: Root) -> list[tuple[str, str | None]]:
    return [
        ("Authority", found.seen.common_name),
        ("Key", found.seen.key_kind),
        ("Until", local(found.seen.not_after)),
        ("SHA-256", found.seen.fingerprint),
    ]


def _tell_server(desk: Desk, arguments: Namespace, made: list[Certificate]) -> None:
    if arguments.json:
        print_json_list(made)
        return
    names = made[0].names.replace(",", ", ")
    print(f"The server shows certificates for {names} from now on, until")
    print(f"{local(made[0].not_after)}; they are renewed by themselves a month before.")
    if desk.settings.ocpp_tls_certificate:
        print("OCPP_TLS_CERTIFICATE names files: those are shown instead.")
