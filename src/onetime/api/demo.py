"""The demo garage: made up on request where there is nothing yet, and removed again."""

import asyncio
from typing import Final

from litestar import Response, delete, post
from litestar.handlers import BaseRouteHandler

from onetime.api.given import Addresses, GivenAct, GivenGarage, GivenPrincipal
from onetime.api.site import ShownSite, shown_site
from onetime.domain.ids import StationId
from onetime.domain.people import Actor
from onetime.garage import Transaction
from onetime.operations.demo import build_demo, end_demo, remove_demo
from onetime.queries.site import site

GONE_WITHIN_SECONDS: Final = 5.0
LOOK_SECONDS: Final = 0.05


@post("/garage/demo", operation_id="buildDemo", summary="Make up a demo garage")
async def build(act: GivenAct) -> Response[ShownSite]:
    """Spots, renters, cards and stations that are made up; refused where there is anything yet."""
    return await act(_build, act.addresses)


@delete(
    "/garage/demo", operation_id="removeDemo", summary="Remove the demo garage", status_code=204
)
async def remove(garage: GivenGarage, principal: GivenPrincipal) -> None:
    """Delete what is made up with all that its stations told; what is real stays."""
    station_ids = await garage.archive.write(end_demo, principal.actor)
    deadline = asyncio.get_running_loop().time() + GONE_WITHIN_SECONDS
    # What a station still has under way must be in the books before they are cleared of it.
    while any(garage.stations.is_connected(StationId(each)) for each in station_ids):
        if asyncio.get_running_loop().time() > deadline:
            break
        await asyncio.sleep(LOOK_SECONDS)
    await garage.archive.write(remove_demo, principal.actor)


def _build(tx: Transaction, actor: Actor, addresses: Addresses) -> ShownSite:
    build_demo(tx, actor)
    return shown_site(site(tx.connection), addresses)


ROUTES: tuple[BaseRouteHandler, ...] = (build, remove)
