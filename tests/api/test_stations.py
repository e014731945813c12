"""Stations as a program registers, changes, disables and retires them."""

import asyncio

import httpx
import pytest

from tests.api.doors import V1, Door
from tests.gateway.peers import until

NEEDS_NONE = {"id": "CP-2", "security_profile": 0, "password": "x" * 20}


async def until_let_in(door: Door, key: str) -> None:
    """Log in as stations do: again, until the door has heard of the key."""
    async with asyncio.timeout(8):
        while await door.house.status("CP-1", key.encode()) != 101:
            await asyncio.sleep(0.02)


async def test_a_station_is_registered_with_a_key_that_lets_it_in_and_is_told_once(
    door: Door, owner: httpx.AsyncClient
) -> None:
    made = await owner.post(f"{V1}/stations", json={"id": "CP-1"})
    login = made.json()
    await until_let_in(door, login["key"])

    shown = (await owner.get(f"{V1}/stations/CP-1")).json()

    assert made.status_code == 201
    assert len(login["key"]) == 40
    assert login["security_profile"] == 1
    assert set(login) - set(shown) == {"ocpp_url", "key"}
    assert login["key"] not in str(door.house.logs)
    assert door.house.value("SELECT count(*) FROM audit_entries") == 2


async def test_a_key_is_rotated_and_a_password_can_be_chosen(
    door: Door, owner: httpx.AsyncClient
) -> None:
    first = (await owner.post(f"{V1}/stations", json={"id": "CP-1"})).json()["key"]
    rotated = await owner.post(f"{V1}/stations/CP-1/rotate-key", json={})
    chosen = await owner.post(
        f"{V1}/stations/CP-1/rotate-key", json={"password": "chosen-by-a-person"}
    )

    assert rotated.status_code == chosen.status_code == 200
    assert len(rotated.json()["key"]) == 40
    assert rotated.json()["key"] != first
    assert chosen.json()["key"] is None
    assert "chosen-by" not in chosen.text
    await until_let_in(door, "chosen-by-a-person")
    assert await door.house.status("CP-1", first.encode()) == 401


async def test_a_station_is_disabled_enabled_and_retired(owner: httpx.AsyncClient) -> None:
    await owner.post(f"{V1}/stations", json={"id": "CP-1", "security_profile": 0})
    await owner.post(f"{V1}/spots", json={"label": "B1", "charging_station_id": "CP-1"})

    off = await owner.patch(f"{V1}/stations/CP-1", json={"is_enabled": False})
    on = await owner.patch(
        f"{V1}/stations/CP-1",
        json={"is_enabled": True, "power_limit_watts": 11_000, "security_profile": 1},
    )
    gone = await owner.delete(f"{V1}/stations/CP-1")

    assert off.json()["is_enabled"] is False
    assert (on.json()["is_enabled"], on.json()["power_limit_watts"]) == (True, 11_000)
    assert len(on.json()["key"]) == 40
    assert gone.json()["retired_at"].endswith("Z")
    assert gone.json()["spot_id"] is None
    assert (await owner.get(f"{V1}/stations")).json()["items"] == []
    retired = (await owner.get(f"{V1}/stations?with_retired=true")).json()["items"]
    assert retired == [gone.json()]
    back = await owner.post(f"{V1}/stations", json={"id": "CP-1"})
    assert back.json()["retired_at"] is None


async def test_who_knocks_in_vain_is_told_with_the_reason(
    door: Door, owner: httpx.AsyncClient
) -> None:
    await door.house.status("CP-7")
    await until(lambda: door.house.value("SELECT count(*) FROM knocks"))

    (knocking,) = (await owner.get(f"{V1}/stations/knocking")).json()["items"]
    adopted = await owner.post(f"{V1}/stations", json={"id": "CP-7"})

    assert knocking["identity"] == "CP-7"
    assert knocking["reason"] == "nobody has registered this identity"
    assert adopted.status_code == 201
    assert (await owner.get(f"{V1}/stations/knocking")).json()["items"] == []


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "fields"),
    [
        ("POST", "", {"id": "CP-1"}, 409, {"id"}),
        ("POST", "", {"id": "a b", "security_profile": 9}, 422, {"id", "security_profile"}),
        ("POST", "", {"id": "a b"}, 422, {"id"}),
        ("POST", "", {"id": "CP-2", "password": "short"}, 422, {"password"}),
        ("POST", "", NEEDS_NONE, 422, {"password"}),
        ("PATCH", "/CP-9", {}, 404, {"station_id"}),
        ("PATCH", "/CP-1", {"register_factor": 7}, 422, {"register_factor"}),
        ("POST", "/CP-0/rotate-key", {}, 409, {"security_profile"}),
    ],
)  # fmt: skip
async def test_what_is_wrong_with_a_station_is_told_with_its_field(
    owner: httpx.AsyncClient, method: str, path: str, body: dict, status: int, fields: set[str]
) -> None:
    await owner.post(f"{V1}/stations", json={"id": "CP-1"})
    await owner.post(f"{V1}/stations", json={"id": "CP-0", "security_profile": 0})

    answer = await owner.request(method, f"{V1}/stations{path}", json=body)

    assert answer.status_code == status
    assert {each["field"] for each in answer.json()["errors"]} == fields
