"""Firmware, diagnostics, log and security reports, vendor data, certificate requests."""

from typing import Final

from onetime.garage import Transaction
from onetime.gateway.caller import Caller
from onetime.ocpp.v16.core import DataTransferRequest, DataTransferResponse
from onetime.ocpp.v16.firmware import (
    DiagnosticsStatusNotificationRequest,
    DiagnosticsStatusNotificationResponse,
    FirmwareStatusNotificationRequest,
    FirmwareStatusNotificationResponse,
)
from onetime.ocpp.v16.security import (
    LogStatusNotificationRequest,
    LogStatusNotificationResponse,
    SecurityEventNotificationRequest,
    SecurityEventNotificationResponse,
    SignCertificateRequest,
    SignCertificateResponse,
    SignedFirmwareStatusNotificationRequest,
    SignedFirmwareStatusNotificationResponse,
)
from onetime.operations.journal import Report, note_report, note_security_event
from onetime.operations.requests import take_request

DIAGNOSTICS: Final = "diagnostics"
FIRMWARE: Final = "firmware"
LOG: Final = "log"
SECURITY: Final = "security"
CERTIFICATE: Final = "certificate"


def data_transfer(
    tx: Transaction, caller: Caller, request: DataTransferRequest
) -> DataTransferResponse:
    """No vendor's data is understood; the message stays in the OCPP log (N07)."""
    return DataTransferResponse(status="UnknownVendorId")


def diagnostics_status_notification(
    tx: Transaction, caller: Caller, request: DiagnosticsStatusNotificationRequest
) -> DiagnosticsStatusNotificationResponse:
    """Keep how far an upload of diagnostics is."""
    report = Report(station_id=caller.station_id, kind=DIAGNOSTICS, status=request.status)
    _keep(tx, caller, report)
    return DiagnosticsStatusNotificationResponse()


def firmware_status_notification(
    tx: Transaction, caller: Caller, request: FirmwareStatusNotificationRequest
) -> FirmwareStatusNotificationResponse:
    """Keep how far a firmware update is."""
    report = Report(station_id=caller.station_id, kind=FIRMWARE, status=request.status)
    _keep(tx, caller, report)
    return FirmwareStatusNotificationResponse()


def signed_firmware_status_notification(
    tx: Transaction, caller: Caller, request: SignedFirmwareStatusNotificationRequest
) -> SignedFirmwareStatusNotificationResponse:
    """Keep how far a signed firmware update is."""
    report = Report(
        station_id=caller.station_id,
        kind=FIRMWARE,
        status=request.status,
        request_id=request.request_id,
    )
    _keep(tx, caller, report)
    return SignedFirmwareStatusNotificationResponse()


def log_status_notification(
    tx: Transaction, caller: Caller, request: LogStatusNotificationRequest
) -> LogStatusNotificationResponse:
    """Keep how far an upload of a log is."""
    report = Report(
        station_id=caller.station_id,
        kind=LOG,
        status=request.status,
        request_id=request.request_id,
    )
    _keep(tx, caller, report)
    return LogStatusNotificationResponse()


def security_event_notification(
    tx: Transaction, caller: Caller, request: SecurityEventNotificationRequest
) -> SecurityEventNotificationResponse:
    """Keep a security event; the critical ones raise an alarm (S28)."""
    report = Report(
        station_id=caller.station_id,
        kind=SECURITY,
        status=request.type,
        stated_at=request.timestamp,
        details=request.tech_info,
    )
    note_security_event(tx, report)
    return SecurityEventNotificationResponse()


def sign_certificate(
    tx: Transaction, caller: Caller, request: SignCertificateRequest
) -> SignCertificateResponse:
    """Take the request: signed at once or kept for a person; the certificate comes separately.

    A flood of requests is refused (N04).
    """
    is_taken = caller.is_logged and take_request(tx, caller.station_id, request.csr)
    status = "requested" if is_taken else "refused"
    report = Report(
        station_id=caller.station_id, kind=CERTIFICATE, status=status, details=request.csr
    )
    _keep(tx, caller, report)
    return SignCertificateResponse(status="Accepted" if is_taken else "Rejected")


def _keep(tx: Transaction, caller: Caller, report: Report) -> None:
    """Keep a report, unless it is one of a flood (N04)."""
    if caller.is_logged:
        note_report(tx, report)
