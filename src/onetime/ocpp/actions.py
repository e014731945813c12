"""The table of all OCPP 1.6 actions: their types, and who may send them. Knows no handlers."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Literal

from msgspec import Struct

from onetime.ocpp.v16 import (
    core,
    firmware,
    local_list,
    remote_trigger,
    reservation,
    security,
    smart_charging,
)

Profile = Literal[
    "Core",
    "FirmwareManagement",
    "LocalAuthListManagement",
    "Reservation",
    "SmartCharging",
    "RemoteTrigger",
    "Security",
]
"""Feature profiles as SupportedFeatureProfiles spells them; `Security` is the extension."""

Sender = Literal["station", "central", "both"]


class Action(Struct, frozen=True):
    """One action: the types of its two messages, and which side may send the request."""

    name: str
    request: type[Struct]
    response: type[Struct]
    from_station: bool
    to_station: bool
    profile: Profile


def _action(
    sender: Sender, profile: Profile, request: type[Struct], response: type[Struct]
) -> Action:
    return Action(
        name=request.__name__.removesuffix("Request"),
        request=request,
        response=response,
        from_station=sender != "central",
        to_station=sender != "station",
        profile=profile,
    )


_ALL: Final = (
    _action("station", "Core", core.AuthorizeRequest, core.AuthorizeResponse),
    _action("station", "Core", core.BootNotificationRequest, core.BootNotificationResponse),
    _action("central", "Core", core.ChangeAvailabilityRequest, core.ChangeAvailabilityResponse),
    _action("central", "Core", core.ChangeConfigurationRequest, core.ChangeConfigurationResponse),
    _action("central", "Core", core.ClearCacheRequest, core.ClearCacheResponse),
    _action("both", "Core", core.DataTransferRequest, core.DataTransferResponse),
    _action("central", "Core", core.GetConfigurationRequest, core.GetConfigurationResponse),
    _action("station", "Core", core.HeartbeatRequest, core.HeartbeatResponse),
    _action("station", "Core", core.MeterValuesRequest, core.MeterValuesResponse),
    _action(
        "central", "Core", core.RemoteStartTransactionRequest, core.RemoteStartTransactionResponse
    ),
    _action(
        "central", "Core", core.RemoteStopTransactionRequest, core.RemoteStopTransactionResponse
    ),
    _action("central", "Core", core.ResetRequest, core.ResetResponse),
    _action("station", "Core", core.StartTransactionRequest, core.StartTransactionResponse),
    _action("station", "Core", core.StatusNotificationRequest, core.StatusNotificationResponse),
    _action("station", "Core", core.StopTransactionRequest, core.StopTransactionResponse),
    _action("central", "Core", core.UnlockConnectorRequest, core.UnlockConnectorResponse),
    _action(
        "station",
        "FirmwareManagement",
        firmware.DiagnosticsStatusNotificationRequest,
        firmware.DiagnosticsStatusNotificationResponse,
    ),
    _action(
        "station",
        "FirmwareManagement",
        firmware.FirmwareStatusNotificationRequest,
        firmware.FirmwareStatusNotificationResponse,
    ),
    _action(
        "central",
        "FirmwareManagement",
        firmware.GetDiagnosticsRequest,
        firmware.GetDiagnosticsResponse,
    ),
    _action(
        "central",
        "FirmwareManagement",
        firmware.UpdateFirmwareRequest,
        firmware.UpdateFirmwareResponse,
    ),
    _action(
        "central",
        "LocalAuthListManagement",
        local_list.GetLocalListVersionRequest,
        local_list.GetLocalListVersionResponse,
    ),
    _action(
        "central",
        "LocalAuthListManagement",
        local_list.SendLocalListRequest,
        local_list.SendLocalListResponse,
    ),
    _action(
        "central",
        "Reservation",
        reservation.CancelReservationRequest,
        reservation.CancelReservationResponse,
    ),
    _action(
        "central", "Reservation", reservation.ReserveNowRequest, reservation.ReserveNowResponse
    ),
    _action(
        "central",
        "SmartCharging",
        smart_charging.ClearChargingProfileRequest,
        smart_charging.ClearChargingProfileResponse,
    ),
    _action(
        "central",
        "SmartCharging",
        smart_charging.GetCompositeScheduleRequest,
        smart_charging.GetCompositeScheduleResponse,
    ),
    _action(
        "central",
        "SmartCharging",
        smart_charging.SetChargingProfileRequest,
        smart_charging.SetChargingProfileResponse,
    ),
    _action(
        "central",
        "RemoteTrigger",
        remote_trigger.TriggerMessageRequest,
        remote_trigger.TriggerMessageResponse,
    ),
    _action(
        "central", "Security", security.CertificateSignedRequest, security.CertificateSignedResponse
    ),
    _action(
        "central", "Security", security.DeleteCertificateRequest, security.DeleteCertificateResponse
    ),
    _action(
        "central",
        "Security",
        security.ExtendedTriggerMessageRequest,
        security.ExtendedTriggerMessageResponse,
    ),
    _action(
        "central",
        "Security",
        security.GetInstalledCertificateIdsRequest,
        security.GetInstalledCertificateIdsResponse,
    ),
    _action("central", "Security", security.GetLogRequest, security.GetLogResponse),
    _action(
        "central",
        "Security",
        security.InstallCertificateRequest,
        security.InstallCertificateResponse,
    ),
    _action(
        "station",
        "Security",
        security.LogStatusNotificationRequest,
        security.LogStatusNotificationResponse,
    ),
    _action(
        "station",
        "Security",
        security.SecurityEventNotificationRequest,
        security.SecurityEventNotificationResponse,
    ),
    _action(
        "station", "Security", security.SignCertificateRequest, security.SignCertificateResponse
    ),
    _action(
        "station",
        "Security",
        security.SignedFirmwareStatusNotificationRequest,
        security.SignedFirmwareStatusNotificationResponse,
    ),
    _action(
        "central",
        "Security",
        security.SignedUpdateFirmwareRequest,
        security.SignedUpdateFirmwareResponse,
    ),
)

ACTIONS: Final[Mapping[str, Action]] = MappingProxyType({action.name: action for action in _ALL})
COMMANDS: Final[Mapping[str, Action]] = MappingProxyType(
    {action.name: action for action in _ALL if action.to_station}
)
"""What a station can be asked."""
