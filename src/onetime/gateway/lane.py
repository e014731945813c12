"""One station's ordered way through the gateway: its frames one after another, whatever the socket.

Frames read before a takeover are handled before those of the new connection; their answers go
nowhere. Answers leave after the commit. Knows operations, never the WebSocket.
"""

import asyncio
from collections import deque
from datetime import datetime
from typing import Final, Protocol

from msgspec import Struct

from onetime.domain.errors import OperationFailed, StoreDown
from onetime.domain.ids import StationId
from onetime.gateway.answers import (
    Incoming,
    Understood,
    answer_frame,
    fail_frame,
    log_unreadable,
    refuse_frame,
    set_frame_aside,
    understand,
)
from onetime.gateway.routes import BOOT, HEARTBEAT, NEVER_REFUSED
from onetime.kit.clock import Clock
from onetime.kit.logs import get_log
from onetime.ocpp.codec import encode
from onetime.ocpp.envelope import write_result
from onetime.ocpp.v16.core import HeartbeatResponse
from onetime.operations.journal import note_quirk
from onetime.operations.presence import (
    adopt_station,
    note_connected,
    note_disconnected,
    note_oversized,
    note_seen,
    note_takeover,
)
from onetime.store.archive import Archive

INBOX_LIMIT: Final = 32
"""Frames that wait for one station before its socket is no longer read (S12)."""
SEEN_EVERY_SECONDS: Final = 60.0
TAKEOVER_WINDOW_SECONDS: Final = 600.0
TAKEOVERS_ALARMED: Final = 3

log = get_log("gateway")


class Speaker(Protocol):
    """A connection as its lane sees it."""

    address: str
    quirks: tuple[str, ...]
    is_adopted: bool

    def send(self, frame: bytes) -> None:
        """Send an answer."""
        ...

    def booted(self) -> None:
        """The answer to a BootNotification is on its way: calls may go out."""
        ...

    def hang_up(self, code: int, reason: str) -> None:
        """Close the socket."""
        ...

    def pause(self) -> None:
        """Read no more for now."""
        ...

    def resume(self) -> None:
        """Read on."""
        ...


class Arrived(Struct, frozen=True):
    """A connection was opened."""

    speaker: Speaker
    took_over: bool


class Left(Struct, frozen=True):
    """A connection is gone."""

    speaker: Speaker


class Said(Struct, frozen=True):
    """A CALL was read."""

    speaker: Speaker
    incoming: Incoming


class Mumbled(Struct, frozen=True):
    """A frame was read that is no message, or broke a limit."""

    frame: str
    quirks: tuple[str, ...]
    at: datetime
    is_oversized: bool = False


Item = Arrived | Left | Said | Mumbled


class Lane:
    """Everything that one station says, in order; made at its first login and kept."""

    __slots__ = (
        "_archive",
        "_clock",
        "_inbox",
        "_noted_at",
        "_paused",
        "_takeovers",
        "_task",
        "_tasks",
        "current",
        "heard_at",
        "station_id",
    )

    def __init__(
        self, station_id: StationId, archive: Archive, clock: Clock, tasks: asyncio.TaskGroup
    ) -> None:
        self.station_id = station_id
        self.current: Speaker | None = None
        self.heard_at = clock.monotonic()
        self._archive = archive
        self._clock = clock
        self._tasks = tasks
        self._inbox: deque[Item] = deque()
        self._task: asyncio.Task[None] | None = None
        self._paused = False
        self._noted_at = 0.0
        self._takeovers: deque[float] = deque(maxlen=TAKEOVERS_ALARMED)

    def arrive(self, speaker: Speaker) -> Speaker | None:
        """Let the newest connection speak from now on; return the one it replaces (promise 7)."""
        replaced, self.current = self.current, speaker
        self.heard()
        self._put(Arrived(speaker, replaced is not None))
        return replaced

    def leave(self, speaker: Speaker) -> None:
        """Note that a connection is gone; that of an older one changes nothing."""
        if self.current is speaker:
            self.current = None
        self._put(Left(speaker))

    def say(self, speaker: Speaker, incoming: Incoming) -> None:
        """Queue a CALL behind what the station said before."""
        self._put(Said(speaker, incoming))
        if len(self._inbox) >= INBOX_LIMIT and not self._paused and self.current is not None:
            self._paused = True
            self.current.pause()

    def mumble(self, mumbled: Mumbled) -> None:
        """Queue a frame that can only be logged."""
        self._put(mumbled)

    def heard(self) -> None:
        """Note a sign of life: any frame counts (K11)."""
        self.heard_at = self._clock.monotonic()
        if self.heard_at - self._noted_at >= SEEN_EVERY_SECONDS:
            self._noted_at = self.heard_at
            self._archive.write_lazily(note_seen, self.station_id, self._clock.now())

    def _put(self, item: Item) -> None:
        self._inbox.append(item)
        if self._task is None:
            self._task = self._tasks.create_task(self._drain())

    async def _drain(self) -> None:
        try:
            while self._inbox:
                await self._handle(self._inbox.popleft())
                if self._paused and len(self._inbox) < INBOX_LIMIT // 2:
                    self._paused = False
                    if self.current is not None:
                        self.current.resume()
        finally:
            self._task = None

    async def _handle(self, item: Item) -> None:
        try:
            await self._dispatch(item)
        except StoreDown:
            self._hang_up(1013, "the central system can not store at present")
        except Exception:
            log.exception("station_task_failed", station=self.station_id)
            self._hang_up(1011, "an error of the central system")

    async def _dispatch(self, item: Item) -> None:
        match item:
            case Said(speaker, incoming):
                await self._answer(speaker, incoming)
            case Arrived(speaker, took_over):
                await self._welcome(speaker, took_over)
            case Left(speaker):
                if self.current is None:
                    await self._archive.write(note_disconnected, self.station_id, self._clock.now())
            case Mumbled(frame, quirks, at, is_oversized):
                await self._archive.write(log_unreadable, self.station_id, at, frame, quirks)
                if is_oversized:
                    await self._archive.write(note_oversized, self.station_id)

    async def _welcome(self, speaker: Speaker, took_over: bool) -> None:
        if speaker.is_adopted:
            await self._archive.write(adopt_station, self.station_id)
        quirks = (*speaker.quirks, "K08") if took_over else speaker.quirks
        await self._archive.write(note_connected, self.station_id, quirks)
        now = self._clock.monotonic()
        if took_over:
            self._takeovers.append(now)
            is_full = len(self._takeovers) == TAKEOVERS_ALARMED
            if is_full and now - self._takeovers[0] <= TAKEOVER_WINDOW_SECONDS:
                await self._archive.write(note_takeover, self.station_id, speaker.address)

    async def _answer(self, speaker: Speaker, incoming: Incoming) -> None:
        understood = understand(incoming)
        if incoming.action == HEARTBEAT and isinstance(understood, Understood):
            self._answer_heartbeat(speaker, incoming, understood)
            return
        try:
            if isinstance(understood, Understood):
                answer = await self._archive.write_frame(answer_frame, incoming, understood)
            elif incoming.action in NEVER_REFUSED:
                reason = str(understood)
                answer = await self._archive.write_frame(set_frame_aside, incoming, reason)
            else:
                answer = await self._archive.write_frame(refuse_frame, incoming, understood)
        except OperationFailed as failure:
            answer = await self._answer_poison(incoming, failure)
        self._reply(speaker, answer)
        if incoming.action == BOOT:
            speaker.booted()

    def _answer_heartbeat(
        self, speaker: Speaker, incoming: Incoming, understood: Understood
    ) -> None:
        """Answer at once: a Heartbeat has no effect that is worth a sync (promise 1)."""
        response = HeartbeatResponse(current_time=self._clock.now())
        self._reply(speaker, write_result(incoming.message_id, encode(response)))
        self._archive.write_lazily(answer_frame, incoming, understood)

    async def _answer_poison(self, incoming: Incoming, failure: OperationFailed) -> bytes:
        """Give a frame that met a bug an end: kept raw and answered neutrally, or refused."""
        if incoming.action in NEVER_REFUSED:
            reason = f"it met an error of onetime ({failure})"
            return await self._archive.write(set_frame_aside, incoming, reason)
        return await self._archive.write(fail_frame, incoming)

    def _reply(self, speaker: Speaker, answer: bytes) -> None:
        if self.current is speaker:
            speaker.send(answer)
        else:
            self._archive.write_lazily(note_quirk, self.station_id, "K10")

    def _hang_up(self, code: int, reason: str) -> None:
        if self.current is not None:
            self.current.hang_up(code, reason)
