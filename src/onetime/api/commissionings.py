"""Commissioning: a station is handed over step by step, by what it really does."""

from typing import Annotated

from litestar import Response, get, patch, post
from litestar.handlers import BaseRouteHandler
from litestar.params import FromPath, JSONBody
from msgspec import Meta, Struct

from onetime.api.given import GivenAct, GivenGarage, GivenPage
from onetime.domain.commissioning import MAX_NOTE_LENGTH
from onetime.domain.people import Actor
from onetime.domain.stations import MAX_STATION_ID_LENGTH
from onetime.garage import Transaction
from onetime.operations import commissionings as operations
from onetime.queries.commissionings import Commissioning, commissioning, commissioning_list
from onetime.queries.pages import Page


class NewCommissioning(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The station to be commissioned."""

    station_id: Annotated[str, Meta(min_length=1, max_length=MAX_STATION_ID_LENGTH)]


class CommissioningNote(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What whoever stands at the station has to say."""

    note: Annotated[str, Meta(max_length=MAX_NOTE_LENGTH)]


@get("/commissionings", operation_id="listCommissionings", summary="List commissionings")
async def list_commissionings(garage: GivenGarage, asked: GivenPage) -> Page[Commissioning]:
    """All commissionings with their steps, the latest first."""
    return await garage.archive.read(commissioning_list, asked)


@post("/commissionings", operation_id="beginCommissioning", summary="Begin a commissioning")
async def begin(act: GivenAct, data: JSONBody[NewCommissioning]) -> Response[Commissioning]:
    """Begin, or go on with what was begun at this station."""
    return await act(_begin, data.station_id)


@get(
    "/commissionings/{commissioning_id:int}",
    operation_id="getCommissioning",
    summary="Show a commissioning",
)
async def get_one(garage: GivenGarage, commissioning_id: FromPath[int]) -> Commissioning:
    """The steps and what the station has shown."""
    return await garage.archive.read(commissioning, commissioning_id)


@patch(
    "/commissionings/{commissioning_id:int}",
    operation_id="noteOnCommissioning",
    summary="Note on a commissioning",
)
async def note(
    act: GivenAct, commissioning_id: FromPath[int], data: JSONBody[CommissioningNote]
) -> Response[Commissioning]:
    """Keep a note while the commissioning goes on."""
    return await act(_note, commissioning_id, data.note)


@post(
    "/commissionings/{commissioning_id:int}/offline-test",
    operation_id="beginOfflineTest",
    summary="Begin to test an unknown card offline",
    status_code=200,
)
async def begin_offline_test(
    act: GivenAct, commissioning_id: FromPath[int]
) -> Response[Commissioning]:
    """The station is taken off its line now, and an unknown card is held to it: none may charge.

    What came of it is seen when the station is back.
    """
    return await act(_begin_offline_test, commissioning_id)


@post(
    "/commissionings/{commissioning_id:int}/finish",
    operation_id="finishCommissioning",
    summary="Finish a commissioning",
    status_code=200,
)
async def finish(act: GivenAct, commissioning_id: FromPath[int]) -> Response[Commissioning]:
    """End it, whatever is left to do; what was shown stays as its protocol."""
    return await act(_finish, commissioning_id)


def _begin(tx: Transaction, actor: Actor, station_id: str) -> Commissioning:
    begun = operations.begin_commissioning(tx, actor, station_id)
    return commissioning(tx.connection, begun)


def _note(tx: Transaction, actor: Actor, commissioning_id: int, text: str) -> Commissioning:
    operations.note_on_commissioning(tx, actor, commissioning_id, text)
    return commissioning(tx.connection, commissioning_id)


def _begin_offline_test(tx: Transaction, actor: Actor, commissioning_id: int) -> Commissioning:
    operations.begin_offline_test(tx, actor, commissioning_id)
    return commissioning(tx.connection, commissioning_id)


def _finish(tx: Transaction, actor: Actor, commissioning_id: int) -> Commissioning:
    operations.finish_commissioning(tx, actor, commissioning_id)
    return commissioning(tx.connection, commissioning_id)


ROUTES: tuple[BaseRouteHandler, ...] = (
    list_commissionings,
    begin,
    get_one,
    note,
    begin_offline_test,
    finish,
)
