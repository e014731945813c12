"""`onetime station knocking`: who was refused, why, what helps, and the address to enter."""

from argparse import Namespace
from collections.abc import Sequence

from msgspec import to_builtins

from onetime.cli.addresses import FIRST_TLS_PROFILE, Addresses, tls_name
from onetime.cli.desk import Desk, open_desk
from onetime.cli.output import Column, clean, local, print_json_list, print_table
from onetime.queries.certificates import kept
from onetime.queries.knocks import Knocking, knocking

KNOCKING_COLUMNS = (
    Column[Knocking]("IDENTITY", lambda each: each.identity),
    Column[Knocking]("WHY IT WAS REFUSED", lambda each: each.reason, elastic=True),
    Column[Knocking]("FROM", lambda each: each.ip_address),
    Column[Knocking]("TIMES", lambda each: str(each.count), right=True),
    Column[Knocking]("LAST", lambda each: local(each.last_at)),
)


def show_knocking(arguments: Namespace) -> None:
    """List identities that were refused."""
    with open_desk(arguments) as desk:
        found = desk.archive.ask(knocking)
        urls = _urls_to_enter(desk, found)
    if arguments.json:
        print_json_list(
            {**to_builtins(each), "ocpp_url": urls.get(each.enter_as)} for each in found
        )
    elif found:
        print_table(found, KNOCKING_COLUMNS)
        print("\nWhat helps:")
        for remedy, whom in _remedies(found).items():
            print(f"  {clean(', '.join(whom))}: {clean(remedy)}")
        print("\nWhat to enter at the station:")
        for identity, url in urls.items():
            print(f"  {clean(identity or '')}: {clean(url)}")
    else:
        print("Nobody knocked in vain.")


def _remedies(found: Sequence[Knocking]) -> dict[str, list[str]]:
    """Return what helps, each sentence once, and whom."""
    remedies: dict[str, list[str]] = {}
    for each in found:
        whom = remedies.setdefault(each.remedy, [])
        if (name := each.identity or each.ip_address) not in whom:
            whom.append(name)
    return remedies


def _urls_to_enter(desk: Desk, found: Sequence[Knocking]) -> dict[str | None, str]:
    """Return the address of each identity that knocked, as it should be entered."""
    pairs = desk.archive.ask(kept).pairs
    addresses = Addresses(desk.settings)
    best = FIRST_TLS_PROFILE if tls_name(desk.settings, pairs) else FIRST_TLS_PROFILE - 1
    urls: dict[str | None, str] = {}
    for each in found:
        if each.enter_as is None:
            continue
        profile = best if each.security_profile is None else each.security_profile
        if url := addresses.of_station(each.enter_as, profile, pairs):
            urls[each.enter_as] = url
    return urls
