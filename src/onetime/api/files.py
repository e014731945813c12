"""The drop: a station sends a file to a secret address, once; people find it at the station.

Knows how bodies come in pieces and how files are handed out; nothing of a file is ever shown.
"""

import asyncio
from collections.abc import AsyncIterator
from enum import StrEnum
from typing import Final

from litestar import HttpMethod, Response, delete, get, post, route
from litestar.datastructures import State
from litestar.exceptions import HTTPException
from litestar.handlers import BaseRouteHandler
from litestar.params import FromPath, JSONBody
from litestar.response import Stream
from msgspec import Struct

from onetime.api.document import ANSWER_MEDIA
from onetime.api.ftp_door import FtpDoor, ftp_of
from onetime.api.given import GivenAct, GivenGarage, GivenPage, GivenPrincipal, Incoming
from onetime.api.giving import PIECE_BYTES, pieces_of
from onetime.api.multipart import Malformed, boundary_of, file_in
from onetime.api.taking import take_file
from onetime.domain.errors import Conflict
from onetime.domain.files import MAX_FILE_BYTES, FileKind
from onetime.domain.people import Actor
from onetime.garage import Garage, Transaction
from onetime.kit.drop import Drop, NoRoom
from onetime.kit.times import to_wire
from onetime.operations import files as operations
from onetime.operations.files import Opened
from onetime.queries.files import StationFile, file_list, stored_file
from onetime.queries.pages import Page

BINARY: Final = "application/octet-stream"
PAUSE_SECONDS: Final = 60.0
"""How long a sender may be silent before it is given up."""
FOLDER: Final = "files"


class Way(StrEnum):
    """By which words a file can come."""

    HTTP = "http"
    FTP = "ftp"


class FileWish(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is awaited of a station, and how."""

    kind: FileKind
    by: Way = Way.HTTP


class AwaitedFile(Struct, frozen=True, kw_only=True):
    """The address to which a station may send one file, until then."""

    id: int
    location: str
    expires_at: str


@route(
    ["/files/{secret:str}", "/files/{secret:str}/{name:str}"],
    http_method=[HttpMethod.PUT, HttpMethod.POST],
    status_code=201,
    include_in_schema=False,
    request_max_body_size=MAX_FILE_BYTES + PIECE_BYTES,
)
async def take_in(
    request: Incoming, garage: GivenGarage, secret: FromPath[str], name: FromPath[str] = ""
) -> None:
    """Take a file from a station; it is on disk and in the books before the answer goes."""
    admitted = await garage.archive.write(operations.admit_file, secret)
    names = [name]
    pieces = _pieces(request, names)
    drop = drop_of(request.state)
    try:
        await take_file(garage, drop, admitted, pieces, lambda: names[-1] or name)
    except NoRoom:
        raise HTTPException(status_code=413) from None
    except Malformed:
        raise HTTPException(status_code=400) from None


async def _pieces(request: Incoming, names: list[str]) -> AsyncIterator[bytes]:
    """Yield the file in a body, whether the body is the file or a form with one in it."""
    boundary = boundary_of(request.headers.get("content-type", ""))
    body = in_time(request.stream())
    async for piece in body if boundary is None else file_in(body, boundary, names):
        if piece:
            yield piece


async def in_time(body: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Yield the pieces of a body; raises Malformed when its sender is silent for too long."""
    while True:
        try:
            async with asyncio.timeout(PAUSE_SECONDS):
                piece = await anext(body)
        except StopAsyncIteration:
            return
        except TimeoutError:
            raise Malformed from None
        yield piece


@post("/stations/{station_id:str}/files", operation_id="awaitFile", summary="Await a file")
async def await_file(
    request: Incoming, act: GivenAct, station_id: FromPath[str], data: JSONBody[FileWish]
) -> Response[AwaitedFile]:
    """Give the station an address for one file; it goes into GetDiagnostics or GetLog."""
    ftp = ftp_of(request.state, "by") if data.by is Way.FTP else None
    base = files_base(act.garage, request)
    return await act(_await, station_id, data.kind, base, ftp)


@get("/stations/{station_id:str}/files", operation_id="listFiles", summary="List files")
async def list_files(
    garage: GivenGarage, station_id: FromPath[str], asked: GivenPage
) -> Page[StationFile]:
    """The diagnostics and logs that a station has sent, the newest first."""
    return await garage.archive.read(file_list, station_id, asked)


@get(
    "/stations/{station_id:str}/files/{file_id:int}",
    operation_id="getFile",
    summary="Fetch a file",
    opt={ANSWER_MEDIA: BINARY},
)
async def get_file(
    request: Incoming, garage: GivenGarage, station_id: FromPath[str], file_id: FromPath[int]
) -> Stream:
    """The file as its station sent it, to be saved and never shown."""
    _, stored_as = await garage.archive.read(stored_file, station_id, file_id)
    path = drop_of(request.state).path(stored_as)
    if path is None:
        raise Conflict("The file is not on the disk any more.")
    # The name that the station gave is in the list; a header is no place for hostile text.
    named = f'attachment; filename="station-file-{file_id}"'
    return Stream(pieces_of(path), media_type=BINARY, headers={"Content-Disposition": named})


@delete(
    "/stations/{station_id:str}/files/{file_id:int}",
    operation_id="deleteFile",
    summary="Delete a file",
    status_code=204,
)
async def delete_file(
    request: Incoming,
    garage: GivenGarage,
    principal: GivenPrincipal,
    station_id: FromPath[str],
    file_id: FromPath[int],
) -> None:
    """Delete a file that a station has sent."""
    stored_as = await garage.archive.write(
        operations.delete_file, principal.actor, station_id, file_id
    )
    await asyncio.to_thread(drop_of(request.state).remove, stored_as)


def files_base(garage: Garage, request: Incoming) -> str:
    """Return with what the addresses of files begin, for whoever asks."""
    return garage.archive.policy.files_url or str(request.base_url)


def location_of(base: str, opened: Opened) -> str:
    """Return the address at which a file is awaited."""
    return f"{base.rstrip('/')}/files/{opened.secret}"


def drop_of(state: State) -> Drop:
    """Return the drop of a door."""
    found = state["drop"]
    assert isinstance(found, Drop)
    return found


def _await(
    tx: Transaction,
    actor: Actor,
    station_id: str,
    kind: FileKind,
    base: str,
    ftp: FtpDoor | None,
) -> AwaitedFile:
    opened = operations.await_file(tx, actor, station_id, kind)
    return AwaitedFile(
        id=opened.id,
        location=ftp.upload(base, opened) if ftp else location_of(base, opened),
        expires_at=to_wire(opened.expires_at),
    )


ROUTES: tuple[BaseRouteHandler, ...] = (await_file, list_files, get_file, delete_file)
DOOR: tuple[BaseRouteHandler, ...] = (take_in,)
"""Beside the API: for stations, which prove nothing but that they know the secret."""
