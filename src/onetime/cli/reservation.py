"""`onetime reservation`: which connectors are kept for whom."""

from argparse import Namespace

from onetime.cli.arguments import Parser, add_verb, verbs_of
from onetime.cli.desk import every, open_desk
from onetime.cli.output import Column, local, print_list
from onetime.domain.reservations import ReservationStatus
from onetime.queries.reservations import Reservation, reservation_list

COLUMNS = (
    Column[Reservation]("RESERVATION", lambda each: str(each.reservation_id), right=True),
    Column[Reservation]("STATION", lambda each: each.station_id),
    Column[Reservation]("CONNECTOR", lambda each: str(each.connector_id or "any"), right=True),
    Column[Reservation]("CARD", lambda each: each.id_tag),
    Column[Reservation]("UNTIL", lambda each: local(each.expiry_date)),
    Column[Reservation]("STATUS", lambda each: each.status.value),
    Column[Reservation]("CHARGE", lambda each: str(each.session_id or ""), right=True),
)


def add_to(parser: Parser) -> None:
    """Give `onetime reservation` its verb."""
    listing = add_verb(verbs_of(parser), "list", show_list, "list reservations, the newest first")
    listing.add_argument("--station", metavar="ID")
    listing.add_argument(
        "--status", metavar="WORD", choices=[each.value for each in ReservationStatus]
    )


def show_list(arguments: Namespace) -> None:
    """List reservations."""
    status = None if arguments.status is None else ReservationStatus(arguments.status)
    with open_desk(arguments) as desk:
        found = every(
            lambda asked: desk.archive.ask(
                reservation_list, station_id=arguments.station, status=status, asked=asked
            )
        )
        nothing = "No reservations. A station is asked for one with the command ReserveNow."
        print_list(found, COLUMNS, arguments.json, nothing)
