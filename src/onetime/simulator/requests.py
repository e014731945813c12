"""What a central system may ask, read as strictly as the OCPP 1.6 schemas put it; no state."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from onetime.simulator.wire import (
    CertificateUse,
    Hash,
    Moment,
    Pem,
    Place,
    Purpose,
    Strict,
    Tag,
    TagVerdict,
    Text50,
    Unit,
)

ROUNDING = 1e-6


class Period(Strict, frozen=True):
    """`chargingSchedulePeriod`."""

    start_period: int
    limit: float
    number_phases: int | msgspec.UnsetType = msgspec.UNSET

    def __post_init__(self) -> None:
        """Limits have one decimal at most."""
        _one_decimal(self.limit)


class Schedule(Strict, frozen=True):
    """`chargingSchedule`."""

    charging_rate_unit: Unit
    charging_schedule_period: list[Period]
    duration: int | msgspec.UnsetType = msgspec.UNSET
    start_schedule: Moment | msgspec.UnsetType = msgspec.UNSET
    min_charging_rate: float | msgspec.UnsetType = msgspec.UNSET

    def __post_init__(self) -> None:
        """Rates have one decimal at most."""
        if self.min_charging_rate is not msgspec.UNSET:
            _one_decimal(self.min_charging_rate)


class Profile(Strict, frozen=True):
    """`csChargingProfiles`."""

    charging_profile_id: int
    stack_level: int
    charging_profile_purpose: Purpose
    charging_profile_kind: Literal["Absolute", "Recurring", "Relative"]
    charging_schedule: Schedule
    transaction_id: int | msgspec.UnsetType = msgspec.UNSET
    recurrency_kind: Literal["Daily", "Weekly"] | msgspec.UnsetType = msgspec.UNSET
    valid_from: Moment | msgspec.UnsetType = msgspec.UNSET
    valid_to: Moment | msgspec.UnsetType = msgspec.UNSET


class ListEntry(Strict, frozen=True):
    """`localAuthorizationList`."""

    id_tag: Tag
    id_tag_info: TagVerdict | msgspec.UnsetType = msgspec.UNSET


class CancelReservation(Strict, frozen=True):
    """CancelReservation.req."""

    reservation_id: int


class ChangeAvailability(Strict, frozen=True):
    """ChangeAvailability.req."""

    connector_id: int
    type: Literal["Inoperative", "Operative"]


class CertificateSigned(Strict, frozen=True):
    """CertificateSigned.req of the security extension."""

    certificate_chain: Annotated[str, Meta(max_length=10_000)]


class CertificateIds(Strict, frozen=True):
    """`certificateHashData`."""

    hash_algorithm: Literal["SHA256", "SHA384", "SHA512"]
    issuer_name_hash: Hash
    issuer_key_hash: Hash
    serial_number: Annotated[str, Meta(max_length=40)]


class DeleteCertificate(Strict, frozen=True):
    """DeleteCertificate.req of the security extension."""

    certificate_hash_data: CertificateIds


class GetInstalledCertificateIds(Strict, frozen=True):
    """GetInstalledCertificateIds.req of the security extension."""

    certificate_type: CertificateUse


class InstallCertificate(Strict, frozen=True):
    """InstallCertificate.req of the security extension."""

    certificate_type: CertificateUse
    certificate: Pem


class LogPlace(Strict, frozen=True):
    """`log` of GetLog.req."""

    remote_location: Place
    oldest_timestamp: Moment | msgspec.UnsetType = msgspec.UNSET
    latest_timestamp: Moment | msgspec.UnsetType = msgspec.UNSET


class GetLog(Strict, frozen=True):
    """GetLog.req of the security extension."""

    log_type: Literal["DiagnosticsLog", "SecurityLog"]
    request_id: int
    log: LogPlace
    retries: int | msgspec.UnsetType = msgspec.UNSET
    retry_interval: int | msgspec.UnsetType = msgspec.UNSET


class SignedFirmware(Strict, frozen=True):
    """`firmware` of SignedUpdateFirmware.req."""

    location: Place
    retrieve_date_time: Moment
    signing_certificate: Pem
    signature: Annotated[str, Meta(max_length=800)]
    install_date_time: Moment | msgspec.UnsetType = msgspec.UNSET


class SignedUpdateFirmware(Strict, frozen=True):
    """SignedUpdateFirmware.req of the security extension."""

    request_id: int
    firmware: SignedFirmware
    retries: int | msgspec.UnsetType = msgspec.UNSET
    retry_interval: int | msgspec.UnsetType = msgspec.UNSET


class ExtendedTriggerMessage(Strict, frozen=True):
    """ExtendedTriggerMessage.req of the security extension."""

    requested_message: Literal[
        "BootNotification",
        "FirmwareStatusNotification",
        "Heartbeat",
        "LogStatusNotification",
        "MeterValues",
        "SignChargePointCertificate",
        "StatusNotification",
    ]
    connector_id: int | msgspec.UnsetType = msgspec.UNSET


class ChangeConfiguration(Strict, frozen=True):
    """ChangeConfiguration.req."""

    key: Text50
    value: Annotated[str, Meta(max_length=500)]


class ClearChargingProfile(Strict, frozen=True):
    """ClearChargingProfile.req."""

    id: int | msgspec.UnsetType = msgspec.UNSET
    connector_id: int | msgspec.UnsetType = msgspec.UNSET
    charging_profile_purpose: Purpose | msgspec.UnsetType = msgspec.UNSET
    stack_level: int | msgspec.UnsetType = msgspec.UNSET


class DataTransfer(Strict, frozen=True):
    """DataTransfer.req."""

    vendor_id: Annotated[str, Meta(max_length=255)]
    message_id: Text50 | msgspec.UnsetType = msgspec.UNSET
    data: str | msgspec.UnsetType = msgspec.UNSET


class GetCompositeSchedule(Strict, frozen=True):
    """GetCompositeSchedule.req."""

    connector_id: int
    duration: int
    charging_rate_unit: Unit | msgspec.UnsetType = msgspec.UNSET


class GetConfiguration(Strict, frozen=True):
    """GetConfiguration.req."""

    key: list[Text50] | msgspec.UnsetType = msgspec.UNSET


class GetDiagnostics(Strict, frozen=True):
    """GetDiagnostics.req."""

    location: str
    retries: int | msgspec.UnsetType = msgspec.UNSET
    retry_interval: int | msgspec.UnsetType = msgspec.UNSET
    start_time: Moment | msgspec.UnsetType = msgspec.UNSET
    stop_time: Moment | msgspec.UnsetType = msgspec.UNSET


class RemoteStart(Strict, frozen=True):
    """RemoteStartTransaction.req."""

    id_tag: Tag
    connector_id: int | msgspec.UnsetType = msgspec.UNSET
    charging_profile: Profile | msgspec.UnsetType = msgspec.UNSET


class RemoteStop(Strict, frozen=True):
    """RemoteStopTransaction.req."""

    transaction_id: int


class ReserveNow(Strict, frozen=True):
    """ReserveNow.req."""

    connector_id: int
    expiry_date: Moment
    id_tag: Tag
    reservation_id: int
    parent_id_tag: Tag | msgspec.UnsetType = msgspec.UNSET


class Reset(Strict, frozen=True):
    """Reset.req."""

    type: Literal["Hard", "Soft"]


class SendLocalList(Strict, frozen=True):
    """SendLocalList.req."""

    list_version: int
    update_type: Literal["Differential", "Full"]
    local_authorization_list: list[ListEntry] | msgspec.UnsetType = msgspec.UNSET


class SetChargingProfile(Strict, frozen=True):
    """SetChargingProfile.req."""

    connector_id: int
    cs_charging_profiles: Profile


class TriggerMessage(Strict, frozen=True):
    """TriggerMessage.req."""

    requested_message: Literal[
        "BootNotification",
        "DiagnosticsStatusNotification",
        "FirmwareStatusNotification",
        "Heartbeat",
        "MeterValues",
        "StatusNotification",
    ]
    connector_id: int | msgspec.UnsetType = msgspec.UNSET


class UnlockConnector(Strict, frozen=True):
    """UnlockConnector.req."""

    connector_id: int


class UpdateFirmware(Strict, frozen=True):
    """UpdateFirmware.req."""

    location: str
    retrieve_date: Moment
    retries: int | msgspec.UnsetType = msgspec.UNSET
    retry_interval: int | msgspec.UnsetType = msgspec.UNSET


def _one_decimal(number: float) -> None:
    if abs(number * 10 - round(number * 10)) > ROUNDING:
        raise ValueError(f"{number} has more than one decimal")
