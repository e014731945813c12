"""The live channel: a WebSocket on which whoever is signed in sees what they may see.

Knows the socket of a viewer and when it ends; what is told is made elsewhere.
"""

import asyncio
from contextlib import suppress
from typing import Final

import msgspec
from litestar import WebSocket, websocket
from litestar.datastructures import State
from litestar.exceptions import WebSocketDisconnect
from litestar.handlers import BaseRouteHandler

from onetime.api.entrance import identify, principal_behind
from onetime.api.views import Wish
from onetime.api.watching import PACE_SECONDS, Viewer, Watch
from onetime.domain.errors import StoreDown

GOING_AWAY: Final = 1001
NOT_UNDERSTOOD: Final = 1003
NOT_ALLOWED: Final = 1008
TRY_LATER: Final = 1013
SEND_SECONDS: Final = 20.0
"""How long a viewer may take to receive one message before it is given up."""
DOUBT_SECONDS: Final = 5.0
"""How often it is asked whether somebody may still watch."""

Socket = WebSocket[object, object, State]
"""What the framework hands over."""


@websocket("/live", opt={"summary": "Watch the garage"})
async def watch(socket: Socket) -> None:
    """Tell the garage as a whole, then what becomes different, until the viewer goes."""
    principal = principal_behind(socket.scope)
    watching = watch_of(socket.state)
    await socket.accept()
    if not watching.has_room(principal):
        await socket.close(TRY_LATER, "too many viewers")
        return
    viewer = Viewer(principal)
    with watching.joined(viewer):
        code, reason = await _until_one_ends(socket, viewer, watching)
    if code is not None:
        with suppress(RuntimeError, WebSocketDisconnect):
            await socket.close(code, reason)


def watch_of(state: State) -> Watch:
    """Return the watch that a door belongs to."""
    found = state["watch"]
    assert isinstance(found, Watch)
    return found


async def _until_one_ends(
    socket: Socket, viewer: Viewer, watching: Watch
) -> tuple[int | None, str]:
    """Serve a viewer until there is a reason to end; return it, with no code when it has gone."""
    tasks = [
        asyncio.ensure_future(each)
        for each in (
            _send(socket, viewer, watching),
            _hear(socket, viewer),
            _doubt(socket, viewer),
            _end(watching),
        )
    ]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        return done.pop().result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _send(socket: Socket, viewer: Viewer, watching: Watch) -> tuple[int | None, str]:
    """Tell what the viewer was not told yet, at the pace that it takes it."""
    while True:
        await viewer.woken.wait()
        viewer.woken.clear()
        if watching.view is None:
            continue
        message = viewer.message(watching.view)
        if message is None:
            continue
        try:
            async with asyncio.timeout(SEND_SECONDS):
                await socket.send_data(message, mode="text")
        except TimeoutError:
            return TRY_LATER, "too slow"
        except (RuntimeError, WebSocketDisconnect, OSError):
            return None, ""
        await asyncio.sleep(PACE_SECONDS)


async def _hear(socket: Socket, viewer: Viewer) -> tuple[int | None, str]:
    while True:
        try:
            said = await socket.receive_data("text")
            msgspec.json.decode(said, type=Wish)
        except WebSocketDisconnect:
            return None, ""
        except (msgspec.MsgspecError, UnicodeDecodeError):
            return NOT_UNDERSTOOD, 'a viewer can say {"type":"snapshot"}'
        viewer.ask_anew()


async def _doubt(socket: Socket, viewer: Viewer) -> tuple[int | None, str]:
    """Make sure again and again that the viewer is still who it was, and may still watch."""
    while True:
        with suppress(TimeoutError):
            async with asyncio.timeout(DOUBT_SECONDS):
                await viewer.doubted.wait()
        viewer.doubted.clear()
        with suppress(StoreDown):  # nothing new is told meanwhile
            visitor = await identify(socket, is_use=False)
            if visitor is None or visitor.principal != viewer.principal:
                return NOT_ALLOWED, "not signed in any more"


async def _end(watching: Watch) -> tuple[int | None, str]:
    await watching.ending.wait()
    return GOING_AWAY, "the central system ends"


ROUTES: tuple[BaseRouteHandler, ...] = (watch,)
