"""Firmware: people bring a file, stations fetch it at an address that nobody can guess.

Knows how a file comes in pieces, and how parts of it are given to whoever goes on after a break.
"""

import asyncio
from typing import Annotated, Final

from litestar import HttpMethod, Response, delete, get, post, route
from litestar.datastructures import State
from litestar.exceptions import HTTPException
from litestar.handlers import BaseRouteHandler
from litestar.params import FromPath, FromQuery
from litestar.response import Stream
from msgspec import Meta, Struct

from onetime.api.bodies import BODY_MEDIA
from onetime.api.document import ANSWER_MEDIA
from onetime.api.files import BINARY, files_base, in_time
from onetime.api.given import GivenGarage, GivenPage, GivenPrincipal, Incoming
from onetime.api.giving import pieces_of
from onetime.api.multipart import Malformed
from onetime.api.shapes import RowId
from onetime.domain.accounts import Principal
from onetime.domain.errors import Conflict, Unacceptable
from onetime.domain.firmware import MAX_FIRMWARE_BYTES, NAME_PATTERN
from onetime.garage import Garage, Transaction
from onetime.kit.drop import Drop, NoRoom, Taking
from onetime.kit.ranges import Unsatisfiable, span
from onetime.kit.times import to_wire
from onetime.operations.firmware import Brought, bring_firmware, delete_firmware, may_bring
from onetime.queries.firmware import KeptFirmware, firmware, firmware_behind, firmware_list
from onetime.queries.pages import Page

FIRMWARE_FOLDER: Final = "firmware"
NO_ROOM: Final = (
    f"There is no room: a file has at most {MAX_FIRMWARE_BYTES // 2**20} MiB, all together 4 GiB,"
    " and 200 MB of the disk stay free. Delete some firmware, or make room on the disk."
)
Name = Annotated[str, Meta(pattern=NAME_PATTERN)]


class Firmware(Struct, frozen=True, kw_only=True):
    """A file of firmware; whoever knows its `location` can fetch it."""

    id: int
    name: str
    size_bytes: int
    sha256: str
    added_by: str
    added_at: str
    location: str


@post(
    "/firmware",
    operation_id="addFirmware",
    summary="Bring firmware",
    opt={BODY_MEDIA: BINARY},
    request_max_body_size=None,  # counted here, piece by piece
)
async def add_firmware(
    request: Incoming, garage: GivenGarage, principal: GivenPrincipal, name: FromQuery[Name]
) -> Firmware:
    """Take a file of firmware: the body is the file; the answer tells its SHA-256."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != BINARY:
        raise HTTPException(status_code=415)
    await garage.archive.write(may_bring, name)
    drop = firmware_drop(request.state)
    try:
        taking = await asyncio.to_thread(drop.take, MAX_FIRMWARE_BYTES)
        try:
            if int(request.headers.get("content-length", "0")) > MAX_FIRMWARE_BYTES:
                raise NoRoom
            async for piece in in_time(request.stream()):
                if piece:
                    await asyncio.to_thread(taking.write, piece)
            kept = await _keep(garage, principal, drop, name, taking)
        finally:
            taking.abandon()
    except NoRoom:
        raise Unacceptable(NO_ROOM) from None
    except Malformed:
        raise HTTPException(status_code=400) from None
    return told(files_base(garage, request), kept)


async def _keep(
    garage: Garage, principal: Principal, drop: Drop, name: str, taking: Taking
) -> KeptFirmware:
    if not taking.size:
        raise Unacceptable("The body is empty: it has to be the file.")
    stored_as, sha256 = await asyncio.to_thread(taking.finish)
    is_kept = False
    try:
        kept = await garage.archive.write(
            _bring,
            principal,
            Brought(name=name, size_bytes=taking.size, sha256=sha256, stored_as=stored_as),
        )
        is_kept = True
    finally:
        if not is_kept:
            drop.remove(stored_as)
    return kept


def _bring(tx: Transaction, principal: Principal, brought: Brought) -> KeptFirmware:
    return firmware(tx.connection, bring_firmware(tx, principal.actor, brought))


@get("/firmware", operation_id="listFirmware", summary="List firmware")
async def list_firmware(request: Incoming, garage: GivenGarage, asked: GivenPage) -> Page[Firmware]:
    """The firmware that stations can fetch here, the newest first."""
    page = await garage.archive.read(firmware_list, asked)
    base = files_base(garage, request)
    return Page(tuple(told(base, each) for each in page.items), page.next_cursor)


@get("/firmware/{firmware_id:int}", operation_id="getFirmware", summary="Show firmware")
async def get_firmware(
    request: Incoming, garage: GivenGarage, firmware_id: FromPath[RowId]
) -> Firmware:
    """One file of firmware, and where stations fetch it."""
    return told(files_base(garage, request), await garage.archive.read(firmware, firmware_id))


@delete(
    "/firmware/{firmware_id:int}",
    operation_id="deleteFirmware",
    summary="Delete firmware",
    status_code=204,
)
async def remove_firmware(
    request: Incoming,
    garage: GivenGarage,
    principal: GivenPrincipal,
    firmware_id: FromPath[RowId],
) -> None:
    """Delete firmware: its address is worth nothing from then on."""
    stored_as = await garage.archive.write(delete_firmware, principal.actor, firmware_id)
    await asyncio.to_thread(firmware_drop(request.state).remove, stored_as)


@route(
    ["/files/{secret:str}", "/files/{secret:str}/{name:str}"],
    http_method=[HttpMethod.GET, HttpMethod.HEAD],
    include_in_schema=False,
    opt={ANSWER_MEDIA: BINARY},
)
async def fetch_firmware(
    request: Incoming, garage: GivenGarage, secret: FromPath[str], name: FromPath[str] = ""
) -> Response[bytes] | Stream:
    """Give a station its firmware, or the part that it still lacks; the name is for its log."""
    found = await garage.archive.read(firmware_behind, secret)
    path = firmware_drop(request.state).path(found.stored_as)
    if path is None:
        raise Conflict("The file is not on the disk any more.")
    etag = f'"{found.sha256}"'
    headers = {
        "Accept-Ranges": "bytes",
        "Cache-Control": "no-store",
        "Content-Disposition": f'attachment; filename="{found.name}"',
        "ETag": etag,
    }
    asked = request.headers.get("range", "")
    if request.method != HttpMethod.GET or request.headers.get("if-range", etag) != etag:
        asked = ""
    try:
        part = span(asked, found.size_bytes)
    except Unsatisfiable:
        headers["Content-Range"] = f"bytes */{found.size_bytes}"
        return Response(b"", status_code=416, headers=headers)
    begin, end = part or (0, found.size_bytes)
    headers["Content-Length"] = str(end - begin)
    if part is not None:
        headers["Content-Range"] = f"bytes {begin}-{end - 1}/{found.size_bytes}"
    if request.method == HttpMethod.HEAD:
        return Response(b"", media_type=BINARY, headers=headers)
    return Stream(
        pieces_of(path, begin, end),
        status_code=200 if part is None else 206,
        media_type=BINARY,
        headers=headers,
    )


def told(base: str, kept: KeptFirmware) -> Firmware:
    """Return firmware as programs are told of it."""
    return Firmware(
        id=kept.id,
        name=kept.name,
        size_bytes=kept.size_bytes,
        sha256=kept.sha256,
        added_by=kept.added_by,
        added_at=to_wire(kept.added_at),
        location=address_of(base, kept),
    )


def address_of(base: str, kept: KeptFirmware) -> str:
    """Return where a station fetches firmware; the end of it is its name, which some look at."""
    return f"{base.rstrip('/')}/files/{kept.secret}/{kept.name}"


def firmware_drop(state: State) -> Drop:
    """Return where the firmware of a door lies."""
    found = state["firmware_drop"]
    assert isinstance(found, Drop)
    return found


ROUTES: tuple[BaseRouteHandler, ...] = (
    add_firmware,
    list_firmware,
    get_firmware,
    remove_firmware,
)
DOOR: tuple[BaseRouteHandler, ...] = (fetch_firmware,)
"""Beside the API: for stations, which prove nothing but that they know the secret."""
