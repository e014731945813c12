"""Reservations: which connectors are kept for whom; made and given up by commands."""

from litestar import get
from litestar.handlers import BaseRouteHandler
from litestar.params import FromQuery

from onetime.api.given import GivenGarage, GivenPage, GivenPrincipal
from onetime.api.masking import page_for
from onetime.domain.reservations import ReservationStatus
from onetime.queries.pages import Page
from onetime.queries.reservations import Reservation, reservation_list


@get("/reservations", operation_id="listReservations", summary="List reservations")
async def list_reservations(
    garage: GivenGarage,
    principal: GivenPrincipal,
    asked: GivenPage,
    station_id: FromQuery[str | None] = None,
    status: FromQuery[ReservationStatus | None] = None,
) -> Page[Reservation]:
    """Reservations with what became of them, the newest first. The command ReserveNow makes one."""
    found = await garage.archive.read(
        reservation_list, station_id=station_id, status=status, asked=asked
    )
    return page_for(principal, found)


ROUTES: tuple[BaseRouteHandler, ...] = (list_reservations,)
