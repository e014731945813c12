"""What a program leaves out or names by a number is filled in by the server."""

import pytest

from onetime.dispatch.filling import NUMBERED, PROFILED, as_if_filled, filled_in, has_gap
from onetime.dispatch.payloads import checked
from onetime.domain.charging_profiles import Period, Profile, Schedule
from onetime.domain.errors import Faulty, NotFound
from onetime.domain.ids import StationId
from onetime.operations.charging_profiles import store_profile
from onetime.store.transaction import Transaction
from tests.charges import CP
from tests.databases import NOW
from tests.garage_makers import OWNER, a_station

CP_2 = StationId("CP-2")
NIGHT = Profile(
    stack_level=2,
    charging_profile_purpose="TxDefaultProfile",
    charging_profile_kind="Absolute",
    charging_schedule=Schedule(
        charging_rate_unit="A",
        charging_schedule_period=(Period(start_period=0, limit=6.5, number_phases=3),),
        start_schedule=NOW,
    ),
)


@pytest.mark.parametrize("action", NUMBERED)
def test_a_number_that_is_left_out_is_given(tx: Transaction, action: str) -> None:
    name, _ = NUMBERED[action]
    assert has_gap(action, {"x": 1})
    filled = filled_in(tx, CP, action, {"x": 1})

    assert filled.keys() == as_if_filled(action, {"x": 1}).keys() == {"x", name}
    assert isinstance(filled[name], int)


@pytest.mark.parametrize("action", NUMBERED)
def test_a_number_that_is_said_stays(tx: Transaction, action: str) -> None:
    said: dict[str, object] = {NUMBERED[action][0]: -7}

    assert not has_gap(action, said)
    assert filled_in(tx, CP, action, said) == as_if_filled(action, said) == said


def test_requests_have_numbers_of_their_own_and_lists_versions_for_each_station(
    tx: Transaction,
) -> None:
    requests = [
        filled_in(tx, CP, each, {})["requestId"] for each in ("GetLog", "SignedUpdateFirmware")
    ]
    versions = [filled_in(tx, each, "SendLocalList", {})["listVersion"] for each in (CP, CP, CP_2)]
    assert (requests, versions) == ([1, 2], [1, 2, 1])


def test_other_actions_are_left_alone(tx: Transaction) -> None:
    strange: dict[str, object] = {"charging_profile_id": 1}

    assert not has_gap("Reset", strange)
    assert filled_in(tx, CP, "Reset", strange) == as_if_filled("Reset", strange) == strange


@pytest.mark.parametrize(
    ("action", "rest"),
    [("SetChargingProfile", {"connectorId": 0}), ("RemoteStartTransaction", {"idTag": "A"})],
)
def test_a_stored_profile_stands_where_its_number_stood(
    tx: Transaction, action: str, rest: dict[str, object]
) -> None:
    a_station(tx, CP)
    number = store_profile(tx, OWNER, "At night", NIGHT)
    fields: dict[str, object] = {**rest, "charging_profile_id": number}

    checked(action, as_if_filled(action, fields))
    filled = filled_in(tx, CP, action, fields)
    checked(action, filled)
    assert filled[PROFILED[action]] == {
        "chargingProfileId": number,
        "stackLevel": 2,
        "chargingProfilePurpose": "TxDefaultProfile",
        "chargingProfileKind": "Absolute",
        "chargingSchedule": {
            "chargingRateUnit": "A",
            "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 6.5, "numberPhases": 3}],
            "startSchedule": "2026-03-01T12:00:00Z",
        },
    }


def test_a_profile_that_is_not_stored_is_refused(tx: Transaction) -> None:
    with pytest.raises(NotFound, match="no charging profile 9"):
        filled_in(tx, CP, "SetChargingProfile", {"connectorId": 0, "charging_profile_id": 9})


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"charging_profile_id": "1"}, "whole number"),
        ({"charging_profile_id": True}, "whole number"),
        ({"charging_profile_id": 1, "csChargingProfiles": {}}, "in place of csChargingProfiles"),
    ],
)
def test_a_number_of_a_profile_is_a_number_and_stands_alone(
    fields: dict[str, object], words: str
) -> None:
    with pytest.raises(Faulty, match=words):
        as_if_filled("SetChargingProfile", fields)
