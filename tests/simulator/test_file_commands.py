"""Files: a log really arrives, firmware is really fetched, checked and installed."""

import asyncio
from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from ocpp.v16 import call

from onetime.kit.x509 import key_in
from onetime.simulator.access import CENTRAL, MANUFACTURER
from tests.certificates import a_client, an_authority
from tests.simulator.central import Central
from tests.simulator.rig import Rig, running
from tests.simulator.test_certificate_commands import install
from tests.simulator.test_commands import ask

NOW, SOON, LATER = "2026-01-31T12:00:00Z", "2026-01-31T12:30:00Z", "2030-01-01T00:00:00Z"
FIRMWARE = b"\x7fELF and so on" * 9_000
SIGNER = a_client("Manufacturer")


@dataclass
class Shelf:
    """A server that keeps what is brought and hands out what it has."""

    address: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    status: int = 200
    refuse: int = 0  # so many requests are answered with 503

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        method, target, _ = head.split(" ", 2)
        length = int(head.lower().partition("content-length: ")[2].split("\r\n")[0])
        content, status = await reader.readexactly(length), self.status
        if self.refuse:
            self.refuse -= 1
            status = 503
        elif method == "PUT":
            self.files[target] = content
        body = self.files.get(target, b"") if method == "GET" else b""
        answer = f"HTTP/1.1 {status} X\r\nContent-Length: {len(body)}\r\n\r\n"
        writer.write(answer.encode() + body)
        await writer.drain()
        writer.close()


@asynccontextmanager
async def shelf() -> AsyncIterator[Shelf]:
    kept = Shelf()
    server = await asyncio.start_server(kept.serve, "127.0.0.1", 0)
    async with server:
        kept.address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        yield kept


def told(central: Central, action: str) -> list[str]:
    return [said.payload["status"] for said in central.calls(action)]


async def ends(rig: Rig, action: str, status: str) -> list[str]:
    """Wait until a report has this status; return all of them."""
    await rig.central.until(lambda: status in told(rig.central, action))
    return told(rig.central, action)


def signature(content: bytes) -> str:
    key = key_in(SIGNER.private_key)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return b64encode(key.sign(content, ec.ECDSA(hashes.SHA256()))).decode()


def signed_update(location: str, signed: str, **more: str) -> call.SignedUpdateFirmware:
    firmware = {
        "location": location,
        "retrieve_date_time": NOW,
        "signing_certificate": SIGNER.certificate.decode(),
        "signature": signed,
        **more,
    }
    return call.SignedUpdateFirmware(request_id=6, firmware=firmware)


async def test_diagnostics_arrive_and_hold_no_key(tmp_path):
    async with (
        Central() as central,
        shelf() as kept,
        running(central, tmp_path, password="a-password-of-16+") as rig,
    ):
        answer = await ask(rig, call.GetDiagnostics(location=f"{kept.address}/in/"))
        reports = await ends(rig, "DiagnosticsStatusNotification", "Uploaded")

    assert reports == ["Uploading", "Uploaded"]
    [(place, content)] = kept.files.items()
    assert place == f"/in/{answer.file_name}"
    assert b"connector 1: Available" in content
    assert b"a-password-of-16+" not in content


async def test_a_log_arrives_under_the_number_of_its_request(tmp_path):
    async with Central() as central, shelf() as kept, running(central, tmp_path) as rig:
        log = {"remote_location": kept.address}
        answer = await ask(rig, call.GetLog(log=log, log_type="SecurityLog", request_id=5))
        reports = await ends(rig, "LogStatusNotification", "Uploaded")

    assert (answer.status, reports) == ("Accepted", ["Uploading", "Uploaded"])
    assert {said.payload["requestId"] for said in central.calls("LogStatusNotification")} == {5}
    assert [*kept.files] == [f"/{answer.filename}"]


@pytest.mark.parametrize(
    ("location", "end"),
    [
        ("ftp://127.0.0.1/in", "NotSupportedOperation"),
        ("nonsense", "NotSupportedOperation"),
        ("http:///in", "UploadFailure"),
        ("http://127.0.0.1:0/in", "UploadFailure"),
        ("http://127.0.0.1:1/in", "UploadFailure"),
        ("http://127.0.0.1:99999/in", "UploadFailure"),
        ("http://127.0.0.1/a b\r\nX: y", "UploadFailure"),
    ],
)
async def test_what_can_not_be_reached_is_said(tmp_path, location, end):
    async with Central() as central, running(central, tmp_path) as rig:
        log = {"remote_location": location}
        await ask(rig, call.GetLog(log=log, log_type="DiagnosticsLog", request_id=5))
        assert await ends(rig, "LogStatusNotification", end) == ["Uploading", end]


async def test_a_file_is_tried_as_often_as_is_asked_for(tmp_path):
    async with Central() as central, shelf() as kept, running(central, tmp_path) as rig:
        kept.refuse = 2
        await ask(rig, call.GetDiagnostics(location=kept.address, retries=3, retry_interval=30))
        assert await ends(rig, "DiagnosticsStatusNotification", "Uploaded")
        kept.refuse = 2
        await ask(rig, call.GetDiagnostics(location=kept.address, retries=2, retry_interval=0))
        assert await ends(rig, "DiagnosticsStatusNotification", "UploadFailed")


async def test_a_newer_log_takes_the_place_of_one_that_is_on_its_way(tmp_path):
    held = asyncio.Event()

    async def hold(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        held.set()
        await reader.read()
        writer.close()

    async with Central() as central, shelf() as kept, running(central, tmp_path) as rig:
        server = await asyncio.start_server(hold, "127.0.0.1", 0)
        async with server:
            nowhere = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
            log = {"remote_location": nowhere}
            await ask(rig, call.GetLog(log=log, log_type="SecurityLog", request_id=1))
            await held.wait()
            log = {"remote_location": kept.address}
            second = await ask(rig, call.GetLog(log=log, log_type="SecurityLog", request_id=2))
            await ends(rig, "LogStatusNotification", "Uploaded")

    assert second.status == "AcceptedCanceled"
    last = central.calls("LogStatusNotification")[-1]
    assert last.payload == {"status": "Uploaded", "requestId": 2}


async def test_firmware_is_fetched_when_it_is_time_and_runs_after_a_restart(tmp_path):
    async with Central() as central, shelf() as kept, running(central, tmp_path) as rig:
        kept.files["/cp-1.2.bin"] = FIRMWARE
        place = f"{kept.address}/cp-1.2.bin"
        await ask(rig, call.UpdateFirmware(location=place, retrieve_date=SOON))
        reports = await ends(rig, "FirmwareStatusNotification", "Installed")
        began = rig.pace.seconds()

    assert reports == ["Downloading", "Downloaded", "Installing", "Installed"]
    assert began >= 1_800
    versions = [said.payload["firmwareVersion"] for said in central.calls("BootNotification")]
    assert versions == ["1.0.0", "cp-1.2.bin"]
    assert central.errors() == []


async def test_firmware_that_is_not_there_changes_nothing(tmp_path):
    async with Central() as central, shelf() as kept, running(central, tmp_path) as rig:
        kept.status = 404
        await ask(rig, call.UpdateFirmware(location=kept.address, retrieve_date=NOW))
        reports = await ends(rig, "FirmwareStatusNotification", "DownloadFailed")
        assert rig.station.firmware == "1.0.0"

    assert reports == ["Downloading", "DownloadFailed"]


async def test_signed_firmware_is_checked_and_each_step_is_told(tmp_path):
    async with Central() as central, shelf() as kept, running(central, tmp_path) as rig:
        assert await install(rig, an_authority().certificate.decode(), MANUFACTURER) == "Accepted"
        kept.files["/new.bin"] = FIRMWARE
        place = f"{kept.address}/new.bin"
        answer = await ask(
            rig,
            signed_update(
                place, signature(FIRMWARE), retrieve_date_time=SOON, install_date_time=SOON
            ),
        )
        reports = await ends(rig, "SignedFirmwareStatusNotification", "Installed")

    assert answer.status == "Accepted"
    assert reports == [
        "DownloadScheduled",
        "Downloading",
        "Downloaded",
        "SignatureVerified",
        "Installing",
        "InstallRebooting",
        "Installed",
    ]
    numbers = {
        said.payload["requestId"] for said in central.calls("SignedFirmwareStatusNotification")
    }
    assert numbers == {6}
    assert central.calls("BootNotification")[-1].payload["firmwareVersion"] == "new.bin"


@pytest.mark.parametrize(
    "signed",
    [signature(b"something else"), "bm9uc2Vuc2U=", "%%%"],
    ids=["of-another-file", "no-signature", "no-base64"],
)
async def test_firmware_with_a_wrong_signature_is_not_installed(tmp_path, signed):
    async with Central() as central, shelf() as kept, running(central, tmp_path) as rig:
        await install(rig, an_authority().certificate.decode(), MANUFACTURER)
        kept.files["/new.bin"] = FIRMWARE
        await ask(rig, signed_update(f"{kept.address}/new.bin", signed))
        await rig.seen("SecurityEventNotification")
        assert rig.station.firmware == "1.0.0"

    reports = told(central, "SignedFirmwareStatusNotification")
    assert reports == ["Downloading", "Downloaded", "InvalidSignature"]
    [event] = central.calls("SecurityEventNotification")
    assert event.payload["type"] == "InvalidFirmwareSignature"


@pytest.mark.parametrize(
    ("root", "use"),
    [(None, ""), ("Another manufacturer", MANUFACTURER), ("Garage root", CENTRAL)],
)
async def test_firmware_by_nobody_that_is_known_is_not_even_fetched(tmp_path, root, use):
    async with Central() as central, running(central, tmp_path) as rig:
        if root is not None:
            await install(rig, an_authority(root).certificate.decode(), use)
        answer = await ask(rig, signed_update("http://127.0.0.1:1/x", signature(FIRMWARE)))
        await rig.seen("SecurityEventNotification")

    assert answer.status == "InvalidCertificate"
    [event] = central.calls("SecurityEventNotification")
    assert event.payload["type"] == "InvalidFirmwareSigningCertificate"
    assert central.calls("SignedFirmwareStatusNotification") == []


async def test_a_report_that_is_asked_for_tells_what_is_under_way(tmp_path):
    async with Central() as central, running(central, tmp_path) as rig:
        idle = call.ExtendedTriggerMessage(requested_message="FirmwareStatusNotification")
        await ask(rig, idle)
        await rig.seen("SignedFirmwareStatusNotification")
        await ask(rig, call.UpdateFirmware(location="http://127.0.0.1:1/x", retrieve_date=LATER))
        await ask(rig, call.TriggerMessage(requested_message="FirmwareStatusNotification"))
        await rig.seen("FirmwareStatusNotification")

    assert told(central, "SignedFirmwareStatusNotification") == ["Idle"]
    assert told(central, "FirmwareStatusNotification") == ["Downloading"]
