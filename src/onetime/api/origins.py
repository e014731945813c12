"""From where a request was sent: whether by a page of ours, and whether encrypted (S21).

Browsers say by whose page a request was made, in a header that pages can not change. Programs say
nothing of the kind, and carry no cookies that somebody else could use.
"""

from typing import Final, TypeAlias
from urllib.parse import urlsplit

from litestar import Request, WebSocket
from litestar.connection import ASGIConnection
from litestar.datastructures import State

Knock: TypeAlias = (
    ASGIConnection[object, object, object, State]
    | Request[object, object, State]
    | WebSocket[object, object, State]
)
"""A request or a socket, before anything but its head is looked at."""

_PORTS: Final = {"http": "80", "https": "443"}
_OWN_SITES: Final = ("same-origin", "none")
"""`none` is what a browser says when a person typed the address."""


def is_encrypted(connection: Knock) -> bool:
    """Say whether a request came by https."""
    return connection.scope["scheme"] in ("https", "wss")


def is_from_elsewhere(connection: Knock) -> bool:
    """Say whether a browser sent this on behalf of a page that is not ours."""
    origins = connection.headers.getall("origin", [])
    if origins:
        return len(origins) > 1 or not _is_own(origins[0], connection)
    return connection.headers.get("sec-fetch-site", _OWN_SITES[0]) not in _OWN_SITES


def says_own_origin(connection: Knock) -> bool:
    """Say whether a browser names a page of ours: a socket of a page always says where from."""
    return "origin" in connection.headers and not is_from_elsewhere(connection)


def _is_own(origin: str, connection: Knock) -> bool:
    try:
        parts = urlsplit(origin)
    except ValueError:
        return False
    if parts.scheme not in _PORTS or (is_encrypted(connection) and parts.scheme != "https"):
        return False
    hosts = connection.headers.getall("host", [])
    named = [_with_port(each, parts.scheme) for each in hosts]
    return len(named) == 1 and _with_port(parts.netloc, parts.scheme) == named[0]


def _with_port(netloc: str, scheme: str) -> str:
    name = netloc.lower()
    has_port = name.rpartition("]")[2].count(":") == 1
    return name if has_port else f"{name}:{_PORTS[scheme]}"
