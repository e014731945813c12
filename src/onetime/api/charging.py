"""A renter's own charging: where and how much, what goes on now, begin and end.

Whatever is not the renter's is as if it were not there. Knows HTTP; what is asked of which station
is the dispatcher's.
"""

from http import HTTPStatus
from typing import Annotated, Final

from litestar import Response, get, post
from litestar.handlers import BaseRouteHandler
from litestar.params import JSONBody
from msgspec import Meta, Struct

from onetime.api.commands import REFUSED_AS
from onetime.api.document import MAY_REFUSE
from onetime.api.given import Act, GivenAct, GivenGarage, GivenPage, GivenPrincipal
from onetime.api.problems import problem
from onetime.api.sessions import From, Open, To, within
from onetime.api.shapes import RowId
from onetime.dispatch.charging import begin_charge, end_charge, has_agreed
from onetime.dispatch.commands import Sent
from onetime.domain.accounts import Principal
from onetime.domain.commands import STATUS_WORDS
from onetime.domain.errors import Conflict
from onetime.domain.people import MAX_LABEL_LENGTH
from onetime.queries.charging import Charging, charging_of
from onetime.queries.pages import Page
from onetime.queries.sessions import Session, Wanted, session_list

MAX_CONNECTOR: Final = 1_000

Label = Annotated[str, Meta(min_length=1, max_length=MAX_LABEL_LENGTH)]
Connector = Annotated[int, Meta(ge=1, le=MAX_CONNECTOR)]


class Start(
    Struct, tag="start", tag_field="action", frozen=True, kw_only=True, forbid_unknown_fields=True
):
    """Begin to charge at a spot, the own one or one that nobody rents, as its label says."""

    spot: Label
    connector_id: Connector | None = None


class Stop(
    Struct, tag="stop", tag_field="action", frozen=True, kw_only=True, forbid_unknown_fields=True
):
    """End a charge of one's own."""

    session_id: RowId


class ChargingAnswer(Struct, frozen=True, kw_only=True):
    """What the station said; the charge itself begins or ends when the station reports it."""

    command_id: int
    accepted: bool
    latency_ms: int | None


@get(
    "/me/sessions",
    operation_id="listMySessions",
    summary="List my charges",
    opt={MAY_REFUSE: (409,)},
)
async def list_my_sessions(
    garage: GivenGarage,
    principal: GivenPrincipal,
    asked: GivenPage,
    from_: From = None,
    to: To = None,
    is_open: Open = None,
) -> Page[Session]:
    """Where, when and how much I charged, whatever card I used."""
    wanted = within(Wanted(renter_id=_renter(principal), is_open=is_open), from_, to)
    return await garage.archive.read(session_list, wanted, asked)


@get(
    "/me/charging",
    operation_id="getMyCharging",
    summary="Show my spots and charges",
    opt={MAY_REFUSE: (409,)},
)
async def get_my_charging(garage: GivenGarage, principal: GivenPrincipal) -> Charging:
    """My spots with their stations, and my charges that go on."""
    return await garage.archive.read(charging_of, _renter(principal))


@post(
    "/me/charging",
    operation_id="startOrStopMyCharging",
    summary="Begin or end to charge",
    status_code=HTTPStatus.OK,
    opt={MAY_REFUSE: (HTTPStatus.NOT_FOUND, HTTPStatus.BAD_GATEWAY, HTTPStatus.GATEWAY_TIMEOUT)},
)
async def start_or_stop(act: GivenAct, data: JSONBody[Start | Stop]) -> Response[ChargingAnswer]:
    """Ask the station; it may say no: `accepted` tells. Charges of others are not found."""
    renter_id = _renter(act.principal)
    try:
        return await act.at_length(lambda: _ask(act, renter_id, data))
    except _NotAnswered as fault:
        status, code = REFUSED_AS[fault.sent.status]
        words = STATUS_WORDS[fault.sent.status]
        return problem(status, code, f"How the request to the station ended: {words}.")


class _NotAnswered(Exception):
    """The station did not answer; the same request may be sent again."""

    def __init__(self, sent: Sent) -> None:
        super().__init__()
        self.sent = sent


async def _ask(act: Act, renter_id: int, wanted: Start | Stop) -> ChargingAnswer:
    garage, actor = act.garage, act.principal.actor
    if isinstance(wanted, Start):
        sent = await begin_charge(garage, actor, renter_id, wanted.spot, wanted.connector_id)
    else:
        sent = await end_charge(garage, actor, renter_id, wanted.session_id)
    if not sent.is_answered:
        raise _NotAnswered(sent)
    return ChargingAnswer(command_id=sent.id, accepted=has_agreed(sent), latency_ms=sent.latency_ms)


def _renter(principal: Principal) -> int:
    if principal.renter_id is None:
        raise Conflict("This account belongs to no renter, so it has no charges of its own.")
    return principal.renter_id


ROUTES: tuple[BaseRouteHandler, ...] = (list_my_sessions, get_my_charging, start_or_stop)
