"""Owners keep accounts through the API."""

import httpx
import pytest

from onetime.domain.accounts import Role
from tests.account_makers import PASSWORD
from tests.api.doors import V1, Door
from tests.api.people import EMAIL, People, login
from tests.garage_makers import a_renter

NEW = {"email": "max@example.org", "role": "manager", "password": PASSWORD}


async def test_an_account_from_creation_to_removal(people: People) -> None:
    await people.account()
    owner = await people.signed_in()
    made = await owner.post(f"{V1}/accounts", json=NEW)

    assert made.status_code == 201, made.text
    account = made.json()
    assert (account["email"], account["role"], account["is_enabled"]) == (
        "max@example.org",
        "manager",
        True,
    )
    path = f"{V1}/accounts/{account['id']}"
    max_ = await people.signed_in("max@example.org")
    listed = (await owner.get(f"{V1}/accounts")).json()["items"]
    assert [each["email"] for each in listed] == ["max@example.org", EMAIL]
    assert listed[0] == (await owner.get(path)).json()
    changed = await owner.patch(path, json={"role": "installer"})
    assert changed.json()["role"] == "installer"
    assert (await max_.get(f"{V1}/me")).status_code == 401
    reset = await owner.put(f"{path}/password", json={"password": "another good sentence"})
    assert reset.status_code == 200
    browser = await people.browser()
    assert (await login(browser, "max@example.org", "another good sentence")).status_code == 200
    assert (await owner.delete(f"{path}/totp")).status_code == 200
    assert (await owner.delete(path)).status_code == 204
    assert (await owner.get(path)).status_code == 404
    assert (await browser.get(f"{V1}/me")).status_code == 401


async def test_no_answer_holds_what_proves_who_somebody_is(owner: httpx.AsyncClient) -> None:
    made = await owner.post(f"{V1}/accounts", json=NEW)
    for answer in (made, await owner.get(f"{V1}/accounts")):
        assert "argon2" not in answer.text
        assert PASSWORD not in answer.text
        assert "totp_secret" not in answer.text


async def test_the_last_owner_stays(people: People) -> None:
    account_id = await people.account()
    owner = await people.signed_in()
    path = f"{V1}/accounts/{account_id}"
    for answer in (
        await owner.patch(path, json={"is_enabled": False}),
        await owner.patch(path, json={"role": "manager"}),
        await owner.delete(path),
    ):
        assert (answer.status_code, answer.json()["code"]) == (409, "conflict")
    assert (await owner.get(f"{V1}/me")).status_code == 200


async def test_ones_own_password_and_codes_are_changed_where_the_password_is_asked_for(
    people: People,
) -> None:
    account_id = await people.account()
    owner = await people.signed_in()

    for answer in (
        await owner.put(f"{V1}/accounts/{account_id}/password", json={"password": "x" * 20}),
        await owner.delete(f"{V1}/accounts/{account_id}/totp"),
    ):
        assert answer.status_code == 409
        assert "/me/" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("change", "status", "field"),
    [
        ({"email": EMAIL.upper()}, 409, "email"),
        ({"email": "no address"}, 422, "email"),
        ({"password": "short"}, 422, "password"),
        ({"password": "max@example.org"}, 422, "password"),
        ({"password": "x" * 1025}, 422, "password"),
        ({"role": "king"}, 422, "role"),
        ({"role": "renter"}, 422, "renter_id"),
        ({"renter_id": 1}, 422, "renter_id"),
        ({"role": "renter", "renter_id": 99}, 422, "renter_id"),
    ],
)
async def test_what_makes_no_sense_is_refused_by_field(
    people: People, owner: httpx.AsyncClient, change: dict, status: int, field: str
) -> None:
    await people.account()
    answer = await owner.post(f"{V1}/accounts", json={**NEW, **change})

    assert answer.status_code == status, answer.text
    assert [each["field"] for each in answer.json()["errors"]] == [field]


async def test_a_renters_account_is_made_for_an_active_renter(
    people: People, door: Door, owner: httpx.AsyncClient
) -> None:
    anna = await door.perform(a_renter)
    made = await owner.post(f"{V1}/accounts", json={**NEW, "role": "renter", "renter_id": anna})

    assert made.json()["renter_id"] == anna
    browser = await people.signed_in("max@example.org")
    assert (await browser.get(f"{V1}/me")).json()["renter_id"] == anna
    assert (await owner.delete(f"{V1}/renters/{anna}")).status_code == 200
    assert (await browser.get(f"{V1}/me")).status_code == 401
    assert Role.RENTER.value == made.json()["role"]
