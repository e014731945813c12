"""Addresses of ours in commands to stations."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import httpx
import pytest
from msgspec import structs

from tests.api.doors import NO_TLS, V1, Door, open_door
from tests.api.test_firmware import CONTENT, bring
from tests.garages import BOOT, Station, settings
from tests.kit.test_places import NO_PLACE, ODD_SCHEMES, SENT_INSIDE

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
    async with httpx.AsyncClient(verify=NO_TLS) as station:
        assert (await station.get(where)).content == CONTENT
    assert unknown.status_code == 422
    assert unknown.json()["detail"] == "There is no firmware 'nothing'."


COMMANDS: Final[dict[str, Callable[[str], dict[str, object]]]] = {
    "GetDiagnostics": lambda place: {"location": place},
    "GetLog": lambda place: {"logType": "SecurityLog", "log": {"remoteLocation": place}},
    "UpdateFirmware": lambda place: update("UpdateFirmware", place),
    "SignedUpdateFirmware": lambda place: update("SignedUpdateFirmware", place),
}


@asynccontextmanager
async def chosen(folder: Path, url: str, **settled: str) -> AsyncIterator[tuple[Door, Station]]:
    """A garage with these settings, and a station that agrees to everything."""
    async with open_door(structs.replace(settings(folder, url), **settled)) as door:
        connected = await door.arrival()
        await connected.call("BootNotification", BOOT)
        connected.replies = lambda action, _: (
            {} if action in ("GetDiagnostics", "UpdateFirmware") else {"status": "Accepted"}
        )
        yield door, connected


@pytest.mark.parametrize("action", COMMANDS)
async def test_no_command_sends_a_station_where_it_must_not_go(
    sqlite_url: str, tmp_path: Path, action: str
) -> None:
    async with chosen(tmp_path, sqlite_url) as (door, connected):
        owner = await door.client()
        url = f"{V1}/stations/CP-1/commands/{action}"
        for place in (*SENT_INSIDE, *NO_PLACE, *ODD_SCHEMES):
            refused = await owner.post(url, json=COMMANDS[action](place))
            assert refused.status_code == 422, place
            field = refused.json()["errors"][0]["field"]
            assert field.rpartition(".")[2] in ("location", "remoteLocation"), place
        usual = await owner.post(url, json=COMMANDS[action]("ftp://files.example/in"))

        assert usual.status_code == 200
        assert [each for each, _ in connected.asked].count(action) == 1


async def test_where_hosts_are_named_a_head_does_not_make_us_another(
    sqlite_url: str, tmp_path: Path
) -> None:
    async with chosen(tmp_path, sqlite_url, file_hosts="files.example, 10.0.0.5") as (door, _):
        owner = await door.client()
        await bring(owner, "a.bin")
        url = f"{V1}/stations/CP-1/commands/UpdateFirmware"

        async def status(place: str, **headers: str) -> int:
            body = update("UpdateFirmware", place)
            return (await owner.post(url, json=body, headers=headers)).status_code

        assert await status("https://files.example/fw") == 200
        assert await status("https://10.0.0.5/fw") == 200
        assert await status("http://files.example/fw") == 422
        assert await status("https://other.example/fw") == 422
        assert await status("onetime:a.bin") == 200
        assert await status("onetime:a.bin", Host="other.example") == 422
        assert await status("onetime:a.bin", Host="127.0.0.1:1") == 422


async def test_files_are_where_the_setting_says(sqlite_url: str, tmp_path: Path) -> None:
    base = "http://garage.example:8000"
    async with chosen(tmp_path, sqlite_url, files_url=base + "/", file_hosts="files.example") as (
        door,
        connected,
    ):
        owner = await door.client()
        made = (await bring(owner, "a.bin")).json()
        awaited = await owner.post(f"{V1}/stations/CP-1/files", json={"kind": "log"})
        url = f"{V1}/stations/CP-1/commands/"
        for place in ("onetime:a.bin", made["location"]):
            sent = await owner.post(
                url + "UpdateFirmware",
                json=update("UpdateFirmware", place),
                headers={"Host": "other.example"},
            )
            assert sent.status_code == 200
        await owner.post(url + "GetDiagnostics", json={"location": "onetime"})

        assert made["location"].startswith(base + "/files/")
        assert awaited.json()["location"].startswith(base + "/files/")
        told = [location_in(payload) for each, payload in connected.asked if each in COMMANDS]
        assert told[:2] == [made["location"]] * 2
        assert told[2].startswith(base + "/files/")
