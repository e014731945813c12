"""A demo garage on request: made-up spots, renters and stations, marked, and removed again.

It is offered while there is nothing else in the books, so that nothing real is ever mixed up with
it by accident. Who lets its stations charge stands outside (`cli/demonstration.py`).
"""

from typing import Final

from onetime.domain.errors import Conflict
from onetime.domain.facts import GarageChanged
from onetime.domain.people import Actor
from onetime.operations.renters import create_renter
from onetime.operations.spots import add_spot, assign_spot
from onetime.operations.stations import disable_station, register_station, rotate_key
from onetime.operations.tokens import issue_card
from onetime.store import audit, demo, stations
from onetime.store.demo import DemoSpot
from onetime.store.transaction import Transaction

SUBJECT: Final = "garage"
LEVEL: Final = "Demo"
RENTERS: Final = ("Ada", "Bruno", "Clara", "David", "Elif", "Frederik")


def build_demo(tx: Transaction, actor: Actor) -> None:
    """Make up a garage; raises Conflict when there is anything in the books already."""
    if not demo.is_empty(tx):
        raise Conflict(
            "There is a spot, a renter or a station already; a demo is for an empty garage."
        )
    for number, name in enumerate(RENTERS, 1):
        renter_id = create_renter(
            tx, actor, name=f"{name} (demo)", contact_email=f"{name.lower()}@demo.invalid"
        )
        issue_card(tx, actor, tag_of(number), renter_id, description="Demo")
        station_id = f"DEMO-{number:02}"
        register_station(tx, actor, station_id)
        spot_id = add_spot(tx, actor, f"DEMO-{number:02}", floor_level=LEVEL, station_id=station_id)
        assign_spot(tx, actor, spot_id, renter_id)
        demo.remember(tx, DemoSpot(spot_id, station_id, renter_id))
    audit.record(tx, actor, "demo.built", SUBJECT)
    tx.announce(GarageChanged())


def end_demo(tx: Transaction, actor: Actor) -> list[str]:
    """Let the stations of the demo in no longer, before they are removed; raises Conflict.

    Returns their identities.
    """
    found = _the_demo(tx)
    for each in found:
        station = stations.find(tx, each.station_id)
        if station is not None and station.is_enabled:
            disable_station(tx, actor, each.station_id)
    return [each.station_id for each in found]


def remove_demo(tx: Transaction, actor: Actor) -> None:
    """Delete what is made up and all that was told of it; raises Conflict."""
    _the_demo(tx)
    demo.remove(tx)
    audit.record(tx, actor, "demo.removed", SUBJECT)
    tx.announce(GarageChanged())


def demo_keys(tx: Transaction, actor: Actor) -> dict[str, str]:
    """Give each station of the demo that may connect a new key; return them, none without demo."""
    keys = {}
    for each in demo.listed(tx):
        station = stations.find(tx, each.station_id)
        if station is not None and station.is_enabled:
            key = rotate_key(tx, actor, each.station_id)
            assert key is not None
            keys[each.station_id] = key
    return keys


def tag_of(number: int) -> str:
    """Return the number of a card of the demo."""
    return f"DE300000{number:06X}"


def _the_demo(tx: Transaction) -> list[DemoSpot]:
    found = demo.listed(tx)
    if not found:
        raise Conflict("There is no demo garage.")
    return found
