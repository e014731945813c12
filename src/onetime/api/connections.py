"""The connection doctor: where a station has to connect, what troubles that, and what helps."""

from litestar import get
from litestar.handlers import BaseRouteHandler
from litestar.params import FromPath
from msgspec import Struct

from onetime.api.given import GivenGarage, Incoming
from onetime.queries.connections import Trouble, troubles_of
from onetime.queries.stations import station


class StationConnection(Struct, frozen=True, kw_only=True):
    """A station's connection; the address is what to enter there, null while no such door is open.

    Without troubles nothing is wrong.
    """

    station_id: str
    is_online: bool
    security_profile: int
    ocpp_url: str | None
    troubles: tuple[Trouble, ...]


@get(
    "/stations/{station_id:str}/connection",
    operation_id="getConnection",
    summary="What troubles a connection",
)
async def get_connection(
    garage: GivenGarage, request: Incoming, station_id: FromPath[str]
) -> StationConnection:
    """Refusals, silence, clock, takeovers, certificates: each in a sentence, with what helps."""
    found = await garage.archive.read(station, station_id)
    return StationConnection(
        station_id=found.id,
        is_online=found.is_online,
        security_profile=found.security_profile,
        ocpp_url=request.state["addresses"].of_station(found.id, found.security_profile),
        troubles=await garage.archive.read(troubles_of, found.id, garage.clock.now()),
    )


ROUTES: tuple[BaseRouteHandler, ...] = (get_connection,)
