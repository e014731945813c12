"""Messages of the OCPP 1.6 smart charging profile. Knows their wire form, never their effect."""

from typing import Literal

from msgspec import Struct

from onetime.ocpp.v16.types import (
    AcceptedOrRejected,
    ChargingProfile,
    ChargingProfilePurpose,
    ChargingRateUnit,
    ChargingSchedule,
    Integer,
    Time,
)

ClearChargingProfileStatus = Literal["Accepted", "Unknown"]
ChargingProfileStatus = Literal["Accepted", "Rejected", "NotSupported"]


class ClearChargingProfileRequest(
    Struct, rename="camel", frozen=True, kw_only=True, omit_defaults=True
):
    """Remove the profiles that match; all of them when nothing is named (OCPP 1.6, 6.13)."""

    id: Integer | None = None
    connector_id: Integer | None = None
    charging_profile_purpose: ChargingProfilePurpose | None = None
    stack_level: Integer | None = None


class ClearChargingProfileResponse(
    Struct, rename="camel", frozen=True, kw_only=True, omit_defaults=True
):
    """Whether a profile matched (OCPP 1.6, 6.14)."""

    status: ClearChargingProfileStatus


class GetCompositeScheduleRequest(
    Struct, rename="camel", frozen=True, kw_only=True, omit_defaults=True
):
    """Ask for the limits that follow from all profiles together (OCPP 1.6, 6.21)."""

    connector_id: Integer
    duration: Integer  # seconds
    charging_rate_unit: ChargingRateUnit | None = None


class GetCompositeScheduleResponse(
    Struct, rename="camel", frozen=True, kw_only=True, omit_defaults=True
):
    """The limits for the time asked for (OCPP 1.6, 6.22)."""

    status: AcceptedOrRejected
    connector_id: Integer | None = None
    schedule_start: Time | None = None
    charging_schedule: ChargingSchedule | None = None


class SetChargingProfileRequest(
    Struct, rename="camel", frozen=True, kw_only=True, omit_defaults=True
):
    """Install a charging profile (OCPP 1.6, 6.43)."""

    connector_id: Integer
    cs_charging_profiles: ChargingProfile


class SetChargingProfileResponse(
    Struct, rename="camel", frozen=True, kw_only=True, omit_defaults=True
):
    """Whether the profile was installed (OCPP 1.6, 6.44)."""

    status: ChargingProfileStatus
