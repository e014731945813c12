"""What stations have told: connectors, boots, messages, deviations from OCPP."""

from typing import Annotated

from litestar import get
from litestar.handlers import BaseRouteHandler
from litestar.params import FromPath, FromQuery
from msgspec import Meta

from onetime.api.given import GivenGarage, GivenPage, GivenPart, GivenPrincipal
from onetime.api.masking import page_for, sees_cards
from onetime.queries.messages import Boot, Direction, Message, boot_list, message_list
from onetime.queries.pages import Page, part_of
from onetime.queries.stations import Connector, Quirk, connectors, quirks

Words = Annotated[str, Meta(min_length=1, max_length=200)]
"""What a message is searched by."""


@get(
    "/stations/{station_id:str}/connectors",
    operation_id="listConnectors",
    summary="List connectors",
)
async def list_connectors(
    garage: GivenGarage, station_id: FromPath[str], part: GivenPart
) -> Page[Connector]:
    """The connectors as the station last reported them; connector 0 is the station itself."""
    return part_of(await garage.archive.read(connectors, station_id), part)


@get("/stations/{station_id:str}/boots", operation_id="listBoots", summary="List boots")
async def list_boots(
    garage: GivenGarage, station_id: FromPath[str], asked: GivenPage
) -> Page[Boot]:
    """When the station booted and what it said it is, the latest first."""
    return await garage.archive.read(boot_list, station_id, asked)


@get("/stations/{station_id:str}/messages", operation_id="listMessages", summary="List messages")
async def list_messages(
    garage: GivenGarage,
    principal: GivenPrincipal,
    station_id: FromPath[str],
    asked: GivenPage,
    action: FromQuery[str | None] = None,
    direction: FromQuery[Direction | None] = None,
    search: FromQuery[Words | None] = None,
) -> Page[Message]:
    """The OCPP log: frames as they came and went, without passwords, the latest first.

    With `search` only those with these words in their action, frame or answer, in upper or lower
    case; a page may then be empty and have a next one all the same, as each looks through a part
    of the log. Whoever may see no cards gets their last four characters, and finds no more of them.
    """
    found = await garage.archive.read(
        message_list,
        station_id,
        action=action,
        direction=direction,
        search=search,
        shows_cards=sees_cards(principal),
        asked=asked,
    )
    return page_for(principal, found)


@get("/stations/{station_id:str}/quirks", operation_id="listQuirks", summary="List deviations")
async def list_quirks(
    garage: GivenGarage, station_id: FromPath[str], part: GivenPart
) -> Page[Quirk]:
    """In which ways the station deviates from OCPP, counted, the most frequent first."""
    return part_of(await garage.archive.read(quirks, station_id), part)


ROUTES: tuple[BaseRouteHandler, ...] = (
    list_connectors,
    list_boots,
    list_messages,
    list_quirks,
)
