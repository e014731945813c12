"""No secret reaches a log or the audit, whatever route it is sent to (S36)."""

import itertools
import logging
import re

import pytest

from onetime.api.document import Route
from onetime.domain.accounts import Role
from tests.account_makers import PASSWORD
from tests.api.doors import V1, Door
from tests.api.people import EMAIL, People, cookie_of
from tests.api.test_me import code_for, enrolled

CARD = "04CA4A51EE7CA4A5"
CHOSEN = "canary-in-a-coal-mine"
WORDS = {
    "password": CHOSEN,
    "new_password": CHOSEN,
    "token": CARD,
    "id_tag": CARD,
    "idTag": CARD,
    "parent_id_tag": CARD,
    "totp": "271828",
    "email": EMAIL,
}


def filled(route: Route) -> str:
    """The path of a route with a card where it names one, and the number 1 elsewhere."""
    return re.sub(r"\{(\w+)\}", lambda found: CARD if found[1] == "token" else "1", route.path)


async def test_no_secret_reaches_the_log_or_the_audit(
    door: Door, people: People, caplog: pytest.LogCaptureFixture
) -> None:
    for library in ("uvicorn", "litestar", "websockets", "asyncio"):
        caplog.set_level(logging.DEBUG, library)
    door.house.expected_failures |= {"request_failed"}
    await people.account()
    browser = await people.signed_in()
    secret, codes = await enrolled(browser)
    made = await browser.post(f"{V1}/api-tokens", json={"name": "x", "role": "owner"})
    program = made.json()["token"]
    bearer = {"Authorization": f"Bearer {program}"}
    setup = door.house.setup_secret
    # A body with everything in it, and one with nothing that is refused for its form.
    bodies = (
        None,
        WORDS,
        {"password": CHOSEN},
        {"token": setup, "email": EMAIL, "password": CHOSEN},
    )
    # What is signed out or revoked on the way would end the walk.
    ends = {"/logout", "/me/sign-ins", "/me/password", "/accounts/1", "/api-tokens/{token_id}"}
    asked = 0
    for route, body in itertools.product(door.routes(), bodies):
        if route.path.removeprefix(V1) in ends and route.method != "GET":
            continue
        for client, headers in ((browser, {}), (await people.browser(), bearer)):
            await client.request(
                route.method, f"{filled(route)}?token={CARD}", json=body, headers=headers
            )
            asked += 1
    await (await people.browser()).post(
        f"{V1}/login", json={"email": EMAIL, "password": PASSWORD, "totp": codes[0]}
    )
    wrong = {"email": "canary@example.org", "password": CHOSEN, "totp": code_for(secret)}
    await (await people.browser()).post(f"{V1}/login", json=wrong)
    await browser.post(f"{V1}/tokens", json={"token": CARD, "renter_id": 1})

    assert asked > 300
    logged = str(door.house.logs) + caplog.text
    assert "request_answered" in logged
    assert "sign_in_refused" in logged
    audited = str(door.house.rows("SELECT * FROM audit_entries"))
    assert "account.signed-in" in audited
    secrets = {
        "password": PASSWORD,
        "chosen password": CHOSEN,
        "card": CARD,
        "cookie": cookie_of(browser),
        "its token": browser.headers["X-CSRF-Token"],
        "bearer token": program,
        "one-time secret": secret,
        "spare code": codes[0],
        "set-up link": setup or "",
        "e-mail of who failed": "canary@example.org",
    }
    assert [name for name, each in secrets.items() if each in logged] == []
    assert [name for name, each in secrets.items() if each in audited] == []
    assert EMAIL not in audited


async def test_no_secret_stands_in_the_database_in_clear(door: Door, people: People) -> None:
    """The secret of one-time passwords has to be there: the telephone and onetime share it."""
    await people.account()
    browser = await people.signed_in()
    _, codes = await enrolled(browser)
    made = await browser.post(f"{V1}/api-tokens", json={"name": "x", "role": Role.OWNER.value})
    kept = "".join(
        str(door.house.rows(f"SELECT * FROM {table}"))
        for (table,) in door.house.rows("SELECT name FROM sqlite_master WHERE type = 'table'")
    )

    assert EMAIL in kept
    for secret in (
        PASSWORD,
        cookie_of(browser),
        browser.headers["X-CSRF-Token"],
        made.json()["token"],
        codes[0],
        codes[0].replace("-", ""),
        door.house.setup_secret or "",
    ):
        assert secret not in kept
