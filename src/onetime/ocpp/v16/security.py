"""Messages of the security extension of OCPP 1.6. Knows their wire form, never their effect.

They are defined by the OCA white paper "Improved security for OCPP 1.6-J", sections 4 and 5.
"""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from onetime.ocpp.v16.remote_trigger import TriggerMessageStatus
from onetime.ocpp.v16.types import AcceptedOrRejected, CiString50, CiString255, Integer, Time

CertificateUse = Literal["CentralSystemRootCertificate", "ManufacturerRootCertificate"]
HashAlgorithm = Literal["SHA256", "SHA384", "SHA512"]
DeleteCertificateStatus = Literal["Accepted", "Failed", "NotFound"]
GetInstalledCertificateStatus = Literal["Accepted", "NotFound"]
InstallCertificateStatus = Literal["Accepted", "Failed", "Rejected"]
ExtendedMessageTrigger = Literal[
    "BootNotification",
    "LogStatusNotification",
    "FirmwareStatusNotification",
    "Heartbeat",
    "MeterValues",
    "SignChargePointCertificate",
    "StatusNotification",
]
LogType = Literal["DiagnosticsLog", "SecurityLog"]
LogStatus = Literal["Accepted", "Rejected", "AcceptedCanceled"]
UploadLogStatus = Literal[
    "BadMessage",
    "Idle",
    "NotSupportedOperation",
    "PermissionDenied",
    "Uploaded",
    "UploadFailure",
    "Uploading",
]
SignedFirmwareStatus = Literal[
    "Downloaded",
    "DownloadFailed",
    "Downloading",
    "DownloadScheduled",
    "DownloadPaused",
    "Idle",
    "InstallationFailed",
    "Installing",
    "Installed",
    "InstallRebooting",
    "InstallScheduled",
    "InstallVerificationFailed",
    "InvalidSignature",
    "SignatureVerified",
]
UpdateFirmwareStatus = Literal[
    "Accepted", "Rejected", "AcceptedCanceled", "InvalidCertificate", "RevokedCertificate"
]

Hash = Annotated[str, Meta(max_length=128)]
SerialNumber = Annotated[str, Meta(max_length=40)]
RemoteLocation = Annotated[str, Meta(max_length=512)]
Signature = Annotated[str, Meta(max_length=800)]
Pem = Annotated[str, Meta(max_length=5500)]
PemChain = Annotated[str, Meta(max_length=10000)]


class CertificateHashData(Struct, rename="camel", frozen=True, kw_only=True, omit_defaults=True):
    """What names a certificate without showing it."""

    hash_algorithm: HashAlgorithm
    issuer_name_hash: Hash
    issuer_key_hash: Hash
    serial_number: SerialNumber


class LogParameters(Struct, rename="camel", frozen=True, kw_only=True, omit_defaults=True):
    """Where a log goes, and which stretch of time it covers."""

    remote_location: RemoteLocation
    oldest_timestamp: Time | None = None
    latest_timestamp: Time | None = None


class Firmware(Struct, rename="camel", frozen=True, kw_only=True, omit_defaults=True):
    """A signed firmware and when to fetch and install it."""

    location: RemoteLocation
    retrieve_date_time: Time
    signing_certificate: Pem
    signature: Signature  # base64
    install_date_time: Time | None = None


class CertificateSignedRequest(
    Struct, rename="camel", frozen=True, kw_only=True, omit_defaults=True
):
    """Hand the station its signed certificate."""

    certificate_chain: PemChain


class CertificateSignedResponse(
    Struct, rename="camel", frozen=True, kw_only=True, omit_defaults=True
):
    """Whether the station took the certificate."""

    status: AcceptedOrRejected


class DeleteCertificateRequest(
    Struct, rename="camel", frozen=True, kw_only=True, omit_defaults=True
):
    """Remove an installed root certificate."""

    certificate_hash_data: CertificateHashData


class DeleteCertificateResponse(
    Struct, rename="camel", frozen=True, kw_only=True, omit_defaults=True
):
    """Whether the certificate is gone."""

    status: DeleteCertificateStatus


class ExtendedTriggerMessageRequest(
    Struct, rename="camel", frozen=True, kw_only=True, omit_defaults=True
):
    """Ask the station to send a message now, those of this extension included."""

    requested_message: ExtendedMessageTrigger
    connector_id: Integer | None = None


class ExtendedTriggerMessageResponse(
    Struct, rename="camel", frozen=True, kw_only=True, omit_defaults=True
):
    """Whether the station will send it."""

    status: TriggerMessageStatus


class GetInstalledCertificateIdsRequest(
    Struct, rename="camel", frozen=True, kw_only=True, omit_defaults=True
):
    """Ask which root certificates are installed."""

    certificate_type: CertificateUse


class GetInstalledCertificateIdsResponse(
    Struct, rename="camel", frozen=True, kw_only=True, omit_defaults=True
):
    """The root certificates that are installed."""

    status: GetInstalledCertificateStatus
    certificate_hash_data: Annotated[tuple[CertificateHashData, ...], Meta(min_length=1)] | None = (
        None
    )


class GetLogRequest(Struct, rename="camel", frozen=True, kw_only=True, omit_defaults=True):
    """Upload a log to a place."""

    log: LogParameters
    log_type: LogType
    request_id: Integer
    retries: Integer | None = None
    retry_interval: Integer | None = None  # seconds


class GetLogResponse(Struct, rename="camel", frozen=True, kw_only=True, omit_defaults=True):
    """Whether the log will be sent, and under which name."""

    status: LogStatus
    filename: CiString255 | None = None


class InstallCertificateRequest(
    Struct, rename="camel", frozen=True, kw_only=True, omit_defaults=True
):
    """Install a root certificate."""

    certificate_type: CertificateUse
    certificate: Pem


class InstallCertificateResponse(
    Struct, rename="camel", frozen=True, kw_only=True, omit_defaults=True
):
    """Whether the certificate is installed."""

    status: InstallCertificateStatus


class LogStatusNotificationRequest(
    Struct, rename="camel", frozen=True, kw_only=True, omit_defaults=True
):
    """How far the upload of a log is."""

    status: UploadLogStatus
    request_id: Integer | None = None


class LogStatusNotificationResponse(
    Struct, rename="camel", frozen=True, kw_only=True, omit_defaults=True
):
    """The status has arrived."""


class SecurityEventNotificationRequest(
    Struct, rename="camel", frozen=True, kw_only=True, omit_defaults=True
):
    """Something happened at the station that touches its security."""

    type: CiString50
    timestamp: Time
    tech_info: CiString255 | None = None


class SecurityEventNotificationResponse(
    Struct, rename="camel", frozen=True, kw_only=True, omit_defaults=True
):
    """The event has arrived."""


class SignCertificateRequest(Struct, rename="camel", frozen=True, kw_only=True, omit_defaults=True):
    """The station asks for a certificate for its key."""

    csr: Pem


class SignCertificateResponse(
    Struct, rename="camel", frozen=True, kw_only=True, omit_defaults=True
):
    """Whether the request will be signed; the certificate comes separately."""

    status: AcceptedOrRejected


class SignedFirmwareStatusNotificationRequest(
    Struct, rename="camel", frozen=True, kw_only=True, omit_defaults=True
):
    """How far the update of a signed firmware is."""

    status: SignedFirmwareStatus
    request_id: Integer | None = None


class SignedFirmwareStatusNotificationResponse(
    Struct, rename="camel", frozen=True, kw_only=True, omit_defaults=True
):
    """The status has arrived."""


class SignedUpdateFirmwareRequest(
    Struct, rename="camel", frozen=True, kw_only=True, omit_defaults=True
):
    """Fetch, check and install a signed firmware."""

    request_id: Integer
    firmware: Firmware
    retries: Integer | None = None
    retry_interval: Integer | None = None  # seconds


class SignedUpdateFirmwareResponse(
    Struct, rename="camel", frozen=True, kw_only=True, omit_defaults=True
):
    """Whether the station will update."""

    status: UpdateFirmwareStatus
