"""The connection doctor as a program asks it."""

import asyncio

import httpx

from onetime.dispatch.commands import send
from onetime.domain.ids import StationId
from onetime.domain.people import ENGINE, Actor
from onetime.ocpp.v16.core import UnlockConnectorRequest
from onetime.operations.knocks import Knock, note_knocks
from onetime.operations.stations import register_station
from tests.api.doors import V1, Door
from tests.databases import NOW
from tests.garage_makers import OWNER
from tests.garages import BOOT

COMMANDS = f"{V1}/stations/CP-1/commands/"
UNLOCK = "UnlockConnector"


async def test_what_troubles_a_station_is_told_with_the_remedy(
    door: Door, owner: httpx.AsyncClient
) -> None:
    await door.perform(register_station, OWNER, "CP-1", 0)
    knock = Knock(
        identity="CP-1", reason="wrong-password", ip_address="10.0.0.9", count=2, last_at=NOW
    )
    await door.perform(note_knocks, [knock])
    told = (await owner.get(f"{V1}/stations/CP-1/connection")).json()

    assert (told["station_id"], told["is_online"], told["security_profile"]) == ("CP-1", False, 0)
    assert [each["kind"] for each in told["troubles"]] == ["never-seen", "wrong-password"]
    assert "onetime station rotate-key CP-1" in told["troubles"][1]["remedy"]


async def dies_of_it(door: Door, owner: httpx.AsyncClient) -> None:
    """Let a station's line end as soon as it is asked to unlock."""
    station = await door.house.connect("CP-1")
    await station.call("BootNotification", BOOT)
    station.replies = lambda action, payload: None if action == UNLOCK else {}
    asking = asyncio.create_task(owner.post(COMMANDS + UNLOCK, json={"connectorId": 1}))
    await door.house.until(lambda: UNLOCK in [action for action, _ in station.asked])
    await station.end()
    assert (await asking).json()["code"] == "connection-lost"


async def test_what_is_withheld_since_connections_broke_of_it_is_told_until_it_is_answered(
    door: Door, owner: httpx.AsyncClient
) -> None:
    async def withheld() -> list[dict[str, str]]:
        told = (await owner.get(f"{V1}/stations/CP-1/connection")).json()["troubles"]
        return [each for each in told if each["kind"] == "withheld"]

    await door.enter("CP-1")
    await dies_of_it(door, owner)
    assert await withheld() == []
    await dies_of_it(door, owner)
    (trouble,) = await withheld()
    assert trouble["sentence"] == (
        "UnlockConnector is not sent to it any more by itself: its connection broke 2 times over"
        " that."
    )
    assert trouble["remedy"].endswith("a person can still send the command.")
    assert trouble["since"].endswith("Z")

    station = await door.house.connect("CP-1")
    await station.call("BootNotification", BOOT)
    station.replies = lambda action, payload: {"status": "Unlocked"} if action == UNLOCK else {}
    engine, wanted = Actor(ENGINE, "test"), UnlockConnectorRequest(connector_id=1)
    await send(door.house.garage, engine, StationId("CP-1"), wanted)
    (latest, *_) = (await owner.get(COMMANDS)).json()["items"]
    assert (latest["action"], latest["status"]) == (UNLOCK, "withheld")
    assert UNLOCK not in [action for action, _ in station.asked]

    by_a_person = await owner.post(COMMANDS + UNLOCK, json={"connectorId": 1})
    assert by_a_person.json()["response"] == {"status": "Unlocked"}
    assert await withheld() == []


async def test_a_station_that_is_there_has_no_troubles(
    door: Door, owner: httpx.AsyncClient
) -> None:
    await door.arrival()
    online = "SELECT is_online FROM charging_stations"
    await door.house.until(lambda: door.house.value(online))
    told = (await owner.get(f"{V1}/stations/CP-1/connection")).json()

    assert (told["is_online"], told["troubles"]) == (True, [])


async def test_an_unknown_station_has_no_connection(owner: httpx.AsyncClient) -> None:
    assert (await owner.get(f"{V1}/stations/CP-9/connection")).status_code == 404
