"""Charges: where, when and how much was charged, and closing one that its station forgot."""

from collections.abc import Awaitable
from typing import Annotated, TypeAlias

from litestar import Response, get, post
from litestar.handlers import BaseRouteHandler
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from msgspec import Meta, Struct, structs

from onetime.api.given import GivenAct, GivenGarage, GivenPage, Incoming
from onetime.api.moments import MomentText, moment
from onetime.api.shapes import Reason, RowId
from onetime.api.sheets import page_or_sheet
from onetime.domain.errors import Unacceptable
from onetime.domain.people import Actor
from onetime.domain.sessions import MAX_REGISTER_WH
from onetime.garage import Garage, Transaction
from onetime.operations.corrections import close_by_person
from onetime.queries.pages import Asked, Page
from onetime.queries.sessions import (
    Reading,
    Session,
    Sums,
    Wanted,
    session,
    session_list,
    session_readings,
    session_sums,
)

From: TypeAlias = Annotated[MomentText | None, QueryParameter(name="from")]
To: TypeAlias = Annotated[MomentText | None, QueryParameter(name="to")]
Open: TypeAlias = Annotated[bool | None, QueryParameter(name="open")]


class Closing(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why a charge is closed by hand, and at which register (Wh) if that is known."""

    reason: Reason
    meter_stop: Annotated[int, Meta(ge=0, le=MAX_REGISTER_WH)] | None = None


@get("/sessions", operation_id="listSessions", summary="List charges")
async def list_sessions(
    request: Incoming,
    garage: GivenGarage,
    asked: GivenPage,
    renter_id: FromQuery[RowId | None] = None,
    station_id: FromQuery[str | None] = None,
    token: FromQuery[str | None] = None,
    from_: From = None,
    to: To = None,
    is_open: Open = None,
) -> Response[Page[Session]]:
    """Where, when and how much was charged. A charge belongs to the time in which it began."""
    wanted = Wanted(renter_id=renter_id, station_id=station_id, token=token, is_open=is_open)
    return await _sessions(request, garage, within(wanted, from_, to), asked)


@get("/sessions/sums", operation_id="getSessionSums", summary="Add up charges")
async def get_sums(
    garage: GivenGarage,
    renter_id: FromQuery[RowId | None] = None,
    station_id: FromQuery[str | None] = None,
    token: FromQuery[str | None] = None,
    from_: From = None,
    to: To = None,
    is_open: Open = None,
) -> Sums:
    """How many charges a list of them has as a whole, and the energy booked to them."""
    wanted = Wanted(renter_id=renter_id, station_id=station_id, token=token, is_open=is_open)
    return await garage.archive.read(session_sums, within(wanted, from_, to))


@get("/sessions/{session_id:int}", operation_id="getSession", summary="Show a charge")
async def get_session(garage: GivenGarage, session_id: FromPath[int]) -> Session:
    """All that is known of one charge."""
    return await garage.archive.read(session, session_id)


@get(
    "/sessions/{session_id:int}/readings",
    operation_id="listReadings",
    summary="List the meter values of a charge",
)
async def list_readings(
    request: Incoming, garage: GivenGarage, session_id: FromPath[int], asked: GivenPage
) -> Response[Page[Reading]]:
    """What the station's meter said during the charge, the latest first."""

    def fetch(asked: Asked) -> Awaitable[Page[Reading]]:
        return garage.archive.read(session_readings, session_id, asked)

    return await page_or_sheet(request, Reading, asked, fetch)


@post(
    "/sessions/{session_id:int}/close",
    operation_id="closeSession",
    summary="Close a charge by hand",
    status_code=200,
)
async def close_session(
    act: GivenAct, session_id: FromPath[int], data: JSONBody[Closing]
) -> Response[Session]:
    """Close a charge that is open, or was closed by estimate; until its station tells the end."""
    return await act(_close, session_id, data)


@get(
    "/renters/{renter_id:int}/sessions",
    operation_id="listRenterSessions",
    summary="Where did this renter charge?",
)
async def list_renter_sessions(
    request: Incoming,
    garage: GivenGarage,
    renter_id: FromPath[int],
    asked: GivenPage,
    from_: From = None,
    to: To = None,
    is_open: Open = None,
) -> Response[Page[Session]]:
    """The charges of one renter: station, spot as it was called then, times, energy."""
    wanted = within(Wanted(renter_id=renter_id, is_open=is_open), from_, to)
    return await _sessions(request, garage, wanted, asked)


def within(wanted: Wanted, begin: str | None, end: str | None) -> Wanted:
    """Return what is wanted, of a span of time alone; raises Unacceptable."""
    began_from, began_before = moment(begin, "from"), moment(end, "to")
    if began_from is not None and began_before is not None and began_from > began_before:
        raise Unacceptable("This is later than 'to': no charge began between them.", "from")
    return structs.replace(wanted, began_from=began_from, began_before=began_before)


async def _sessions(
    request: Incoming, garage: Garage, wanted: Wanted, asked: Asked
) -> Response[Page[Session]]:
    def fetch(asked: Asked) -> Awaitable[Page[Session]]:
        return garage.archive.read(session_list, wanted, asked)

    return await page_or_sheet(request, Session, asked, fetch)


def _close(tx: Transaction, actor: Actor, session_id: int, closing: Closing) -> Session:
    close_by_person(tx, actor, session_id, closing.reason, closing.meter_stop)
    return session(tx.connection, session_id)


ROUTES: tuple[BaseRouteHandler, ...] = (
    list_sessions,
    get_sums,
    get_session,
    list_readings,
    close_session,
    list_renter_sessions,
)
