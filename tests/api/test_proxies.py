"""Who asks is known behind proxies that a person named, and behind no others."""

import pytest
from litestar.types import Message, Scope

from onetime.api.proxies import Gatehouse, front_of

PROXY, OTHER = "10.0.0.1", "10.9.9.9"
FOR, PROTO = "x-forwarded-for", "x-forwarded-proto"


async def seen(
    client: str, headers: dict[str, str], scheme: str = "http", url: str = "https://x.example"
) -> tuple[Scope | None, list[Message]]:
    """What the application sees of a request, and what is answered."""
    reached: list[Scope] = []
    answered: list[Message] = []

    async def app(scope: object, receive: object, send: object) -> None:
        reached.append(scope)  # type: ignore[arg-type]  # as it is called
        await send({"type": "http.response.start", "status": 200, "headers": []})  # type: ignore[operator]  # as it is called

    async def send(message: Message) -> None:
        answered.append(message)

    async def receive() -> object:
        raise AssertionError

    scope = {
        "type": "http",
        "scheme": scheme,
        "client": (client, 1),
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
    }
    front = front_of("10.0.0.1, 10.0.1.0/24, ::1", url)
    await Gatehouse(app, front)(scope, receive, send)  # type: ignore[arg-type]  # the least of them
    return (reached[0] if reached else None), answered


@pytest.mark.parametrize(
    ("client", "forwarded", "believed"),
    [
        (PROXY, "192.168.1.7", "192.168.1.7"),
        (PROXY, "6.6.6.6, 192.168.1.7", "192.168.1.7"),
        (PROXY, "192.168.1.7, 10.0.1.9", "192.168.1.7"),
        (PROXY, "nonsense", PROXY),
        (PROXY, "", PROXY),
        (OTHER, "192.168.1.7", OTHER),
        ("::1", "192.168.1.7", "192.168.1.7"),
    ],
)
async def test_the_address_is_the_last_that_no_trusted_proxy_added(
    client: str, forwarded: str, believed: str
) -> None:
    scope, _ = await seen(client, {FOR: forwarded})

    assert scope is not None
    assert scope["client"] is not None
    assert scope["client"][0] == believed


@pytest.mark.parametrize(
    ("client", "proto", "scheme"),
    [(PROXY, "https", "https"), (PROXY, "http", "http"), (OTHER, "https", "http")],
)
async def test_only_a_trusted_proxy_says_that_it_came_encrypted(
    client: str, proto: str, scheme: str
) -> None:
    scope, answered = await seen(client, {FOR: "192.168.1.7", PROTO: proto})

    assert scope is not None
    assert scope["scheme"] == scheme
    names = [name for name, _ in answered[0]["headers"]]  # type: ignore[typeddict-item]  # the start of an answer
    assert (b"strict-transport-security" in names) is (scheme == "https")
    if client == PROXY:
        assert scope["headers"] == [], "what was believed is not read a second time"


async def test_https_is_demanded_for_good_only_when_people_come_by_it() -> None:
    _, answered = await seen("192.168.1.7", {}, "https", url="")

    assert answered[0]["headers"] == []  # type: ignore[typeddict-item]  # the start of an answer


@pytest.mark.parametrize(
    ("client", "headers", "scheme", "comes"),
    [
        ("8.8.8.8", {}, "http", False),
        ("8.8.8.8", {}, "https", True),
        ("8.8.8.8", {FOR: "192.168.1.7", PROTO: "https"}, "http", False),
        (PROXY, {FOR: "8.8.8.8"}, "http", False),
        (PROXY, {FOR: "8.8.8.8", PROTO: "https"}, "http", True),
        ("192.168.1.7", {}, "http", True),
        ("2001:4860:4860::8888", {}, "http", False),
    ],
)
async def test_what_comes_openly_through_the_world_is_refused(
    client: str, headers: dict[str, str], scheme: str, comes: bool
) -> None:
    scope, answered = await seen(client, headers, scheme)

    assert (scope is not None) is comes
    assert answered[0]["status"] == (200 if comes else 403)  # type: ignore[typeddict-item]  # the start of an answer


def test_what_is_no_address_is_told() -> None:
    with pytest.raises(ValueError, match=r"300\.1\.1\.1"):
        front_of("300.1.1.1", "")
