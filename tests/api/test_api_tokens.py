"""Owners make tokens for programs and take them back through the API."""

import time

import httpx
import pytest

from tests.api.doors import V1, Door
from tests.garage_makers import a_renter


async def test_a_token_from_creation_to_revocation(door: Door, owner: httpx.AsyncClient) -> None:
    made = (await owner.post(f"{V1}/api-tokens", json={"name": "x", "role": "manager"})).json()
    program = await door.client(None)
    bearer = {"Authorization": f"Bearer {made['token']}"}
    assert (await program.get(f"{V1}/renters", headers=bearer)).status_code == 200
    path = f"{V1}/api-tokens/{made['api_token']['id']}"
    assert (await owner.get(path)).json()["role"] == "manager"
    assert made["token"] not in (await owner.get(f"{V1}/api-tokens")).text

    began = time.monotonic()
    revoked = await owner.delete(path)
    answer = await program.get(f"{V1}/renters", headers=bearer)

    assert answer.status_code == 401
    assert time.monotonic() - began < 1  # S23
    assert revoked.json()["revoked_at"] is not None
    assert (await owner.delete(path)).status_code == 409
    assert (await owner.get(path)).json()["revoked_at"] == revoked.json()["revoked_at"]


async def test_a_request_that_is_sent_again_tells_no_secret_again(
    door: Door, owner: httpx.AsyncClient
) -> None:
    body, key = {"name": "x", "role": "manager"}, {"Idempotency-Key": "once"}
    made, again = [
        (await owner.post(f"{V1}/api-tokens", json=body, headers=key)).json() for _ in range(2)
    ]

    assert made["token"] is not None
    assert again == {**made, "token": None}
    assert made["token"] not in str(door.house.rows("SELECT * FROM kept_answers"))


async def test_a_token_ends_at_its_time(door: Door, owner: httpx.AsyncClient) -> None:
    body = {"name": "x", "role": "owner", "expires_at": "2000-01-01T00:00:00Z"}
    assert (await owner.post(f"{V1}/api-tokens", json=body)).status_code == 422
    body["expires_at"] = "2999-01-01T00:00:00"
    assert (await owner.post(f"{V1}/api-tokens", json=body)).status_code == 422
    made = (await owner.post(f"{V1}/api-tokens", json={**body, "expires_at": None})).json()
    assert made["api_token"]["expires_at"] is None

    await door.perform(_end_all_but, 1)

    bearer = {"Authorization": f"Bearer {made['token']}"}
    program = await door.client(None)
    assert (await program.get(f"{V1}/renters", headers=bearer)).status_code == 401


def _end_all_but(tx, token_id: int) -> None:
    tx.connection.exec_driver_sql(
        "UPDATE api_tokens SET expires_at = '2020-01-01T00:00:00.000000Z' WHERE id != ?",
        (token_id,),
    )


async def test_a_use_is_noted(door: Door, owner: httpx.AsyncClient) -> None:
    await owner.get(f"{V1}/renters")

    await door.house.until(lambda: door.house.value("SELECT last_used_at FROM api_tokens"))


async def test_many_bad_tokens_hold_up_nobody_who_was_good(
    door: Door, owner: httpx.AsyncClient
) -> None:
    await owner.get(f"{V1}/renters")
    program = await door.client(None)
    statuses = []
    for n in range(60):
        bearer = {"Authorization": f"Bearer onetime_{n:032}"}
        statuses.append((await program.get(f"{V1}/renters", headers=bearer)).status_code)

    assert statuses[:30] == [401] * 30
    assert 429 in statuses[30:]
    assert (await owner.get(f"{V1}/renters")).status_code == 200


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": "", "role": "owner"}, "name"),
        ({"name": " ", "role": "owner"}, "name"),
        ({"name": "x", "role": "renter"}, "renter_id"),
        ({"name": "x", "role": "renter", "renter_id": 99}, "renter_id"),
        ({"name": "x", "role": "owner", "renter_id": 1}, "renter_id"),
        ({"name": "x", "role": "king"}, "role"),
        ({"name": "x", "role": "owner", "expires_at": "tomorrow"}, "expires_at"),
    ],
)
async def test_what_makes_no_sense_is_refused_by_field(
    door: Door, owner: httpx.AsyncClient, body: dict, field: str
) -> None:
    await door.perform(a_renter)
    answer = await owner.post(f"{V1}/api-tokens", json=body)

    assert answer.status_code == 422
    assert [each["field"] for each in answer.json()["errors"]] == [field]
