"""What stations are set to, can do, keep and have reported, as a program reads it."""

import httpx

from onetime.dispatch.commands import send_payload
from onetime.domain.ids import StationId
from tests.api.doors import V1, Door
from tests.garage_makers import OWNER
from tests.garages import BOOT, Answer

CP_1 = StationId("CP-1")


def reply(action: str, payload: Answer) -> object:
    """A station that knows two keys and can not unlock."""
    if action == "GetConfiguration":
        keys = [
            {"key": "Vendor", "value": "x", "readonly": True},
            {"key": "Vendors-Password", "value": "CANARY", "readonly": False},
        ]
        return {"configurationKey": keys}
    return {"status": "NotSupported"}


async def test_what_a_station_told_is_read_beside_what_is_wanted(
    door: Door, owner: httpx.AsyncClient
) -> None:
    station = await door.arrival()
    station.replies = reply
    await station.call("BootNotification", BOOT)
    garage = door.house.garage
    await send_payload(garage, OWNER, CP_1, "GetConfiguration", b"{}")
    await send_payload(garage, OWNER, CP_1, "ChangeConfiguration", b'{"key":"Vendor","value":"y"}')
    await send_payload(garage, OWNER, CP_1, "UnlockConnector", b'{"connectorId":1}')
    await send_payload(garage, OWNER, CP_1, "GetDiagnostics", b'{"location":"ftp://x"}')
    await station.call("DiagnosticsStatusNotification", {"status": "Uploading"})

    keys = (await owner.get(f"{V1}/stations/CP-1/configuration")).json()["items"]
    found = {each["key"]: each for each in keys}
    assert (found["Vendor"]["value"], found["Vendor"]["desired_value"]) == ("x", "y")
    assert found["Vendor"]["state"] == "not-supported"
    assert found["Vendors-Password"]["value"] == "***"
    able = (await owner.get(f"{V1}/stations/CP-1/abilities")).json()["items"]
    assert {each["action"]: each["is_supported"] for each in able}["UnlockConnector"] is False
    kept = (await owner.get(f"{V1}/stations/CP-1/local-list")).json()
    assert (kept["is_kept"], kept["cards"]) == (False, [])
    (report,) = (await owner.get(f"{V1}/stations/CP-1/reports?kind=diagnostics")).json()["items"]
    assert (report["status"], report["kind"]) == ("Uploading", "diagnostics")


async def test_an_unknown_station_has_no_states(owner: httpx.AsyncClient) -> None:
    for kind in ("configuration", "abilities", "local-list", "reports", "charging-profiles"):
        assert (await owner.get(f"{V1}/stations/CP-9/{kind}")).status_code == 404
    assert (await owner.get(f"{V1}/stations/CP-9/reports?kind=odd")).status_code == 422
