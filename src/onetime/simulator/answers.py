"""What a central system may say, read as strictly as the OCPP 1.6 schemas put it; knows no state.

A field too many, a word that OCPP does not have or a time without zone is a violation. The types
are the simulator's own: a mistake in the product's types must not hide itself here.
"""

from datetime import datetime
from typing import Annotated, Literal, TypeAlias, TypeVar

import msgspec
from msgspec import Meta, Struct

ROUNDING = 1e-6

Moment: TypeAlias = Annotated[datetime, Meta(tz=True)]
Tag: TypeAlias = Annotated[str, Meta(max_length=20)]
Text50: TypeAlias = Annotated[str, Meta(max_length=50)]
Purpose: TypeAlias = Literal["ChargePointMaxProfile", "TxDefaultProfile", "TxProfile"]
Unit: TypeAlias = Literal["A", "W"]
TagStatus: TypeAlias = Literal["Accepted", "Blocked", "Expired", "Invalid", "ConcurrentTx"]


class Violation(Exception):
    """What the central system said breaks the schema; the text says where."""


class _Strict(Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """What all have in common: exact names and nothing besides."""


class TagVerdict(_Strict, frozen=True):
    """`idTagInfo`."""

    status: TagStatus
    expiry_date: Moment | msgspec.UnsetType = msgspec.UNSET
    parent_id_tag: Tag | msgspec.UnsetType = msgspec.UNSET


class Empty(_Strict, frozen=True):
    """An answer or a request without fields."""


class BootAnswer(_Strict, frozen=True):
    """BootNotification.conf."""

    status: Literal["Accepted", "Pending", "Rejected"]
    current_time: Moment
    interval: int


class HeartbeatAnswer(_Strict, frozen=True):
    """Heartbeat.conf."""

    current_time: Moment


class AuthorizeAnswer(_Strict, frozen=True):
    """Authorize.conf."""

    id_tag_info: TagVerdict


class StartAnswer(_Strict, frozen=True):
    """StartTransaction.conf."""

    id_tag_info: TagVerdict
    transaction_id: int


class StopAnswer(_Strict, frozen=True):
    """StopTransaction.conf."""

    id_tag_info: TagVerdict | msgspec.UnsetType = msgspec.UNSET


class SignAnswer(_Strict, frozen=True):
    """SignCertificate.conf."""

    status: Literal["Accepted", "Rejected"]


class TransferAnswer(_Strict, frozen=True):
    """DataTransfer.conf."""

    status: Literal["Accepted", "Rejected", "UnknownMessageId", "UnknownVendorId"]
    data: str | msgspec.UnsetType = msgspec.UNSET


Answer: TypeAlias = (
    Empty
    | BootAnswer
    | HeartbeatAnswer
    | AuthorizeAnswer
    | StartAnswer
    | StopAnswer
    | TransferAnswer
    | SignAnswer
)

ANSWERS: dict[str, type[Answer]] = {
    "Authorize": AuthorizeAnswer,
    "BootNotification": BootAnswer,
    "DataTransfer": TransferAnswer,
    "DiagnosticsStatusNotification": Empty,
    "FirmwareStatusNotification": Empty,
    "Heartbeat": HeartbeatAnswer,
    "MeterValues": Empty,
    "SignCertificate": SignAnswer,
    "StartTransaction": StartAnswer,
    "StatusNotification": Empty,
    "StopTransaction": StopAnswer,
}


class Period(_Strict, frozen=True):
    """`chargingSchedulePeriod`."""

    start_period: int
    limit: float
    number_phases: int | msgspec.UnsetType = msgspec.UNSET

    def __post_init__(self) -> None:
        """Limits have one decimal at most."""
        _one_decimal(self.limit)


class Schedule(_Strict, frozen=True):
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


class Profile(_Strict, frozen=True):
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


class ListEntry(_Strict, frozen=True):
    """`localAuthorizationList`."""

    id_tag: Tag
    id_tag_info: TagVerdict | msgspec.UnsetType = msgspec.UNSET


class CancelReservation(_Strict, frozen=True):
    """CancelReservation.req."""

    reservation_id: int


class ChangeAvailability(_Strict, frozen=True):
    """ChangeAvailability.req."""

    connector_id: int
    type: Literal["Inoperative", "Operative"]


class CertificateSigned(_Strict, frozen=True):
    """CertificateSigned.req of the security extension."""

    certificate_chain: Annotated[str, Meta(max_length=10_000)]


class ExtendedTriggerMessage(_Strict, frozen=True):
    """ExtendedTriggerMessage.req of the security extension."""

    requested_message: str
    connector_id: int | msgspec.UnsetType = msgspec.UNSET


class ChangeConfiguration(_Strict, frozen=True):
    """ChangeConfiguration.req."""

    key: Text50
    value: Annotated[str, Meta(max_length=500)]


class ClearChargingProfile(_Strict, frozen=True):
    """ClearChargingProfile.req."""

    id: int | msgspec.UnsetType = msgspec.UNSET
    connector_id: int | msgspec.UnsetType = msgspec.UNSET
    charging_profile_purpose: Purpose | msgspec.UnsetType = msgspec.UNSET
    stack_level: int | msgspec.UnsetType = msgspec.UNSET


class DataTransfer(_Strict, frozen=True):
    """DataTransfer.req."""

    vendor_id: Annotated[str, Meta(max_length=255)]
    message_id: Text50 | msgspec.UnsetType = msgspec.UNSET
    data: str | msgspec.UnsetType = msgspec.UNSET


class GetCompositeSchedule(_Strict, frozen=True):
    """GetCompositeSchedule.req."""

    connector_id: int
    duration: int
    charging_rate_unit: Unit | msgspec.UnsetType = msgspec.UNSET


class GetConfiguration(_Strict, frozen=True):
    """GetConfiguration.req."""

    key: list[Text50] | msgspec.UnsetType = msgspec.UNSET


class GetDiagnostics(_Strict, frozen=True):
    """GetDiagnostics.req."""

    location: str
    retries: int | msgspec.UnsetType = msgspec.UNSET
    retry_interval: int | msgspec.UnsetType = msgspec.UNSET
    start_time: Moment | msgspec.UnsetType = msgspec.UNSET
    stop_time: Moment | msgspec.UnsetType = msgspec.UNSET


class RemoteStart(_Strict, frozen=True):
    """RemoteStartTransaction.req."""

    id_tag: Tag
    connector_id: int | msgspec.UnsetType = msgspec.UNSET
    charging_profile: Profile | msgspec.UnsetType = msgspec.UNSET


class RemoteStop(_Strict, frozen=True):
    """RemoteStopTransaction.req."""

    transaction_id: int


class ReserveNow(_Strict, frozen=True):
    """ReserveNow.req."""

    connector_id: int
    expiry_date: Moment
    id_tag: Tag
    reservation_id: int
    parent_id_tag: Tag | msgspec.UnsetType = msgspec.UNSET


class Reset(_Strict, frozen=True):
    """Reset.req."""

    type: Literal["Hard", "Soft"]


class SendLocalList(_Strict, frozen=True):
    """SendLocalList.req."""

    list_version: int
    update_type: Literal["Differential", "Full"]
    local_authorization_list: list[ListEntry] | msgspec.UnsetType = msgspec.UNSET


class SetChargingProfile(_Strict, frozen=True):
    """SetChargingProfile.req."""

    connector_id: int
    cs_charging_profiles: Profile


class TriggerMessage(_Strict, frozen=True):
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


class UnlockConnector(_Strict, frozen=True):
    """UnlockConnector.req."""

    connector_id: int


class UpdateFirmware(_Strict, frozen=True):
    """UpdateFirmware.req."""

    location: str
    retrieve_date: Moment
    retries: int | msgspec.UnsetType = msgspec.UNSET
    retry_interval: int | msgspec.UnsetType = msgspec.UNSET


Spoken = TypeVar("Spoken", bound=Struct)


def answer_to(action: str, payload: msgspec.Raw) -> Answer:
    """Read the answer to a message of ours; raises Violation."""
    return strictly(ANSWERS[action], payload)


def strictly(kind: type[Spoken], payload: msgspec.Raw) -> Spoken:
    """Read a payload as one type; raises Violation with the field and what is wrong with it."""
    try:
        return msgspec.json.decode(payload, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError) as wrong:
        raise Violation(str(wrong)) from wrong


def _one_decimal(number: float) -> None:
    if abs(number * 10 - round(number * 10)) > ROUNDING:
        raise ValueError(f"{number} has more than one decimal")
