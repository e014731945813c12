"""Stands around every request: sets the headers of safety, and writes one line of log about it.

Knows methods, route templates, statuses and times; never a path as it came, for card numbers stand
in paths, and never a query.
"""

from typing import Final

from litestar.types import (
    ASGIApp,
    HTTPReceiveMessage,
    Message,
    Receive,
    Scope,
    Send,
    WebSocketReceiveMessage,
)

from onetime.api.rights import PREFIX
from onetime.domain.accounts import Principal
from onetime.kit.clock import Clock
from onetime.kit.logs import get_log
from onetime.kit.tally import Tally

CONTENT_SECURITY_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
    " connect-src 'self'; font-src 'self'; manifest-src 'self'; form-action 'self';"
    " base-uri 'none'; frame-ancestors 'none'"
)
ALWAYS: Final[tuple[tuple[bytes, bytes], ...]] = (
    (b"content-security-policy", CONTENT_SECURITY_POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
)
NOT_KEPT: Final = (b"cache-control", b"no-store")

NO_ROUTE: Final = "none"
LEFT: Final = 499
"""Counted where no answer could begin because whoever asked was gone; nobody is told it."""
METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
OTHER: Final = "other"

log = get_log("api")


class AskerLeft(Exception):
    """Whoever asked is gone before an answer began: in the middle of a body, say."""


class Porter:
    """The application, with a porter in front of it."""

    def __init__(self, app: ASGIApp, clock: Clock, tally: Tally) -> None:
        self._app = app
        self._clock = clock
        self._tally = tally

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through."""
        kind = str(scope["type"])
        began = self._clock.monotonic()
        told = 0
        has_left = False

        async def hear() -> HTTPReceiveMessage | WebSocketReceiveMessage:
            nonlocal has_left
            heard = await receive()
            if heard["type"] == "http.disconnect" and not told:
                has_left = True
                raise AskerLeft
            return heard

        async def tell(message: Message) -> None:
            nonlocal told
            if message["type"] == "http.response.start":
                told = message["status"]
                message["headers"] = _with_headers(scope, message["headers"])
            await send(message)

        try:
            await self._app(scope, hear, tell)
        finally:
            passed = self._clock.monotonic() - began
            event = "request_answered"
            if has_left:
                event, told = "asker_left", LEFT
            if kind == "http":
                self._count(scope, told, passed)
            who = scope.get("user")
            log.info(
                event if kind == "http" else "socket_ended",
                method=scope.get("method"),
                route=scope.get("path_template"),
                status=told,
                duration_ms=round(passed * 1_000, 1),
                actor=str(who.actor) if isinstance(who, Principal) else None,
            )

    def _count(self, scope: Scope, status: int, passed: float) -> None:
        """Keep count by words of ours: whoever asks can make up methods and paths."""
        route = scope.get("path_template") or NO_ROUTE
        method = str(scope.get("method"))
        self._tally.requests[method if method in METHODS else OTHER, route, status] += 1
        self._tally.request_seconds.note(passed)


def _with_headers(scope: Scope, given: object) -> list[tuple[bytes, bytes]]:
    """Return the headers of an answer with ours; what a route has set itself stays."""
    assert isinstance(given, list | tuple)
    headers = list(given)
    names = {name.lower() for name, _ in headers}
    headers += [each for each in ALWAYS if each[0] not in names]
    if scope["path"].startswith(PREFIX) and NOT_KEPT[0] not in names:
        headers.append(NOT_KEPT)
    return headers
