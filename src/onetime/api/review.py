"""What needs a person: findings to be decided, alarms to be seen."""

from typing import Annotated, TypeAlias

from litestar import Response, get, post
from litestar.handlers import BaseRouteHandler
from litestar.params import FromPath, JSONBody, QueryParameter
from msgspec import Struct

from onetime.api.given import GivenAct, GivenGarage, GivenPage
from onetime.api.shapes import Reason
from onetime.domain.people import Actor
from onetime.garage import Transaction
from onetime.operations import reviews as operations
from onetime.queries.alarms import Alarm, alarm, alarm_list
from onetime.queries.pages import Page
from onetime.queries.review import ReviewItem, review_item, review_list

Open: TypeAlias = Annotated[bool, QueryParameter(name="open")]


class Resolution(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a person found out and decided."""

    reason: Reason


@get("/review", operation_id="listReview", summary="List what needs a decision")
async def list_review(
    garage: GivenGarage, asked: GivenPage, is_open: Open = True
) -> Page[ReviewItem]:
    """Findings that wait for a person, with evidence and advice; or those that were decided."""
    return await garage.archive.read(review_list, is_open=is_open, asked=asked)


@get("/review/{review_id:int}", operation_id="getReview", summary="Show a finding")
async def get_review(garage: GivenGarage, review_id: FromPath[int]) -> ReviewItem:
    """One finding with its evidence and, where there is one, the message as it came."""
    return await garage.archive.read(review_item, review_id)


@post(
    "/review/{review_id:int}/resolve",
    operation_id="resolveReview",
    summary="Decide a finding",
    status_code=200,
)
async def resolve_review(
    act: GivenAct, review_id: FromPath[int], data: JSONBody[Resolution]
) -> Response[ReviewItem]:
    """Note what was decided; what is in the books is not changed by it."""
    return await act(_resolve, review_id, data)


@get("/alarms", operation_id="listAlarms", summary="List alarms")
async def list_alarms(garage: GivenGarage, asked: GivenPage, is_open: Open = True) -> Page[Alarm]:
    """Alarms that nobody has acknowledged; or those that somebody has."""
    return await garage.archive.read(alarm_list, is_open=is_open, asked=asked)


@get("/alarms/{alarm_id:int}", operation_id="getAlarm", summary="Show an alarm")
async def get_alarm(garage: GivenGarage, alarm_id: FromPath[int]) -> Alarm:
    """One alarm: what happened, how often, and who has seen it."""
    return await garage.archive.read(alarm, alarm_id)


@post(
    "/alarms/{alarm_id:int}/acknowledge",
    operation_id="acknowledgeAlarm",
    summary="Acknowledge an alarm",
    status_code=200,
)
async def acknowledge_alarm(act: GivenAct, alarm_id: FromPath[int]) -> Response[Alarm]:
    """Note that it was seen; it comes back when its cause does."""
    return await act(_acknowledge, alarm_id)


def _resolve(tx: Transaction, actor: Actor, review_id: int, decided: Resolution) -> ReviewItem:
    operations.resolve_review(tx, actor, review_id, decided.reason)
    return review_item(tx.connection, review_id)


def _acknowledge(tx: Transaction, actor: Actor, alarm_id: int) -> Alarm:
    operations.acknowledge_alarm(tx, actor, alarm_id)
    return alarm(tx.connection, alarm_id)


ROUTES: tuple[BaseRouteHandler, ...] = (
    list_review,
    get_review,
    resolve_review,
    list_alarms,
    get_alarm,
    acknowledge_alarm,
)
