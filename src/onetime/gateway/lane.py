"""One station's ordered way through the gateway: its frames one after another, whatever the socket.

Frames read before a takeover are handled before those of the new connection; their answers go
nowhere. Answers leave after the commit. Knows operations, never the WebSocket.
"""

import asyncio
from collections import deque
from datetime import datetime
from typing import Final, Protocol

from msgspec import Struct, structs

from onetime.domain.errors import OperationFailed, StoreDown
from onetime.domain.ids import StationId
from onetime.domain.stations import Proof
from onetime.garage import Archive
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
from onetime.gateway.limits import Allowance
from onetime.gateway.routes import BOOT, HEARTBEAT, ROUTES, UNBUDGETED
from onetime.kit.clock import Clock
from onetime.kit.frugal import FrugalLog
from onetime.kit.logs import get_log
from onetime.ocpp.errors import OcppViolation
from onetime.ocpp.repair import NEVER_REFUSED
from onetime.ocpp.v16.core import HeartbeatResponse
from onetime.operations.harm import note_boot_harm
from onetime.operations.journal import note_quirk
from onetime.operations.presence import (
    adopt_station,
    note_connected,
    note_disconnected,
    note_flood,
    note_oversized,
    note_seen,
    note_takeover,
    note_without_boot,
)

INBOX_LIMIT: Final = 32
"""Frames that wait for one station before its socket is no longer read (S12)."""
SEEN_EVERY_SECONDS: Final = 60.0
TAKEOVER_WINDOW_SECONDS: Final = 600.0
TAKEOVERS_ALARMED: Final = 3
ALIVE_SECONDS: Final = 150.0
"""A line that is silent is pinged each minute: who is not heard for longer may be gone."""
LOG_BUDGET: Final = 300
LOG_BUDGET_SECONDS: Final = 600.0
"""How much a station may add to the OCPP log with messages of which only the last counts (N04)."""
FLOOD: Final = "N04"
FLOOD_TOLD_EVERY_SECONDS: Final = 3_600.0
ANSWERED: Final = "answered"
REFUSED: Final = "refused"
FAILED: Final = "failed"
OTHER: Final = "other"
TRY_AGAIN_LATER: Final = 1013
INTERNAL_ERROR: Final = 1011


class Speaker(Protocol):
    """A connection as its lane sees it."""

    address: str
    quirks: tuple[str, ...]
    is_adopted: bool
    proof: Proof

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
    """A connection was opened, perhaps while another one was still there."""

    speaker: Speaker
    replaced: Speaker | None


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
        "_flood_told_at",
        "_inbox",
        "_is_paused",
        "_log_budget",
        "_noted_at",
        "_takeovers",
        "_task",
        "_tasks",
        "current",
        "heard_at",
        "is_ending",
        "log",
        "station_id",
    )

    def __init__(
        self, station_id: StationId, archive: Archive, clock: Clock, tasks: asyncio.TaskGroup
    ) -> None:
        self.station_id = station_id
        self.current: Speaker | None = None
        self.heard_at = clock.monotonic()
        self.log = FrugalLog(get_log("gateway"), clock)
        self.is_ending = False  # while we end all lines
        self._archive = archive
        self._clock = clock
        self._tasks = tasks
        self._inbox: deque[Item] = deque()
        self._task: asyncio.Task[None] | None = None
        self._is_paused = False
        self._noted_at = 0.0
        self._takeovers: deque[float] = deque(maxlen=TAKEOVERS_ALARMED)
        self._log_budget = Allowance(LOG_BUDGET, LOG_BUDGET_SECONDS)
        self._flood_told_at: float | None = None

    def arrive(self, speaker: Speaker) -> Speaker | None:
        """Let the newest connection speak from now on; return the one it replaces (promise 7)."""
        replaced, self.current = self.current, speaker
        self.heard()
        if self._is_paused:
            speaker.pause()
        self._put(Arrived(speaker, replaced))
        return replaced

    def leave(self, speaker: Speaker) -> None:
        """Note that a connection is gone; that of an older one changes nothing."""
        if self.current is speaker:
            self.current = None
        self._put(Left(speaker))

    def say(self, speaker: Speaker, incoming: Incoming) -> None:
        """Queue a CALL behind what the station said before."""
        self._put(Said(speaker, incoming))

    def mumble(self, mumbled: Mumbled) -> None:
        """Queue a frame that can only be logged."""
        self._put(mumbled)

    def heard(self) -> float:
        """Note a sign of life, any frame counts (K11); return the seconds since the last one."""
        now = self._clock.monotonic()
        silent_for, self.heard_at = now - self.heard_at, now
        if now - self._noted_at >= SEEN_EVERY_SECONDS:
            self._noted_at = now
            self._archive.write_lazily(note_seen, self.station_id, self._clock.now())
        return silent_for

    def remark(self, quirk: str) -> None:
        """Count a deviation that no message of its own shows."""
        self._archive.write_lazily(note_quirk, self.station_id, quirk)

    def remark_boot_harm(self) -> None:
        """Note that a connection ended because the station was asked to boot (B04)."""
        self._archive.write_lazily(note_boot_harm, self.station_id)

    def remark_no_boot(self) -> None:
        """Count a connection on which the station talks and does not boot (B01, B02)."""
        self._archive.write_lazily(note_without_boot, self.station_id)

    def _put(self, item: Item) -> None:
        self._inbox.append(item)
        if self._task is None:
            self._task = self._tasks.create_task(self._drain())
        is_full = len(self._inbox) >= INBOX_LIMIT or self._archive.is_congested()
        if is_full and not self._is_paused and self.current is not None:
            self._is_paused = True
            self.current.pause()

    async def _drain(self) -> None:
        try:
            while self._inbox:
                await self._handle(self._inbox.popleft())
                if self._is_paused and len(self._inbox) < INBOX_LIMIT // 2:
                    self._is_paused = False
                    if self.current is not None:
                        self.current.resume()
        finally:
            self._task = None

    async def _handle(self, item: Item) -> None:
        try:
            await self._dispatch(item)
        except StoreDown:
            self._forget_unanswered()
            self._hang_up(TRY_AGAIN_LATER, "the central system can not store at present")
        except Exception:
            self.log.exception("station_task_failed", station=self.station_id)
            self._hang_up(INTERNAL_ERROR, "an error of the central system")

    def _forget_unanswered(self) -> None:
        """Drop what followed a frame that was not stored: the station will say it all again."""
        self._inbox = deque(each for each in self._inbox if isinstance(each, Left))

    async def _dispatch(self, item: Item) -> None:
        match item:
            case Said(speaker, incoming):
                await self._answer(speaker, incoming)
            case Arrived(speaker, replaced):
                await self._welcome(speaker, replaced)
            case Left(speaker):
                if self.current is None:
                    await self._archive.write(note_disconnected, self.station_id, self._clock.now())
            case Mumbled(frame, quirks, at, is_oversized):
                await self._archive.write(log_unreadable, self.station_id, at, frame, quirks)
                if is_oversized:
                    await self._archive.write(note_oversized, self.station_id)

    async def _welcome(self, speaker: Speaker, replaced: Speaker | None) -> None:
        if speaker.is_adopted:
            await self._archive.write(adopt_station, self.station_id)
        quirks = speaker.quirks if replaced is None else (*speaker.quirks, "K08")
        await self._archive.write(note_connected, self.station_id, quirks, speaker.proof)
        if replaced is not None and self._is_alarming(speaker, replaced):
            await self._archive.write(note_takeover, self.station_id, speaker.address)

    def is_held(self, hold_seconds: float) -> bool:
        """Say whether the connection stays, as too many have replaced each other lately (K09)."""
        now = self._clock.monotonic()
        is_alive = self.current is not None and now - self.heard_at <= ALIVE_SECONDS
        return is_alive and self._is_often() and now - self._takeovers[-1] < hold_seconds

    def _is_often(self) -> bool:
        is_full = len(self._takeovers) == TAKEOVERS_ALARMED
        return is_full and self._takeovers[-1] - self._takeovers[0] <= TAKEOVER_WINDOW_SECONDS

    def _is_alarming(self, speaker: Speaker, replaced: Speaker) -> bool:
        """Say whether takeovers are too many, or come from elsewhere (K09)."""
        self._takeovers.append(self._clock.monotonic())
        return self._is_often() or speaker.address != replaced.address

    def _is_within_budget(self, action: str) -> bool:
        return action in UNBUDGETED or self._log_budget.spend(self._clock.monotonic())

    async def _of_flood(self, incoming: Incoming) -> Incoming:
        """Keep a flood out of the OCPP log; it is answered, counted and told once (N04)."""
        now = self._clock.monotonic()
        told_at = self._flood_told_at
        if told_at is None or now - told_at >= FLOOD_TOLD_EVERY_SECONDS:
            self._flood_told_at = now
            await self._archive.write(note_flood, self.station_id, incoming.action)
        return structs.replace(incoming, quirks=(*incoming.quirks, FLOOD), is_logged=False)

    async def _answer(self, speaker: Speaker, incoming: Incoming) -> None:
        began = self._clock.monotonic()
        if not self._is_within_budget(incoming.action):
            incoming = await self._of_flood(incoming)
        understood = understand(incoming)
        if incoming.action == HEARTBEAT and isinstance(understood, Understood):
            self._answer_heartbeat(speaker, incoming, understood)
            self._count(incoming, ANSWERED, began)
            return
        try:
            answer = await self._store(incoming, understood)
        except OperationFailed as failure:
            self._reply(speaker, await self._answer_poison(incoming, failure))
            self._count(incoming, FAILED, began)
            return
        self._reply(speaker, answer)
        self._count(incoming, ANSWERED if isinstance(understood, Understood) else REFUSED, began)
        if incoming.action == BOOT and isinstance(understood, Understood):
            speaker.booted()

    def _count(self, incoming: Incoming, outcome: str, began: float) -> None:
        """Keep count; a station can say any word for an action, and is not to fill the memory."""
        action = incoming.action if incoming.action in ROUTES else OTHER
        tally = self._archive.tally
        tally.messages[action, outcome] += 1
        tally.answer_seconds.note(self._clock.monotonic() - began)

    async def _store(self, incoming: Incoming, understood: Understood | OcppViolation) -> bytes:
        """Let the writer handle a message as far as it can; return the answer once it is kept."""
        if isinstance(understood, Understood):
            return await self._archive.write_frame(answer_frame, incoming, understood)
        if incoming.action in NEVER_REFUSED:
            return await self._archive.write_frame(set_frame_aside, incoming, str(understood))
        return await self._archive.write_frame(refuse_frame, incoming, understood)

    def _answer_heartbeat(
        self, speaker: Speaker, incoming: Incoming, understood: Understood
    ) -> None:
        """Answer at once: a Heartbeat has no effect that is worth a sync (promise 1)."""
        answer = incoming.result(HeartbeatResponse(current_time=self._clock.now()))
        self._reply(speaker, answer)
        self._archive.write_lazily(answer_frame, incoming, understood, answer)

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
            self.remark("K10")

    def _hang_up(self, code: int, reason: str) -> None:
        if self.current is not None:
            self.current.hang_up(code, reason)
