"""Parking spots: whose they are, which station stands there."""

from litestar import Response, delete, get, patch, post, put
from litestar.handlers import BaseRouteHandler
from litestar.params import FromPath, JSONBody
from msgspec import UNSET, Struct, UnsetType

from onetime.api.given import GivenAct, GivenGarage, GivenPage
from onetime.api.shapes import Floor, Label, RowId, StationName
from onetime.domain.people import Actor
from onetime.garage import Transaction
from onetime.operations import spots as operations
from onetime.operations.spots import SpotChanges
from onetime.queries.pages import Page
from onetime.queries.spots import Spot, spot, spot_list


class NewSpot(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A spot to be added, with whoever rents it and the station that stands there, if any."""

    label: Label
    floor_level: Floor | None = None
    renter_id: RowId | None = None
    charging_station_id: StationName | None = None


class SpotEdit(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is to be changed of a spot."""

    label: Label | UnsetType = UNSET
    floor_level: Floor | UnsetType | None = UNSET


class SpotRenter(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whose the spot is from now on; null is nobody's."""

    renter_id: RowId | None


class SpotStation(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which station stands at the spot from now on; null is none."""

    charging_station_id: StationName | None


@get("/spots", operation_id="listSpots", summary="List spots")
async def list_spots(garage: GivenGarage, asked: GivenPage) -> Page[Spot]:
    """All spots with their renter and station of today."""
    return await garage.archive.read(spot_list, asked=asked)


@post("/spots", operation_id="createSpot", summary="Add a spot")
async def create_spot(act: GivenAct, data: JSONBody[NewSpot]) -> Response[Spot]:
    """Add a spot, with its renter and its station if it has them; its label is unique."""
    return await act(_create, data)


@get("/spots/{spot_id:int}", operation_id="getSpot", summary="Show a spot")
async def get_spot(garage: GivenGarage, spot_id: FromPath[int]) -> Spot:
    """One spot as it is today."""
    return await garage.archive.read(spot, spot_id)


@patch("/spots/{spot_id:int}", operation_id="updateSpot", summary="Change a spot")
async def update_spot(
    act: GivenAct, spot_id: FromPath[int], data: JSONBody[SpotEdit]
) -> Response[Spot]:
    """Change label or floor; past charges keep the label they had."""
    return await act(_update, spot_id, data)


@delete("/spots/{spot_id:int}", operation_id="deleteSpot", summary="Delete a spot", status_code=200)
async def delete_spot(act: GivenAct, spot_id: FromPath[int]) -> Response[Spot]:
    """Delete a spot that was never used; one with a history is refused. Answers what it was."""
    return await act(_delete, spot_id)


@put("/spots/{spot_id:int}/renter", operation_id="setSpotRenter", summary="Assign a spot")
async def set_spot_renter(
    act: GivenAct, spot_id: FromPath[int], data: JSONBody[SpotRenter]
) -> Response[Spot]:
    """Let a renter, or nobody, have the spot from now on, instead of whoever had it."""
    return await act(_assign, spot_id, data)


@put("/spots/{spot_id:int}/station", operation_id="setSpotStation", summary="Place a station")
async def set_spot_station(
    act: GivenAct, spot_id: FromPath[int], data: JSONBody[SpotStation]
) -> Response[Spot]:
    """Say which station stands there from now on; a station stands at one spot."""
    return await act(_place, spot_id, data)


def _create(tx: Transaction, actor: Actor, new: NewSpot) -> Spot:
    spot_id = operations.add_spot(
        tx,
        actor,
        new.label,
        floor_level=new.floor_level,
        station_id=new.charging_station_id,
        renter_id=new.renter_id,
    )
    return spot(tx.connection, spot_id)


def _update(tx: Transaction, actor: Actor, spot_id: int, edit: SpotEdit) -> Spot:
    operations.edit_spot(
        tx, actor, spot_id, SpotChanges(label=edit.label, floor_level=edit.floor_level)
    )
    return spot(tx.connection, spot_id)


def _delete(tx: Transaction, actor: Actor, spot_id: int) -> Spot:
    gone = spot(tx.connection, spot_id)
    operations.delete_spot(tx, actor, spot_id)
    return gone


def _assign(tx: Transaction, actor: Actor, spot_id: int, wanted: SpotRenter) -> Spot:
    if wanted.renter_id is None:
        operations.release_spot(tx, actor, spot_id)
    else:
        operations.assign_spot(tx, actor, spot_id, wanted.renter_id)
    return spot(tx.connection, spot_id)


def _place(tx: Transaction, actor: Actor, spot_id: int, wanted: SpotStation) -> Spot:
    if wanted.charging_station_id is None:
        operations.remove_station(tx, actor, spot_id)
    else:
        operations.place_station(tx, actor, spot_id, wanted.charging_station_id)
    return spot(tx.connection, spot_id)


ROUTES: tuple[BaseRouteHandler, ...] = (
    list_spots,
    create_spot,
    get_spot,
    update_spot,
    delete_spot,
    set_spot_renter,
    set_spot_station,
)
