"""Backups for owners: made while stations go on, entered in the audit, fetched under a secret name.

Knows a folder in which the newest one lies until it is fetched; how one is made is the archive's.
"""

import asyncio
import re
import secrets
import shutil
from collections.abc import AsyncIterator
from contextlib import aclosing
from datetime import datetime
from pathlib import Path
from typing import Final

from litestar import Response, get, post
from litestar.datastructures import State
from litestar.handlers import BaseRouteHandler
from litestar.params import FromPath
from litestar.response import Stream
from msgspec import Struct

from onetime.api.document import ANSWER_MEDIA
from onetime.api.files import BINARY
from onetime.api.given import GivenAct, Incoming
from onetime.api.giving import pieces_of
from onetime.domain.errors import Conflict, NotFound
from onetime.domain.people import Actor
from onetime.garage import Garage
from onetime.kit.drop import LEAST_FREE_BYTES
from onetime.operations.backups import note_backed_up

BACKUPS_FOLDER: Final = "backups"
KEPT_SECONDS: Final = 3_600.0
"""How long a backup waits to be fetched."""
_STEM: Final = re.compile(r"\.?[0-9a-f]{32}\..*")
_ID: Final = re.compile(r"[0-9a-f]{32}")
_LABEL: Final = "onetime-%Y%m%dT%H%M%SZ"


class Backup(Struct, frozen=True, kw_only=True):
    """A backup that waits to be fetched, for an hour at most."""

    id: str
    name: str
    size_bytes: int


class Shelf:
    """The folder in which the newest backup lies until it is fetched; the one before it goes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._making = asyncio.Lock()
        self._name = ""

    async def make(self, garage: Garage, actor: Actor, now: datetime) -> Backup:
        """Make a backup; raises Conflict when one is being made, or there is no room for it."""
        if self._making.locked():
            raise Conflict("A backup is being made already; wait for it.")
        async with self._making:
            await asyncio.to_thread(self._make_room, garage.archive.least_room())
            ending = garage.archive.backup_ending
            backup_id = secrets.token_hex(16)
            path = self._folder / f"{backup_id}{ending}"
            size = await garage.archive.back_up(path)
            asyncio.get_running_loop().call_later(KEPT_SECONDS, _remove, path)
            is_entered = False
            try:
                await garage.archive.write(note_backed_up, actor, size)
                is_entered = True
            finally:
                if not is_entered:
                    _remove(path)
            self._name = f"{now.strftime(_LABEL)}{ending}"
        return Backup(id=backup_id, name=self._name, size_bytes=size)

    def find(self, backup_id: str) -> tuple[Path, str]:
        """Return where a backup lies, and under which name it goes out; raises NotFound."""
        found = (
            list(self._folder.glob(f"{backup_id}.*"))
            if _ID.fullmatch(backup_id) and self._folder.is_dir()
            else []
        )
        if not found:
            raise NotFound("There is no such backup, or it was fetched already; make a new one.")
        return found[0], self._name

    def _make_room(self, needed: int) -> None:
        """Remove what was never fetched, and what a crash left; raises Conflict."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for each in self._folder.iterdir():
            if _STEM.fullmatch(each.name):
                _remove(each)
        if shutil.disk_usage(self._folder).free < needed + LEAST_FREE_BYTES:
            raise Conflict("There is not enough room on the disk for a backup beside the database.")


@post("/backups", operation_id="createBackup", summary="Make a backup")
async def create_backup(act: GivenAct) -> Response[Backup]:
    """A checked copy of the whole database, to be fetched once. It holds what keys and passwords
    are checked with: keep it as safe as the database itself."""
    shelf, garage, actor = _shelf_of(act.state), act.garage, act.principal.actor
    return await act.at_length(lambda: shelf.make(garage, actor, garage.clock.now()))


@get(
    "/backups/{backup_id:str}",
    operation_id="getBackup",
    summary="Fetch a backup",
    opt={ANSWER_MEDIA: BINARY},
)
async def get_backup(request: Incoming, backup_id: FromPath[str]) -> Stream:
    """The file that `onetime database restore` takes; once it was fetched whole it is gone here."""
    path, name = _shelf_of(request.state).find(backup_id)

    async def pieces() -> AsyncIterator[bytes]:
        async with aclosing(pieces_of(path)) as found:
            async for piece in found:
                yield piece
        await asyncio.to_thread(_remove, path)

    named = f'attachment; filename="{name}"'
    return Stream(pieces(), media_type=BINARY, headers={"Content-Disposition": named})


def _shelf_of(state: State) -> Shelf:
    found = state["backups"]
    assert isinstance(found, Shelf)
    return found


def _remove(path: Path) -> None:
    path.unlink(missing_ok=True)


ROUTES: tuple[BaseRouteHandler, ...] = (create_backup, get_backup)
