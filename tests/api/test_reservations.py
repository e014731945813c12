"""Reservations as a program lists them."""

import httpx

from onetime.dispatch.commands import send_payload
from onetime.domain.ids import StationId
from onetime.operations.stations import register_station
from tests.api.doors import V1, Door
from tests.garage_makers import OWNER
from tests.garages import BOOT

RESERVE = b'{"connectorId":1,"idTag":"CARD","expiryDate":"2099-01-01T00:00:00Z"}'


async def test_a_reservation_is_made_used_and_listed(door: Door, owner: httpx.AsyncClient) -> None:
    station = await door.arrival()
    station.replies = lambda action, payload: {"status": "Accepted"}
    await station.call("BootNotification", BOOT)
    cp_1 = StationId("CP-1")
    for _ in range(2):
        await send_payload(door.house.garage, OWNER, cp_1, "ReserveNow", RESERVE)
    numbers = [each["reservationId"] for action, each in station.asked if action == "ReserveNow"]
    assert len({*numbers}) == 2
    cancel = b'{"reservationId":%d}' % int(str(numbers[0]))
    await send_payload(door.house.garage, OWNER, cp_1, "CancelReservation", cancel)

    listed = (await owner.get(f"{V1}/reservations?station_id=CP-1")).json()["items"]
    assert [(each["reservation_id"], each["status"]) for each in listed] == [
        (numbers[1], "active"),
        (numbers[0], "cancelled"),
    ]
    assert listed[0]["expiry_date"] == "2099-01-01T00:00:00Z"
    active = (await owner.get(f"{V1}/reservations?status=active")).json()["items"]
    assert active == listed[:1]
    assert (await owner.get(f"{V1}/reservations?status=odd")).status_code == 422
    assert (await owner.get(f"{V1}/reservations?station_id=CP-9")).json()["items"] == []


async def test_an_offline_station_keeps_nothing(door: Door, owner: httpx.AsyncClient) -> None:
    await door.perform(register_station, OWNER, "CP-1", 0)
    sent = await send_payload(door.house.garage, OWNER, StationId("CP-1"), "ReserveNow", RESERVE)
    (listed,) = (await owner.get(f"{V1}/reservations")).json()["items"]

    assert sent.status == "offline"
    assert (listed["status"], listed["answer"]) == ("refused", "offline")
