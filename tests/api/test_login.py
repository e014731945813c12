"""Signing in and out, and the first owner's link, as a browser and an attacker meet them."""

from datetime import timedelta
from http.cookies import SimpleCookie

import argon2
import httpx
import pytest

from onetime.domain.accounts import Role
from onetime.operations.accounts import AccountChanges, edit_account
from onetime.operations.sign_ins import offer_setup
from tests.account_makers import PASSWORD
from tests.api.doors import V1, Door
from tests.api.people import ELSEWHERE, EMAIL, People, cookie_of, login
from tests.garage_makers import OWNER

WRONG = "E-mail address or password is wrong."


async def test_signing_in_gives_a_cookie_that_scripts_do_not_see(people: People) -> None:
    account_id = await people.account()
    answer = await login(await people.browser())

    assert answer.status_code == 200
    assert answer.json()["account_id"] == account_id
    (header,) = answer.headers.get_list("set-cookie")
    (morsel,) = SimpleCookie(header).values()
    assert (morsel.key, morsel["path"], morsel["samesite"]) == ("onetime", "/", "lax")
    assert morsel["httponly"]
    assert not morsel["secure"]
    assert not morsel["domain"]
    assert not morsel["max-age"]
    assert not morsel["expires"]
    assert morsel.value not in answer.text


async def test_by_https_the_cookie_is_never_sent_in_clear(people: People, door: Door) -> None:
    await people.account()
    transport = httpx.ASGITransport(app=door.application)  # type: ignore[arg-type]  # both are ASGI 3
    async with httpx.AsyncClient(transport=transport, base_url="https://garage.example") as browser:
        answer = await login(browser)
        (header,) = answer.headers.get_list("set-cookie")
        (morsel,) = SimpleCookie(header).values()

        assert (morsel.key, morsel["path"]) == ("__Host-onetime", "/")
        assert morsel["secure"]
        assert morsel["httponly"]
        assert (await browser.get(f"{V1}/me")).status_code == 200
        plain = {"Cookie": f"onetime={morsel.value}"}
        browser.cookies.clear()
        assert (await browser.get(f"{V1}/me", headers=plain)).status_code == 401


async def test_a_cookie_that_somebody_put_there_is_never_signed_in(people: People) -> None:
    """Session fixation: the secret is new with each sign-in, whatever the browser had."""
    await people.account()
    planted = {"Cookie": "onetime=chosen-by-an-attacker"}
    given = []
    for _ in range(2):
        browser = await people.browser()
        body = {"email": EMAIL, "password": PASSWORD}
        answer = await browser.post(f"{V1}/login", json=body, headers=planted)
        given.append(answer.cookies["onetime"])
    attacker = await people.browser()

    assert (await attacker.get(f"{V1}/me", headers=planted)).status_code == 401
    assert len({*given, "chosen-by-an-attacker"}) == 3


async def test_a_stolen_cookie_is_dead_after_signing_out(people: People) -> None:
    await people.account()
    browser = await people.signed_in()
    thief = await people.browser()
    thief.cookies.set("onetime", cookie_of(browser))
    assert (await thief.get(f"{V1}/me")).status_code == 200

    answer = await browser.post(f"{V1}/logout")

    assert answer.status_code == 204
    assert 'onetime=""' in answer.headers["set-cookie"]
    assert "Max-Age=0" in answer.headers["set-cookie"]
    assert (await thief.get(f"{V1}/me")).status_code == 401
    assert (await browser.get(f"{V1}/me")).status_code == 401


async def test_a_token_does_not_sign_out(owner: httpx.AsyncClient) -> None:
    answer = await owner.post(f"{V1}/logout")

    assert answer.status_code == 409
    assert "DELETE /api/v1/api-tokens" in answer.json()["detail"]


async def test_every_wrong_login_gets_one_answer_after_the_same_work(
    people: People, door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    verified: list[str] = []
    verify = argon2.PasswordHasher.verify

    def counting(self, kept, password):
        verified.append(kept)
        return verify(self, kept, password)

    monkeypatch.setattr(argon2.PasswordHasher, "verify", counting)
    await people.account()
    disabled = await people.account("out@example.org", Role.MANAGER)
    await door.perform(edit_account, OWNER, disabled, AccountChanges(is_enabled=False))
    browser = await people.browser()
    answers = [
        await login(browser, *tried)
        for tried in (
            (EMAIL, "a wrong password"),
            ("nobody@example.org", PASSWORD),
            ("out@example.org", PASSWORD),
            ("no address\0 at all", PASSWORD),
        )
    ]

    assert {each.status_code for each in answers} == {401}
    assert {each.content for each in answers} == {answers[0].content}
    assert answers[0].json()["detail"] == WRONG
    unlike = [set(each.headers.items()) ^ set(answers[0].headers.items()) for each in answers]
    assert unlike == [set()] * 4
    assert len(verified) == 4
    assert len({str(argon2.extract_parameters(each)) for each in verified}) == 1


async def test_a_sign_in_ends_when_it_is_idle(people: People, door: Door) -> None:
    await people.account()
    browser = await people.signed_in()
    idle = door.house.archive.policy.sign_in_idle
    assert idle == timedelta(minutes=30)

    stale = (door.house.garage.clock.now() - idle).isoformat(timespec="microseconds")
    await door.perform(_last_used, stale.replace("+00:00", "Z"))

    assert (await browser.get(f"{V1}/me")).status_code == 401


def _last_used(tx, moment: str) -> None:
    tx.connection.exec_driver_sql("UPDATE sign_ins SET last_used_at = ?", (moment,))


async def test_a_use_is_noted_once_a_minute(people: People, door: Door) -> None:
    await people.account()
    browser = await people.signed_in()
    await door.perform(_last_used, "2026-01-01T00:00:00.000000Z")
    await browser.get(f"{V1}/me")  # too old to count, so nobody is behind it
    now = door.house.garage.clock.now().isoformat(timespec="microseconds").replace("+00:00", "Z")
    await door.perform(_last_used, now)
    await browser.get(f"{V1}/me")

    await door.house.until(
        lambda: door.house.value("SELECT last_used_at FROM sign_ins") > now  # type: ignore[operator]  # both are text
    )


async def test_who_is_disabled_is_out_at_the_next_request(people: People, door: Door) -> None:
    await people.account()
    account_id = await people.account("m@example.org", Role.MANAGER)
    browser = await people.signed_in("m@example.org")
    assert (await browser.get(f"{V1}/renters")).status_code == 200

    await door.perform(edit_account, OWNER, account_id, AccountChanges(is_enabled=False))

    assert (await browser.get(f"{V1}/renters")).status_code == 401
    assert (await login(browser, "m@example.org")).status_code == 401


async def test_guessing_is_held_up_and_the_owner_elsewhere_is_not(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    evaluated = 0
    verify = argon2.PasswordHasher.verify

    def counting(self, kept, password):
        nonlocal evaluated
        evaluated += 1
        return verify(self, kept, password)

    monkeypatch.setattr(argon2.PasswordHasher, "verify", counting)
    await people.account()
    attacker = await people.browser()
    statuses = [(await login(attacker, EMAIL, f"guess {n:08}")).status_code for n in range(300)]

    assert statuses[:5] == [401] * 5
    assert statuses[5] == 429
    assert evaluated < 15
    held_up = await login(attacker)
    assert held_up.status_code == 429
    assert int(held_up.headers["retry-after"]) > 0
    assert held_up.json()["code"] == "too-many-attempts"
    assert (await login(await people.browser(ELSEWHERE))).status_code == 200


async def test_many_names_from_one_address_are_held_up_too(people: People) -> None:
    await people.account()
    attacker = await people.browser()
    statuses = [
        (await login(attacker, f"n{n}@example.org", PASSWORD)).status_code for n in range(40)
    ]

    assert statuses[:20] == [401] * 20
    assert 429 in statuses[20:]
    assert (await login(await people.browser(ELSEWHERE))).status_code == 200


async def test_the_link_makes_the_first_owner_and_signs_in(people: People, door: Door) -> None:
    secret = door.house.setup_secret
    assert secret is not None
    browser = await people.browser()
    assert (await browser.get(f"{V1}/setup")).json() == {"is_set_up": False}
    body = {"token": secret, "email": EMAIL, "password": PASSWORD}

    made = await browser.post(f"{V1}/setup", json=body)

    assert made.status_code == 201
    me = (await browser.get(f"{V1}/me")).json()
    assert (me["role"], me["email"]) == ("owner", EMAIL)
    again = await (await people.browser()).post(
        f"{V1}/setup", json={**body, "email": "otto@example.org"}
    )
    assert again.status_code == 409
    assert (await browser.get(f"{V1}/setup")).json() == {"is_set_up": True}
    assert await door.perform(offer_setup) is None


async def test_a_fresh_garage_has_no_login_that_works(people: People) -> None:
    browser = await people.browser()
    for email, password in (("admin", "admin"), ("owner@example.org", PASSWORD), ("root", "x")):
        assert (await login(browser, email, password)).status_code == 401


async def test_a_bad_password_leaves_the_link(people: People, door: Door) -> None:
    browser = await people.browser()
    body = {"token": door.house.setup_secret, "email": EMAIL, "password": "short"}
    refused = await browser.post(f"{V1}/setup", json=body)

    assert refused.status_code == 422
    assert "12 to 1024" in refused.json()["detail"]
    made = await browser.post(f"{V1}/setup", json={**body, "password": PASSWORD})
    assert made.status_code == 201


async def test_the_link_can_not_be_guessed(people: People, door: Door) -> None:
    attacker = await people.browser()
    statuses = []
    for n in range(60):
        body: dict[str, object] = {"token": f"guess {n}", "email": EMAIL, "password": PASSWORD}
        statuses.append((await attacker.post(f"{V1}/setup", json=body)).status_code)

    assert statuses[:10] == [401] * 10
    assert 429 in statuses[10:]
    body = {"token": door.house.setup_secret, "email": EMAIL, "password": PASSWORD}
    owner = await people.browser(ELSEWHERE)
    assert (await owner.post(f"{V1}/setup", json=body)).status_code == 201
