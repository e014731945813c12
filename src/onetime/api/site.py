"""The garage as a whole: its name, and the lock for emergencies."""

from typing import Annotated

from litestar import Response, get, patch, put
from litestar.handlers import BaseRouteHandler
from litestar.params import JSONBody
from msgspec import Meta, Struct, convert

from onetime.api.given import Addresses, GivenAct, GivenGarage, Incoming
from onetime.domain.people import MAX_GARAGE_NAME_LENGTH, Actor
from onetime.garage import Transaction
from onetime.operations import site as operations
from onetime.operations.subjects import MAX_REASON_LENGTH
from onetime.queries.site import Site, site


class ShownSite(Site, frozen=True, kw_only=True):
    """The garage, and the address that stations enter; their identity comes at its end."""

    ocpp_url: str | None


class SiteEdit(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is to be changed of the garage."""

    name: Annotated[str, Meta(max_length=MAX_GARAGE_NAME_LENGTH)]


class Lock(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whether the garage shall be locked; locking it needs a reason."""

    is_locked: bool
    reason: Annotated[str, Meta(max_length=MAX_REASON_LENGTH)] = ""


@get("/garage", operation_id="getGarage", summary="Show the garage")
async def get_site(request: Incoming, garage: GivenGarage) -> ShownSite:
    """Its name, whether it is locked, and where stations connect."""
    return shown_site(await garage.archive.read(site), request.state["addresses"])


@patch("/garage", operation_id="updateGarage", summary="Name the garage")
async def update_site(act: GivenAct, data: JSONBody[SiteEdit]) -> Response[ShownSite]:
    """Give the garage another name."""
    return await act(_name, data.name, act.addresses)


@put("/garage/lock", operation_id="lockGarage", summary="Lock all starts, or let them be again")
async def set_lock(act: GivenAct, data: JSONBody[Lock]) -> Response[ShownSite]:
    """While it is locked nobody may begin to charge; charges that go on are not ended."""
    return await act(_lock, data, act.addresses)


def shown_site(found: Site, addresses: Addresses) -> ShownSite:
    """Return the garage with the address for stations: the encrypted one, if there is one."""
    url = addresses.of_station("", 2) or addresses.of_station("", 1)
    return convert(
        {**{name: getattr(found, name) for name in Site.__struct_fields__}, "ocpp_url": url},
        ShownSite,
    )


def _name(tx: Transaction, actor: Actor, name: str, addresses: Addresses) -> ShownSite:
    operations.name_garage(tx, actor, name)
    return shown_site(site(tx.connection), addresses)


def _lock(tx: Transaction, actor: Actor, wanted: Lock, addresses: Addresses) -> ShownSite:
    if wanted.is_locked:
        operations.lock_garage(tx, actor, wanted.reason)
    else:
        operations.unlock_garage(tx, actor)
    return shown_site(site(tx.connection), addresses)


ROUTES: tuple[BaseRouteHandler, ...] = (get_site, update_site, set_lock)
