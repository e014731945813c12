"""Charging profiles as people store them, and what OCPP 1.6 asks of one.

Knows the rules of sections 3.13 and 7.8 to 7.14; never how a profile is sent.
"""

from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Final, Literal

from msgspec import Meta, Struct

from onetime.domain.errors import FieldFault
from onetime.domain.ids import MAX_TRANSACTION_ID

MAX_DESCRIPTION_LENGTH: Final = 200
MAX_PERIODS: Final = 1_000
MAX_STACK_LEVEL: Final = 1_000
MAX_SECONDS: Final = 366 * 86_400
MAX_LIMIT: Final = 1_000_000.0
PHASES: Final = (1, 2, 3)

Moment = Annotated[datetime, Meta(tz=True)]
Purpose = Literal["ChargePointMaxProfile", "TxDefaultProfile", "TxProfile"]
Kind = Literal["Absolute", "Recurring", "Relative"]
Recurrency = Literal["Daily", "Weekly"]
Unit = Literal["A", "W"]


class Period(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """From so many seconds after the start of the schedule on, this limit holds."""

    start_period: int
    limit: float
    number_phases: int | None = None


class Schedule(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Limits over time, in amperes per phase or in watts."""

    charging_rate_unit: Unit
    charging_schedule_period: tuple[Period, ...]
    duration: int | None = None
    start_schedule: Moment | None = None
    min_charging_rate: float | None = None


class Profile(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A charging profile without the number under which it is stored."""

    stack_level: int
    charging_profile_purpose: Purpose
    charging_profile_kind: Kind
    charging_schedule: Schedule
    transaction_id: int | None = None
    recurrency_kind: Recurrency | None = None
    valid_from: Moment | None = None
    valid_to: Moment | None = None


class InstalledStatus(StrEnum):
    """What became of a profile that was sent to a station.

    `pending`: no answer yet; `unknown`: none ever came, and it may hold all the same.
    """

    PENDING = "pending"
    INSTALLED = "installed"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    REPLACED = "replaced"
    CLEARED = "cleared"
    ENDED = "ended"


HOLDS: Final = (InstalledStatus.PENDING, InstalledStatus.INSTALLED, InstalledStatus.UNKNOWN)


class Installed(Struct, frozen=True, kw_only=True):
    """A profile as a station has it, or may have it."""

    id: int
    connector_id: int
    charging_profile_id: int
    stack_level: int
    purpose: str
    status: InstalledStatus


class Criteria(Struct, frozen=True, kw_only=True):
    """Which profiles a station is told to clear; what is left out does not matter (5.5)."""

    charging_profile_id: int | None = None
    connector_id: int | None = None
    purpose: str | None = None
    stack_level: int | None = None


def faults_of(profile: Profile) -> list[FieldFault]:
    """Return all that stands against storing a profile."""
    return [*_profile_faults(profile), *_schedule_faults(profile)]


def replaces(new: Installed, other: Installed) -> bool:
    """Say whether a profile takes the place of another at its station (OCPP 1.6, 5.16)."""
    if new.charging_profile_id == other.charging_profile_id:
        return True
    return (new.connector_id, new.stack_level, new.purpose) == (
        other.connector_id,
        other.stack_level,
        other.purpose,
    )


def is_meant(criteria: Criteria, installed: Installed) -> bool:
    """Say whether a profile is to be cleared: by its number, or by all else that is named."""
    if criteria.charging_profile_id is not None:
        return criteria.charging_profile_id == installed.charging_profile_id
    return (
        criteria.connector_id in (None, installed.connector_id)
        and criteria.purpose in (None, installed.purpose)
        and criteria.stack_level in (None, installed.stack_level)
    )


def _profile_faults(profile: Profile) -> Iterator[FieldFault]:
    if not 0 <= profile.stack_level <= MAX_STACK_LEVEL:
        yield FieldFault("stack_level", f"A stack level is a number from 0 to {MAX_STACK_LEVEL}.")
    is_recurring = profile.charging_profile_kind == "Recurring"
    if is_recurring != (profile.recurrency_kind is not None):
        yield FieldFault(
            "recurrency_kind",
            "A recurring profile says Daily or Weekly here, and no other kind of profile does.",
        )
    if profile.transaction_id is not None:
        if profile.charging_profile_purpose != "TxProfile":
            yield FieldFault("transaction_id", "Only a TxProfile is for one transaction.")
        if not 0 < profile.transaction_id <= MAX_TRANSACTION_ID:
            yield FieldFault("transaction_id", "There is no transaction of that number.")
    begin, end = profile.valid_from, profile.valid_to
    if begin is not None and end is not None and end <= begin:
        yield FieldFault(
            "valid_to", "A profile ends after it begins: valid_to lies after valid_from."
        )


def _schedule_faults(profile: Profile) -> Iterator[FieldFault]:
    schedule = profile.charging_schedule
    where = "charging_schedule"
    kind = profile.charging_profile_kind
    if kind == "Relative" and schedule.start_schedule is not None:
        yield FieldFault(f"{where}.start_schedule", "A relative schedule begins with the charge.")
    if kind == "Recurring" and schedule.start_schedule is None:
        yield FieldFault(
            f"{where}.start_schedule", "A recurring schedule has a time at which it began."
        )
    if schedule.duration is not None and not 0 < schedule.duration <= MAX_SECONDS:
        yield FieldFault(f"{where}.duration", f"A schedule lasts 1 to {MAX_SECONDS} seconds.")
    if schedule.min_charging_rate is not None and not _is_rate(schedule.min_charging_rate):
        yield FieldFault(f"{where}.min_charging_rate", _RATE)
    yield from _period_faults(schedule, f"{where}.charging_schedule_period")


def _period_faults(schedule: Schedule, where: str) -> Iterator[FieldFault]:
    periods = schedule.charging_schedule_period
    if not 0 < len(periods) <= MAX_PERIODS:
        yield FieldFault(where, f"A schedule has 1 to {MAX_PERIODS} periods.")
        return
    if periods[0].start_period != 0:
        yield FieldFault(f"{where}[0].start_period", "The first period begins at 0.")
    for number, period in enumerate(periods):
        if number and period.start_period <= periods[number - 1].start_period:
            yield FieldFault(
                f"{where}[{number}].start_period", "Each period begins after the one before it."
            )
        if not _is_rate(period.limit):
            yield FieldFault(f"{where}[{number}].limit", _RATE)
        if period.number_phases is not None and period.number_phases not in PHASES:
            yield FieldFault(f"{where}[{number}].number_phases", "A station has 1, 2 or 3 phases.")
    if periods[-1].start_period > MAX_SECONDS:
        yield FieldFault(
            f"{where}[{len(periods) - 1}].start_period", f"A schedule has {MAX_SECONDS} seconds."
        )
    if schedule.duration is not None and periods[-1].start_period >= schedule.duration:
        yield FieldFault(
            f"{where}[{len(periods) - 1}].start_period", "The last period begins before the end."
        )


_RATE: Final = f"A rate is a number from 0 to {MAX_LIMIT:g} with at most one decimal."


def _is_rate(rate: float) -> bool:
    return 0 <= rate <= MAX_LIMIT and round(rate, 1) == rate
