"""The garage as a whole: its name, and the lock for emergencies."""

from typing import Annotated

from litestar import Response, get, patch, put
from litestar.handlers import BaseRouteHandler
from litestar.params import JSONBody
from msgspec import Meta, Struct

from onetime.api.given import GivenAct, GivenGarage
from onetime.domain.people import MAX_GARAGE_NAME_LENGTH, Actor
from onetime.garage import Transaction
from onetime.operations import site as operations
from onetime.operations.subjects import MAX_REASON_LENGTH
from onetime.queries.site import Site, site


class SiteEdit(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is to be changed of the garage."""

    name: Annotated[str, Meta(max_length=MAX_GARAGE_NAME_LENGTH)]


class Lock(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whether the garage shall be locked; locking it needs a reason."""

    is_locked: bool
    reason: Annotated[str, Meta(max_length=MAX_REASON_LENGTH)] = ""


@get("/garage", operation_id="getGarage", summary="Show the garage")
async def get_site(garage: GivenGarage) -> Site:
    """Its name, and whether it is locked."""
    return await garage.archive.read(site)


@patch("/garage", operation_id="updateGarage", summary="Name the garage")
async def update_site(act: GivenAct, data: JSONBody[SiteEdit]) -> Response[Site]:
    """Give the garage another name."""
    return await act(_name, data.name)


@put("/garage/lock", operation_id="lockGarage", summary="Lock all starts, or let them be again")
async def set_lock(act: GivenAct, data: JSONBody[Lock]) -> Response[Site]:
    """While it is locked nobody may begin to charge; charges that go on are not ended."""
    return await act(_lock, data)


def _name(tx: Transaction, actor: Actor, name: str) -> Site:
    operations.name_garage(tx, actor, name)
    return site(tx.connection)


def _lock(tx: Transaction, actor: Actor, wanted: Lock) -> Site:
    if wanted.is_locked:
        operations.lock_garage(tx, actor, wanted.reason)
    else:
        operations.unlock_garage(tx, actor)
    return site(tx.connection)


ROUTES: tuple[BaseRouteHandler, ...] = (get_site, update_site, set_lock)
