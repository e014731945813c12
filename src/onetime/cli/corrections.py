"""The verbs with which a person decides: `session close`, `review resolve`, `alarm acknowledge`."""

from argparse import Namespace

from onetime.cli.arguments import Verbs, add_verb, register, row_number
from onetime.cli.desk import open_desk
from onetime.cli.output import print_json
from onetime.kit.units import kwh_text
from onetime.operations.corrections import close_by_person
from onetime.operations.reviews import acknowledge_alarm, resolve_review
from onetime.queries.alarms import alarm
from onetime.queries.review import review_item
from onetime.queries.sessions import session


def add_close(verbs: Verbs) -> None:
    """Give `onetime session` its verb for charges whose end no station tells."""
    parser = add_verb(
        verbs, "close", close, "close a charge that is open, or was closed by estimate, by hand"
    )
    parser.add_argument("id", metavar="ID", type=row_number, help="the number of the session")
    parser.add_argument("--reason", metavar="TEXT", required=True, help="kept with who and when")
    parser.add_argument(
        "--meter-stop",
        metavar="WH",
        type=register,
        help="the meter's register at the end, in Wh; the last reported one if left out",
    )


def add_resolve(verbs: Verbs) -> None:
    """Give `onetime review` its verb for what was decided."""
    parser = add_verb(verbs, "resolve", resolve, "note what was decided about a finding")
    parser.add_argument("id", metavar="ID", type=row_number, help="the number of the finding")
    parser.add_argument("--reason", metavar="TEXT", required=True, help="what was decided, and why")


def add_acknowledge(verbs: Verbs) -> None:
    """Give `onetime alarm` its verb for what was seen."""
    parser = add_verb(verbs, "acknowledge", acknowledge, "note that somebody has seen an alarm")
    parser.add_argument("id", metavar="ID", type=row_number, help="the number of the alarm")


def close(arguments: Namespace) -> None:
    """Close a charge."""
    with open_desk(arguments) as desk:
        closed = desk.archive.perform(
            close_by_person, desk.actor, arguments.id, arguments.reason, arguments.meter_stop
        )
        if arguments.json:
            print_json(desk.archive.ask(session, arguments.id))
            return
    print(
        f"Session {closed.id} is closed with {kwh_text(closed.energy_wh or 0)}, an estimate until"
        " its station tells the end."
    )


def resolve(arguments: Namespace) -> None:
    """Note a decision."""
    with open_desk(arguments) as desk:
        desk.archive.perform(resolve_review, desk.actor, arguments.id, arguments.reason)
        if arguments.json:
            print_json(desk.archive.ask(review_item, arguments.id))
        else:
            print(f"Review {arguments.id} is resolved.")


def acknowledge(arguments: Namespace) -> None:
    """Note that an alarm was seen."""
    with open_desk(arguments) as desk:
        desk.archive.perform(acknowledge_alarm, desk.actor, arguments.id)
        if arguments.json:
            print_json(desk.archive.ask(alarm, arguments.id))
        else:
            print(f"Alarm {arguments.id} is acknowledged.")
