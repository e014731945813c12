"""A request is ours when the browser says so, or when no browser made it."""

import httpx
import pytest

from tests.api.doors import V1, Door
from tests.api.people import People

TRIED = [
    # scheme, Host, headers, is ours
    ("http", "garage.example:8000", {"Origin": "http://garage.example:8000"}, True),
    ("http", "garage.example", {"Origin": "http://garage.example"}, True),
    ("http", "garage.example:80", {"Origin": "http://garage.example"}, True),
    ("http", "Garage.Example", {"Origin": "http://garage.example"}, True),
    ("http", "[2001:db8::1]:8000", {"Origin": "http://[2001:db8::1]:8000"}, True),
    ("http", "[2001:db8::1]", {"Origin": "http://[2001:db8::1]"}, True),
    ("http", "garage.example", {"Origin": "https://garage.example"}, True),
    ("https", "garage.example", {"Origin": "https://garage.example"}, True),
    ("https", "garage.example:443", {"Origin": "https://garage.example"}, True),
    ("http", "garage.example", {}, True),
    ("http", "garage.example", {"Sec-Fetch-Site": "same-origin"}, True),
    ("http", "garage.example", {"Sec-Fetch-Site": "none"}, True),
    ("http", "garage.example", {"Sec-Fetch-Site": "cross-site"}, False),
    ("http", "garage.example", {"Sec-Fetch-Site": "same-site"}, False),
    ("http", "garage.example", {"Sec-Fetch-Site": ""}, False),
    ("http", "garage.example", {"Origin": "http://garage.example:8001"}, False),
    ("http", "garage.example", {"Origin": "http://garage.example.evil.example"}, False),
    ("http", "garage.example", {"Origin": "http://evil.example"}, False),
    ("http", "garage.example", {"Origin": "null"}, False),
    ("http", "garage.example", {"Origin": ""}, False),
    ("http", "garage.example", {"Origin": "garage.example"}, False),
    ("http", "garage.example", {"Origin": "http://["}, False),
    ("http", "garage.example", {"Origin": "file://garage.example"}, False),
    ("https", "garage.example", {"Origin": "http://garage.example"}, False),
]


@pytest.mark.parametrize(("scheme", "host", "headers", "is_ours"), TRIED)
async def test_whose_page_a_request_comes_from(
    door: Door, scheme: str, host: str, headers: dict[str, str], is_ours: bool
) -> None:
    transport = httpx.ASGITransport(app=door.application)  # type: ignore[arg-type]  # both are ASGI 3
    async with httpx.AsyncClient(transport=transport, base_url=f"{scheme}://any.example") as client:
        answer = await client.post(f"{V1}/login", json={}, headers={"Host": host, **headers})

    assert answer.status_code == (422 if is_ours else 403), answer.text
    assert (answer.json()["code"] == "foreign-request") is not is_ours


async def test_two_origins_are_no_origin(people: People) -> None:
    browser = await people.browser()
    del browser.headers["Origin"]
    own = people.door.address
    for origins in ([own, "http://evil.example"], ["http://evil.example", own], [own, own]):
        answer = await browser.post(
            f"{V1}/login", json={}, headers=[("Origin", each) for each in origins]
        )
        assert answer.status_code == 403
