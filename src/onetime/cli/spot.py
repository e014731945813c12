"""`onetime spot`: parking spots, whose they are and what stands there."""

from argparse import Namespace

from msgspec import UNSET

from onetime.cli.arguments import Misuse, Parser, add_verb, row_number, verbs_of
from onetime.cli.desk import Desk, every, open_desk
from onetime.cli.output import Column, print_json, print_json_list, print_table
from onetime.cli.serving import as_known, is_serving
from onetime.operations.spots import (
    SpotChanges,
    add_spot,
    assign_spot,
    delete_spot,
    edit_spot,
    place_station,
    release_spot,
    remove_station,
)
from onetime.queries.spots import Spot, spot, spot_list


def add_to(parser: Parser) -> None:
    """Give `onetime spot` its verbs."""
    verbs = verbs_of(parser)
    new = _of_spot(add_verb(verbs, "add", add, "add a spot"))
    new.add_argument("--floor", metavar="FLOOR")
    new.add_argument("--station", metavar="ID", help="the station that stands there")
    add_verb(verbs, "list", show_list, "list spots by label")
    assigning = _of_spot(add_verb(verbs, "assign", assign, "let a renter have a spot"))
    assigning.add_argument("--renter", metavar="ID", type=row_number, required=True)
    _of_spot(add_verb(verbs, "release", release, "let nobody have a spot"))
    placing = _of_spot(add_verb(verbs, "station", place, "say which station stands at a spot"))
    which = placing.add_mutually_exclusive_group(required=True)
    which.add_argument("--station", metavar="ID")
    which.add_argument("--none", action="store_true", help="no station stands there")
    change = _of_spot(
        add_verb(verbs, "edit", edit, "change label or floor; past charges keep the old label")
    )
    change.add_argument("--label", metavar="NEW", dest="new_label")
    change.add_argument("--floor", metavar="FLOOR", help="an empty one takes it away")
    _of_spot(add_verb(verbs, "remove", remove, "delete a spot that was never used"))


def add(arguments: Namespace) -> None:
    """Add a spot."""
    with open_desk(arguments) as desk:
        spot_id = desk.archive.perform(
            add_spot,
            desk.actor,
            arguments.label,
            floor_level=arguments.floor,
            station_id=arguments.station,
        )
        _tell(desk, arguments, spot_id, f"Spot {arguments.label} is added.")


def show_list(arguments: Namespace) -> None:
    """List spots."""
    with open_desk(arguments) as desk:
        found = every(lambda asked: desk.archive.ask(spot_list, asked=asked))
        runs = is_serving(arguments.data_dir)
        if arguments.json:
            print_json_list(as_known(each, "station_is_online", runs) for each in found)
        elif rows := sorted(found, key=lambda each: (each.floor_level or "", each.label)):
            print_table(rows, _columns(runs))
        else:
            print("No spots yet. Add one: onetime spot add LABEL")


def assign(arguments: Namespace) -> None:
    """Let a renter have a spot."""
    with open_desk(arguments) as desk:
        earlier = desk.archive.perform(assign_spot, desk.actor, arguments.label, arguments.renter)
        sentence = f"Spot {arguments.label} is rented by renter {arguments.renter}"
        if earlier not in (None, arguments.renter):
            sentence += f", no longer by renter {earlier}"
        _tell(desk, arguments, arguments.label, f"{sentence}.")


def release(arguments: Namespace) -> None:
    """Let nobody have a spot."""
    with open_desk(arguments) as desk:
        earlier = desk.archive.perform(release_spot, desk.actor, arguments.label)
        sentence = f"Spot {arguments.label} is free"
        if earlier is not None:
            sentence += f", no longer rented by renter {earlier}"
        _tell(desk, arguments, arguments.label, f"{sentence}.")


def place(arguments: Namespace) -> None:
    """Say which station stands at a spot."""
    with open_desk(arguments) as desk:
        if arguments.none:
            earlier = desk.archive.perform(remove_station, desk.actor, arguments.label)
            sentence = f"No station stands at spot {arguments.label}"
        else:
            earlier = desk.archive.perform(
                place_station, desk.actor, arguments.label, arguments.station
            )
            sentence = f"Station {arguments.station} stands at spot {arguments.label}"
        if earlier not in (None, arguments.station):
            sentence += f", {earlier} does no longer"
        _tell(desk, arguments, arguments.label, f"{sentence}.")


def edit(arguments: Namespace) -> None:
    """Change label or floor."""
    changes = SpotChanges(
        label=UNSET if arguments.new_label is None else arguments.new_label,
        floor_level=UNSET if arguments.floor is None else arguments.floor,
    )
    if changes == SpotChanges():
        raise Misuse("Nothing to change: give --label or --floor.")
    with open_desk(arguments) as desk:
        desk.archive.perform(edit_spot, desk.actor, arguments.label, changes)
        label = arguments.new_label or arguments.label
        _tell(desk, arguments, label, f"Spot {label} is changed.")


def remove(arguments: Namespace) -> None:
    """Delete a spot that was never used."""
    with open_desk(arguments) as desk:
        gone = desk.archive.ask(spot, arguments.label)
        desk.archive.perform(delete_spot, desk.actor, arguments.label)
        if arguments.json:
            print_json(gone)
        else:
            print(f"Spot {arguments.label} is deleted.")


def _of_spot(parser: Parser) -> Parser:
    parser.add_argument("label", metavar="LABEL", help="the label of the spot, B2-104 for one")
    return parser


def _tell(desk: Desk, arguments: Namespace, name: int | str, sentence: str) -> None:
    if arguments.json:
        print_json(desk.archive.ask(spot, name))
    else:
        print(sentence)


def _columns(runs: bool) -> tuple[Column[Spot], ...]:
    return (
        Column[Spot]("SPOT", lambda each: each.label),
        Column[Spot]("FLOOR", lambda each: each.floor_level or ""),
        Column[Spot]("RENTER", _renter_of, elastic=True),
        Column[Spot]("STATION", lambda each: each.charging_station_id or "", elastic=True),
        Column[Spot]("", lambda each: _presence_of(each, runs)),
    )


def _renter_of(each: Spot) -> str:
    return f"{each.renter_name} ({each.renter_id})" if each.renter_name else ""


def _presence_of(each: Spot, runs: bool) -> str:
    if each.station_is_online is None:
        return ""
    if each.station_is_online:
        return "online" if runs else "unknown"
    return "offline"
