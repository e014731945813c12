"""What people do with their own account: password, one-time passwords, where they are signed in."""

import asyncio
from datetime import UTC, datetime

import httpx
import pyotp
import pytest
from msgspec import structs

from onetime.domain.accounts import Role
from onetime.operations.second_factor import step_at
from tests.account_makers import PASSWORD
from tests.api.doors import V1, Door
from tests.api.people import ELSEWHERE, EMAIL, People, login
from tests.garage_makers import a_renter

NEW = "another good sentence"


def code_for(secret: str, steps_off: int = 0) -> str:
    return pyotp.TOTP(secret).generate_otp(step_at(datetime.now(UTC)) + steps_off)


async def enrolled(browser: httpx.AsyncClient) -> tuple[str, list[str]]:
    """Set up one-time passwords; return the secret and the spare codes."""
    begun = await browser.post(f"{V1}/me/totp", json={"password": PASSWORD})
    assert begun.status_code == 201, begun.text
    secret = begun.json()["secret"]
    confirmed = await browser.post(f"{V1}/me/totp/confirm", json={"totp": code_for(secret, -1)})
    assert confirmed.status_code == 200, confirmed.text
    return secret, confirmed.json()["recovery_codes"]


async def test_everybody_is_told_who_they_are_and_what_they_may_do(
    people: People, door: Door
) -> None:
    anna = await door.perform(a_renter)
    await people.account("anna@example.org", Role.RENTER, anna)
    me = (await (await people.signed_in("anna@example.org")).get(f"{V1}/me")).json()

    assert (me["role"], me["renter_id"], me["email"]) == ("renter", anna, "anna@example.org")
    assert me["has_second_factor"] is False
    assert me["is_encrypted"] is False
    assert "GET /me" in me["rights"]
    assert "GET /renters" not in me["rights"]
    program = (await (await door.client(Role.MANAGER)).get(f"{V1}/me")).json()
    assert (program["actor"], program["role"], program["email"]) == ("api:1", "manager", None)
    assert program["csrf_token"] is None


async def test_a_password_is_changed_by_whoever_knows_it_and_others_are_signed_out(
    people: People,
) -> None:
    await people.account()
    here, there = await people.signed_in(), await people.signed_in()
    wrong = await here.post(
        f"{V1}/me/password", json={"password": "a wrong password", "new_password": NEW}
    )
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (401, "password")
    weak = await here.post(
        f"{V1}/me/password", json={"password": PASSWORD, "new_password": EMAIL.upper()}
    )
    assert (weak.status_code, weak.json()["detail"]) == (
        422,
        "A password must not be the login name.",
    )

    changed = await here.post(f"{V1}/me/password", json={"password": PASSWORD, "new_password": NEW})

    assert changed.status_code == 204
    assert (await here.get(f"{V1}/me")).status_code == 200
    assert (await there.get(f"{V1}/me")).status_code == 401
    browser = await people.browser()
    assert (await login(browser, EMAIL, PASSWORD)).status_code == 401
    assert (await login(browser, EMAIL, NEW)).status_code == 200


async def test_a_stolen_browser_can_not_guess_the_password(people: People) -> None:
    await people.account()
    browser = await people.signed_in()
    statuses = [
        (await browser.post(f"{V1}/me/totp", json={"password": f"guess {n:08}"})).status_code
        for n in range(10)
    ]

    assert statuses == [401] * 5 + [429] * 5


async def test_one_time_passwords_are_asked_for_once_they_are_set_up(people: People) -> None:
    await people.account()
    here, there = await people.signed_in(), await people.signed_in()
    secret, codes = await enrolled(here)

    assert len(codes) == 10
    assert (await there.get(f"{V1}/me")).status_code == 401
    me = (await here.get(f"{V1}/me")).json()
    assert (me["has_second_factor"], me["recovery_codes_left"]) == (True, 10)
    browser = await people.browser()
    needed = await login(browser)
    assert (needed.status_code, needed.json()["code"]) == (401, "second-factor-needed")
    assert "set-cookie" not in needed.headers
    assert (await login(browser, code="000000")).json()["code"] == "wrong-proof"
    assert (await login(browser, code=code_for(secret))).status_code == 200
    assert (await login(browser, code=code_for(secret))).status_code == 401
    assert (await login(browser, code=codes[3])).status_code == 200
    assert (await login(browser, code=codes[3])).status_code == 401


async def test_codes_can_not_be_guessed_and_a_spare_code_still_opens(people: People) -> None:
    """Whoever has the password tries codes from many addresses; the owner has the spare codes."""
    await people.account()
    _, codes = await enrolled(await people.signed_in())
    statuses = []
    for n in range(24):
        browser = await people.browser(f"127.0.1.{n + 1}")
        statuses.append((await login(browser, code=f"{n:06}")).status_code)

    assert statuses[:9] == [401] * 9
    assert statuses.count(429) > 5
    assert (await login(await people.browser(ELSEWHERE), code=codes[0])).status_code == 200


async def test_one_time_passwords_are_removed_by_whoever_knows_the_password(
    people: People,
) -> None:
    await people.account()
    browser = await people.signed_in()
    await enrolled(browser)
    again = await browser.post(f"{V1}/me/totp", json={"password": PASSWORD})
    assert again.status_code == 409
    wrong = await browser.post(f"{V1}/me/totp/remove", json={"password": "a wrong password"})
    assert wrong.status_code == 401

    assert (
        await browser.post(f"{V1}/me/totp/remove", json={"password": PASSWORD})
    ).status_code == 204
    assert (await login(await people.browser())).status_code == 200


@pytest.mark.parametrize(
    ("role", "is_held_up"), [(Role.OWNER, True), (Role.MANAGER, True), (Role.INSTALLER, False)]
)
async def test_where_it_is_required_nothing_goes_before_the_second_factor(
    people: People, door: Door, role: Role, is_held_up: bool
) -> None:
    archive = door.house.archive
    archive.policy = structs.replace(archive.policy, second_factor_required=True)
    await people.account(EMAIL, role)
    browser = await people.signed_in()

    refused = await browser.get(f"{V1}/spots")
    assert (refused.status_code == 403) is is_held_up
    assert (await browser.get(f"{V1}/me")).json()["must_add_second_factor"] is is_held_up
    if is_held_up:
        assert refused.json()["code"] == "second-factor-required"
        await enrolled(browser)
        assert (await browser.get(f"{V1}/spots")).status_code == 200
    assert (await (await door.client(role)).get(f"{V1}/spots")).status_code == 200


async def test_people_see_and_end_where_they_are_signed_in(people: People) -> None:
    await people.account()
    await people.account("otto@example.org")
    here, there, third = [await people.signed_in() for _ in range(3)]
    other = await people.signed_in("otto@example.org")
    items = (await here.get(f"{V1}/me/sign-ins")).json()["items"]
    assert [each["is_current"] for each in items] == [False, False, True]
    assert {(each["ip_address"], each["user_agent"]) for each in items} == {
        ("127.0.0.1", "Browser/1")
    }
    [foreign] = (await other.get(f"{V1}/me/sign-ins")).json()["items"]

    assert (await here.delete(f"{V1}/me/sign-ins/{foreign['id']}")).status_code == 404
    assert (await here.delete(f"{V1}/me/sign-ins/{items[1]['id']}")).status_code == 204
    assert (await there.get(f"{V1}/me")).status_code == 401
    assert (await here.delete(f"{V1}/me/sign-ins")).status_code == 204
    assert (await third.get(f"{V1}/me")).status_code == 401
    for each in (here, other):
        assert (await each.get(f"{V1}/me")).status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/me/password", {"password": PASSWORD, "new_password": NEW}),
        ("POST", "/me/totp", {"password": PASSWORD}),
        ("POST", "/me/totp/confirm", {"totp": "123456"}),
        ("POST", "/me/totp/remove", {"password": PASSWORD}),
        ("DELETE", "/me/sign-ins", None),
        ("DELETE", "/me/sign-ins/1", None),
    ],
)
async def test_a_token_has_no_account(
    owner: httpx.AsyncClient, method: str, path: str, body: dict | None
) -> None:
    answer = await owner.request(method, f"{V1}{path}", json=body)

    assert (answer.status_code, answer.json()["detail"]) == (
        409,
        "A token has no account; sign in for this.",
    )
    assert (await owner.get(f"{V1}/me/sign-ins")).json() == {"items": []}


async def test_many_at_once_do_not_pass_the_limit(people: People) -> None:
    await people.account()
    browsers = [await people.browser() for _ in range(30)]
    answers = await asyncio.gather(*(login(each, EMAIL, "a wrong password") for each in browsers))

    assert sum(each.status_code == 401 for each in answers) == 5
