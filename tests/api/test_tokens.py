"""Cards as a program issues, replaces, blocks, hands over and deletes them."""

import httpx
import pytest

from tests.api.doors import V1, Door
from tests.api.test_renters import ANNA
from tests.garage_makers import a_session, a_station

CARD = "04A1B2C3D4E5F6"


@pytest.fixture
async def renters(owner: httpx.AsyncClient) -> None:
    for name in ("Anna", "Bert"):
        await owner.post(f"{V1}/renters", json={**ANNA, "name": name})


@pytest.mark.usefixtures("renters")
async def test_a_card_is_issued_changed_and_found_however_it_is_written(
    owner: httpx.AsyncClient,
) -> None:
    made = await owner.post(
        f"{V1}/tokens",
        json={"token": CARD, "renter_id": 1, "expiry_date": "2020-01-01T00:00:00+01:00"},
    )
    blocked = await owner.patch(f"{V1}/tokens/{CARD.lower()}", json={"status": "Blocked"})
    handed = await owner.patch(
        f"{V1}/tokens/{CARD}", json={"renter_id": 2, "expiry_date": None, "status": "Accepted"}
    )

    assert made.status_code == 201
    assert made.json() | {"created_at": None} == {
        "token": CARD,
        "renter_id": 1,
        "status": "Accepted",
        "expiry_date": "2019-12-31T23:00:00Z",
        "description": None,
        "parent_id_tag": None,
        "created_at": None,
        "renter_name": "Anna",
        "renter_is_active": True,
    }
    assert blocked.json() == made.json() | {"status": "Blocked"}
    assert handed.json() == made.json() | {
        "renter_id": 2,
        "renter_name": "Bert",
        "expiry_date": None,
    }
    spaced = await owner.get(f"{V1}/tokens/04:A1:B2:C3:D4:E5:F6")
    assert spaced.json() == handed.json()
    assert (await owner.get(f"{V1}/tokens?renter_id=2")).json()["items"] == [handed.json()]
    assert (await owner.get(f"{V1}/tokens?renter_id=1")).json()["items"] == []


@pytest.mark.usefixtures("renters")
async def test_put_issues_a_card_and_then_lets_it_be_exactly_as_said(
    owner: httpx.AsyncClient,
) -> None:
    wanted = {"renter_id": 1, "status": "Blocked", "description": "blue", "parent_id_tag": "GROUP"}

    made = await owner.put(f"{V1}/tokens/{CARD}", json=wanted)
    again = await owner.put(f"{V1}/tokens/{CARD}", json=wanted)
    bare = await owner.put(f"{V1}/tokens/{CARD.lower()}", json={"renter_id": 2})

    assert [each.status_code for each in (made, again, bare)] == [201, 200, 200]
    assert {name: made.json()[name] for name in wanted} == wanted
    assert again.json() == made.json()
    assert bare.json() == made.json() | {
        "renter_id": 2,
        "renter_name": "Bert",
        "status": "Accepted",
        "description": None,
        "parent_id_tag": None,
    }


@pytest.mark.usefixtures("renters")
async def test_a_card_that_has_charged_stays(door: Door, owner: httpx.AsyncClient) -> None:
    for number in (CARD, "SPARE"):
        await owner.put(f"{V1}/tokens/{number}", json={"renter_id": 1})
    await door.perform(a_station)
    await door.perform(a_session, 1, token_id=CARD)

    kept = await owner.delete(f"{V1}/tokens/{CARD}")
    gone = await owner.delete(f"{V1}/tokens/SPARE")

    assert kept.status_code == 409
    assert kept.json()["detail"] == (
        f"Card …{CARD[-4:]} has a history and has to stay; block it instead."
    )
    assert gone.status_code == 200
    assert (await owner.get(f"{V1}/tokens/SPARE")).status_code == 404


@pytest.mark.usefixtures("renters")
async def test_no_card_number_reaches_the_log_or_a_sentence(
    door: Door, owner: httpx.AsyncClient
) -> None:
    body = {"token": CARD, "renter_id": 1}
    await owner.post(f"{V1}/tokens", json=body)

    taken = await owner.post(f"{V1}/tokens", json=body)
    unknown = await owner.get(f"{V1}/tokens/{CARD}9")
    await owner.patch(f"{V1}/tokens/{CARD}", json={"nonsense": CARD})

    assert taken.status_code == 409
    assert unknown.status_code == 404
    assert CARD not in taken.text + unknown.text
    assert CARD not in str(door.house.logs)
    assert {each["route"] for each in door.said("request_answered")} == {
        f"{V1}/renters",
        f"{V1}/tokens",
        f"{V1}/tokens/{{token_id}}",
    }


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({"token": CARD, "renter_id": 9}, 422, "renter_id"),
        ({"token": "X" * 21, "renter_id": 1}, 422, "token"),
        ({"token": " x", "renter_id": 1}, 422, "token"),
        ({"token": CARD, "renter_id": 2}, 409, "renter_id"),
        ({"token": CARD, "renter_id": 1, "status": "Lost"}, 422, "status"),
        ({"token": CARD, "renter_id": 1, "expiry_date": "tomorrow"}, 422, "expiry_date"),
        ({"token": CARD, "renter_id": 1, "expiry_date": "2026-01-01T00:00"}, 422, "expiry_date"),
        ({"token": CARD, "renter_id": "1"}, 422, "renter_id"),
        ({"token": CARD, "renter_id": True}, 422, "renter_id"),
    ],
)
@pytest.mark.usefixtures("renters")
async def test_what_is_wrong_with_a_card_is_told_with_its_field(
    owner: httpx.AsyncClient, body: dict, status: int, field: str
) -> None:
    await owner.delete(f"{V1}/renters/2")

    answer = await owner.post(f"{V1}/tokens", json=body)

    assert answer.status_code == status
    assert [each["field"] for each in answer.json()["errors"]] == [field]
