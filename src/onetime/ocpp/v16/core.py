"""Messages of the OCPP 1.6 core profile. Knows their wire form, never their effect."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from onetime.ocpp.v16.types import (
    AcceptedOrRejected,
    ChargingProfile,
    CiString20,
    CiString25,
    CiString50,
    CiString255,
    CiString500,
    IdTagInfo,
    Integer,
    PresentedTag,
    Time,
)

RegistrationStatus = Literal["Accepted", "Pending", "Rejected"]
AvailabilityType = Literal["Inoperative", "Operative"]
AvailabilityStatus = Literal["Accepted", "Rejected", "Scheduled"]
ConfigurationStatus = Literal["Accepted", "Rejected", "RebootRequired", "NotSupported"]
DataTransferStatus = Literal["Accepted", "Rejected", "UnknownMessageId", "UnknownVendorId"]
ResetType = Literal["Hard", "Soft"]
UnlockStatus = Literal["Unlocked", "UnlockFailed", "NotSupported"]
ChargePointStatus = Literal[
    "Available",
    "Preparing",
    "Charging",
    "SuspendedEVSE",
    "SuspendedEV",
    "Finishing",
    "Reserved",
    "Unavailable",
    "Faulted",
]
ChargePointErrorCode = Literal[
    "ConnectorLockFailure",
    "EVCommunicationError",
    "GroundFailure",
    "HighTemperature",
    "InternalError",
    "LocalListConflict",
    "NoError",
    "OtherError",
    "OverCurrentFailure",
    "PowerMeterFailure",
    "PowerSwitchFailure",
    "ReaderFailure",
    "ResetFailure",
    "UnderVoltage",
    "OverVoltage",
    "WeakSignal",
]
Reason = Literal[
    "EmergencyStop",
    "EVDisconnected",
    "HardReset",
    "Local",
    "Other",
    "PowerLoss",
    "Reboot",
    "Remote",
    "SoftReset",
    "UnlockCommand",
    "DeAuthorized",
]
ReadingContext = Literal[
    "Interruption.Begin",
    "Interruption.End",
    "Sample.Clock",
    "Sample.Periodic",
    "Transaction.Begin",
    "Transaction.End",
    "Trigger",
    "Other",
]
ValueFormat = Literal["Raw", "SignedData"]
Measurand = Literal[
    "Energy.Active.Export.Register",
    "Energy.Active.Import.Register",
    "Energy.Reactive.Export.Register",
    "Energy.Reactive.Import.Register",
    "Energy.Active.Export.Interval",
    "Energy.Active.Import.Interval",
    "Energy.Reactive.Export.Interval",
    "Energy.Reactive.Import.Interval",
    "Power.Active.Export",
    "Power.Active.Import",
    "Power.Offered",
    "Power.Reactive.Export",
    "Power.Reactive.Import",
    "Power.Factor",
    "Current.Import",
    "Current.Export",
    "Current.Offered",
    "Voltage",
    "Frequency",
    "Temperature",
    "SoC",
    "RPM",
]
Phase = Literal["L1", "L2", "L3", "N", "L1-N", "L2-N", "L3-N", "L1-L2", "L2-L3", "L3-L1"]
Location = Literal["Cable", "EV", "Inlet", "Outlet", "Body"]
UnitOfMeasure = Literal[
    "Wh",
    "kWh",
    "varh",
    "kvarh",
    "W",
    "kW",
    "VA",
    "kVA",
    "var",
    "kvar",
    "A",
    "V",
    "K",
    "Celcius",
    "Celsius",
    "Fahrenheit",
    "Percent",
    "Hertz",
]


class SampledValue(Struct, rename="camel", frozen=True, kw_only=True, omit_defaults=True):
    """One value of one quantity; what is left out has the defaults of OCPP 1.6, 7.43."""

    value: str  # a decimal number, or signed bytes as text
    context: ReadingContext | None = None
    format: ValueFormat | None = None
    measurand: Measurand | None = None
    phase: Phase | None = None
    location: Location | None = None
    unit: UnitOfMeasure | None = None


class MeterValue(Struct, rename="camel", frozen=True, kw_only=True, omit_defaults=True):
    """Values sampled at one moment (OCPP 1.6, 7.33)."""

    timestamp: Time
    sampled_value: Annotated[tuple[SampledValue, ...], Meta(min_length=1)]


class KeyValue(Struct, rename="camel", frozen=True, kw_only=True, omit_defaults=True):
    """One configuration setting of a station (OCPP 1.6, 7.29)."""

    key: CiString50
    readonly: bool
    value: CiString500 | None = None


class AuthorizeRequest(Struct, rename="camel", frozen=True, kw_only=True, omit_defaults=True):
    """The station asks whether a tag may charge (OCPP 1.6, 6.1)."""

    id_tag: CiString20


class AuthorizeResponse(Struct, rename="camel", frozen=True, kw_only=True, omit_defaults=True):
    """The verdict on the tag (OCPP 1.6, 6.2)."""

    id_tag_info: IdTagInfo


class BootNotificationRequest(
    Struct, rename="camel", frozen=True, kw_only=True, omit_defaults=True
):
    """The station says who it is after it started (OCPP 1.6, 6.3)."""

    charge_point_vendor: CiString20
    charge_point_model: CiString20
    charge_point_serial_number: CiString25 | None = None
    charge_box_serial_number: CiString25 | None = None
    firmware_version: CiString50 | None = None
    iccid: CiString20 | None = None
    imsi: CiString20 | None = None
    meter_type: CiString25 | None = None
    meter_serial_number: CiString25 | None = None


class BootNotificationResponse(
    Struct, rename="camel", frozen=True, kw_only=True, omit_defaults=True
):
    """Whether the station may take part, the time, and how often to send Heartbeat (6.4)."""

    status: RegistrationStatus
    current_time: Time
    interval: Integer  # seconds


class ChangeAvailabilityRequest(
    Struct, rename="camel", frozen=True, kw_only=True, omit_defaults=True
):
    """Take a connector, or with 0 the whole station, in or out of service (OCPP 1.6, 6.7)."""

    connector_id: Integer
    type: AvailabilityType


class ChangeAvailabilityResponse(
    Struct, rename="camel", frozen=True, kw_only=True, omit_defaults=True
):
    """Whether the availability changed, or will after the charge (OCPP 1.6, 6.8)."""

    status: AvailabilityStatus


class ChangeConfigurationRequest(
    Struct, rename="camel", frozen=True, kw_only=True, omit_defaults=True
):
    """Set one configuration key (OCPP 1.6, 6.9)."""

    key: CiString50
    value: CiString500


class ChangeConfigurationResponse(
    Struct, rename="camel", frozen=True, kw_only=True, omit_defaults=True
):
    """Whether the key was set (OCPP 1.6, 6.10)."""

    status: ConfigurationStatus


class ClearCacheRequest(Struct, rename="camel", frozen=True, kw_only=True, omit_defaults=True):
    """Empty the station's cache of tags (OCPP 1.6, 6.11)."""


class ClearCacheResponse(Struct, rename="camel", frozen=True, kw_only=True, omit_defaults=True):
    """Whether the cache was emptied (OCPP 1.6, 6.12)."""

    status: AcceptedOrRejected


class DataTransferRequest(Struct, rename="camel", frozen=True, kw_only=True, omit_defaults=True):
    """Something that only a vendor defines; either side may send it (OCPP 1.6, 6.15)."""

    vendor_id: CiString255
    message_id: CiString50 | None = None
    data: str | None = None


class DataTransferResponse(Struct, rename="camel", frozen=True, kw_only=True, omit_defaults=True):
    """What became of the vendor's message (OCPP 1.6, 6.16)."""

    status: DataTransferStatus
    data: str | None = None


class GetConfigurationRequest(
    Struct, rename="camel", frozen=True, kw_only=True, omit_defaults=True
):
    """Read configuration keys; all of them when none is named (OCPP 1.6, 6.23)."""

    key: tuple[CiString50, ...] | None = None


class GetConfigurationResponse(
    Struct, rename="camel", frozen=True, kw_only=True, omit_defaults=True
):
    """The keys that are known, with their values, and those that are not (OCPP 1.6, 6.24)."""

    configuration_key: tuple[KeyValue, ...] | None = None
    unknown_key: tuple[CiString50, ...] | None = None


class HeartbeatRequest(Struct, rename="camel", frozen=True, kw_only=True, omit_defaults=True):
    """The station is there and asks for the time (OCPP 1.6, 6.29)."""


class HeartbeatResponse(Struct, rename="camel", frozen=True, kw_only=True, omit_defaults=True):
    """The time of the central system (OCPP 1.6, 6.30)."""

    current_time: Time


class MeterValuesRequest(Struct, rename="camel", frozen=True, kw_only=True, omit_defaults=True):
    """Sampled values of a connector, or with 0 of the station's main meter (OCPP 1.6, 6.31)."""

    connector_id: Integer
    meter_value: Annotated[tuple[MeterValue, ...], Meta(min_length=1)]
    transaction_id: Integer | None = None


class MeterValuesResponse(Struct, rename="camel", frozen=True, kw_only=True, omit_defaults=True):
    """The values have arrived (OCPP 1.6, 6.32)."""


class RemoteStartTransactionRequest(
    Struct, rename="camel", frozen=True, kw_only=True, omit_defaults=True
):
    """Begin a charge for a tag (OCPP 1.6, 6.33)."""

    id_tag: CiString20
    connector_id: Integer | None = None
    charging_profile: ChargingProfile | None = None


class RemoteStartTransactionResponse(
    Struct, rename="camel", frozen=True, kw_only=True, omit_defaults=True
):
    """Whether the station will try; the start itself is reported separately (OCPP 1.6, 6.34)."""

    status: AcceptedOrRejected


class RemoteStopTransactionRequest(
    Struct, rename="camel", frozen=True, kw_only=True, omit_defaults=True
):
    """End a charge (OCPP 1.6, 6.35)."""

    transaction_id: Integer


class RemoteStopTransactionResponse(
    Struct, rename="camel", frozen=True, kw_only=True, omit_defaults=True
):
    """Whether the station will stop; the stop itself is reported separately (OCPP 1.6, 6.36)."""

    status: AcceptedOrRejected


class ResetRequest(Struct, rename="camel", frozen=True, kw_only=True, omit_defaults=True):
    """Restart the station (OCPP 1.6, 6.39)."""

    type: ResetType


class ResetResponse(Struct, rename="camel", frozen=True, kw_only=True, omit_defaults=True):
    """Whether the station will restart (OCPP 1.6, 6.40)."""

    status: AcceptedOrRejected


class StartTransactionRequest(
    Struct, rename="camel", frozen=True, kw_only=True, omit_defaults=True
):
    """The station reports a charge that it has already begun (OCPP 1.6, 6.45)."""

    connector_id: Integer
    id_tag: PresentedTag
    meter_start: Integer  # Wh
    timestamp: Time
    reservation_id: Integer | None = None


class StartTransactionResponse(
    Struct, rename="camel", frozen=True, kw_only=True, omit_defaults=True
):
    """The id of the transaction and the verdict on its tag (OCPP 1.6, 6.46)."""

    id_tag_info: IdTagInfo
    transaction_id: Integer


class StatusNotificationRequest(
    Struct, rename="camel", frozen=True, kw_only=True, omit_defaults=True
):
    """The state of a connector, or with 0 of the station itself (OCPP 1.6, 6.47)."""

    connector_id: Integer
    error_code: ChargePointErrorCode
    status: ChargePointStatus
    info: CiString50 | None = None
    timestamp: Time | None = None
    vendor_id: CiString255 | None = None
    vendor_error_code: CiString50 | None = None


class StatusNotificationResponse(
    Struct, rename="camel", frozen=True, kw_only=True, omit_defaults=True
):
    """The state has arrived (OCPP 1.6, 6.48)."""


class StopTransactionRequest(Struct, rename="camel", frozen=True, kw_only=True, omit_defaults=True):
    """The station reports a charge that it has already ended (OCPP 1.6, 6.49)."""

    meter_stop: Integer  # Wh
    timestamp: Time
    transaction_id: Integer
    id_tag: PresentedTag | None = None
    reason: Reason | None = None
    transaction_data: tuple[MeterValue, ...] | None = None


class StopTransactionResponse(
    Struct, rename="camel", frozen=True, kw_only=True, omit_defaults=True
):
    """The stop has arrived; the verdict on the tag that stopped, if one did (OCPP 1.6, 6.50)."""

    id_tag_info: IdTagInfo | None = None


class UnlockConnectorRequest(Struct, rename="camel", frozen=True, kw_only=True, omit_defaults=True):
    """Release the cable of a connector (OCPP 1.6, 6.53)."""

    connector_id: Integer


class UnlockConnectorResponse(
    Struct, rename="camel", frozen=True, kw_only=True, omit_defaults=True
):
    """Whether the cable is free (OCPP 1.6, 6.54)."""

    status: UnlockStatus
