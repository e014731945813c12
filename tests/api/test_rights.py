"""Each route has its entry and each entry its route; the table holds on the wire.

All of it is generated from the routes that are served: a new one is in here by itself, and one that
shows a renter something by its number fails until this page says whose it is.
"""

import re
from collections.abc import Awaitable, Callable

import httpx
import pytest
from litestar.routes import WebSocketRoute

from onetime.api.document import Route
from onetime.api.entrance import SOCKET
from onetime.api.rights import PUBLIC, RIGHTS, entry_of, roles_of
from onetime.domain.accounts import Role
from onetime.operations.api_tokens import create_api_token, revoke_api_token
from onetime.operations.spots import assign_spot
from onetime.store.transaction import Transaction
from tests.api.doors import V1, Door
from tests.api.people import EMAIL, People, cookie_of
from tests.garage_makers import OWNER, a_card, a_renter, a_session, a_spot, a_station

NOWHERE = 4711
ROUTES_PER_ADDRESS = 20
"""Whoever shows bad tokens is held up after thirty; each address here stays below."""


def at(route: Route, number: int = NOWHERE) -> str:
    """The path of a route with this number for whatever it is about."""
    return re.sub(r"\{\w+\}", str(number), route.path)


def roles_for(route: Route) -> frozenset[Role]:
    return RIGHTS[entry_of(route.method, route.path)]


def test_each_route_has_its_entry_and_each_entry_its_route(door: Door) -> None:
    served = {entry_of(each.method, each.path) for each in door.routes()}
    sockets = {
        entry_of(SOCKET, each.path) for each in door.app.routes if isinstance(each, WebSocketRoute)
    }

    assert served | sockets == set(RIGHTS)


def test_a_route_that_the_table_does_not_know_is_open_to_nobody() -> None:
    assert roles_of("GET", f"{V1}/no/such") is None
    assert roles_of("GET", f"{V1}/renters") == frozenset({Role.OWNER, Role.MANAGER})


def test_an_owner_may_do_everything() -> None:
    assert [entry for entry, roles in RIGHTS.items() if roles and Role.OWNER not in roles] == []


@pytest.mark.parametrize("role", [None, *Role])
async def test_every_route_refuses_whom_the_table_does_not_name(
    door: Door, role: Role | None
) -> None:
    client = await door.client(role)
    wrong = []
    for route in door.routes():
        answer = await client.request(route.method, at(route))
        if roles_for(route) == PUBLIC or role in roles_for(route):
            expected = answer.status_code not in (401, 403)
        else:
            expected = answer.status_code == (403 if role else 401)
        if not expected:
            wrong.append((route.method, route.path, answer.status_code))

    assert not wrong


async def revoked(door: Door, people: People) -> dict[str, str]:
    made = await door.perform(create_api_token, OWNER, name="x", role=Role.OWNER)
    bearer = {"Authorization": f"Bearer {made.token}"}
    assert (await (await people.browser()).get(f"{V1}/me", headers=bearer)).status_code == 200
    await door.perform(revoke_api_token, OWNER, made.id)
    return bearer


async def expired(door: Door, people: People) -> dict[str, str]:
    made = await door.perform(create_api_token, OWNER, name="x", role=Role.OWNER)
    await door.perform(_run, "UPDATE api_tokens SET expires_at = '2020-01-01T00:00:00.000000Z'")
    return {"Authorization": f"Bearer {made.token}"}


async def of_a_past_renter(door: Door, people: People) -> dict[str, str]:
    anna = await door.perform(a_renter)
    made = await door.perform(create_api_token, OWNER, name="x", role=Role.RENTER, renter_id=anna)
    await door.perform(_run, "UPDATE renters SET is_active = 0")
    return {"Authorization": f"Bearer {made.token}"}


async def made_up(door: Door, people: People) -> dict[str, str]:
    return {"Authorization": f"Bearer onetime_{'a' * 32}"}


async def signed_out(door: Door, people: People) -> dict[str, str]:
    await people.account()
    browser = await people.signed_in()
    stolen = {"Cookie": f"onetime={cookie_of(browser)}", "X-CSRF-Token": csrf_of(browser)}
    await browser.post(f"{V1}/logout")
    return stolen


async def idle(door: Door, people: People) -> dict[str, str]:
    await people.account()
    browser = await people.signed_in()
    await door.perform(_run, "UPDATE sign_ins SET last_used_at = '2020-01-01T00:00:00.000000Z'")
    return {"Cookie": f"onetime={cookie_of(browser)}", "X-CSRF-Token": csrf_of(browser)}


def csrf_of(browser: httpx.AsyncClient) -> str:
    return browser.headers["X-CSRF-Token"]


def _run(tx, statement: str) -> None:
    tx.connection.exec_driver_sql(statement)


@pytest.mark.parametrize("make", [revoked, expired, of_a_past_renter, made_up, signed_out, idle])
async def test_no_route_opens_to_what_counts_no_more(
    door: Door, people: People, make: Callable[[Door, People], Awaitable[dict[str, str]]]
) -> None:
    headers = await make(door, people)
    opened = []
    closed = [each for each in door.routes() if roles_for(each) != PUBLIC]
    for number, route in enumerate(closed):
        if number % ROUTES_PER_ADDRESS == 0:
            client = await people.browser(f"127.0.3.{number // ROUTES_PER_ADDRESS + 1}")
        answer = await client.request(route.method, at(route), headers=headers)
        if answer.status_code != 401:
            opened.append((route.method, route.path, answer.status_code))

    assert not opened


@pytest.mark.parametrize(
    "change",
    [
        {"X-CSRF-Token": ""},
        {"X-CSRF-Token": "0" * 64},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "", "Sec-Fetch-Site": "cross-site"},
        {"Origin": "", "Sec-Fetch-Site": "same-site"},
    ],
    ids=str,
)
async def test_no_route_changes_anything_for_a_page_of_somebody_else(
    door: Door, people: People, change: dict[str, str]
) -> None:
    """Such a page can use the cookie of whoever looks at it, and nothing else (S21)."""
    await people.account()
    browser = await people.signed_in()
    for name, value in change.items():
        browser.headers.pop(name, None)
        if value:
            browser.headers[name] = value
    wrong = []
    for route in door.routes():
        if roles_for(route) == PUBLIC or route.method == "GET":
            continue
        answer = await browser.request(route.method, at(route))
        if (answer.status_code, answer.json().get("code")) != (403, "foreign-request"):
            wrong.append((route.method, route.path, answer.status_code))

    assert not wrong
    assert (await browser.get(f"{V1}/me")).status_code == 200


async def test_a_page_of_somebody_else_can_not_sign_its_victim_in(
    door: Door, people: People
) -> None:
    await people.account()
    browser = await people.browser()
    browser.headers["Origin"] = "https://evil.example"
    for route in door.routes():
        if roles_for(route) == PUBLIC and route.method not in ("GET", "HEAD"):
            answer = await browser.request(route.method, at(route), json={"email": EMAIL})
            assert answer.json()["code"] == "foreign-request", route.path


async def a_foreign_sign_in(door: Door, people: People) -> int:
    await people.account()
    other = await people.signed_in()
    [only] = (await other.get(f"{V1}/me/sign-ins")).json()["items"]
    return int(only["id"])


# By the name of what stands in the path of a route that renters may take: how one of somebody
# else's is made. A route with a name that is missing here fails.
FOREIGN: dict[str, Callable[[Door, People], Awaitable[int | str]]] = {
    "sign_in_id": a_foreign_sign_in,
}


async def test_a_renter_finds_nothing_of_somebody_else(door: Door, people: People) -> None:
    anna = await door.perform(a_renter)
    await people.account("anna@example.org", Role.RENTER, anna)
    browser = await people.signed_in("anna@example.org")
    wrong = []
    for route in door.routes():
        parameters = re.findall(r"\{(\w+)\}", route.path)
        if Role.RENTER not in roles_for(route) or not parameters:
            continue
        path = route.path
        for each in parameters:
            path = path.replace(f"{{{each}}}", str(await FOREIGN[each](door, people)))
        answer = await browser.request(route.method, path)
        if answer.status_code != 404:
            wrong.append((route.method, route.path, answer.status_code))

    assert not wrong


def a_garage_of_others(tx: Transaction) -> int:
    """Anna, who has nothing but an account, and Bert, who has one of each; all of his is marked."""
    anna, bert = a_renter(tx, "Anna"), a_renter(tx, "CANARY-NAME")
    a_station(tx, "CANARY-STATION")
    spot_id = a_spot(tx, "CANARY-SPOT", "CANARY-STATION")
    assign_spot(tx, OWNER, "CANARY-SPOT", bert)
    card = a_card(tx, "CANARY-CARD", bert)
    a_session(
        tx,
        71,
        station_id="CANARY-STATION",
        token_id=card,
        renter_id=bert,
        place=(spot_id, "CANARY-SPOT"),
        energy_wh=None,
    )
    return anna


async def test_no_list_shows_a_renter_anything_of_somebody_else(door: Door, people: People) -> None:
    anna = await door.perform(a_garage_of_others)
    await people.account("anna@example.org", Role.RENTER, anna)
    await people.account("canary@example.org")
    browser = await people.signed_in("anna@example.org")
    program = await people.browser()
    made = await door.perform(create_api_token, OWNER, name="x", role=Role.RENTER, renter_id=anna)
    program.headers["Authorization"] = f"Bearer {made.token}"
    seen = 0
    for route in door.routes():
        if route.method != "GET" or Role.RENTER not in roles_for(route) or "{" in route.path:
            continue
        for client in (browser, program):
            for path in (route.path, f"{route.path}?limit=1000", f"{route.path}?renter_id=2"):
                answer = await client.get(path)
                seen += answer.status_code == 200
                assert "canary" not in answer.text.lower(), path
    assert seen >= 4
