"""What OCPP 1.6 asks of a charging profile, and which profile takes another's place."""

from datetime import UTC, datetime

import pytest
from msgspec import structs

from onetime.domain.charging_profiles import (
    Criteria,
    Installed,
    InstalledStatus,
    Period,
    Profile,
    Schedule,
    faults_of,
    is_meant,
    replaces,
)

NIGHT = datetime(2026, 3, 1, 22, tzinfo=UTC)
SCHEDULE = Schedule(
    charging_rate_unit="A",
    charging_schedule_period=(
        Period(start_period=0, limit=16.0),
        Period(start_period=3_600, limit=6.5, number_phases=3),
    ),
    duration=7_200,
)
PROFILE = Profile(
    stack_level=0,
    charging_profile_purpose="TxDefaultProfile",
    charging_profile_kind="Absolute",
    charging_schedule=SCHEDULE,
)
HELD = Installed(
    id=1,
    connector_id=1,
    charging_profile_id=10,
    stack_level=2,
    purpose="TxDefaultProfile",
    status=InstalledStatus.INSTALLED,
)


def periods(*starts: int) -> Schedule:
    steps = tuple(Period(start_period=start, limit=10.0) for start in starts)
    return structs.replace(SCHEDULE, charging_schedule_period=steps, duration=None)


def with_period(**changes: object) -> Schedule:
    first = structs.replace(Period(start_period=0, limit=10.0), **changes)
    return structs.replace(SCHEDULE, charging_schedule_period=(first,))


def test_a_profile_by_the_rules_has_no_fault() -> None:
    assert faults_of(PROFILE) == []


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"stack_level": -1}, ["stack_level"]),
        ({"recurrency_kind": "Daily"}, ["recurrency_kind"]),
        (
            {"charging_profile_kind": "Recurring"},
            ["recurrency_kind", "charging_schedule.start_schedule"],
        ),
        ({"transaction_id": 4}, ["transaction_id"]),
        ({"transaction_id": 4, "charging_profile_purpose": "TxProfile"}, []),
        ({"transaction_id": 2**31, "charging_profile_purpose": "TxProfile"}, ["transaction_id"]),
        (
            {"charging_schedule": periods(0, 10**12)},
            ["charging_schedule.charging_schedule_period[1].start_period"],
        ),
        ({"valid_from": NIGHT, "valid_to": NIGHT}, ["valid_to"]),
        (
            {
                "charging_profile_kind": "Relative",
                "charging_schedule": structs.replace(SCHEDULE, start_schedule=NIGHT),
            },
            ["charging_schedule.start_schedule"],
        ),
        (
            {"charging_schedule": structs.replace(SCHEDULE, duration=0)},
            [
                "charging_schedule.duration",
                "charging_schedule.charging_schedule_period[1].start_period",
            ],
        ),
        (
            {"charging_schedule": structs.replace(SCHEDULE, min_charging_rate=-0.1)},
            ["charging_schedule.min_charging_rate"],
        ),
        ({"charging_schedule": periods()}, ["charging_schedule.charging_schedule_period"]),
        (
            {"charging_schedule": periods(10)},
            ["charging_schedule.charging_schedule_period[0].start_period"],
        ),
        (
            {"charging_schedule": periods(0, 60, 60)},
            ["charging_schedule.charging_schedule_period[2].start_period"],
        ),
        (
            {"charging_schedule": with_period(limit=10.05)},
            ["charging_schedule.charging_schedule_period[0].limit"],
        ),
        (
            {"charging_schedule": with_period(limit=float("nan"))},
            ["charging_schedule.charging_schedule_period[0].limit"],
        ),
        (
            {"charging_schedule": with_period(number_phases=4)},
            ["charging_schedule.charging_schedule_period[0].number_phases"],
        ),
    ],
)
def test_each_rule_names_the_field_that_breaks_it(
    changes: dict[str, object], fields: list[str]
) -> None:
    assert [each.field for each in faults_of(structs.replace(PROFILE, **changes))] == fields


@pytest.mark.parametrize(
    ("changes", "does"),
    [
        ({"charging_profile_id": 10, "stack_level": 5, "connector_id": 2}, True),
        ({"charging_profile_id": 11}, True),
        ({"charging_profile_id": 11, "stack_level": 3}, False),
        ({"charging_profile_id": 11, "connector_id": 2}, False),
        ({"charging_profile_id": 11, "purpose": "TxProfile"}, False),
    ],
)
def test_a_profile_takes_the_place_of_its_number_or_of_its_like(
    changes: dict[str, object], does: bool
) -> None:
    assert replaces(structs.replace(HELD, id=2, **changes), HELD) is does


@pytest.mark.parametrize(
    ("criteria", "is_cleared"),
    [
        (Criteria(), True),
        (Criteria(charging_profile_id=10), True),
        (Criteria(charging_profile_id=10, stack_level=9), True),
        (Criteria(charging_profile_id=11), False),
        (Criteria(stack_level=2, connector_id=1), True),
        (Criteria(stack_level=1), False),
        (Criteria(connector_id=0), False),
        (Criteria(purpose="TxProfile"), False),
    ],
)
def test_clearing_means_one_number_or_all_that_fit(criteria: Criteria, is_cleared: bool) -> None:
    assert is_meant(criteria, HELD) is is_cleared
