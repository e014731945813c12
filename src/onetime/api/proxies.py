"""Who asks, and how it came, where a proxy stands in front; and what may come without encryption.

Believes what a proxy says of others only when a person has named its address. Knows addresses and
heads, never what is asked.
"""

from collections.abc import Sequence
from http import HTTPStatus
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Final

from litestar.types import ASGIApp, Message, Receive, Scope, Send
from msgspec import Struct

FORWARDED_FOR: Final = b"x-forwarded-for"
FORWARDED_PROTO: Final = b"x-forwarded-proto"
FORWARDED_HOST: Final = b"x-forwarded-host"
HTTPS: Final = "https"
SECURE: Final = {"http": "https", "ws": "wss"}
HSTS: Final = (b"strict-transport-security", b"max-age=15552000")
NOT_ENCRYPTED: Final = (
    b"Without encryption only private addresses are served here: use https, or a proxy that"
    b" encrypts (TRUSTED_PROXIES).\n"
)

Network = IPv4Network | IPv6Network


class Front(Struct, frozen=True, kw_only=True):
    """What stands in front: proxies that are believed, and the address that people type."""

    proxies: tuple[Network, ...] = ()
    public_url: str = ""

    @property
    def is_https(self) -> bool:
        """Say whether people reach this garage by https, as a person has said."""
        return self.public_url.startswith("https://")


def front_of(proxies: str, public_url: str) -> Front:
    """Read the settings; raises ValueError for what is no address or network."""
    named = [each.strip() for each in proxies.split(",") if each.strip()]
    return Front(proxies=tuple(ip_network(each) for each in named), public_url=public_url)


class Gatehouse:
    """The application, seen from the true address of whoever asks."""

    def __init__(self, app: ASGIApp, front: Front) -> None:
        self._app = app
        self._front = front

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, as it truly came; refuse what came openly through the world."""
        _see_through(scope, self._front.proxies)
        is_secure = scope["scheme"] in SECURE.values()
        if not is_secure and _is_public(scope):
            await _refuse(scope, send)
            return

        async def tell(message: Message) -> None:
            if message["type"] == "http.response.start" and is_secure and self._front.is_https:
                message["headers"] = [*message["headers"], HSTS]
            await send(message)

        await self._app(scope, receive, tell)


def _see_through(scope: Scope, proxies: Sequence[Network]) -> None:
    """Take over what a trusted proxy says, from the right: what stands further left is hearsay."""
    client = scope["client"]
    if client is None or not _is_among(client[0], proxies):
        return
    headers = list(scope["headers"])
    said = [value.decode("latin-1") for name, value in headers if name == FORWARDED_FOR]
    hops = [each.strip() for value in said for each in value.split(",") if each.strip()]
    beyond = next((each for each in reversed(hops) if not _is_among(each, proxies)), None)
    if beyond is not None and _is_address(beyond):
        scope["client"] = (beyond, 0)
    protos = [value.decode("latin-1") for name, value in headers if name == FORWARDED_PROTO]
    if protos and protos[-1].split(",")[-1].strip().lower() == HTTPS:
        scope["scheme"] = SECURE.get(scope["scheme"], scope["scheme"])
    names = {FORWARDED_FOR, FORWARDED_PROTO, FORWARDED_HOST}
    scope["headers"] = [each for each in headers if each[0] not in names]


def _is_among(address: str, networks: Sequence[Network]) -> bool:
    if not _is_address(address):
        return False
    found = ip_address(address)
    return any(found in network for network in networks if network.version == found.version)


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _is_public(scope: Scope) -> bool:
    client = scope["client"]
    return client is not None and _is_address(client[0]) and ip_address(client[0]).is_global


async def _refuse(scope: Scope, send: Send) -> None:
    if str(scope["type"]) == "websocket":
        await send({"type": "websocket.close", "code": 1008, "reason": "use encryption"})
        return
    await send(
        {
            "type": "http.response.start",
            "status": HTTPStatus.FORBIDDEN,
            "headers": [
                (b"content-type", b"text/plain; charset=utf-8"),
                (b"content-length", str(len(NOT_ENCRYPTED)).encode()),
            ],
        }
    )
    await send({"type": "http.response.body", "body": NOT_ENCRYPTED, "more_body": False})
