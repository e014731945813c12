"""Types that several OCPP 1.6 messages share: their wire form, not what a garage does with them.

Lengths, ranges and words are those of the official JSON schemas. Where a shared type is wider or
narrower than one of them, `onetime.ocpp.codec` lists it.
"""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Final, Literal

from msgspec import Meta, Struct

INTEGER_MIN: Final = -(2**63)
INTEGER_MAX: Final = 2**63 - 1

Integer = Annotated[int, Meta(ge=INTEGER_MIN, le=INTEGER_MAX)]
Time = Annotated[datetime, Meta(tz=True)]
CiString20 = Annotated[str, Meta(max_length=20)]
CiString25 = Annotated[str, Meta(max_length=25)]
CiString50 = Annotated[str, Meta(max_length=50)]
CiString255 = Annotated[str, Meta(max_length=255)]
CiString500 = Annotated[str, Meta(max_length=500)]
PresentedTag = Annotated[str, Meta(min_length=1, max_length=20)]
"""A tag in a transaction message; an empty one is a deviation that is counted (X12, X17)."""

AuthorizationStatus = Literal["Accepted", "Blocked", "Expired", "Invalid", "ConcurrentTx"]
AcceptedOrRejected = Literal["Accepted", "Rejected"]
ChargingRateUnit = Literal["A", "W"]
ChargingProfilePurpose = Literal["ChargePointMaxProfile", "TxDefaultProfile", "TxProfile"]
ChargingProfileKind = Literal["Absolute", "Recurring", "Relative"]
RecurrencyKind = Literal["Daily", "Weekly"]


class IdTagInfo(Struct, rename="camel", frozen=True, kw_only=True, omit_defaults=True):
    """What the central system thinks of a tag (OCPP 1.6, 7.27)."""

    status: AuthorizationStatus
    expiry_date: Time | None = None
    parent_id_tag: CiString20 | None = None


class ChargingSchedulePeriod(Struct, rename="camel", frozen=True, kw_only=True, omit_defaults=True):
    """One step of a charging schedule (OCPP 1.6, 7.14)."""

    start_period: Integer  # seconds after the start of the schedule
    limit: float  # amperes or watts, in tenths
    number_phases: Integer | None = None

    def __post_init__(self) -> None:
        _refuse_finer_than_tenths("limit", self.limit)


class ChargingSchedule(Struct, rename="camel", frozen=True, kw_only=True, omit_defaults=True):
    """Limits over time, in amperes or watts (OCPP 1.6, 7.13)."""

    charging_rate_unit: ChargingRateUnit
    charging_schedule_period: tuple[ChargingSchedulePeriod, ...]
    duration: Integer | None = None  # seconds
    start_schedule: Time | None = None
    min_charging_rate: float | None = None  # amperes or watts, in tenths

    def __post_init__(self) -> None:
        if self.min_charging_rate is not None:
            _refuse_finer_than_tenths("minChargingRate", self.min_charging_rate)


class ChargingProfile(Struct, rename="camel", frozen=True, kw_only=True, omit_defaults=True):
    """A charging schedule with its purpose and its time of validity (OCPP 1.6, 7.8)."""

    charging_profile_id: Integer
    stack_level: Integer
    charging_profile_purpose: ChargingProfilePurpose
    charging_profile_kind: ChargingProfileKind
    charging_schedule: ChargingSchedule
    transaction_id: Integer | None = None
    recurrency_kind: RecurrencyKind | None = None
    valid_from: Time | None = None
    valid_to: Time | None = None


def _refuse_finer_than_tenths(field: str, number: float) -> None:
    """Raise ValueError unless the number, as it is written, is a multiple of 0.1."""
    exponent = Decimal(repr(number)).normalize().as_tuple().exponent
    if not isinstance(exponent, int) or exponent < -1:
        raise ValueError(f"Expected tenths in `{field}`")
