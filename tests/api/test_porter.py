"""Every answer is safe to show, and leaves one line in the log that tells no secret."""

import asyncio

import pytest

from onetime.domain.accounts import Role
from onetime.kit.drop import Taking
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


@pytest.mark.parametrize(
    ("path", "query", "media"),
    [("renters", "", "application/json"), ("firmware", "?name=x", "application/octet-stream")],
)
async def test_who_leaves_in_the_middle_of_a_body_is_no_failure_of_ours(
    door: Door, path: str, query: str, media: str
) -> None:
    await _leave(door, f"{V1}/{path}{query}", media)

    (line,) = door.said("asker_left")
    assert (line["method"], line["route"], line["status"]) == ("POST", f"{V1}/{path}", 499)
    assert line["actor"] == "api:1"
    assert dict(door.house.garage.archive.tally.requests) == {("POST", f"{V1}/{path}", 499): 1}
    assert [each for each in door.house.logs if each["log_level"] in ("warning", "error")] == []


async def test_a_bug_after_somebody_has_left_is_logged_as_any_other(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(Taking, "abandon", broken)
    door.house.expected_failures = {"request_failed"}
    await _leave(door, f"{V1}/firmware?name=x", "application/octet-stream")

    assert [each["status"] for each in door.said("asker_left")] == [499]
    (line,) = door.said("request_failed")
    assert (line["route"], type(line["exc_info"])) == (f"{V1}/firmware", RuntimeError)
    assert "name=" not in str(door.house.logs)


async def _leave(door: Door, path: str, media: str) -> None:
    """Begin a body, and hang up in the middle of it."""
    token = await door.token(Role.OWNER)
    _, writer = await asyncio.open_connection("127.0.0.1", door.house.web.port)
    head = (
        f"POST {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n"
        f"Content-Type: {media}\r\nContent-Length: 100\r\n\r\n"
    )
    writer.write(head.encode() + b'{"name": ')
    await writer.drain()
    writer.close()
    await door.house.until(lambda: door.said("asker_left") or door.said("request_answered"))
