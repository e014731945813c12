"""Revoked cards: which stations have confirmed that the card can not charge there any more."""

from litestar import get
from litestar.handlers import BaseRouteHandler
from litestar.params import FromPath

from onetime.api.given import GivenGarage
from onetime.queries.revocations import Revocation, revocation


@get(
    "/tokens/{token_id:str}/revocation",
    operation_id="getRevocation",
    summary="Show who knows of a revocation",
)
async def get_revocation(garage: GivenGarage, token_id: FromPath[str]) -> Revocation:
    """The last revocation of a card, station by station, and its charges that go on."""
    return await garage.archive.read(revocation, token_id)


ROUTES: tuple[BaseRouteHandler, ...] = (get_revocation,)
