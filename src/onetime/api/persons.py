"""Everything about one renter as a file: JSON for programs, tables for people (S31)."""

import asyncio
from collections.abc import AsyncIterator
from typing import IO, Final

from litestar import get
from litestar.handlers import BaseRouteHandler
from litestar.params import FromPath
from litestar.response import Stream

from onetime.api.document import ANSWER_MEDIA
from onetime.api.given import GivenGarage
from onetime.queries.bundles import renter_bundle

ZIP: Final = "application/zip"
PIECE_BYTES: Final = 65_536


@get(
    "/renters/{renter_id:int}/export",
    operation_id="exportRenter",
    summary="Take out all about a renter",
    opt={ANSWER_MEDIA: ZIP},
)
async def export_renter(garage: GivenGarage, renter_id: FromPath[int]) -> Stream:
    """All that is kept of one person: `renter.json`, and a table for each part, in a ZIP file."""
    file = await asyncio.to_thread(renter_bundle, garage.archive, renter_id)
    named = f'attachment; filename="renter-{renter_id}.zip"'
    return Stream(_pieces(file), media_type=ZIP, headers={"Content-Disposition": named})


async def _pieces(file: IO[bytes]) -> AsyncIterator[bytes]:
    try:
        while piece := await asyncio.to_thread(file.read, PIECE_BYTES):
            yield piece
    finally:
        file.close()


ROUTES: tuple[BaseRouteHandler, ...] = (export_renter,)
