"""`onetime station configuration`: what a station is set to, and what it should be."""

from argparse import Namespace

from onetime.cli.desk import open_desk
from onetime.cli.output import Column, local, print_list
from onetime.domain.configuration import WishState
from onetime.queries.configuration import ConfigurationKey, configuration
from onetime.queries.stations import station

WORDS: dict[WishState, str] = {
    WishState.PENDING: "not asked for yet",
    WishState.ACCEPTED: "accepted, not read back yet",
    WishState.APPLIED: "as wanted",
    WishState.DIFFERS: "accepted, but it shows another value",
    WishState.REJECTED: "rejected",
    WishState.NOT_SUPPORTED: "the station does not know it",
    WishState.REBOOT_REQUIRED: "from its next boot on",
}
COLUMNS = (
    Column[ConfigurationKey]("KEY", lambda each: each.key),
    Column[ConfigurationKey]("VALUE", lambda each: each.value or "", elastic=True),
    Column[ConfigurationKey]("", lambda each: "read-only" if each.readonly else ""),
    Column[ConfigurationKey]("WANTED", lambda each: each.desired_value or "", elastic=True),
    Column[ConfigurationKey]("STATE", lambda each: WORDS[each.state] if each.state else ""),
    Column[ConfigurationKey]("TOLD", lambda each: local(each.reported_at)),
)


def show_configuration(arguments: Namespace) -> None:
    """Show the keys of a station beside what is wanted of them."""
    with open_desk(arguments) as desk:
        name = desk.archive.ask(station, arguments.id).id
        found = desk.archive.ask(configuration, name)
    nothing = f"Station {name} has not told its configuration yet; it is asked after each boot."
    print_list(found, COLUMNS, arguments.json, nothing)
