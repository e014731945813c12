"""Guided operations and certificate requests, as a program sees them."""

import httpx

from onetime.domain.ids import StationId
from onetime.kit.signing import make_request
from onetime.kit.x509 import hash_ids
from onetime.operations.certificates import create_authority
from onetime.operations.requests import take_request
from onetime.operations.roots import CENTRAL, keep_roots
from tests.api.doors import V1, Door
from tests.certificates import EC, a_server, an_authority
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


async def test_root_certificates_are_listed_and_deleted_but_the_last(
    door: Door, owner: httpx.AsyncClient
) -> None:
    await owner.post(f"{V1}/stations", json={"id": CP})
    path = f"{V1}/stations/{CP}/errands"
    named = [hash_ids(each.certificate, each.certificate) for each in (an_authority(), a_server())]
    await door.perform(keep_roots, StationId(CP), CENTRAL, named)
    listed = (await owner.get(f"{V1}/stations/{CP}/roots")).json()["items"]
    assert {each["serial_number"] for each in listed} == {each.serial_number for each in named}
    begun = await owner.post(
        path, json={"kind": "delete-root", "goal": listed[0]["serial_number"].upper()}
    )
    assert begun.status_code == 201
    assert begun.json()["goal"].split()[-1] == listed[0]["serial_number"]

    await door.perform(keep_roots, StationId(CP), CENTRAL, named[:1])
    last = await owner.post(path, json={"kind": "delete-root", "goal": named[0].serial_number})
    unknown = await owner.post(path, json={"kind": "delete-root", "goal": "0"})
    unnamed = await owner.post(path, json={"kind": "delete-root"})
    assert [each.status_code for each in (last, unknown, unnamed)] == [409, 404, 422]
    assert "could not come back" in last.json()["detail"]
