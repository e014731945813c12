"""Speaks HTTP on a port of its own, in the event loop of the gateway, and takes no signals.

Knows sockets and the library that serves them; never what is asked.
"""

import asyncio
import logging
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from ssl import SSLContext, SSLObject
from typing import Final

import uvicorn
from litestar.types import ASGIApp

from onetime.api.complaints import let_speak
from onetime.api.heads import BoundedHttp
from onetime.kit.logs import get_log

BACKLOG: Final = 1_024
MAX_CONNECTIONS: Final = 1_000
"""Requests and sockets at once; further ones are told 503."""
KEEP_ALIVE_SECONDS: Final = 30
LAST_ANSWERS_SECONDS: Final = 1
"""How long an answer under way may take at the end; what takes longer is cut off."""
LOOK_SECONDS: Final = 0.02
MAX_MESSAGE_BYTES: Final = 65_536
"""The largest WebSocket message that a viewer may send."""

log = get_log("api")


class _InLoop(uvicorn.Server):
    """The library's server without its claim on signals: those belong to whoever started us.

    It sleeps until it is told to end, too, where the library's would look ten times a second.
    """

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._ending = asyncio.Event()

    def end(self) -> None:
        """Let it come to its end."""
        self.should_exit = True
        self._ending.set()

    async def main_loop(self) -> None:
        """Wait for the end; what else the library does here is for what we have switched off."""
        await self._ending.wait()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class WebServer:
    """The open door for programs and people."""

    def __init__(self, server: _InLoop, sockets: list[socket.socket]) -> None:
        self._server = server
        self.port: int = sockets[0].getsockname()[1]
        self._serving = asyncio.create_task(server.serve(sockets=sockets))

    async def opened(self) -> None:
        """Wait until requests are answered; raises what kept the server from it."""
        while not self._server.started and not self._serving.done():
            await asyncio.sleep(LOOK_SECONDS)
        if self._serving.done():
            await self._serving

    async def stop(self) -> None:
        """Listen no more, let answers under way end, cut off what lasts; at most two seconds."""
        self._server.end()
        await self._serving


class WebDoors:
    """The web door, plain and, as soon as there is a certificate, encrypted."""

    def __init__(self, app: ASGIApp, host: str, plain: WebServer) -> None:
        self._app = app
        self._host = host
        self._plain = plain
        self._encrypted: WebServer | None = None
        self.port = plain.port

    @property
    def https_port(self) -> int | None:
        """The encrypted port; None while there is none."""
        return None if self._encrypted is None else self._encrypted.port

    async def offer_https(self, port: int, context: Callable[[], SSLContext] | None) -> None:
        """Listen for https, too, as soon as there is a context; it is asked for each handshake."""
        if self._encrypted is not None:
            return
        if context is None:
            log.info("http_is_not_encrypted", port=self.port)
            return
        try:
            self._encrypted = await _serve(self._host, port, self._app, context)
        except OSError as fault:
            log.error("https_refused", host=self._host, port=port, why=fault.strerror)
        else:
            log.info("https_began", host=self._host, port=self._encrypted.port)

    async def stop(self) -> None:
        """Listen no more, let answers under way end, cut off what lasts; at most two seconds."""
        async with asyncio.TaskGroup() as stopping:
            for each in (self._plain, self._encrypted):
                if each is not None:
                    stopping.create_task(each.stop())


async def serve_web(host: str, port: int, app: ASGIApp) -> WebDoors:
    """Open the web door; port 0 takes any free one.

    OSError: the address cannot be had, as the operating system says it.
    """
    return WebDoors(app, host, await _serve(host, port, app, None))


async def _serve(
    host: str, port: int, app: ASGIApp, context: Callable[[], SSLContext] | None
) -> WebServer:
    sockets = await _bound(host, port)
    config = uvicorn.Config(
        app,
        http=BoundedHttp,
        ws="websockets-sansio",
        ws_max_size=MAX_MESSAGE_BYTES,
        ws_per_message_deflate=False,
        lifespan="off",  # the routes are of all doors of this process; none begins or ends them
        ssl_context_factory=None if context is None else lambda *_: _front_of(context),
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        date_header=False,
        limit_concurrency=MAX_CONNECTIONS,
        backlog=BACKLOG,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=LAST_ANSWERS_SECONDS,
    )
    let_speak("uvicorn.error", "http_library_complained")
    # It would write addresses as they came, with what stands in their queries: cards, say (S36).
    logging.getLogger("uvicorn.access").disabled = True
    server = WebServer(_InLoop(config), sockets)
    await server.opened()
    return server


def _front_of(context: Callable[[], SSLContext]) -> SSLContext:
    """Return a context that hands each handshake to the newest one: no restart for a renewal."""
    front = context()

    def choose(handshake: SSLObject, name: str | None, _: SSLContext) -> None:
        handshake.context = context()

    front.sni_callback = choose
    return front


async def _bound(host: str, port: int) -> list[socket.socket]:
    found = await asyncio.get_running_loop().getaddrinfo(
        host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )
    bound: list[socket.socket] = []
    try:
        for family, kind, proto, _, address in dict.fromkeys(found):
            each = socket.socket(family, kind, proto)
            bound.append(each)
            each.setblocking(False)
            each.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family is socket.AF_INET6:
                each.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            each.bind(address)
    except OSError:
        for each in bound:
            each.close()
        raise
    return bound
