"""Gives every list as CSV to whoever accepts that: all of its pages, one after the other.

Stands between the porter and the routes and asks them for page after page, so that what is refused,
masked or left out is what it is for JSON. Knows how pages and tables look; never what is in them.
"""

import asyncio
from collections.abc import Iterator
from typing import Final, get_args, get_origin
from urllib.parse import parse_qsl, urlencode

import msgspec
from litestar.datastructures.headers import Accept
from litestar.handlers import HTTPRouteHandler
from litestar.types import ASGIApp, Message, Receive, Scope, Send
from litestar.types.asgi_types import (
    HTTPRequestEvent,
    HTTPResponseBodyEvent,
    HTTPResponseStartEvent,
)
from msgspec import Struct

from onetime.api.answers import JSON
from onetime.api.rights import PREFIX
from onetime.api.sheets import CSV
from onetime.kit.sheets import BOM, written
from onetime.queries.exports import header
from onetime.queries.pages import MAX_LIMIT, Page

PAGE: Final = MAX_LIMIT
TOLD: Final = ("path_template", "user")
"""What the porter wants to know of a request."""


class BrokenOff(Exception):
    """A later page was refused; the answer has begun, so it is cut instead of ended."""


class ReadPage(Struct, frozen=True):
    """A page of any list."""

    items: list[dict[str, object]]
    next_cursor: str | None


class EveryList:
    """The application, with its lists as tables, too."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or answer it with a table if it asks for a list as one."""
        if not _wants_table(scope):
            await self._app(scope, receive, send)
            return
        heard = await self._ask(_for_page(scope, None), receive, send)
        for name in TOLD:
            if name in heard.scope:
                scope[name] = heard.scope[name]
        if heard.form is not None:
            await self._tell(scope, receive, send, heard, header(heard.form))

    async def _tell(
        self, scope: Scope, receive: Receive, send: Send, heard: "_Hearing", names: tuple[str, ...]
    ) -> None:
        await send(_beginning(scope))
        await send(_part(BOM + written([names])))
        gone = asyncio.ensure_future(_disconnected(receive))
        try:
            page = heard.page()
            while True:
                await send(_part(written(_lines(page, names))))
                if page.next_cursor is None or gone.done():
                    break
                heard = await self._ask(_for_page(scope, page.next_cursor), _nothing, _swallow)
                page = heard.page()
        finally:
            gone.cancel()
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _ask(self, scope: Scope, receive: Receive, send: Send) -> "_Hearing":
        heard = _Hearing(scope, send)
        await self._app(scope, receive, heard)
        return heard


class _Hearing:
    """Takes the answer of a route: keeps it if it is a page, else passes it on."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self.scope = scope
        self.form: type[Struct] | None = None
        self._send = send
        self._body = bytearray()

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = dict(message["headers"])
            is_json = headers.get(b"content-type", b"").startswith(JSON.encode())
            if message["status"] == 200 and is_json:
                self.form = form_of(self.scope.get("route_handler"))
        if self.form is None:
            await self._send(message)
        elif message["type"] == "http.response.body":
            self._body += message["body"]

    def page(self) -> ReadPage:
        """Return the page that was heard; raises BrokenOff when it was none."""
        if self.form is None:
            raise BrokenOff
        return msgspec.json.decode(bytes(self._body), type=ReadPage)


def form_of(handler: object) -> type[Struct] | None:
    """Return of what a route gives a list; None when it gives none, or none that ends."""
    if not isinstance(handler, HTTPRouteHandler):
        return None
    given = handler.parsed_fn_signature.return_type.annotation
    return get_args(given)[0] if get_origin(given) is Page else None


def _wants_table(scope: Scope) -> bool:
    if scope.get("method") != "GET":  # a socket has none
        return False
    accepted = b",".join(value for name, value in scope["headers"] if name == b"accept")
    is_api = scope["path"].startswith(PREFIX)
    return is_api and Accept(accepted.decode("latin-1")).best_match([JSON, CSV], JSON) == CSV


def _for_page(scope: Scope, cursor: str | None) -> Scope:
    """Return a request of its own for one page, the first one as it was asked for."""
    own = scope.copy()
    own["state"] = {**(scope.get("state") or {})}
    if cursor is not None:
        query = dict(parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True))
        own["query_string"] = urlencode({**query, "limit": PAGE, "cursor": cursor}).encode()
    return own


def _beginning(scope: Scope) -> HTTPResponseStartEvent:
    name = str(scope.get("path_template")).rpartition("/")[2]
    headers = [
        (b"content-type", f"{CSV}; charset=utf-8".encode()),
        (b"content-disposition", f'attachment; filename="{name}.csv"'.encode()),
    ]
    return {"type": "http.response.start", "status": 200, "headers": headers}


def _part(body: bytes) -> HTTPResponseBodyEvent:
    return {"type": "http.response.body", "body": body, "more_body": True}


def _lines(page: ReadPage, names: tuple[str, ...]) -> Iterator[list[object]]:
    for item in page.items:
        yield [_cell(item.get(name)) for name in names]


def _cell(value: object) -> object:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list) and not any(isinstance(each, dict | list) for each in value):
        return ", ".join(str(each) for each in value)
    if isinstance(value, dict | list):
        return msgspec.json.encode(value).decode()
    return value


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _nothing() -> HTTPRequestEvent:
    return {"type": "http.request", "body": b"", "more_body": False}


async def _swallow(message: Message) -> None:
    """Take what a later page is refused with: the answer has begun."""
