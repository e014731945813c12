"""Who knows that a card was revoked, as a program asks."""

import httpx

from onetime.operations.stations import register_station
from tests.api.doors import V1, Door
from tests.api.test_renters import ANNA
from tests.garage_makers import OWNER


async def test_a_blocked_card_tells_which_stations_know(
    door: Door, owner: httpx.AsyncClient
) -> None:
    await door.perform(register_station, OWNER, "CP-1", 0)
    await owner.post(f"{V1}/renters", json=ANNA)
    await owner.post(f"{V1}/tokens", json={"token": "CARD", "renter_id": 1})
    assert (await owner.get(f"{V1}/tokens/CARD/revocation")).status_code == 404

    await owner.patch(f"{V1}/tokens/CARD", json={"status": "Blocked"})
    told = (await owner.get(f"{V1}/tokens/card/revocation")).json()
    assert (told["token"], told["reason"], told["is_confirmed"]) == ("CARD", "blocked", False)
    assert [(each["station_id"], each["confirmed_at"]) for each in told["stations"]] == [
        ("CP-1", None)
    ]
    assert told["open_sessions"] == []
