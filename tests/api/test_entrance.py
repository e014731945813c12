"""Who is behind a request is found out from its token alone."""

import pytest

from onetime.domain.accounts import Role
from tests.api.doors import V1, Door


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
