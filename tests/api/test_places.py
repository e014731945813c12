"""Addresses of ours in commands to stations."""

from typing import Final

import httpx
import pytest

from tests.api.doors import V1, Door
from tests.api.test_firmware import CONTENT, bring
from tests.garages import BOOT

WHEN: Final = "2030-01-01T00:00:00Z"


def update(action: str, location: str) -> dict[str, object]:
    """The payload of a command to fetch firmware."""
    if action == "UpdateFirmware":
        return {"location": location, "retrieveDate": WHEN}
    firmware = {
        "location": location,
        "retrieveDateTime": WHEN,
        "signingCertificate": "x",
        "signature": "x",
    }
    return {"firmware": firmware}


def location_in(asked: object) -> str:
    """The address that a station was told."""
    assert isinstance(asked, dict)
    return str(asked.get("firmware", asked)["location"])


@pytest.mark.parametrize("action", ["UpdateFirmware", "SignedUpdateFirmware"])
@pytest.mark.parametrize("called", ["a-1.bin", "1"])
async def test_a_command_tells_a_station_where_our_firmware_is(
    door: Door, owner: httpx.AsyncClient, action: str, called: str
) -> None:
    await bring(owner, "a-1.bin")
    connected = await door.arrival()
    await connected.call("BootNotification", BOOT)
    answer = {} if action == "UpdateFirmware" else {"status": "Accepted"}
    connected.replies = lambda asked, _: answer if asked == action else {}
    url = f"{V1}/stations/CP-1/commands/{action}"

    sent = await owner.post(url, json=update(action, f"onetime:{called}"))
    unknown = await owner.post(url, json=update(action, "onetime:nothing"))

    assert sent.status_code == 200
    where = location_in(dict(connected.asked)[action])
    async with httpx.AsyncClient() as station:
        assert (await station.get(where)).content == CONTENT
    assert unknown.status_code == 422
    assert unknown.json()["detail"] == "There is no firmware 'nothing'."
