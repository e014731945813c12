"""The demo garage over HTTP, for owners."""

import httpx

from onetime.domain.accounts import Role
from tests.api.doors import V1, Door


async def test_an_owner_makes_up_a_garage_and_removes_it(owner: httpx.AsyncClient) -> None:
    built = await owner.post(f"{V1}/garage/demo")
    assert built.status_code == 201
    assert (built.json()["has_demo"], built.json()["may_have_demo"]) == (True, False)
    assert (await owner.post(f"{V1}/garage/demo")).status_code == 409
    removed = await owner.delete(f"{V1}/garage/demo")

    assert removed.status_code == 204
    site = (await owner.get(f"{V1}/garage")).json()
    assert (site["has_demo"], site["may_have_demo"]) == (False, True)
    assert (await owner.get(f"{V1}/stations")).json()["items"] == []


async def test_nobody_else_does(door: Door) -> None:
    manager = await door.client(Role.MANAGER)

    assert (await manager.post(f"{V1}/garage/demo")).status_code == 403
