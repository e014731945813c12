"""The door for stations that know nothing but FTP: where it is, and what a login there opens.

Knows tickets and addresses; the words of FTP are in `ftp.py`, which is only looked at when the door
is to be opened, for its library is an extra.
"""

from collections.abc import Awaitable, Callable, Sequence
from importlib import import_module
from ipaddress import IPv6Address, ip_address
from typing import Final, Protocol
from urllib.parse import urlsplit

from litestar.datastructures import State
from msgspec import Struct

from onetime.domain.errors import NotFound, Unacceptable
from onetime.garage import Garage
from onetime.kit.drop import Drop
from onetime.operations.files import Admitted, Opened, admit_file
from onetime.queries.firmware import KeptFirmware, firmware_behind

FILE: Final = "file"
FIRMWARE: Final = "firmware"
MAX_LOGIN_LENGTH: Final = 100
OFF: Final = (
    "FTP is switched off here: write onetime without +ftp, or set FTP to true and start the server"
    " again."
)


class FtpChoice(Struct, frozen=True, kw_only=True):
    """Where stations are awaited by FTP: without `passive_ports` any are taken.

    Without `address` it is found at the address of the web; one that is an IPv4 address is told for
    data connections, too.
    """

    host: str
    port: int
    address: str
    passive_ports: Sequence[int]


class FtpSpoken(Protocol):
    """A door that is open."""

    @property
    def port(self) -> int:
        """The port on which it listens."""
        ...

    async def stop(self) -> None:
        """Listen no more, and cut off what is under way."""
        ...


class FtpDoor:
    """The open door, and under which address it is found."""

    def __init__(self, spoken: FtpSpoken, address: str) -> None:
        self._spoken = spoken
        self.address = address
        self.port = spoken.port

    async def stop(self) -> None:
        """Listen no more, and cut off what is under way."""
        await self._spoken.stop()

    def upload(self, base: str, opened: Opened) -> str:
        """Return the address of a file that is awaited; `base` is that of the web."""
        return f"ftp://{FILE}-{opened.id}:{opened.secret}@{self._place(base)}/"

    def download(self, base: str, kept: KeptFirmware) -> str:
        """Return the address of firmware; `base` is that of the web."""
        return f"ftp://{FIRMWARE}-{kept.id}:{kept.secret}@{self._place(base)}/{kept.name}"

    def _place(self, base: str) -> str:
        host = self.address or urlsplit(base).hostname or ""
        return f"[{host}]:{self.port}" if ":" in host else f"{host}:{self.port}"


async def open_ftp(
    choice: FtpChoice | None, garage: Garage, drop: Drop, firmware_drop: Drop
) -> FtpDoor | None:
    """Open the door, if there is to be one.

    Raises ModuleNotFoundError when the extra is not installed, OSError when the port is taken.
    """
    if choice is None:
        return None
    speak: Callable[[FtpChoice, Garage, Drop, Drop], Awaitable[FtpSpoken]]
    speak = import_module("onetime.api.ftp").serve_ftp
    return FtpDoor(await speak(choice, garage, drop, firmware_drop), choice.address)


def ftp_of(state: State, field: str) -> FtpDoor:
    """Return the door of an application; raises Unacceptable, naming the field, without one."""
    found = state["ftp"]
    if not isinstance(found, FtpDoor):
        raise Unacceptable(OFF, field)
    return found


async def ticket_behind(garage: Garage, name: str, password: str) -> Admitted | KeptFirmware | None:
    """Return what a login is good for: one file to bring, or one to fetch; None for nothing."""
    kind, _, number = name.rpartition("-")
    if not password.isascii() or not password.isprintable() or len(password) > MAX_LOGIN_LENGTH:
        return None
    try:
        match kind:
            case "file":
                admitted = await garage.archive.write(admit_file, password)
                return admitted if str(admitted.file_id) == number else None
            case "firmware":
                kept = await garage.archive.read(firmware_behind, password)
                return kept if str(kept.id) == number else None
    except NotFound:
        return None
    return None


def told_to_stations(address: str) -> str | None:
    """Return the address that the answer to PASV tells, or None: that of the socket."""
    try:
        return None if isinstance(ip_address(address), IPv6Address) else address
    except ValueError:
        return None
