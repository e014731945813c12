"""What an owner does with parking spots: whose they are, which station stands there.

At most one renter has a spot, at most one station stands at it, a station stands at one spot.
"""

from msgspec import UNSET, Struct, UnsetType

from onetime.domain.errors import Conflict
from onetime.domain.facts import GarageChanged, StationChanged
from onetime.domain.ids import StationId
from onetime.domain.people import MAX_FLOOR_LENGTH, Actor, label_fault
from onetime.operations.objections import Objections
from onetime.operations.subjects import (
    SpotName,
    optional_text,
    require,
    the_active_renter,
    the_spot,
    the_working_station,
)
from onetime.store import audit, spots
from onetime.store.spots import Spot
from onetime.store.transaction import Row, Transaction, Value


class SpotChanges(Struct, frozen=True, kw_only=True):
    """What is to be changed; an empty floor takes it away."""

    label: str | UnsetType = UNSET
    floor_level: str | UnsetType | None = UNSET


def add_spot(
    tx: Transaction,
    actor: Actor,
    label: str,
    *,
    floor_level: str | None = None,
    station_id: str | None = None,
    renter_id: int | None = None,
) -> int:
    """Enter a spot, with its station and its renter if it has them; return the number given.

    Raises Unacceptable, Conflict when the label is taken, as `place_station` and `assign_spot`, or
    Several of these.
    """
    objections = Objections()
    with objections:
        require(label_fault, label, "label")
        _require_free_label(tx, label, None)
    with objections:
        floor = optional_text(floor_level, MAX_FLOOR_LENGTH, "floor_level")
    with objections:
        if station_id is not None:
            _placeable(tx, station_id, None)
    with objections:
        if renter_id is not None:
            the_active_renter(tx, renter_id)
    objections.end()
    spot_id = spots.insert_spot(tx, label, floor)
    after: Row = {"label": label, "floor_level": floor}
    audit.record(tx, actor, "spot.added", f"spot:{spot_id}", None, after)
    tx.announce(GarageChanged())
    if station_id is not None:
        place_station(tx, actor, spot_id, station_id)
    if renter_id is not None:
        assign_spot(tx, actor, spot_id, renter_id)
    return spot_id


def edit_spot(tx: Transaction, actor: Actor, spot: SpotName, changes: SpotChanges) -> None:
    """Change label or floor; past charges keep the label they had.

    Raises NotFound, Unacceptable, Conflict when the label is taken, or Several of these.
    """
    before = the_spot(tx, spot)
    wanted: dict[str, Value] = {}
    objections = Objections()
    with objections:
        if changes.label is not UNSET:
            require(label_fault, changes.label, "label")
            _require_free_label(tx, changes.label, before.id)
            wanted["label"] = changes.label
    with objections:
        if changes.floor_level is not UNSET:
            floor = optional_text(changes.floor_level, MAX_FLOOR_LENGTH, "floor_level")
            wanted["floor_level"] = floor
    objections.end()
    if wanted:
        spots.change(tx, before.id, wanted)
        was: Row = {"label": before.label, "floor_level": before.floor_level}
        if audit.record_change(tx, actor, "spot.edited", f"spot:{before.id}", was, wanted):
            tx.announce(GarageChanged())


def assign_spot(tx: Transaction, actor: Actor, spot: SpotName, renter_id: int) -> int | None:
    """Let a renter have the spot from now on; return whose it was before.

    Raises NotFound, and Conflict when the renter is not active.
    """
    the_active_renter(tx, renter_id)
    return _give(tx, actor, the_spot(tx, spot), renter_id)


def release_spot(tx: Transaction, actor: Actor, spot: SpotName) -> int | None:
    """Let nobody have the spot from now on; return whose it was before. Raises NotFound."""
    return _give(tx, actor, the_spot(tx, spot), None)


def place_station(tx: Transaction, actor: Actor, spot: SpotName, station_id: str) -> str | None:
    """Let a station stand at the spot from now on; return the one that stood there before.

    Raises NotFound, and Conflict when the station is retired or stands at another spot.
    """
    at = the_spot(tx, spot)
    return _stand(tx, actor, at, _placeable(tx, station_id, at))


def remove_station(tx: Transaction, actor: Actor, spot: SpotName) -> str | None:
    """Let no station stand at the spot from now on; return the one that did. Raises NotFound."""
    return _stand(tx, actor, the_spot(tx, spot), None)


def delete_spot(tx: Transaction, actor: Actor, spot: SpotName) -> None:
    """Delete a spot that was never used; raises NotFound, and Conflict when it has history."""
    gone = the_spot(tx, spot)
    if spots.has_history(tx, gone.id):
        raise Conflict(f"Spot {gone.label} has a history and has to stay; rename it instead.")
    spots.remove(tx, gone.id)
    audit.record(tx, actor, "spot.deleted", f"spot:{gone.id}", {"label": gone.label}, None)
    tx.announce(GarageChanged())


def _give(tx: Transaction, actor: Actor, spot: Spot, renter_id: int | None) -> int | None:
    if spot.renter_id != renter_id:
        spots.set_renter(tx, spot.id, renter_id)
        audit.record(
            tx,
            actor,
            "spot.released" if renter_id is None else "spot.assigned",
            f"spot:{spot.id}",
            {"renter_id": spot.renter_id},
            {"renter_id": renter_id},
        )
        tx.announce(GarageChanged())
    return spot.renter_id


def _stand(tx: Transaction, actor: Actor, spot: Spot, station_id: StationId | None) -> str | None:
    if spot.charging_station_id != station_id:
        spots.set_station(tx, spot.id, station_id)
        audit.record(
            tx,
            actor,
            "spot.station-removed" if station_id is None else "spot.station-placed",
            f"spot:{spot.id}",
            {"charging_station_id": spot.charging_station_id},
            {"charging_station_id": station_id},
        )
        tx.announce(GarageChanged())
        for moved in (spot.charging_station_id, station_id):
            if moved is not None:
                tx.announce(StationChanged(moved))
    return spot.charging_station_id


def _placeable(tx: Transaction, station_id: str, at: Spot | None) -> StationId:
    """Return a station that may stand here, or at a spot that is not entered yet."""
    station = the_working_station(tx, station_id, "charging_station_id")
    elsewhere = spots.with_station(tx, station_id)
    if elsewhere is not None and (at is None or elsewhere.id != at.id):
        raise Conflict(
            f"Station {station_id} stands at spot {elsewhere.label}; remove it there first.",
            "charging_station_id",
        )
    return station.id


def _require_free_label(tx: Transaction, label: str, spot_id: int | None) -> None:
    taken = spots.labelled(tx, label)
    if taken is not None and taken.id != spot_id:
        raise Conflict(f"There is a spot {label} already.", "label")
