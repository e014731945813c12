"""Commands to stations: every one that OCPP 1.6 knows, sent as it is written, and their history.

Each has a route of its own, so that the document tells its payload and its answer. Knows statuses
of HTTP; what is sent and what that means is the dispatcher's.
"""

import asyncio
from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

import msgspec
from litestar import Response, get, post
from litestar.exceptions import NotFoundException
from litestar.handlers import BaseRouteHandler, HTTPRouteHandler
from litestar.params import FromPath, FromQuery, JSONBody
from msgspec import Raw, Struct

from onetime.api.answers import standing
from onetime.api.bodies import BODY_SCHEMA
from onetime.api.document import ANSWER_SCHEMA, MAY_ANSWER, MAY_REFUSE
from onetime.api.given import GivenAct, GivenGarage, GivenPage, GivenPrincipal
from onetime.api.masking import item_for, page_for
from onetime.api.places import with_address
from onetime.api.problems import MEDIA_TYPE, TYPE_PREFIX, Problem
from onetime.api.rights import PREFIX
from onetime.api.shapes import LARGEST_ID
from onetime.dispatch.commands import ANSWER_SECONDS, Sent, begin_payload
from onetime.dispatch.descriptions import COMMAND_NAMES, described
from onetime.dispatch.payloads import require_command
from onetime.domain.commands import STATUS_WORDS, CommandStatus
from onetime.domain.ids import StationId
from onetime.garage import Garage
from onetime.queries.commands import Command, JsonObject, command, command_list
from onetime.queries.pages import Page
from onetime.queries.stations import station

REFUSED_AS: Final[Mapping[CommandStatus, tuple[HTTPStatus, str]]] = {
    CommandStatus.OFFLINE: (HTTPStatus.CONFLICT, "station-offline"),
    CommandStatus.QUEUE_FULL: (HTTPStatus.CONFLICT, "queue-full"),
    CommandStatus.WITHHELD: (HTTPStatus.CONFLICT, "withheld"),
    CommandStatus.CALL_ERROR: (HTTPStatus.BAD_GATEWAY, "call-error"),
    CommandStatus.BROKEN_ANSWER: (HTTPStatus.BAD_GATEWAY, "broken-answer"),
    CommandStatus.CONNECTION_LOST: (HTTPStatus.BAD_GATEWAY, "connection-lost"),
    CommandStatus.UNKNOWN: (HTTPStatus.BAD_GATEWAY, "unknown"),
    CommandStatus.TIMEOUT: (HTTPStatus.GATEWAY_TIMEOUT, "timeout"),
    CommandStatus.EXPIRED: (HTTPStatus.GATEWAY_TIMEOUT, "expired"),
}
"""The status and the code of a problem for each end of a command that is no answer."""


class CommandAnswer(Struct, frozen=True, kw_only=True):
    """What a station answered; whether it agreed is in the response."""

    id: int
    status: CommandStatus
    response: JsonObject
    latency_ms: int | None


class CommandBegun(Struct, frozen=True, kw_only=True):
    """A command that is recorded and on its way; its history tells how it ends."""

    id: int
    status: CommandStatus


class CommandProblem(Problem, frozen=True, kw_only=True, omit_defaults=True):
    """Why there is no answer to a command, and what is known of it."""

    command_id: int
    station_code: str | None = None
    station_description: str | None = None
    raw_answer: str | None = None
    latency_ms: int | None = None


@get(
    "/stations/{station_id:str}/commands",
    operation_id="listCommands",
    summary="List what a station was asked",
)
async def list_commands(
    garage: GivenGarage,
    principal: GivenPrincipal,
    asked: GivenPage,
    station_id: FromPath[str],
    action: FromQuery[str | None] = None,
    status: FromQuery[CommandStatus | None] = None,
) -> Page[Command]:
    """Who asked what, when, and what became of it; secrets are replaced."""
    await garage.archive.read(station, station_id)
    found = await garage.archive.read(
        command_list, station_id, action=action, status=status, asked=asked
    )
    return page_for(principal, found)


@get(
    "/stations/{station_id:str}/commands/{command:str}",
    operation_id="getCommand",
    summary="Show a command",
)
async def get_command(
    garage: GivenGarage,
    principal: GivenPrincipal,
    station_id: FromPath[str],
    command: FromPath[str],
) -> Command:
    """One command by its number, with what became of it."""
    return item_for(principal, await _command(garage, station_id, command))


@post(
    "/stations/{station_id:str}/commands/{command:str}",
    operation_id="sendUnknownCommand",
    summary="Send a command that there is not",
    include_in_schema=False,
    status_code=HTTPStatus.OK,
)
async def send_unknown(station_id: FromPath[str], command: FromPath[str]) -> None:
    """Name the nearest command that there is; those that there are have routes of their own."""
    require_command(command)


def _sends(action: str) -> HTTPRouteHandler:
    """Return the route that sends one command."""
    told = described(action)

    @post(
        f"/stations/{{station_id:str}}/commands/{action}",
        operation_id=f"send{action}",
        summary=f"Send {action}",
        status_code=HTTPStatus.OK,
        opt={
            BODY_SCHEMA: told.request,
            ANSWER_SCHEMA: _answer_schema(told.response),
            MAY_ANSWER: {HTTPStatus.ACCEPTED: CommandBegun},
            MAY_REFUSE: (HTTPStatus.BAD_GATEWAY, HTTPStatus.GATEWAY_TIMEOUT),
        },
    )
    async def send_command(
        act: GivenAct,
        station_id: FromPath[str],
        data: JSONBody[Raw],
        wait: FromQuery[bool] = True,
    ) -> Response[CommandAnswer]:
        payload, is_own_place = await with_address(act, station_id, action, bytes(data))
        begun = await begin_payload(
            act.garage,
            act.principal.actor,
            StationId(station_id),
            action,
            payload,
            timeout_seconds=ANSWER_SECONDS,
            sending=await act.sending(),
            is_own_place=is_own_place,
        )
        if not wait:
            return _begun(station_id, begun.id)
        return _answer(await asyncio.shield(begun.ended))

    send_command.fn.__doc__ = told.sentence
    return send_command


async def _command(garage: Garage, station_id: str, number: str) -> Command:
    if not (number.isascii() and number.isdigit() and int(number) <= LARGEST_ID):
        raise NotFoundException
    return await garage.archive.read(command, station_id, int(number))


def _begun(station_id: str, command_id: int) -> Response[CommandAnswer]:
    begun = CommandBegun(id=command_id, status=CommandStatus.OPEN)
    place = f"{PREFIX}/stations/{station_id}/commands/{command_id}"
    text = msgspec.json.encode(begun)
    return standing(text, HTTPStatus.ACCEPTED, headers={"Location": place})


def _answer(sent: Sent) -> Response[CommandAnswer]:
    if sent.status is CommandStatus.OPEN:
        return _begun(sent.station_id, sent.id)
    if sent.is_answered:
        answer = CommandAnswer(
            id=sent.id,
            status=sent.status,
            response=msgspec.json.decode(sent.answer or "{}"),
            latency_ms=sent.latency_ms,
        )
        return standing(msgspec.json.encode(answer), HTTPStatus.OK)
    status, code = REFUSED_AS[sent.status]
    words = STATUS_WORDS[sent.status]
    problem = CommandProblem(
        type=TYPE_PREFIX + code,
        title=status.phrase,
        status=status,
        code=code,
        detail=f"{sent.action}: {words}.",
        command_id=sent.id,
        station_code=sent.code,
        station_description=sent.description,
        raw_answer=sent.answer,
        latency_ms=sent.latency_ms,
    )
    return standing(msgspec.json.encode(problem), status, MEDIA_TYPE)


def _answer_schema(response: Mapping[str, object]) -> dict[str, object]:
    """Return the schema of the answer to one command."""
    return {
        "type": "object",
        "required": ["id", "status", "response", "latency_ms"],
        "properties": {
            "id": {"type": "integer"},
            "status": {"enum": [CommandStatus.ANSWERED.value]},
            "response": dict(response),
            "latency_ms": {"type": "integer"},
        },
    }


ROUTES: Final[tuple[BaseRouteHandler, ...]] = (
    list_commands,
    get_command,
    send_unknown,
    *map(_sends, COMMAND_NAMES),
)
