"""What stations have told, as a program reads it."""

import httpx

from onetime.domain.ids import StationId
from onetime.store.configuration import ReportedKey, replace_all
from tests.api.doors import V1, Door
from tests.garages import BOOT

STATUS = {"connectorId": 1, "status": "Available", "errorCode": "NoError"}


async def test_boots_connectors_messages_and_deviations_are_told(
    door: Door, owner: httpx.AsyncClient
) -> None:
    await door.enter("CP-1")
    station = await door.house.connect(subprotocols=None)
    await station.call("BootNotification", BOOT)
    await station.call("StatusNotification", STATUS)
    await door.perform(replace_all, StationId("CP-1"), [ReportedKey("Interval", "60", False)])

    connectors = (await owner.get(f"{V1}/stations/CP-1/connectors")).json()["items"]
    boots = (await owner.get(f"{V1}/stations/CP-1/boots")).json()["items"]
    messages = (await owner.get(f"{V1}/stations/CP-1/messages")).json()["items"]
    of_one = (await owner.get(f"{V1}/stations/CP-1/messages?action=StatusNotification")).json()
    ours = (await owner.get(f"{V1}/stations/CP-1/messages?direction=out")).json()["items"]
    configuration = (await owner.get(f"{V1}/stations/CP-1/configuration")).json()["items"]
    quirks = (await owner.get(f"{V1}/stations/CP-1/quirks")).json()["items"]

    assert [(each["connector_id"], each["status"]) for each in connectors] == [(1, "Available")]
    assert [(each["vendor"], each["ip_address"]) for each in boots] == [("Maker", "127.0.0.1")]
    inward = [each["action"] for each in messages if each["direction"] == "in"]
    assert inward == ["StatusNotification", "BootNotification"]
    assert [each["action"] for each in of_one["items"]] == ["StatusNotification"]
    assert all(each["direction"] == "out" for each in ours)
    assert [(each["key"], each["value"]) for each in configuration] == [("Interval", "60")]
    assert [each["quirk"] for each in quirks] == ["K01"]


async def test_an_unknown_station_has_no_records(owner: httpx.AsyncClient) -> None:
    for kind in ("connectors", "configuration", "boots", "messages", "quirks"):
        assert (await owner.get(f"{V1}/stations/CP-9/{kind}")).status_code == 404
