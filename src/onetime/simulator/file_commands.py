"""Commands about files: diagnostics and logs are sent, firmware is fetched and installed.

They are carried out beside the talk, and the central system is told how far that is. A newer one of
its kind takes the place of an earlier one.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final, TypeVar
from urllib.parse import unquote, urlsplit

import msgspec

from onetime.kit.times import to_wire
from onetime.simulator import requests
from onetime.simulator.access import MANUFACTURER
from onetime.simulator.answers import Answer
from onetime.simulator.firmware import is_signed, is_trusted
from onetime.simulator.messages import JsonObject
from onetime.simulator.outbox import Message
from onetime.simulator.replies import Commanded, Reply, with_status
from onetime.simulator.transfers import NotSpoken, TransferFailed, fetch, send
from onetime.simulator.wire import strictly

DIAGNOSTICS: Final = "diagnostics"
LOG: Final = "log"
UPDATE: Final = "update"
LONGEST_VERSION: Final = 50
PAUSE_SECONDS: Final = 10.0

T = TypeVar("T")
Count = int | msgspec.UnsetType
Tell = Callable[[str], Awaitable[None]]


@dataclass(frozen=True)
class _Tries:
    """How often a file is tried, and how far apart (simulated seconds)."""

    count: int
    pause: float


@dataclass(frozen=True)
class _Update:
    """Firmware that is asked for: from where, from when on, and who signed it, if anybody."""

    location: str
    retrieve_at: datetime
    tries: _Tries
    install_at: datetime | None = None
    signer: str | None = None
    signature: str = ""


def get_diagnostics(station: Commanded, payload: msgspec.Raw) -> Reply:
    """GetDiagnostics.req: the file is sent, and how that ends is told."""
    asked = strictly(requests.GetDiagnostics, payload)
    name = f"diagnostics-{station.identity}.txt"
    tries = _tries(asked.retries, asked.retry_interval)

    async def carry_out() -> None:
        tell = partial(_tell, station, "DiagnosticsStatusNotification")
        await tell("Uploading")
        try:
            await _upload(station, asked.location, name, tries)
        except TransferFailed:
            await tell("UploadFailed")
        else:
            await tell("Uploaded")

    return Reply({"fileName": name}, lambda: station.chores.begin(DIAGNOSTICS, carry_out()))


def get_log(station: Commanded, payload: msgspec.Raw) -> Reply:
    """GetLog.req: the log is sent, and how that ends is told under the number of the request."""
    asked = strictly(requests.GetLog, payload)
    name = f"{asked.log_type}-{station.identity}.txt"
    tries = _tries(asked.retries, asked.retry_interval)

    async def carry_out() -> None:
        tell = partial(_tell, station, "LogStatusNotification", number=asked.request_id)
        await tell("Uploading")
        try:
            await _upload(station, asked.log.remote_location, name, tries)
        except NotSpoken:
            await tell("NotSupportedOperation")
        except TransferFailed:
            await tell("UploadFailure")
        else:
            await tell("Uploaded")

    answer: JsonObject = {"status": _accepted(station, LOG), "filename": name}
    return Reply(answer, lambda: station.chores.begin(LOG, carry_out()))


def update_firmware(station: Commanded, payload: msgspec.Raw) -> Reply:
    """UpdateFirmware.req: fetched when it is time, and installed at once."""
    asked = strictly(requests.UpdateFirmware, payload)
    tries = _tries(asked.retries, asked.retry_interval)
    update = _Update(asked.location, asked.retrieve_date, tries)
    tell = partial(_tell, station, "FirmwareStatusNotification")
    return Reply({}, lambda: station.chores.begin(UPDATE, _update(station, update, tell)))


def signed_update_firmware(station: Commanded, payload: msgspec.Raw) -> Reply:
    """SignedUpdateFirmware.req: only what a known manufacturer's certificate has signed (L01)."""
    asked = strictly(requests.SignedUpdateFirmware, payload)
    wanted = asked.firmware
    now = station.pace.moment(station.pace.seconds())
    if not is_trusted(wanted.signing_certificate, station.access.roots[MANUFACTURER], now):
        event = partial(_tell_event, station, "InvalidFirmwareSigningCertificate")
        return with_status("InvalidCertificate", event)
    install_at = wanted.install_date_time
    update = _Update(
        wanted.location,
        wanted.retrieve_date_time,
        _tries(asked.retries, asked.retry_interval),
        None if install_at is msgspec.UNSET else install_at,
        wanted.signing_certificate,
        wanted.signature,
    )
    tell = partial(_tell, station, "SignedFirmwareStatusNotification", number=asked.request_id)
    return with_status(
        _accepted(station, UPDATE),
        lambda: station.chores.begin(UPDATE, _update(station, update, tell)),
    )


async def _update(station: Commanded, update: _Update, tell: Tell) -> None:
    """Fetch, check, install, restart; tell each step."""
    is_one_of_signed = update.signer is not None
    if is_one_of_signed and _left(station, update.retrieve_at) > 0:
        await tell("DownloadScheduled")
    await _until(station, update.retrieve_at)
    await tell("Downloading")
    try:
        trust = station.access.trust()
        content = await _try(station, update.tries, lambda: fetch(update.location, trust))
    except TransferFailed:
        await tell("DownloadFailed")
        return
    await tell("Downloaded")
    if update.signer is not None:
        if not is_signed(content, update.signature, update.signer):
            await tell("InvalidSignature")
            _tell_event(station, "InvalidFirmwareSignature")
            return
        await tell("SignatureVerified")
    if update.install_at is not None and _left(station, update.install_at) > 0:
        await tell("InstallScheduled")
        await _until(station, update.install_at)
    await tell("Installing")
    if is_one_of_signed:
        await tell("InstallRebooting")
    station.firmware = _version(update.location)
    station.reboot("Reboot")
    await station.arrived.wait()
    await tell("Installed")


async def _upload(station: Commanded, location: str, name: str, tries: _Tries) -> None:
    content, trust = _account(station).encode(), station.access.trust()
    await _try(station, tries, lambda: send(location, name, content, trust))


async def _try(station: Commanded, tries: _Tries, attempt: Callable[[], Awaitable[T]]) -> T:
    """Do something until it works or was tried often enough; raises TransferFailed."""
    for _ in range(tries.count - 1):
        try:
            return await attempt()
        except NotSpoken:
            raise
        except TransferFailed:
            await station.pace.until(station.pace.seconds() + tries.pause)
    return await attempt()


def _account(station: Commanded) -> str:
    """Return what a station writes of itself; no key and no card stands in it."""
    now = station.pace.seconds()
    lines = [f"{station.identity}, firmware {station.firmware}, {station.pace.moment(now)}"]
    lines += [
        f"connector {each.number}: {each.status}, {each.meter.reading_wh} Wh"
        for each in station.connectors
    ]
    lines += [f"{key} = {value}" for key, value in sorted(station.configuration.values.items())]
    return "\n".join(lines) + "\n"


async def _tell(station: Commanded, action: str, status: str, number: int | None = None) -> None:
    """Tell how far something is, and wait until that has arrived or the line has ended."""
    payload: JsonObject = {"status": status}
    if number is not None:
        payload["requestId"] = number
    answered: asyncio.Future[Answer | None] = asyncio.get_running_loop().create_future()
    station.tell(Message(action, payload, answered=answered))
    await answered


def _tell_event(station: Commanded, event: str) -> None:
    moment = to_wire(station.pace.moment(station.pace.seconds()))
    station.tell(Message("SecurityEventNotification", {"type": event, "timestamp": moment}))


def _accepted(station: Commanded, name: str) -> str:
    return "AcceptedCanceled" if station.chores.is_under_way(name) else "Accepted"


def _tries(count: Count, pause: Count) -> _Tries:
    return _Tries(
        1 if count is msgspec.UNSET else max(1, count),
        PAUSE_SECONDS if pause is msgspec.UNSET else max(0, pause),
    )


def _left(station: Commanded, moment: datetime) -> float:
    """Return how many simulated seconds are left until a moment."""
    return (moment - station.pace.moment(station.pace.seconds())).total_seconds()


async def _until(station: Commanded, moment: datetime) -> None:
    await station.pace.until(station.pace.seconds() + _left(station, moment))


def _version(location: str) -> str:
    """Return under which version a station runs a firmware: its file's name."""
    name = unquote(urlsplit(location).path).rpartition("/")[2]
    return name[-LONGEST_VERSION:] or "unnamed"
