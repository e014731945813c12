"""The connection doctor as a program asks it."""

import httpx

from onetime.operations.knocks import Knock, note_knocks
from onetime.operations.stations import register_station
from tests.api.doors import V1, Door
from tests.databases import NOW
from tests.garage_makers import OWNER


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
