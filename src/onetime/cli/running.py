"""Runs a central system until it is asked to stop; what goes wrong becomes one sentence.

Knows signals and ports; shared by `serve` and `demo`.
"""

import asyncio
import errno
import resource
import signal
import socket
from collections.abc import Callable
from pathlib import Path

from onetime.app import App, Fatal, Running, WebDoorFault
from onetime.domain.errors import Conflict
from onetime.kit import garbage
from onetime.settings import Settings

RESTART = 75
"""The exit code that asks a supervisor to start the program again (EX_TEMPFAIL)."""
IMPATIENT_AFTER_SECONDS = 1.0
STATIONS = "OCPP"
WEB = "HTTP"
FTP = "FTP"
"""How the settings of the doors begin."""
SIGNALS = (signal.SIGTERM, signal.SIGINT)


class Distrust(Exception):
    """The disk or the database can not be trusted; the program has to be started again."""


def allow_many_sockets() -> None:
    """Raise the limit of open files as far as the system lets us: each station needs one."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def on_signals(stop: Callable[[], None]) -> None:
    """Stop cleanly on SIGTERM or Ctrl-C; a second one, a while later, ends the program at once.

    One that follows at once is no second wish: shells and supervisors signal a whole group.
    """
    loop = asyncio.get_running_loop()

    def stop_once() -> None:
        stop()
        loop.call_later(IMPATIENT_AFTER_SECONDS, give_up_politeness)

    def give_up_politeness() -> None:
        for each in SIGNALS:
            loop.remove_signal_handler(each)

    for each in SIGNALS:
        loop.add_signal_handler(each, stop_once)


async def run(app: App, settings: Settings, opened: Callable[[Running], None]) -> None:
    """Run until stopped. Raises Conflict when the port can not be had, Distrust, and as the app."""

    def settled(running: Running) -> None:
        garbage.settle()
        opened(running)

    try:
        await app.run(settled)
    except Fatal as fatal:
        raise Distrust(
            f"Ended, to be started again: the database can not be trusted any more ({fatal})."
            " If that does not help, restore a backup with `onetime database restore`."
        ) from None
    except WebDoorFault as fault:
        if sentence := port_fault(fault.cause, settings, fault.door):
            raise Conflict(sentence) from None
        raise fault.cause from None
    except OSError as error:
        if sentence := port_fault(error, settings):
            raise Conflict(sentence) from None
        raise


def address_of(settings: Settings, door: str) -> tuple[str, int]:
    """Return host and port of a door, `OCPP`, `HTTP` or `FTP`."""
    if door == WEB:
        return settings.http_host, settings.http_port
    if door == FTP:
        return settings.ftp_host, settings.ftp_port
    return settings.ocpp_host, settings.ocpp_port


def port_fault(error: OSError, settings: Settings, door: str = STATIONS) -> str | None:
    """Say why the address of a door can not be had; None when it is about something else."""
    host, port = address_of(settings, door)
    place = f"{host}, port {port}"
    if isinstance(error, socket.gaierror):
        return f"{door}_HOST is {host!r}, which is no address of this computer."
    if error.filename is not None:
        return None
    match error.errno:
        case errno.EADDRINUSE:
            return (
                f"Another program has {place} already; end it, or set {door}_PORT to another port"
                " (0 takes a free one)."
            )
        case errno.EADDRNOTAVAIL:
            return f"{door}_HOST is {host!r}, which is no address of this computer."
        case errno.EACCES:
            return (
                f"This user may not open {place}; set {door}_PORT to 1024 or more, or let a"
                " supervisor give the right."
            )
    return None


def make_data_dir(path: Path) -> None:
    """Make the data directory, readable by its owner alone; raises OSError."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
