"""Each route has its entry and each entry its route; the table holds on the wire."""

import re

import pytest
from litestar.routes import WebSocketRoute

from onetime.api.entrance import SOCKET
from onetime.api.rights import PUBLIC, RIGHTS, entry_of, roles_of
from onetime.domain.accounts import Role
from tests.api.doors import V1, Door


def test_each_route_has_its_entry_and_each_entry_its_route(door: Door) -> None:
    served = {entry_of(each.method, each.path) for each in door.routes()}
    sockets = {
        entry_of(SOCKET, each.path) for each in door.app.routes if isinstance(each, WebSocketRoute)
    }

    assert served | sockets == set(RIGHTS)


def test_a_route_that_the_table_does_not_know_is_open_to_nobody() -> None:
    assert roles_of("GET", f"{V1}/no/such") is None
    assert roles_of("GET", f"{V1}/renters") == frozenset({Role.OWNER, Role.MANAGER})


@pytest.mark.parametrize("role", [None, *Role])
async def test_every_route_refuses_whom_the_table_does_not_name(
    door: Door, role: Role | None
) -> None:
    client = await door.client(role)
    wrong = []
    for route in door.routes():
        roles = RIGHTS[entry_of(route.method, route.path)]
        path = re.sub(r"\{\w+\}", "1", route.path)
        answer = await client.request(route.method, path)
        if roles == PUBLIC or role in roles:
            expected = answer.status_code not in (401, 403)
        else:
            expected = answer.status_code == (403 if role else 401)
        if not expected:
            wrong.append((route.method, route.path, answer.status_code))

    assert not wrong


def test_an_owner_may_do_everything() -> None:
    assert [entry for entry, roles in RIGHTS.items() if roles and Role.OWNER not in roles] == []
