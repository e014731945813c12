"""Files that strangers send: taken in pieces, limited, on disk before anybody hears of them.

Knows a folder and bytes; never whose they are. No name that came from outside is ever a path.
"""

import hashlib
import os
import re
import secrets
import shutil
from pathlib import Path
from typing import Final

PRIVATE: Final = 0o600
LEAST_FREE_BYTES: Final = 200_000_000
_STORED: Final = re.compile(r"[0-9a-f]{32}\.file")
_PART: Final = ".part"


class NoRoom(Exception):
    """The file is larger than it may be, or the folder or its disk is full."""


class Taking:
    """A file that is being taken in."""

    def __init__(self, folder: Path, limit: int) -> None:
        self._final = folder / f"{secrets.token_hex(16)}.file"
        self._part = self._final.with_suffix(_PART)
        self._limit = limit
        self._digest = hashlib.sha256()
        self.size = 0
        self._file = os.open(self._part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, PRIVATE)

    def write(self, piece: bytes) -> None:
        """Take a piece; raises NoRoom when it is one too many, OSError."""
        self.size += len(piece)
        if self.size > self._limit:
            raise NoRoom
        self._digest.update(piece)
        while piece:
            piece = piece[os.write(self._file, piece) :]

    def finish(self) -> tuple[str, str]:
        """Put the file on disk for good; return the name it is stored under, and its SHA-256."""
        os.fsync(self._file)
        os.close(self._file)
        self._file = -1
        os.rename(self._part, self._final)
        folder = os.open(self._final.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
        return self._final.name, self._digest.hexdigest()

    def abandon(self) -> None:
        """Leave nothing of it, unless it is finished."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1
            self._part.unlink(missing_ok=True)


class Drop:
    """The folder in which files from stations lie."""

    def __init__(self, folder: Path, quota: int) -> None:
        self._folder = folder
        self._quota = quota

    def take(self, limit: int) -> Taking:
        """Begin to take a file of at most so many bytes; raises NoRoom, OSError."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        left = self._quota - self.used()
        if left <= 0 or shutil.disk_usage(self._folder).free < LEAST_FREE_BYTES:
            raise NoRoom
        return Taking(self._folder, min(limit, left))

    def path(self, stored_as: str) -> Path | None:
        """Return where a file lies; None when there is none of this name."""
        path = self._folder / stored_as
        return path if _STORED.fullmatch(stored_as) and path.is_file() else None

    def remove(self, stored_as: str) -> None:
        """Remove a file."""
        if _STORED.fullmatch(stored_as):
            (self._folder / stored_as).unlink(missing_ok=True)

    def used(self) -> int:
        """Return how many bytes lie here, those on their way included."""
        return sum(each.stat().st_size for each in self._folder.iterdir() if each.is_file())
