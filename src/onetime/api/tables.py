"""Whole lists as tables: brought in, all of it or nothing, and taken out a page at a time.

Knows the form of requests and answers; never what a column means.
"""

from collections.abc import Awaitable
from typing import Final

from litestar import get, post
from litestar.exceptions import HTTPException
from litestar.handlers import BaseRouteHandler
from litestar.params import FromPath, FromQuery
from litestar.response import Response, Stream
from msgspec import Struct, structs

from onetime.api.bodies import BODY_MEDIA
from onetime.api.document import ANSWER_MEDIA
from onetime.api.given import Answer, GivenAct, GivenGarage, Incoming
from onetime.api.sessions import From, To, within
from onetime.api.shapes import RowId
from onetime.api.sheets import CSV, sheet
from onetime.domain.errors import Faulty, FieldFault, NotFound, Unacceptable
from onetime.domain.import_lines import Fault
from onetime.domain.imports import Draft, Noun
from onetime.domain.people import Actor
from onetime.garage import Transaction
from onetime.operations.imports import Imported, StationKey, import_lines
from onetime.queries.exports import FORMS, Listed, export_page
from onetime.queries.imports import import_draft
from onetime.queries.pages import Asked, Page
from onetime.queries.sessions import EVERY, Wanted

TAKEN: Final = (CSV, "application/csv", "application/vnd.ms-excel", "text/plain")
"""What programs call a table."""


class Brought(Struct, frozen=True, kw_only=True):
    """What a table brought, or would have brought if it was a dry run."""

    noun: Noun
    is_dry_run: bool
    created: int
    unchanged: int
    keys: tuple[StationKey, ...]


@post(
    "/imports/{noun:str}",
    operation_id="importTable",
    summary="Bring a whole table",
    status_code=200,
    opt={BODY_MEDIA: CSV},
)
async def import_table(
    request: Incoming,
    act: GivenAct,
    garage: GivenGarage,
    noun: FromPath[str],
    dry_run: FromQuery[bool] = False,
) -> Response[Brought]:
    """Enter a table of renters, spots, tokens or stations, all of it or nothing.

    Every fault is told with its line. Keys that were made for stations are told only this once.
    """
    draft = await garage.archive.read(import_draft, _noun(noun), await _table(request))
    if draft.plan.faults:
        raise _refusal(draft.plan.faults)
    if dry_run:
        tried = Imported(
            noun=draft.noun, created=len(draft.plan.new), unchanged=draft.plan.unchanged
        )
        return Response(_brought(tried, True))
    return await act.told(_bring, draft)


@get(
    "/exports/{noun:str}",
    operation_id="exportTable",
    summary="Take out a whole list",
    opt={ANSWER_MEDIA: CSV},
)
async def export_table(
    garage: GivenGarage,
    noun: FromPath[str],
    renter_id: FromQuery[RowId | None] = None,
    station_id: FromQuery[str | None] = None,
    from_: From = None,
    to: To = None,
) -> Stream:
    """Renters, spots, tokens, stations or sessions as CSV, the newest first.

    The parameters choose among sessions. No cell begins as a formula does.
    """
    listed = _listed(noun)
    wanted = within(Wanted(renter_id=renter_id, station_id=station_id), from_, to)
    if wanted != EVERY and listed is not Listed.SESSIONS:
        raise Unacceptable("These parameters choose among sessions only.")

    def fetch(asked: Asked) -> Awaitable[Page[Struct]]:
        return garage.archive.read(export_page, listed, asked, wanted)

    return await sheet(FORMS[listed], fetch)


def _bring(tx: Transaction, actor: Actor, draft: Draft) -> Answer[Brought]:
    done = import_lines(tx, actor, draft)
    if done.faults:
        raise _refusal(done.faults)
    brought = _brought(done, False)
    return Answer(brought, kept=structs.replace(brought, keys=()) if brought.keys else None)


def _brought(done: Imported, is_dry_run: bool) -> Brought:
    return Brought(
        noun=done.noun,
        is_dry_run=is_dry_run,
        created=done.created,
        unchanged=done.unchanged,
        keys=done.keys,
    )


def _refusal(faults: tuple[Fault, ...]) -> Faulty:
    refusal = Faulty(
        [
            FieldFault(f"{each.line}.{each.field}" if each.field else f"{each.line}", each.sentence)
            for each in faults
        ]
    )
    refusal.sentence = "Nothing was entered: `errors` tells what is wrong, line by line."
    return refusal


async def _table(request: Incoming) -> bytes:
    sent_as = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if sent_as not in TAKEN:
        raise HTTPException(status_code=415)
    return await request.body()


def _noun(text: str) -> Noun:
    try:
        return Noun(text)
    except ValueError:
        raise NotFound(f"There are no tables of {text[:40]!r}.") from None


def _listed(text: str) -> Listed:
    try:
        return Listed(text)
    except ValueError:
        raise NotFound(f"There is no list of {text[:40]!r}.") from None


ROUTES: tuple[BaseRouteHandler, ...] = (import_table, export_table)
