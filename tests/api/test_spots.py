"""Spots as a program adds, assigns and equips them."""

import httpx
import pytest

from onetime.operations.stations import register_station
from tests.api.doors import V1, Door
from tests.api.test_renters import ANNA
from tests.garage_makers import OWNER


async def test_a_spot_gets_a_renter_and_a_station_and_loses_them(
    door: Door, owner: httpx.AsyncClient
) -> None:
    await door.perform(register_station, OWNER, "CP-1")
    await owner.post(f"{V1}/renters", json=ANNA)

    made = await owner.post(
        f"{V1}/spots",
        json={"label": "B2-104", "floor_level": "Level -2", "charging_station_id": "CP-1"},
    )
    rented = await owner.put(f"{V1}/spots/1/renter", json={"renter_id": 1})
    free = await owner.put(f"{V1}/spots/1/renter", json={"renter_id": None})
    bare = await owner.put(f"{V1}/spots/1/station", json={"charging_station_id": None})
    renamed = await owner.patch(f"{V1}/spots/1", json={"label": "B2-105", "floor_level": ""})

    assert made.status_code == 201
    assert made.json() == {
        "id": 1,
        "label": "B2-104",
        "floor_level": "Level -2",
        "renter_id": None,
        "charging_station_id": "CP-1",
        "renter_name": None,
        "station_is_online": False,
    }
    assert rented.json() == made.json() | {"renter_id": 1, "renter_name": "Anna Example"}
    assert free.json() == made.json()
    assert bare.json() == made.json() | {"charging_station_id": None, "station_is_online": None}
    assert renamed.json() == bare.json() | {"label": "B2-105", "floor_level": None}
    assert (await owner.get(f"{V1}/spots")).json()["items"] == [renamed.json()]


async def test_a_spot_can_be_added_with_its_renter(owner: httpx.AsyncClient) -> None:
    nobody = await owner.post(f"{V1}/spots", json={"label": "B1", "renter_id": 1})
    await owner.post(f"{V1}/renters", json=ANNA)
    made = await owner.post(f"{V1}/spots", json={"label": "B1", "renter_id": 1})
    both = await owner.post(f"{V1}/spots", json={"label": "B1", "renter_id": 9})

    assert nobody.status_code == 422
    assert nobody.json()["errors"] == [{"field": "renter_id", "detail": "There is no renter 1."}]
    assert (made.status_code, made.json()["renter_name"]) == (201, "Anna Example")
    assert [each["field"] for each in both.json()["errors"]] == ["label", "renter_id"]
    assert len((await owner.get(f"{V1}/spots")).json()["items"]) == 1


async def test_a_spot_that_was_never_used_can_be_deleted(owner: httpx.AsyncClient) -> None:
    await owner.post(f"{V1}/renters", json=ANNA)
    await owner.post(f"{V1}/spots", json={"label": "B1"})
    await owner.post(f"{V1}/spots", json={"label": "B2"})
    await owner.put(f"{V1}/spots/2/renter", json={"renter_id": 1})

    gone = await owner.delete(f"{V1}/spots/1")
    kept = await owner.delete(f"{V1}/spots/2")

    assert (gone.status_code, gone.json()["label"]) == (200, "B1")
    assert (await owner.get(f"{V1}/spots/1")).status_code == 404
    assert kept.status_code == 409
    assert "has a history" in kept.json()["detail"]


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "field"),
    [
        ("POST", "/spots", {"label": "B1"}, 409, "label"),
        ("PATCH", "/spots/2", {"label": "B1"}, 409, "label"),
        (
            "POST",
            "/spots",
            {"label": "B9", "charging_station_id": "CP-9"},
            422,
            "charging_station_id",
        ),
        ("PUT", "/spots/2/station", {"charging_station_id": "CP-1"}, 409, "charging_station_id"),
        ("PUT", "/spots/2/station", {"charging_station_id": "CP-9"}, 422, "charging_station_id"),
        ("PUT", "/spots/2/renter", {"renter_id": 9}, 422, "renter_id"),
        ("PUT", "/spots/9/renter", {"renter_id": 1}, 404, "spot"),
    ],
)
async def test_what_stands_in_the_way_is_told_in_a_sentence(
    door: Door,
    owner: httpx.AsyncClient,
    method: str,
    path: str,
    body: dict,
    status: int,
    field: str,
) -> None:
    await door.perform(register_station, OWNER, "CP-1")
    await owner.post(f"{V1}/renters", json=ANNA)
    await owner.post(f"{V1}/spots", json={"label": "B1", "charging_station_id": "CP-1"})
    await owner.post(f"{V1}/spots", json={"label": "B2"})

    answer = await owner.request(method, V1 + path, json=body)

    assert answer.status_code == status
    (error,) = answer.json()["errors"]
    assert error["field"] == field
    assert error["detail"].endswith(".")
