"""Charging profiles of a station and the current they leave; knows no socket and no car."""

from dataclasses import dataclass
from datetime import datetime

import msgspec

from onetime.simulator.car import VOLTS
from onetime.simulator.requests import ClearChargingProfile, Profile

MOST_PROFILES = 10
HIGHEST_LEVEL = 8
DAY_SECONDS = 86_400.0


@dataclass(frozen=True)
class Installed:
    """A profile, where it holds and since when."""

    connector: int
    profile: Profile
    since: datetime


class Profiles:
    """What SetChargingProfile installed."""

    def __init__(self) -> None:
        self._installed: list[Installed] = []

    def install(self, connector: int, profile: Profile, now: datetime) -> bool:
        """Install a profile in place of its like (OCPP 1.6, 5.16); False when it is not taken."""
        if not 0 <= profile.stack_level <= HIGHEST_LEVEL:
            return False
        if profile.charging_profile_purpose == "ChargePointMaxProfile" and connector != 0:
            return False
        kept = [one for one in self._installed if not _replaces(connector, profile, one)]
        if len(kept) >= MOST_PROFILES:
            return False
        self._installed = [*kept, Installed(connector, profile, now)]
        return True

    def clear(self, wanted: ClearChargingProfile) -> bool:
        """Remove what fits all the fields that are given; False when nothing did (5.5)."""
        kept = [one for one in self._installed if not _fits(wanted, one)]
        changed = len(kept) < len(self._installed)
        self._installed = kept
        return changed

    def end_of_transaction(self, connector: int) -> None:
        """Drop the profiles that hold for one transaction only."""
        self._installed = [
            one
            for one in self._installed
            if one.connector != connector or one.profile.charging_profile_purpose != "TxProfile"
        ]

    def limit_amps(self, connector: int, now: datetime, began: datetime, most: float) -> float:
        """Return the current for each phase that the profiles leave to a connector."""
        ceiling = self._strongest("ChargePointMaxProfile", {0}, now, began)
        own = self._strongest("TxProfile", {connector}, now, began)
        if own is None:
            own = self._strongest("TxDefaultProfile", {0, connector}, now, began)
        return min(limit for limit in (ceiling, own, most) if limit is not None)

    def _strongest(
        self, purpose: str, connectors: set[int], now: datetime, began: datetime
    ) -> float | None:
        limits = [
            (one.profile.stack_level, one.connector, limit)
            for one in self._installed
            if one.profile.charging_profile_purpose == purpose and one.connector in connectors
            if (limit := _limit_amps(one, now, began)) is not None
        ]
        return max(limits)[2] if limits else None


def _replaces(connector: int, profile: Profile, one: Installed) -> bool:
    if one.profile.charging_profile_id == profile.charging_profile_id:
        return True
    return (
        one.connector == connector
        and one.profile.stack_level == profile.stack_level
        and one.profile.charging_profile_purpose == profile.charging_profile_purpose
    )


def _fits(wanted: ClearChargingProfile, one: Installed) -> bool:
    if wanted.id is not msgspec.UNSET:
        return wanted.id == one.profile.charging_profile_id
    return (
        wanted.connector_id in (msgspec.UNSET, one.connector)
        and wanted.charging_profile_purpose in (msgspec.UNSET, one.profile.charging_profile_purpose)
        and wanted.stack_level in (msgspec.UNSET, one.profile.stack_level)
    )


def _limit_amps(one: Installed, now: datetime, began: datetime) -> float | None:
    """Return what the schedule says now; None when it says nothing."""
    profile, schedule = one.profile, one.profile.charging_schedule
    if profile.valid_from is not msgspec.UNSET and now < profile.valid_from:
        return None
    if profile.valid_to is not msgspec.UNSET and now >= profile.valid_to:
        return None
    start = began if profile.charging_profile_kind == "Relative" else one.since
    if schedule.start_schedule is not msgspec.UNSET:
        start = schedule.start_schedule
    elapsed = (now - start).total_seconds()
    if profile.charging_profile_kind == "Recurring":
        elapsed %= DAY_SECONDS * (7 if profile.recurrency_kind == "Weekly" else 1)
    if schedule.duration is not msgspec.UNSET and elapsed >= schedule.duration:
        return None
    limit = None
    for period in schedule.charging_schedule_period:
        if period.start_period <= elapsed:
            limit = period.limit
            if schedule.charging_rate_unit == "W":
                phases = 3 if period.number_phases is msgspec.UNSET else period.number_phases
                limit = period.limit / VOLTS / max(1, phases)
    return limit
