"""A small disk of its own for a test, where this computer allows to mount one.

Meant for a process with a mount namespace of its own (`unshare`): what it mounts nobody else sees,
and it is gone with the process. Where nothing can be mounted there are other ways to the same
fault, which are named.
"""

import os
import resource
import shutil
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

TMPFS_BYTES = 8 * 1024 * 1024
IMAGE_BYTES = 32 * 1024 * 1024
WITHOUT_ROOT = ("--user", "--map-root-user")
"""So a file system in memory can be mounted; one in a file wants the real root."""


def apart(*arguments: str, kind: str = "--mount") -> list[str]:
    """Return how a module is run in namespaces of its own, or without them where there are none."""
    command = [sys.executable, "-m", *arguments]
    namespaces = ["unshare", kind, *(() if os.getuid() == 0 else WITHOUT_ROOT)]
    return [*namespaces, *command] if _works([*namespaces, "true"]) else command


class FullDisk:
    """A disk that can be filled to its last byte, and emptied again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        size = f"size={TMPFS_BYTES}"
        is_mounted = _works(["mount", "-t", "tmpfs", "-o", size, "tmpfs", str(folder)])
        self.how = "a full tmpfs" if is_mounted else "RLIMIT_FSIZE"
        self._filler = folder / "filler"
        self._limit = resource.getrlimit(resource.RLIMIT_FSIZE)

    def fill(self) -> None:
        """Leave no room: what is written from now on does not fit."""
        if self.how == "RLIMIT_FSIZE":
            largest = max(each.stat().st_size for each in self.folder.iterdir())
            resource.setrlimit(resource.RLIMIT_FSIZE, (largest, self._limit[1]))
            return
        with self._filler.open("wb", buffering=0) as file, suppress(OSError):
            while True:
                file.write(bytes(4_096))
        assert shutil.disk_usage(self.folder).free == 0

    def empty(self) -> None:
        """Make room again."""
        resource.setrlimit(resource.RLIMIT_FSIZE, self._limit)
        self._filler.unlink(missing_ok=True)


class FailingDisk:
    """A disk that the kernel makes read-only under open files, as it does after an error.

    `is_real` says whether one can be had: it wants root and a loop device.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        self._image = folder.with_suffix(".img")
        with self._image.open("wb") as file:
            file.truncate(IMAGE_BYTES)
        make = shutil.which("mkfs.ext4", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
        is_made = make is not None and _works([make, "-q", "-F", str(self._image)])
        self.is_real = is_made and self._mount()

    def fail(self) -> None:
        """Let it become read-only."""
        subprocess.run(["mount", "-o", "remount,abort", str(self.folder)], check=True)

    def mend(self) -> None:
        """Mount it anew, as somebody would who has looked into it."""
        subprocess.run(["umount", str(self.folder)], check=True)
        assert self._mount()

    def _mount(self) -> bool:
        return _works(["mount", "-o", "loop", str(self._image), str(self.folder)])


def _works(command: list[str]) -> bool:
    if shutil.which(command[0]) is None:
        return False
    return subprocess.run(command, capture_output=True, check=False).returncode == 0
