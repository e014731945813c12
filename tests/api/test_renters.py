"""Renters as a program enters, finds, changes and deactivates them."""

import httpx
import msgspec

from onetime.queries.renters import Renter
from tests.api.doors import V1, Door

ANNA = {"name": "Anna Example", "contact_email": "anna@example.org"}


async def test_a_renter_is_entered_changed_and_deactivated(
    door: Door, owner: httpx.AsyncClient
) -> None:
    made = await owner.post(f"{V1}/renters", json=ANNA)
    (renter_id,) = (made.json()["id"],)
    changed = await owner.patch(f"{V1}/renters/{renter_id}", json={"phone_number": "+49 30 123"})
    ended = await owner.delete(f"{V1}/renters/{renter_id}")
    shown = await owner.get(f"{V1}/renters/{renter_id}")
    back = await owner.patch(f"{V1}/renters/{renter_id}", json={"is_active": True})

    assert [each.status_code for each in (made, changed, ended, shown, back)] == [
        201, 200, 200, 200, 200,
    ]  # fmt: skip
    assert made.json() | {"created_at": None} == {
        "id": renter_id,
        **ANNA,
        "phone_number": None,
        "is_active": True,
        "created_at": None,
        "spots": [],
        "token_count": 0,
    }
    assert made.json()["created_at"].endswith("Z")
    assert changed.json() == made.json() | {"phone_number": "+49 30 123"}
    assert ended.json() == shown.json() == changed.json() | {"is_active": False}
    assert back.json() == changed.json()
    msgspec.convert(shown.json(), Renter)
    assert door.house.value("SELECT count(*) FROM audit_entries WHERE actor = 'api:1'") == 4


async def test_the_list_comes_in_pages_newest_first(owner: httpx.AsyncClient) -> None:
    for number in range(5):
        await owner.post(f"{V1}/renters", json={**ANNA, "name": f"Renter {number}"})
    await owner.delete(f"{V1}/renters/2")

    first = (await owner.get(f"{V1}/renters", params={"limit": 3})).json()
    second = (
        await owner.get(f"{V1}/renters", params={"limit": 3, "cursor": first["next_cursor"]})
    ).json()
    past = (await owner.get(f"{V1}/renters", params={"is_active": "false"})).json()

    assert [each["id"] for each in first["items"]] == [5, 4, 3]
    assert [each["id"] for each in second["items"]] == [2, 1]
    assert second["next_cursor"] is None
    assert [each["id"] for each in past["items"]] == [2]


async def test_what_is_not_there_is_told(owner: httpx.AsyncClient) -> None:
    for path in ("7", "0", "99999999999999999999999", "anna"):
        answer = await owner.get(f"{V1}/renters/{path}")
        assert (path, answer.status_code) == (path, 404)
        assert answer.headers["content-type"] == "application/problem+json"


async def test_a_person_is_erased_when_the_name_is_typed(
    door: Door, owner: httpx.AsyncClient
) -> None:
    made = (await owner.post(f"{V1}/renters", json=ANNA)).json()
    url = f"{V1}/renters/{made['id']}/erase"
    wrong = await owner.post(url, json={"confirmation": "Anna"})
    done = await owner.post(url, json={"confirmation": ANNA["name"]})
    shown = (await owner.get(f"{V1}/renters/{made['id']}")).json()

    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "confirmation")
    assert done.json() == {"id": 1, "renter_id": made["id"], "pseudonym": "Erased renter 1"}
    assert (shown["name"], shown["is_active"]) == ("Erased renter 1", False)
