"""Who is behind a request or a socket: found out from its token or its cookie, and nothing else."""

import asyncio

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from onetime.domain.accounts import Role
from tests.api.doors import V1, Door
from tests.api.people import People, cookie_of


@pytest.mark.parametrize(
    ("header", "status"),
    [
        ("Bearer {token}", 200),
        ("bearer  {token}", 200),
        ("Bearer no-such-token", 401),
        ("Bearer", 401),
        ("Basic {token}", 401),
        ("{token}", 401),
        ("", 401),
    ],
)
async def test_a_token_opens_the_door_and_nothing_else_does(
    door: Door, header: str, status: int
) -> None:
    anybody = await door.client(None)

    header = header.format(token=await door.token(Role.OWNER))
    answer = await anybody.get(f"{V1}/renters", headers={"Authorization": header})

    assert answer.status_code == status


async def socket_status(people: People, headers: dict[str, str]) -> int:
    """Open the live channel; return the HTTP status, 101 when it is open."""
    address = people.door.address.replace("http", "ws")
    try:
        async with connect(f"{address}{V1}/live", additional_headers=headers, proxy=None):
            return 101
    except InvalidStatus as refused:
        return refused.response.status_code


async def test_a_socket_with_a_cookie_opens_to_our_own_page_alone(people: People) -> None:
    """A page of somebody else can open a socket with the cookie of whoever looks at it (S21)."""
    await people.account()
    browser = await people.signed_in()
    cookie = {"Cookie": f"onetime={cookie_of(browser)}"}
    own, foreign = people.door.address, "https://evil.example"

    assert await socket_status(people, {**cookie, "Origin": own}) == 101
    assert await socket_status(people, {**cookie, "Origin": foreign}) == 403
    assert await socket_status(people, {**cookie, "Origin": "null"}) == 403
    assert await socket_status(people, cookie) == 403
    assert await socket_status(people, {"Origin": own}) in (401, 403)


async def test_a_socket_ends_when_its_viewer_signs_out(people: People) -> None:
    await people.account()
    browser = await people.signed_in()
    headers = {"Cookie": f"onetime={cookie_of(browser)}", "Origin": people.door.address}
    address = people.door.address.replace("http", "ws")
    async with connect(f"{address}{V1}/live", additional_headers=headers, proxy=None) as socket:
        await socket.recv()
        assert (await browser.post(f"{V1}/logout")).status_code == 204
        await asyncio.wait_for(socket.wait_closed(), 8)

    assert socket.close_code == 1008


async def test_a_token_in_the_header_wins_over_a_cookie(people: People) -> None:
    await people.account()
    browser = await people.signed_in()
    bearer = {"Authorization": f"Bearer {await people.door.token(Role.RENTER)}"}

    assert (await browser.get(f"{V1}/me", headers=bearer)).json()["role"] == "renter"
    bad = {"Authorization": "Bearer onetime_no_such"}
    assert (await browser.get(f"{V1}/me", headers=bad)).status_code == 401
