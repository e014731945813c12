"""Renters: who rents here, entered, changed, deactivated."""

from litestar import Response, delete, get, patch, post
from litestar.handlers import BaseRouteHandler
from litestar.params import FromPath, FromQuery, JSONBody
from msgspec import UNSET, Struct, UnsetType

from onetime.api.given import GivenAct, GivenGarage, GivenPage
from onetime.api.shapes import Email, Name, Phone
from onetime.domain.people import Actor
from onetime.garage import Transaction
from onetime.operations import erasure as operations_of_erasure
from onetime.operations import renters as operations
from onetime.operations.erasure import Erasure
from onetime.operations.renters import RenterChanges
from onetime.queries.pages import Page
from onetime.queries.renters import Renter, renter, renter_list


class NewRenter(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A renter to be entered."""

    name: Name
    contact_email: Email
    phone_number: Phone | None = None


class RenterEdit(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is to be changed of a renter; `is_active` true takes a past renter back."""

    name: Name | UnsetType = UNSET
    contact_email: Email | UnsetType = UNSET
    phone_number: Phone | UnsetType | None = UNSET
    is_active: bool | UnsetType = UNSET


@get("/renters", operation_id="listRenters", summary="List renters")
async def list_renters(
    garage: GivenGarage, asked: GivenPage, is_active: FromQuery[bool | None] = None
) -> Page[Renter]:
    """All renters, or only the active or the past ones, the newest first."""
    return await garage.archive.read(renter_list, is_active=is_active, asked=asked)


@post("/renters", operation_id="createRenter", summary="Enter a renter")
async def create_renter(act: GivenAct, data: JSONBody[NewRenter]) -> Response[Renter]:
    """Enter somebody who rents here; cards and spots are given in steps of their own."""
    return await act(_create, data)


@get("/renters/{renter_id:int}", operation_id="getRenter", summary="Show a renter")
async def get_renter(garage: GivenGarage, renter_id: FromPath[int]) -> Renter:
    """One renter with the labels of the spots and the number of cards."""
    return await garage.archive.read(renter, renter_id)


@patch("/renters/{renter_id:int}", operation_id="updateRenter", summary="Change a renter")
async def update_renter(
    act: GivenAct, renter_id: FromPath[int], data: JSONBody[RenterEdit]
) -> Response[Renter]:
    """Change what is given, and nothing else."""
    return await act(_update, renter_id, data)


@delete(
    "/renters/{renter_id:int}",
    operation_id="deactivateRenter",
    summary="End a tenancy",
    status_code=200,
)
async def deactivate_renter(act: GivenAct, renter_id: FromPath[int]) -> Response[Renter]:
    """The cards stop charging, the spots become free, the history stays."""
    return await act(_deactivate, renter_id)


class Erasing(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The renter's name, typed as it is shown: what follows can not be undone."""

    confirmation: Name


@post(
    "/renters/{renter_id:int}/erase",
    operation_id="eraseRenter",
    summary="Erase a person",
    status_code=200,
)
async def erase_renter(
    act: GivenAct, renter_id: FromPath[int], data: JSONBody[Erasing]
) -> Response[Erasure]:
    """Replace name, addresses and cards by pseudonyms, for good; the energy of charges stays.

    The renter's own things change at once, what messages and findings say within minutes.
    """
    return await act(operations_of_erasure.erase_renter, renter_id, data.confirmation)


def _create(tx: Transaction, actor: Actor, new: NewRenter) -> Renter:
    renter_id = operations.create_renter(
        tx,
        actor,
        name=new.name,
        contact_email=new.contact_email,
        phone_number=new.phone_number,
    )
    return renter(tx.connection, renter_id)


def _update(tx: Transaction, actor: Actor, renter_id: int, edit: RenterEdit) -> Renter:
    if edit.is_active is True:
        operations.reactivate_renter(tx, actor, renter_id)
    changes = RenterChanges(
        name=edit.name, contact_email=edit.contact_email, phone_number=edit.phone_number
    )
    operations.edit_renter(tx, actor, renter_id, changes)
    if edit.is_active is False:
        operations.deactivate_renter(tx, actor, renter_id)
    return renter(tx.connection, renter_id)


def _deactivate(tx: Transaction, actor: Actor, renter_id: int) -> Renter:
    operations.deactivate_renter(tx, actor, renter_id)
    return renter(tx.connection, renter_id)


ROUTES: tuple[BaseRouteHandler, ...] = (
    list_renters,
    create_renter,
    get_renter,
    update_renter,
    deactivate_renter,
    erase_renter,
)
