"""Everything about one renter as a file: JSON for programs, tables for people (S31)."""

import asyncio
import tempfile
import zipfile
from collections.abc import AsyncIterator, Iterator
from datetime import datetime
from typing import IO, Final

import msgspec
from litestar import get
from litestar.handlers import BaseRouteHandler
from litestar.params import FromPath
from litestar.response import Stream

from onetime.api.document import ANSWER_MEDIA
from onetime.api.given import GivenGarage
from onetime.garage import Garage
from onetime.kit.sheets import BOM, written
from onetime.kit.times import to_wire
from onetime.queries.persons import KEY, PARTS, person_page

ZIP: Final = "application/zip"
IN_MEMORY_BYTES: Final = 4 * 2**20
PIECE_BYTES: Final = 65_536


@get(
    "/renters/{renter_id:int}/export",
    operation_id="exportRenter",
    summary="Take out all about a renter",
    opt={ANSWER_MEDIA: ZIP},
)
async def export_renter(garage: GivenGarage, renter_id: FromPath[int]) -> Stream:
    """All that is kept of one person: `renter.json`, and a table for each part, in a ZIP file."""
    file = await asyncio.to_thread(_bundle, garage, renter_id)
    named = f'attachment; filename="renter-{renter_id}.zip"'
    return Stream(_pieces(file), media_type=ZIP, headers={"Content-Disposition": named})


async def _pieces(file: IO[bytes]) -> AsyncIterator[bytes]:
    try:
        while piece := await asyncio.to_thread(file.read, PIECE_BYTES):
            yield piece
    finally:
        file.close()


def _bundle(garage: Garage, renter_id: int) -> IO[bytes]:
    """Write everything into a file, page by page, in a thread of its own."""
    garage.archive.ask(person_page, renter_id, "renter")
    file = tempfile.SpooledTemporaryFile(IN_MEMORY_BYTES)  # noqa: SIM115 - closed when it was sent
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as bundle:
        with bundle.open("renter.json", "w", force_zip64=True) as out:
            before = b"{"
            for part in PARTS:
                out.write(before + msgspec.json.encode(part) + b":[")
                separator = b""
                for page in _pages(garage, renter_id, part):
                    for row in page:
                        out.write(separator + msgspec.json.encode(row))
                        separator = b",\n"
                out.write(b"]")
                before = b",\n"
            out.write(b"}\n")
        for part in PARTS:
            with bundle.open(f"{part}.csv", "w", force_zip64=True) as out:
                head = BOM
                for page in _pages(garage, renter_id, part):
                    if head:
                        out.write(head + written([[*page[0]]]))
                        head = b""
                    out.write(written([[_cell(each) for each in row.values()] for row in page]))
    file.seek(0)
    return file


def _pages(garage: Garage, renter_id: int, part: str) -> Iterator[list[dict[str, object]]]:
    after = 0
    while page := garage.archive.ask(person_page, renter_id, part, after):
        yield page
        last = page[-1][KEY]
        assert isinstance(last, int)
        after = last


def _cell(value: object) -> object:
    return to_wire(value) if isinstance(value, datetime) else value


ROUTES: tuple[BaseRouteHandler, ...] = (export_renter,)
