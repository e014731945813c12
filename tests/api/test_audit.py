"""The record of who changed what, as a program reads it."""

import httpx

from tests.api.doors import V1
from tests.api.test_renters import ANNA


async def test_acts_are_told_with_actor_and_subject_and_can_be_sought(
    owner: httpx.AsyncClient,
) -> None:
    await owner.post(f"{V1}/renters", json=ANNA)
    await owner.patch(f"{V1}/renters/1", json={"name": "Anna New"})
    await owner.post(f"{V1}/spots", json={"label": "B1"})

    acts = (await owner.get(f"{V1}/audit", params={"actor": "api:1"})).json()["items"]
    of_spot = (await owner.get(f"{V1}/audit", params={"subject": "spot:1"})).json()["items"]
    edits = (await owner.get(f"{V1}/audit", params={"act": "renter.edited"})).json()["items"]

    assert [each["act"] for each in acts] == ["spot.added", "renter.edited", "renter.created"]
    assert [each["act"] for each in of_spot] == ["spot.added"]
    assert [(each["subject"], each["after"]) for each in edits] == [
        ("renter:1", '{"changed":"name"}')
    ]
    assert "Anna" not in str(acts)
