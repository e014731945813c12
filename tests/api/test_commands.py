"""Commands as a program sends them: each end has its status, and the history tells them all."""

import asyncio
from collections.abc import Callable
from typing import Any

import httpx
import jsonschema
import pytest

from onetime.api.document import document
from onetime.domain.accounts import Role
from onetime.operations.stations import register_station
from tests.api.doors import V1, Door
from tests.api.test_problems import problem_of
from tests.garage_makers import OWNER
from tests.garages import BOOT, Station

COMMANDS = f"{V1}/stations/CP-1/commands"
UNLOCK = {"connectorId": 1}


@pytest.fixture
async def station(door: Door) -> Station:
    """A station that has booted; it answers every call with an empty payload."""
    connected = await door.arrival()
    await connected.call("BootNotification", BOOT)
    return connected


def says(action: str, said: object) -> Callable[[str, dict], object]:
    """Answer this action with that, and everything else with nothing."""
    return lambda asked, _: said if asked == action else {}


async def test_an_answer_is_given_as_the_document_says(
    door: Door, owner: httpx.AsyncClient, station: Station
) -> None:
    station.replies = says("UnlockConnector", {"status": "UnlockFailed"})
    answer = await owner.post(f"{COMMANDS}/UnlockConnector", json=UNLOCK)

    told: dict[str, Any] = answer.json()
    assert answer.status_code == 200
    assert told == {
        "id": told["id"],
        "status": "answered",
        "response": {"status": "UnlockFailed"},
        "latency_ms": told["latency_ms"],
    }
    operation: Any = document(door.app)["paths"]
    path = "/stations/{station_id}/commands/UnlockConnector"
    (content,) = operation[path]["post"]["responses"]["200"]["content"].values()
    jsonschema.validate(told, content["schema"])


async def test_a_station_that_is_away_is_a_conflict(door: Door, owner: httpx.AsyncClient) -> None:
    await door.perform(register_station, OWNER, "CP-1", 0)
    answer = await owner.post(f"{COMMANDS}/UnlockConnector", json=UNLOCK)

    assert problem_of(answer) == (409, "station-offline")
    history = (await owner.get(COMMANDS)).json()["items"]
    assert [(each["id"], each["status"]) for each in history] == [
        (answer.json()["command_id"], "offline")
    ]


async def test_an_error_of_the_station_is_told_with_its_code(
    owner: httpx.AsyncClient, station: Station
) -> None:
    station.replies = says("UnlockConnector", '[4,"$id","OurOwnCode","not today",{}]')
    answer = await owner.post(f"{COMMANDS}/UnlockConnector", json=UNLOCK)

    assert problem_of(answer) == (502, "call-error")
    told = answer.json()
    assert (told["station_code"], told["station_description"]) == ("OurOwnCode", "not today")


async def test_an_answer_that_ocpp_does_not_know_is_told_as_it_came(
    owner: httpx.AsyncClient, station: Station
) -> None:
    station.replies = says("UnlockConnector", {"status": "Accepted"})
    answer = await owner.post(f"{COMMANDS}/UnlockConnector", json=UNLOCK)

    assert problem_of(answer) == (502, "broken-answer")
    assert answer.json()["raw_answer"] == '{"status":"Accepted"}'


async def test_a_station_that_does_not_answer_is_a_time_out(
    owner: httpx.AsyncClient, station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("onetime.api.commands.ANSWER_SECONDS", 0.2)
    station.replies = says("UnlockConnector", None)
    answer = await owner.post(f"{COMMANDS}/UnlockConnector", json=UNLOCK)

    assert problem_of(answer) == (504, "timeout")


async def test_a_station_that_vanishes_is_told_so(
    door: Door, owner: httpx.AsyncClient, station: Station
) -> None:
    station.replies = says("UnlockConnector", None)
    asking = asyncio.create_task(owner.post(f"{COMMANDS}/UnlockConnector", json=UNLOCK))
    await door.house.until(lambda: "UnlockConnector" in [each for each, _ in station.asked])
    await station.end()

    assert problem_of(await asking) == (502, "connection-lost")


async def test_all_that_breaks_the_schema_is_told_and_nothing_is_sent(
    owner: httpx.AsyncClient, station: Station
) -> None:
    answer = await owner.post(
        f"{COMMANDS}/ReserveNow", json={"connectorId": "1", "idTag": "A" * 21, "colour": None}
    )

    assert problem_of(answer) == (422, "unacceptable")
    assert {each["field"] for each in answer.json()["errors"]} == {
        "connectorId",
        "idTag",
        "expiryDate",
        "colour",
    }
    assert (await owner.get(COMMANDS, params={"action": "ReserveNow"})).json()["items"] == []


async def test_a_profile_that_is_not_stored_is_a_value_that_can_not_be_accepted(
    owner: httpx.AsyncClient, station: Station
) -> None:
    answer = await owner.post(
        f"{COMMANDS}/SetChargingProfile", json={"connectorId": 1, "charging_profile_id": 9}
    )
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "charging_profile_id"


@pytest.mark.parametrize("station_id", ["CP-9", "%2F", "a%00b"])
async def test_a_station_that_there_is_not_is_not_found(
    owner: httpx.AsyncClient, station_id: str
) -> None:
    path = f"{V1}/stations/{station_id}/commands"
    asked = [await owner.post(f"{path}/UnlockConnector", json=UNLOCK), await owner.get(path)]

    assert [each.status_code for each in asked] == [404, 404]


async def test_a_command_that_there_is_not_is_named_after_the_nearest(
    owner: httpx.AsyncClient, station: Station
) -> None:
    answer = await owner.post(f"{COMMANDS}/unlockConnector", json=UNLOCK)

    assert problem_of(answer) == (404, "not-found")
    assert answer.json()["detail"].endswith("; the nearest is UnlockConnector.")


async def test_who_does_not_wait_gets_the_number_and_finds_the_outcome_there(
    door: Door, owner: httpx.AsyncClient, station: Station
) -> None:
    station.replies = says("UnlockConnector", {"status": "Unlocked"})
    begun = await owner.post(f"{COMMANDS}/UnlockConnector", params={"wait": False}, json=UNLOCK)

    assert begun.status_code == 202
    assert begun.json() == {"id": begun.json()["id"], "status": "open"}
    async with asyncio.timeout(5):
        while (told := (await owner.get(begun.headers["location"])).json())["status"] == "open":
            await asyncio.sleep(0.02)
    assert (told["status"], told["response"]) == ("answered", {"status": "Unlocked"})
    assert (told["asked_by"], told["payload"]) == ("api:1", UNLOCK)


async def test_a_request_that_is_given_up_loses_no_outcome(
    door: Door, owner: httpx.AsyncClient, station: Station
) -> None:
    station.replies = says("UnlockConnector", None)
    with pytest.raises(httpx.ReadTimeout):
        await owner.post(f"{COMMANDS}/UnlockConnector", json=UNLOCK, timeout=0.5)
    await station.end()

    async def ends() -> list[str]:
        history = await owner.get(COMMANDS, params={"action": "UnlockConnector"})
        return [each["status"] for each in history.json()["items"]]

    async with asyncio.timeout(5):
        while await ends() != ["connection-lost"]:
            await asyncio.sleep(0.02)


async def test_secrets_stand_neither_in_the_answer_nor_in_the_history(
    owner: httpx.AsyncClient, station: Station
) -> None:
    kept = [{"key": "AuthorizationKey", "readonly": False, "value": "CANARY"}]
    station.replies = says("GetConfiguration", {"configurationKey": kept})
    answer = await owner.post(f"{COMMANDS}/GetConfiguration", json={})

    assert answer.json()["response"]["configurationKey"][0]["value"] == "***"
    assert "CANARY" not in (await owner.get(COMMANDS)).text


async def test_where_a_file_is_awaited_stands_in_no_history(
    owner: httpx.AsyncClient, station: Station
) -> None:
    station.replies = says("GetDiagnostics", {"fileName": "log.txt"})
    await owner.post(f"{COMMANDS}/GetDiagnostics", json={"location": "onetime"})
    (told,) = [payload for action, payload in station.asked if action == "GetDiagnostics"]
    base, _, secret = str(told["location"]).rpartition("/")
    history = await owner.get(COMMANDS, params={"action": "GetDiagnostics"})
    messages = await owner.get(f"{V1}/stations/CP-1/messages")

    assert len(secret) == 32
    assert history.json()["items"][0]["payload"] == {"location": f"{base}/***"}
    assert "GetDiagnostics" in messages.text
    assert secret not in history.text + messages.text


@pytest.mark.parametrize("number", ["0", "99", "x", "٣", "9" * 30])
async def test_a_command_that_was_never_sent_is_not_found(
    owner: httpx.AsyncClient, station: Station, number: str
) -> None:
    assert (await owner.get(f"{COMMANDS}/{number}")).status_code == 404


async def test_a_command_that_is_sent_again_under_its_key_is_sent_once(
    door: Door, owner: httpx.AsyncClient, station: Station
) -> None:
    station.replies = says("UnlockConnector", {"status": "Unlocked"})
    key = {"Idempotency-Key": "k-1"}
    answers = [
        await owner.post(f"{COMMANDS}/UnlockConnector", json=UNLOCK, headers=key) for _ in range(2)
    ]

    assert answers[0].status_code == 200
    assert answers[1].json() == answers[0].json()
    assert [each for each, _ in station.asked].count("UnlockConnector") == 1
    other = await owner.post(f"{COMMANDS}/UnlockConnector", json={"connectorId": 2}, headers=key)
    assert problem_of(other) == (422, "unacceptable")


async def test_who_sends_again_while_the_first_waits_gets_the_same_end(
    door: Door, owner: httpx.AsyncClient, station: Station
) -> None:
    station.replies = says("UnlockConnector", None)
    key = {"Idempotency-Key": "k-2"}
    asking = [
        asyncio.create_task(owner.post(f"{COMMANDS}/UnlockConnector", json=UNLOCK, headers=key))
        for _ in range(2)
    ]
    await door.house.until(lambda: "UnlockConnector" in [each for each, _ in station.asked])
    await station.end()

    ends = [(await each).json() for each in asking]
    assert [each["code"] for each in ends] == ["connection-lost"] * 2
    assert ends[0]["command_id"] == ends[1]["command_id"]
    assert [each for each, _ in station.asked].count("UnlockConnector") == 1


async def test_the_office_may_start_stop_and_unlock_and_nothing_else(
    door: Door, station: Station
) -> None:
    office = await door.client(Role.MANAGER)
    allowed = {
        "RemoteStartTransaction": {"idTag": "A"},
        "RemoteStopTransaction": {"transactionId": 1},
        "UnlockConnector": UNLOCK,
    }
    for action, payload in allowed.items():
        station.replies = says(action, {"status": "UnlockFailed"})
        answer = await office.post(f"{COMMANDS}/{action}", json=payload)
        assert answer.status_code in (200, 502), action
    assert (await office.post(f"{COMMANDS}/Reset", json={"type": "Soft"})).status_code == 403
