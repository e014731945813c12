"""`onetime session`: where, when and how much was charged."""

from argparse import Namespace
from datetime import datetime
from itertools import islice

from onetime.cli.arguments import Misuse, Parser, add_verb, moment, row_number, verbs_of
from onetime.cli.corrections import add_close
from onetime.cli.desk import Desk, every, open_desk
from onetime.cli.output import (
    Column,
    lasted,
    local,
    local_exactly,
    print_facts,
    print_json,
    print_json_list,
    print_list,
    print_table,
    times,
)
from onetime.kit.logs import masked
from onetime.kit.units import kwh_text
from onetime.queries.sessions import (
    Reading,
    Session,
    Wanted,
    session,
    session_list,
    session_readings,
    session_sums,
)

SHOWN = 50
READING_COLUMNS = (
    Column[Reading]("TIME", lambda each: local_exactly(each.timestamp)),
    Column[Reading]("MEASURAND", lambda each: each.measurand),
    Column[Reading]("VALUE", lambda each: value_of(each), right=True),
    Column[Reading]("UNIT", lambda each: each.unit),
    Column[Reading]("PHASE", lambda each: each.phase or ""),
    Column[Reading]("CONTEXT", lambda each: each.context or "", elastic=True),
)


def add_to(parser: Parser) -> None:
    """Give `onetime session` its verbs."""
    verbs = verbs_of(parser)
    listing = add_verb(verbs, "list", show_list, "list charges, the newest first, with their sum")
    listing.add_argument(
        "--renter", metavar="ID", type=row_number, help="where this renter charged"
    )
    listing.add_argument("--station", metavar="ID")
    listing.add_argument("--card", metavar="TOKEN")
    listing.add_argument("--from", metavar="TIME", type=moment, dest="began_from")
    listing.add_argument(
        "--to", metavar="TIME", type=moment, dest="began_before", help="began before this time"
    )
    listing.add_argument("--open", action="store_true", help="only those that still go on")
    listing.add_argument(
        "--limit", metavar="N", type=row_number, help=f"0 shows all; {SHOWN} as text, all as JSON"
    )
    _of_session(add_verb(verbs, "show", show, "show all that is known of a charge"))
    _of_session(add_verb(verbs, "readings", show_readings, "list the meter values of a charge"))
    add_close(verbs)


def show_list(arguments: Namespace) -> None:
    """List charges."""
    wanted = Wanted(
        renter_id=arguments.renter,
        station_id=arguments.station,
        token=arguments.card,
        began_from=arguments.began_from,
        began_before=arguments.began_before,
        is_open=True if arguments.open else None,
    )
    if wanted.began_from and wanted.began_before and wanted.began_from > wanted.began_before:
        raise Misuse("--from is later than --to: no charge began between them")
    limit = arguments.limit if arguments.limit is not None else 0 if arguments.json else SHOWN
    with open_desk(arguments) as desk:
        found = islice(
            every(lambda asked: desk.archive.ask(session_list, wanted, asked)), limit or None
        )
        if arguments.json:
            print_json_list(found)
        elif rows := list(found):
            print_table(rows, _columns(desk.clock.now()))
            _print_sums(desk, wanted, len(rows))
        elif wanted == Wanted():
            print("No charges yet. What stations report appears here: onetime station list")
        else:
            print("No charges like that.")


def show(arguments: Namespace) -> None:
    """Show one charge."""
    with open_desk(arguments) as desk:
        found = desk.archive.ask(session, arguments.id)
    if arguments.json:
        print_json(found)
        return
    print_facts(
        [
            ("Session", str(found.id)),
            ("Renter", renter_of(found)),
            ("Card", found.id_tag if found.token_id is None else found.token_id),
            ("Verdict", found.verdict.value),
            ("Spot", spot_of(found)),
            ("Station", f"{found.station_id}, connector {found.connector_id}"),
            ("Transaction", str(found.transaction_id)),
            ("Began", local_exactly(found.start_time)),
            ("Ended", local_exactly(found.end_time) or "goes on"),
            (
                "Meter",
                f"{found.meter_start:,} to {_wh(found.meter_stop or found.last_register_wh)}",
            ),
            ("Energy", kwh_text(found.energy_so_far_wh)),
            ("Stop reason", found.stop_reason),
            ("Closed by", found.ended_by.value if found.ended_by else None),
            ("Estimated", ", ".join(found.estimated)),
            ("Marks", ", ".join(found.marks)),
        ]
    )


def show_readings(arguments: Namespace) -> None:
    """List the meter values of a charge."""
    with open_desk(arguments) as desk:
        found = every(lambda asked: desk.archive.ask(session_readings, arguments.id, asked))
        nothing = f"The station sent no meter values during session {arguments.id}."
        print_list(found, READING_COLUMNS, arguments.json, nothing)


def value_of(each: Reading) -> str:
    """Return a sampled value, or the station's own text where that is no number."""
    if each.value is None:
        return each.raw_value or ""
    return f"{each.value:.10g}"


def renter_of(each: Session) -> str:
    """Name the renter of a charge, if there is one."""
    return f"{each.renter_name} ({each.renter_id})" if each.renter_id is not None else ""


def spot_of(each: Session) -> str:
    """Name the spot as it was called then, and as it is called today if that differs."""
    if each.spot_label_today not in (None, each.spot_label):
        return f"{each.spot_label} (now {each.spot_label_today})"
    return each.spot_label or ""


def _columns(now: datetime) -> tuple[Column[Session], ...]:
    return (
        Column("ID", lambda each: str(each.id), right=True),
        Column("BEGAN", lambda each: local(each.start_time)),
        Column("LASTED", lambda each: _lasted(each, now), right=True),
        Column("ENERGY", lambda each: kwh_text(each.energy_so_far_wh), right=True),
        Column("SPOT", spot_of, elastic=True),
        Column("STATION", lambda each: each.station_id, elastic=True),
        Column("RENTER", renter_of, elastic=True),
        Column("CARD", lambda each: masked(each.token_id or each.id_tag)),
        Column("", _remarks_on, elastic=True),
    )


def _lasted(each: Session, now: datetime) -> str:
    """Tell how long a charge took, or takes so far; the demo's clock may be ahead of this one."""
    return lasted((each.end_time or max(now, each.last_reading_at or now)) - each.start_time)


def _remarks_on(each: Session) -> str:
    remarks = ["goes on"] if each.ended_by is None else []
    if each.estimated:
        remarks.append("estimated")
    return ", ".join([*remarks, *each.marks])


def _print_sums(desk: Desk, wanted: Wanted, shown: int) -> None:
    sums = desk.archive.ask(session_sums, wanted)
    told = [f"{times(sums.sessions, 'session')}, {kwh_text(sums.energy_wh)}"]
    if sums.open_sessions:
        told.append(f"{sums.open_sessions:,} still going on and not in the sum")
    if sums.estimated_sessions:
        told.append(f"{sums.estimated_sessions:,} with estimates")
    print(f"\n{'; '.join(told)}.")
    if shown < sums.sessions:
        print(f"The newest {shown} are shown; --limit 0 shows all.")


def _of_session(parser: Parser) -> Parser:
    parser.add_argument("id", metavar="ID", type=row_number, help="the number of the session")
    return parser


def _wh(register_wh: int | None) -> str:
    return "?" if register_wh is None else f"{register_wh:,} Wh"
