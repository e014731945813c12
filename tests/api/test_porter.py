"""Every answer is safe to show, and leaves one line in the log that tells no secret."""

import pytest

from onetime.domain.accounts import Role
from tests.api.doors import V1, Door


@pytest.mark.parametrize(
    "path", [f"{V1}/renters", f"{V1}/no/such", "/api/docs", f"{V1}/openapi.json", "/"]
)
async def test_every_answer_carries_the_headers_of_safety(door: Door, path: str) -> None:
    for role in (None, Role.OWNER):
        headers = (await (await door.client(role)).get(path)).headers

        assert headers["x-content-type-options"] == "nosniff"
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["referrer-policy"] == "no-referrer"
        if path.startswith(V1):
            assert headers["cache-control"] == "no-store"


async def test_a_request_is_one_line_with_the_route_and_no_secret(door: Door) -> None:
    owner = await door.client(Role.OWNER)
    await owner.get(f"{V1}/renters/4711?secret=hush")

    (line,) = door.said("request_answered")

    assert line["method"] == "GET"
    assert line["route"] == f"{V1}/renters/{{renter_id}}"
    assert line["status"] == 422
    assert line["actor"] == "api:1"
    assert line["duration_ms"] >= 0
    for secret in (door.tokens[Role.OWNER], "4711", "hush"):
        assert secret not in str(door.house.logs)


async def test_an_address_of_nothing_is_logged_without_its_words(door: Door) -> None:
    await (await door.client(None)).get(f"{V1}/tokens-of/04A1B2C3")

    (line,) = door.said("request_answered")

    assert (line["route"], line["status"], line["actor"]) == (None, 404, None)
    assert "04A1B2C3" not in str(door.house.logs)
