"""The garage as a whole, as its owner names and locks it."""

import httpx
import pytest

from onetime.domain.accounts import Role
from tests.api.doors import V1, Door


async def test_an_owner_names_locks_and_unlocks_the_garage(owner: httpx.AsyncClient) -> None:
    named = await owner.patch(f"{V1}/garage", json={"name": "Lindenhof"})
    locked = await owner.put(f"{V1}/garage/lock", json={"is_locked": True, "reason": "smoke"})
    again = await owner.put(f"{V1}/garage/lock", json={"is_locked": True, "reason": "smoke"})
    unlocked = await owner.put(f"{V1}/garage/lock", json={"is_locked": False})

    assert named.json() == {
        "name": "Lindenhof",
        "locked_at": None,
        "locked_by": None,
        "lock_reason": None,
        "has_demo": False,
        "may_have_demo": True,
        "ocpp_url": None,
    }
    assert locked.json()["lock_reason"] == "smoke"
    assert locked.json()["locked_at"].endswith("Z")
    assert (again.status_code, again.json()["code"]) == (409, "conflict")
    assert unlocked.json() == named.json()


async def test_a_lock_without_a_reason_is_refused(owner: httpx.AsyncClient) -> None:
    refused = await owner.put(f"{V1}/garage/lock", json={"is_locked": True})

    assert refused.status_code == 422
    assert refused.json()["errors"] == [
        {"field": "reason", "detail": "A reason has 1 to 500 characters."}
    ]


@pytest.mark.parametrize("role", [each for each in Role if each is not Role.OWNER])
async def test_only_an_owner_locks_and_everybody_sees_it(door: Door, role: Role) -> None:
    client = await door.client(role)

    assert (await client.put(f"{V1}/garage/lock", json={"is_locked": False})).status_code == 403
    assert (await client.get(f"{V1}/garage")).status_code == 200
