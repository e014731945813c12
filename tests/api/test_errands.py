"""Guided operations and certificate requests, as a program sees them."""

import httpx

from onetime.kit.signing import make_request
from onetime.operations.certificates import create_authority
from onetime.operations.requests import take_request
from tests.api.doors import V1, Door
from tests.certificates import EC
from tests.charges import CP
from tests.garage_makers import OWNER


async def test_an_errand_is_begun_shown_and_ended(door: Door, owner: httpx.AsyncClient) -> None:
    await owner.post(f"{V1}/stations", json={"id": CP})
    begun = await owner.post(f"{V1}/stations/{CP}/errands", json={"kind": "rotate-key"})
    again = await owner.post(f"{V1}/stations/{CP}/errands", json={"kind": "rotate-key"})
    ended = await owner.post(f"{V1}/errands/{begun.json()['id']}/cancel")
    listed = (await owner.get(f"{V1}/stations/{CP}/errands")).json()

    assert (begun.status_code, again.status_code, ended.status_code) == (201, 409, 200)
    assert [each["state"] for each in listed["items"]] == ["cancelled"]
    assert (await owner.get(f"{V1}/stations/NOBODY/errands")).status_code == 404
    lower = await owner.post(f"{V1}/stations/{CP}/errands", json={"kind": "upgrade", "goal": "1"})
    assert lower.status_code == 422


async def test_what_a_station_asks_for_is_decided(door: Door, owner: httpx.AsyncClient) -> None:
    await owner.post(f"{V1}/stations", json={"id": CP})
    await door.perform(create_authority, OWNER, "Garage")
    refused = await decide(door, owner, "refuse", {"reason": "not yet"})
    assert (refused["state"], refused["why"]) == ("refused", "not yet")
    assert (await decide(door, owner, "approve", None))["state"] == "approved"

    assert (await owner.get(f"{V1}/stations/{CP}")).json()["certificate_name"] == "SN-4711"
    [certificate] = (await owner.get(f"{V1}/certificates")).json()["items"]
    assert certificate["common_name"] == "SN-4711"
    assert "private_key" not in certificate


async def decide(door: Door, owner: httpx.AsyncClient, how: str, body: object) -> dict[str, object]:
    request, _ = make_request(EC, "SN-4711", "Garage")
    await door.perform(take_request, CP, request.decode())
    [waiting] = (await owner.get(f"{V1}/certificate-requests")).json()["items"]
    path = f"{V1}/certificate-requests/{waiting['id']}/{how}"
    answer = await (owner.post(path) if body is None else owner.post(path, json=body))
    assert answer.status_code == 200
    return dict(answer.json())
