"""What an act of a person is about, found or refused in one sentence, and the words it brings.

Knows renters, spots, cards and stations by their names; never what is done to them.
"""

from collections.abc import Callable
from typing import TypeAlias

from onetime.domain.errors import Conflict, NotFound, Unacceptable
from onetime.domain.tokens import Token
from onetime.kit.logs import masked
from onetime.kit.texts import is_writable, one_line
from onetime.store import renters, spots, stations, tokens
from onetime.store.renters import Renter
from onetime.store.spots import Spot
from onetime.store.stations import Station
from onetime.store.transaction import Transaction

MAX_REASON_LENGTH = 500

SpotName: TypeAlias = int | str
"""A spot's number, or its label of today."""


def the_renter(tx: Transaction, renter_id: int) -> Renter:
    """Return a renter; raises NotFound."""
    renter = renters.find(tx, renter_id)
    if renter is None:
        raise NotFound(f"There is no renter {renter_id}.", "renter_id")
    return renter


def the_active_renter(tx: Transaction, renter_id: int) -> Renter:
    """Return a renter who may be given something; raises NotFound or Conflict."""
    renter = the_renter(tx, renter_id)
    if not renter.is_active:
        raise Conflict(f"Renter {renter_id} is not active any more; reactivate first.", "renter_id")
    return renter


def the_spot(tx: Transaction, spot: SpotName) -> Spot:
    """Return a spot by number or label; raises NotFound."""
    found = spots.find(tx, spot) if isinstance(spot, int) else _labelled(tx, spot)
    if found is None:
        raise NotFound(f"There is no spot {spot!r}.", "spot")
    return found


def the_card(tx: Transaction, token: str) -> Token:
    """Return a card by its number, however it is written; raises NotFound."""
    card = tokens.find(tx, token)
    if card is None:
        raise NotFound(f"There is no card {masked(token)}.", "token")
    return card


def the_station(tx: Transaction, station_id: str, field: str = "station_id") -> Station:
    """Return a station, retired or not; raises NotFound."""
    station = stations.find(tx, station_id) if is_writable(station_id) else None
    if station is None:
        raise NotFound(f"There is no station {station_id!r}.", field)
    return station


def the_working_station(tx: Transaction, station_id: str, field: str = "station_id") -> Station:
    """Return a station that is not retired; raises NotFound or Conflict."""
    station = the_station(tx, station_id, field)
    if station.retired_at is not None:
        raise Conflict(f"Station {station_id} is retired; register it again first.", field)
    return station


def require(fault: Callable[[str], str | None], text: str, field: str) -> str:
    """Return a text that can be accepted; raises Unacceptable with what is wrong with it."""
    if not is_writable(text):
        raise Unacceptable("Control characters and broken letters can not be stored.", field)
    if sentence := fault(text):
        raise Unacceptable(sentence, field)
    return text


def the_reason(text: str) -> str:
    """Return why a person acts, in one line; raises Unacceptable when it says nothing."""

    def fault(line: str) -> str | None:
        if not line or len(line) > MAX_REASON_LENGTH:
            return f"A reason has 1 to {MAX_REASON_LENGTH} characters."
        return None

    return require(fault, one_line(text), "reason")


def optional_text(text: str | None, largest: int, field: str) -> str | None:
    """Return a text in one line, or None if it is empty; raises Unacceptable."""
    line = one_line(text or "")

    def fault(text: str) -> str | None:
        return f"At most {largest} characters are kept here." if len(text) > largest else None

    return require(fault, line, field) or None


def _labelled(tx: Transaction, label: str) -> Spot | None:
    return spots.labelled(tx, label) if is_writable(label) else None
