"""What a renter may begin and end from afar: where, under which tag, which charge.

A tag of its own stands for the renter, fixed and of hexadecimal digits, which every station takes
(G06); charges under it are the renter's as with a card, and blocking it blocks them. Knows spots,
tags and charges; never how a station is asked.
"""

import secrets
from typing import Final

from msgspec import Struct

from onetime.domain.errors import Conflict, NotFound, Unacceptable
from onetime.domain.facts import GarageChanged
from onetime.domain.ids import StationId, TransactionId
from onetime.domain.people import Actor
from onetime.domain.tokens import Token, Verdict
from onetime.kit.logs import masked
from onetime.operations.authorization import rule_at
from onetime.operations.subjects import SpotName, the_spot
from onetime.store import audit, connectors, sessions, tokens
from onetime.store.spots import Spot
from onetime.store.transaction import Row, Transaction

TAG_BYTES: Final = 8
"""Sixteen digits: no card has a number of that length, which are 8, 14 or 20."""
DESCRIPTION: Final = "Remote starts"
USUAL_CONNECTOR: Final = 1


class Beginning(Struct, frozen=True):
    """What a station is asked to begin."""

    station_id: StationId
    connector_id: int
    id_tag: str


class Stopping(Struct, frozen=True):
    """What a station is asked to end."""

    station_id: StationId
    transaction_id: TransactionId


def begin_remotely(
    tx: Transaction, actor: Actor, renter_id: int, spot: SpotName, connector_id: int | None = None
) -> Beginning:
    """Say what to ask of which station so that this renter charges at a spot.

    The spot is the renter's own or nobody's. Raises NotFound, Unacceptable, and Conflict when no
    station stands there or the renter's remote starts are blocked.
    """
    place = _own_or_free(tx, renter_id, spot)
    if place.charging_station_id is None:
        raise Conflict(f"No station stands at spot {place.label}.", "spot")
    tag = _remote_tag(tx, actor, renter_id)
    ruling = rule_at(tx, tag.token, place.charging_station_id, tx.now).verdict
    if ruling is Verdict.LOCKED:
        raise Conflict("The garage is locked at present: nobody can begin to charge.", "spot")
    if ruling is Verdict.CONCURRENT:
        raise Conflict("You charge at another spot; end that first.", "spot")
    if ruling is not Verdict.ACCEPTED:
        raise Conflict("Charging from afar is blocked for this renter; ask the garage.", "spot")
    station_id = place.charging_station_id
    return Beginning(station_id, _connector(tx, station_id, connector_id), tag.token)


def stop_remotely(tx: Transaction, renter_id: int, session_id: int) -> Stopping:
    """Say what to ask of which station so that a charge of this renter ends.

    Raises NotFound for what is not the renter's, and Conflict when it has ended.
    """
    session = sessions.by_id(tx, session_id)
    if session is None or session.renter_id != renter_id:
        raise NotFound(f"You have no charge {session_id}.", "session_id")
    if session.ended_by is not None:
        raise Conflict(f"Charge {session_id} has ended.", "session_id")
    return Stopping(session.station_id, session.transaction_id)


def _own_or_free(tx: Transaction, renter_id: int, spot: SpotName) -> Spot:
    """Return the spot; what is somebody else's is as if it were not there."""
    place = the_spot(tx, spot)
    if place.renter_id not in (renter_id, None):
        raise NotFound(f"There is no spot {spot!r}.", "spot")
    return place


def _remote_tag(tx: Transaction, actor: Actor, renter_id: int) -> Token:
    tag = tokens.remote_of(tx, renter_id)
    if tag is not None:
        return tag
    number = secrets.token_hex(TAG_BYTES).upper()
    tokens.insert_token(tx, number, renter_id, None, DESCRIPTION, None, is_remote=True)
    after: Row = {"renter_id": renter_id, "is_remote": True}
    audit.record(tx, actor, "card.issued", f"card:{masked(number)}", None, after)
    tx.announce(GarageChanged())
    made = tokens.remote_of(tx, renter_id)
    assert made is not None
    return made


def _connector(tx: Transaction, station_id: StationId, wanted: int | None) -> int:
    """Return which connector is meant: many stations take no start without one."""
    known = sorted(connectors.known(tx, station_id))
    if wanted is not None:
        if known and wanted not in known:
            raise Unacceptable(f"There is no connector {wanted} there.", "connector_id")
        return wanted
    if len(known) > 1:
        names = " or ".join(str(each) for each in known)
        raise Unacceptable(f"Say which connector: {names}.", "connector_id")
    return known[0] if known else USUAL_CONNECTOR
