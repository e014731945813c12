"""A station is commissioned by what it really does, on the wire."""

import asyncio
from datetime import timedelta

import httpx
import pytest

from onetime.operations.stations import register_station
from tests.api.doors import V1, Door
from tests.garage_makers import OWNER, a_card, a_renter
from tests.garages import BOOT, CARD, STARTED


def steps(answer: httpx.Response) -> list[str]:
    return [each["step"] for each in answer.json()["checks"] if each["done_at"] is not None]


async def test_each_step_is_done_when_the_station_has_shown_it(
    door: Door, owner: httpx.AsyncClient
) -> None:
    await door.enter("CP-1")
    await door.perform(lambda tx: a_card(tx, CARD, a_renter(tx)))
    begun = await owner.post(f"{V1}/commissionings", json={"station_id": "CP-1"})
    path = f"{V1}/commissionings/{begun.json()['id']}"
    assert (begun.status_code, steps(begun)) == (201, [])

    station = await door.house.connect("CP-1")
    await station.call("BootNotification", BOOT)
    assert steps(await owner.get(path))[:2] == ["connected", "identified"]
    await station.call("Authorize", {"idTag": "NOBODYS"})
    assert "unknown-card-refused" in steps(await owner.get(path))
    await station.call("Authorize", {"idTag": CARD})
    opened = await station.call("StartTransaction", STARTED)
    assert {"card-read", "start"} <= set(steps(await owner.get(path)))
    await station.call(
        "StopTransaction",
        {
            "transactionId": opened["transactionId"],
            "meterStop": 1_310,
            "timestamp": "2026-03-01T11:10:00Z",
        },
    )
    assert "stop" in steps(await owner.get(path))
    assert "restart" not in steps(await owner.get(path))
    await station.call("BootNotification", BOOT)

    after = await owner.get(path)
    assert "restart" in steps(after)
    stop = next(each for each in after.json()["checks"] if each["step"] == "stop")
    assert stop["evidence"] == "310 Wh"


async def test_a_commissioning_is_gone_on_with_noted_upon_and_finished_once(
    door: Door, owner: httpx.AsyncClient
) -> None:
    await door.perform(register_station, OWNER, "CP-1")
    begun = await owner.post(f"{V1}/commissionings", json={"station_id": "CP-1"})
    again = await owner.post(f"{V1}/commissionings", json={"station_id": "CP-1"})
    path = f"{V1}/commissionings/{begun.json()['id']}"
    noted = await owner.patch(path, json={"note": "cable 7 m"})
    finished = await owner.post(f"{path}/finish")
    late = await owner.post(f"{path}/finish")
    another = await owner.post(f"{V1}/commissionings", json={"station_id": "CP-1"})
    listed = await owner.get(f"{V1}/commissionings")

    assert again.json()["id"] == begun.json()["id"]
    assert noted.json()["note"] == "cable 7 m"
    assert finished.json()["finished_at"] is not None
    assert (late.status_code, late.json()["code"]) == (409, "conflict")
    assert [each["id"] for each in listed.json()["items"]] == [
        another.json()["id"],
        begun.json()["id"],
    ]


async def test_an_unknown_card_is_tried_while_the_station_is_off_its_line(
    door: Door, owner: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """C11."""
    monkeypatch.setattr("onetime.operations.presence.LEAST_OFFLINE", timedelta())
    station = await door.arrival()
    begun = await owner.post(f"{V1}/commissionings", json={"station_id": "CP-1"})
    path = f"{V1}/commissionings/{begun.json()['id']}"
    assert begun.json()["offline_test_at"] is None
    off = await owner.post(f"{path}/offline-test")
    assert (off.status_code, off.json()["offline_test_at"] is not None) == (200, True)
    assert "unknown-card-offline" not in steps(off)
    await station.end()
    await door.house.connect("CP-1")
    async with asyncio.timeout(5):
        while "unknown-card-offline" not in steps(await owner.get(path)):
            await asyncio.sleep(0.02)
    await owner.post(f"{path}/finish")

    assert (await owner.post(f"{path}/offline-test")).status_code == 409


async def test_what_there_is_not_is_not_found(owner: httpx.AsyncClient) -> None:
    assert (await owner.get(f"{V1}/commissionings/404")).status_code == 404
    assert (await owner.post(f"{V1}/commissionings/404/finish")).status_code == 404
    assert (await owner.post(f"{V1}/commissionings/404/offline-test")).status_code == 404
    unknown = await owner.post(f"{V1}/commissionings", json={"station_id": "CP-404"})
    assert unknown.status_code == 422
