"""Charging profiles as a program stores them and sends them by their number."""

import asyncio

import httpx

from onetime.dispatch.commands import send_payload
from onetime.domain.ids import StationId
from tests.api.doors import V1, Door
from tests.garage_makers import OWNER
from tests.garages import BOOT

PROFILE = {
    "description": "Half power",
    "stack_level": 0,
    "charging_profile_purpose": "TxDefaultProfile",
    "charging_profile_kind": "Absolute",
    "charging_schedule": {
        "charging_rate_unit": "A",
        "charging_schedule_period": [
            {"start_period": 0, "limit": 16.0},
            {"start_period": 3600, "limit": 8.5, "number_phases": 3},
        ],
    },
}


async def test_a_profile_is_stored_listed_and_sent_by_its_number(
    door: Door, owner: httpx.AsyncClient
) -> None:
    made = await owner.post(f"{V1}/charging-profiles", json=PROFILE)
    assert made.status_code == 201
    number = made.json()["id"]
    assert (await owner.get(f"{V1}/charging-profiles/{number}")).json() == made.json()
    assert (await owner.get(f"{V1}/charging-profiles")).json()["items"] == [made.json()]
    assert made.json()["charging_schedule"]["charging_schedule_period"][1]["limit"] == 8.5

    station = await door.arrival()
    station.replies = lambda action, payload: {"status": "Accepted"}
    await station.call("BootNotification", BOOT)
    payload = b'{"connectorId":0,"charging_profile_id":%d}' % number
    sent = await asyncio.wait_for(
        send_payload(door.house.garage, OWNER, StationId("CP-1"), "SetChargingProfile", payload),
        10,
    )
    assert sent.is_answered
    (asked,) = [each for action, each in station.asked if action == "SetChargingProfile"]
    profile = asked["csChargingProfiles"]
    assert isinstance(profile, dict)
    assert profile["chargingProfileId"] == number
    (held,) = (await owner.get(f"{V1}/stations/CP-1/charging-profiles")).json()["items"]
    assert (held["charging_profile_id"], held["status"]) == (number, "installed")


async def test_all_that_breaks_a_rule_is_told_at_once(owner: httpx.AsyncClient) -> None:
    schedule = {
        "charging_rate_unit": "A",
        "charging_schedule_period": [{"start_period": 5, "limit": -1.0}],
    }
    refused = await owner.post(
        f"{V1}/charging-profiles",
        json={**PROFILE, "stack_level": -1, "charging_schedule": schedule},
    )

    assert refused.status_code == 422
    assert [each["field"] for each in refused.json()["errors"]] == [
        "stack_level",
        "charging_schedule.charging_schedule_period[0].start_period",
        "charging_schedule.charging_schedule_period[0].limit",
    ]
    assert (await owner.get(f"{V1}/charging-profiles")).json()["items"] == []


async def test_a_profile_that_nobody_stored_is_not_found(owner: httpx.AsyncClient) -> None:
    assert (await owner.get(f"{V1}/charging-profiles/4711")).status_code == 404


async def test_values_that_no_profile_can_have_are_refused(owner: httpx.AsyncClient) -> None:
    for change in (
        {"valid_from": "2026-01-01T00:00:00"},
        {"valid_from": "2026-01-02T00:00:00Z", "valid_to": "2026-01-01T00:00:00+01:00"},
        {"transaction_id": 10**30, "charging_profile_purpose": "TxProfile"},
        {"stack_level": 10**30},
        {"description": ""},
        {"charging_profile_purpose": "Odd"},
        {"charging_profile_id": 5},
        {"charging_schedule": {"charging_rate_unit": "A", "charging_schedule_period": []}},
    ):
        refused = await owner.post(f"{V1}/charging-profiles", json={**PROFILE, **change})
        assert (refused.status_code, change) == (422, change)
    assert (await owner.get(f"{V1}/charging-profiles/{10**30}")).status_code == 404
    assert (await owner.get(f"{V1}/reservations?station_id=%00")).status_code in (200, 422)
