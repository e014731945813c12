"""A request that is sent again under the same key is done once, and answered as before."""

import asyncio

import httpx

from onetime.domain.accounts import Role
from tests.api.doors import V1, Door
from tests.api.test_renters import ANNA

KEY = {"Idempotency-Key": "order-1"}


async def test_the_same_request_is_done_once(door: Door, owner: httpx.AsyncClient) -> None:
    first = await owner.post(f"{V1}/renters", json=ANNA, headers=KEY)
    await owner.patch(f"{V1}/renters/1", json={"name": "Anna New"})
    again = await owner.post(f"{V1}/renters", json=ANNA, headers=KEY)
    other = await owner.post(f"{V1}/renters", json=ANNA, headers={"Idempotency-Key": "order-2"})

    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert other.json()["id"] == 2
    assert door.house.value("SELECT count(*) FROM renters") == 2


async def test_many_at_once_are_done_once(door: Door, owner: httpx.AsyncClient) -> None:
    answers = await asyncio.gather(
        *(owner.post(f"{V1}/renters", json=ANNA, headers=KEY) for _ in range(12))
    )

    assert {(each.status_code, each.content) for each in answers} == {(201, answers[0].content)}
    assert door.house.value("SELECT count(*) FROM renters") == 1


async def test_the_same_key_for_another_request_is_refused(
    door: Door, owner: httpx.AsyncClient
) -> None:
    await owner.post(f"{V1}/renters", json=ANNA, headers=KEY)

    body = await owner.post(f"{V1}/renters", json={**ANNA, "name": "Bert"}, headers=KEY)
    place = await owner.post(f"{V1}/spots", json={"label": "B1"}, headers=KEY)
    bad = await owner.post(f"{V1}/renters", json=ANNA, headers={"Idempotency-Key": "k" * 201})

    for answer in (body, place, bad):
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["field"] == "Idempotency-Key"
    assert door.house.value("SELECT count(*) FROM renters") == 1


async def test_a_key_belongs_to_whoever_sent_it(door: Door, owner: httpx.AsyncClient) -> None:
    manager = await door.client(Role.MANAGER)

    mine = await owner.post(f"{V1}/renters", json=ANNA, headers=KEY)
    theirs = await manager.post(f"{V1}/renters", json=ANNA, headers=KEY)

    assert (mine.json()["id"], theirs.json()["id"]) == (1, 2)


async def test_what_was_refused_can_be_sent_again(owner: httpx.AsyncClient) -> None:
    await owner.post(f"{V1}/spots", json={"label": "B1"})
    refused = await owner.post(f"{V1}/spots", json={"label": "B1"}, headers=KEY)
    await owner.patch(f"{V1}/spots/1", json={"label": "B2"})

    done = await owner.post(f"{V1}/spots", json={"label": "B1"}, headers=KEY)

    assert (refused.status_code, done.status_code) == (409, 201)


async def test_a_key_that_is_shown_once_is_kept_nowhere(
    door: Door, owner: httpx.AsyncClient
) -> None:
    first = (await owner.post(f"{V1}/stations", json={"id": "CP-1"}, headers=KEY)).json()
    again = (await owner.post(f"{V1}/stations", json={"id": "CP-1"}, headers=KEY)).json()

    assert len(first["key"]) == 40
    assert again == first | {"key": None}
    kept = str(door.house.value("SELECT answer FROM kept_answers"))
    assert "CP-1" in kept
    assert first["key"] not in kept
