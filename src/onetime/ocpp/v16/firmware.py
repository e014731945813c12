"""Messages of the OCPP 1.6 firmware management profile. Knows wire form, never their effect."""

from typing import Literal

from msgspec import Struct

from onetime.ocpp.v16.types import CiString255, Integer, Time

DiagnosticsStatus = Literal["Idle", "Uploaded", "UploadFailed", "Uploading"]
FirmwareStatus = Literal[
    "Downloaded",
    "DownloadFailed",
    "Downloading",
    "Idle",
    "InstallationFailed",
    "Installing",
    "Installed",
]


class DiagnosticsStatusNotificationRequest(
    Struct, rename="camel", frozen=True, kw_only=True, omit_defaults=True
):
    """How far the upload of diagnostics is (OCPP 1.6, 6.17)."""

    status: DiagnosticsStatus


class DiagnosticsStatusNotificationResponse(
    Struct, rename="camel", frozen=True, kw_only=True, omit_defaults=True
):
    """The status has arrived (OCPP 1.6, 6.18)."""


class FirmwareStatusNotificationRequest(
    Struct, rename="camel", frozen=True, kw_only=True, omit_defaults=True
):
    """How far the update of the firmware is (OCPP 1.6, 6.19)."""

    status: FirmwareStatus


class FirmwareStatusNotificationResponse(
    Struct, rename="camel", frozen=True, kw_only=True, omit_defaults=True
):
    """The status has arrived (OCPP 1.6, 6.20)."""


class GetDiagnosticsRequest(Struct, rename="camel", frozen=True, kw_only=True, omit_defaults=True):
    """Upload diagnostics to a place (OCPP 1.6, 6.25)."""

    location: str  # URI of a directory
    retries: Integer | None = None
    retry_interval: Integer | None = None  # seconds
    start_time: Time | None = None
    stop_time: Time | None = None


class GetDiagnosticsResponse(Struct, rename="camel", frozen=True, kw_only=True, omit_defaults=True):
    """The name of the file to come, or none when there is nothing (OCPP 1.6, 6.26)."""

    file_name: CiString255 | None = None


class UpdateFirmwareRequest(Struct, rename="camel", frozen=True, kw_only=True, omit_defaults=True):
    """Fetch and install a firmware (OCPP 1.6, 6.55)."""

    location: str  # URI of a file
    retrieve_date: Time
    retries: Integer | None = None
    retry_interval: Integer | None = None  # seconds


class UpdateFirmwareResponse(Struct, rename="camel", frozen=True, kw_only=True, omit_defaults=True):
    """The request has arrived (OCPP 1.6, 6.56)."""
