"""One station's ordered way through the gateway: its frames one after another, whatever the socket.

Frames read before a takeover are handled before those of the new connection; their answers go
nowhere. Answers leave after the commit. Knows operations, never the WebSocket.

A message goes to the writer and comes back in callbacks, since a task for each would cost more
than reading it does; what is rare and takes several steps is a task.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Final

from msgspec import structs

from onetime.domain.errors import OperationFailed, StoreDown
from onetime.domain.ids import StationId
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
from onetime.gateway.items import Arrived, Item, Left, Mumbled, Said, Speaker, Step
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
VIOLATIONS: Final = 10
VIOLATIONS_SECONDS: Final = 60.0
REST_SECONDS: Final = 30.0
"""How long a station stays out whose lines broke the protocol so often: to end one and to let it in
again costs many times what a message costs, and all others pay for it (S12)."""
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


class Lane:
    """Everything that one station says, in order; made at its first login and kept."""

    __slots__ = (
        "_archive",
        "_clock",
        "_flood_told_at",
        "_inbox",
        "_is_busy",
        "_is_paused",
        "_log_budget",
        "_noted_at",
        "_rest",
        "_rests_until",
        "_takeovers",
        "_tasks",
        "_violations",
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
        self._is_busy = False  # with one item, in order
        self._rest: asyncio.Future[None] | None = None
        self._is_paused = False
        self._noted_at = 0.0
        self._takeovers: deque[float] = deque(maxlen=TAKEOVERS_ALARMED)
        self._log_budget = Allowance(LOG_BUDGET, LOG_BUDGET_SECONDS)
        self._flood_told_at: float | None = None
        self._violations = Allowance(VIOLATIONS, VIOLATIONS_SECONDS)
        self._rests_until = 0.0

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

    async def rest(self) -> None:
        """Wait until everything that was said is handled."""
        if self._is_busy:
            self._rest = self._rest or asyncio.get_running_loop().create_future()
            await self._rest

    def _put(self, item: Item) -> None:
        self._inbox.append(item)
        if not self._is_busy:
            self._go_on()
        if not self._is_busy or self._is_paused or self.current is None:
            return
        if len(self._inbox) >= INBOX_LIMIT or self._archive.is_congested():
            self._is_paused = True  # until some of what it is busy with is done
            self.current.pause()

    def _go_on(self) -> None:
        """Begin with what waits next, until something has to be waited for."""
        self._is_busy = True
        while self._inbox:
            item = self._inbox.popleft()
            if not isinstance(item, Said):
                return self._in_steps(self._dispatch(item))
            if self._begin(item.speaker, item.incoming):
                return None
            self._make_room()
        self._is_busy = False
        rest, self._rest = self._rest, None
        if rest is not None and not rest.done():
            rest.set_result(None)
        return None

    def _done(self) -> None:
        """Go on after what had to be waited for."""
        self._make_room()
        self._go_on()

    def _make_room(self) -> None:
        if self._is_paused and len(self._inbox) < INBOX_LIMIT // 2:
            self._is_paused = False
            if self.current is not None:
                self.current.resume()

    def _in_steps(self, work: Coroutine[None, None, None]) -> None:
        """Do what waits several times in a task of its own, then go on."""
        self._tasks.create_task(self._attend(work))

    async def _attend(self, work: Coroutine[None, None, None]) -> None:
        try:
            await work
        except Exception as error:  # noqa: BLE001  # the top of the work: the line ends, others go on
            self._fail(error)
        self._done()

    def _fail(self, error: Exception) -> None:
        """End the line; what was said on it and is not stored will be said again."""
        if isinstance(error, StoreDown):
            self._forget_unanswered()
            self._hang_up(TRY_AGAIN_LATER, "the central system can not store at present")
        else:
            self.log.exception("station_task_failed", station=self.station_id)
            self._hang_up(INTERNAL_ERROR, "an error of the central system")

    def _forget_unanswered(self) -> None:
        """Drop what followed a frame that was not stored: the station will say it all again."""
        self._inbox = deque(each for each in self._inbox if isinstance(each, Left))

    async def _dispatch(self, item: Step) -> None:
        match item:
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

    def note_violation(self) -> None:
        """Count a line that ended because it broke the protocol."""
        now = self._clock.monotonic()
        if not self._violations.spend(now):
            self._rests_until = now + REST_SECONDS

    def has_to_rest(self) -> bool:
        """Say whether so many lines broke the protocol lately that the next one has to wait."""
        return self._clock.monotonic() < self._rests_until

    def _is_often(self) -> bool:
        is_full = len(self._takeovers) == TAKEOVERS_ALARMED
        return is_full and self._takeovers[-1] - self._takeovers[0] <= TAKEOVER_WINDOW_SECONDS

    def _is_alarming(self, speaker: Speaker, replaced: Speaker) -> bool:
        """Say whether takeovers are too many, or come from elsewhere (K09)."""
        self._takeovers.append(self._clock.monotonic())
        return self._is_often() or speaker.address != replaced.address

    def _is_within_budget(self, action: str) -> bool:
        return action in UNBUDGETED or self._log_budget.spend(self._clock.monotonic())

    def _of_flood(self, incoming: Incoming) -> Incoming:
        """Keep a flood out of the OCPP log; it is answered, counted and told once (N04)."""
        now = self._clock.monotonic()
        told_at = self._flood_told_at
        if told_at is None or now - told_at >= FLOOD_TOLD_EVERY_SECONDS:
            self._flood_told_at = now
            self._archive.write_lazily(note_flood, self.station_id, incoming.action)
        return structs.replace(incoming, quirks=(*incoming.quirks, FLOOD), is_logged=False)

    def _begin(self, speaker: Speaker, incoming: Incoming) -> bool:
        """Hand a message to the writer; False when its answer did not have to wait for that."""
        began = self._clock.monotonic()
        try:
            if not self._is_within_budget(incoming.action):
                incoming = self._of_flood(incoming)
            understood = understand(incoming)
            if incoming.action == HEARTBEAT and isinstance(understood, Understood):
                self._answer_heartbeat(speaker, incoming, understood)
                self._count(incoming, ANSWERED, began)
                return False
            is_understood = isinstance(understood, Understood)
            stored = partial(self._stored, speaker, incoming, is_understood, began)
            self._store(stored, incoming, understood)
        except Exception as error:  # noqa: BLE001  # whatever one message meets, others go on
            self._fail(error)
            return False
        return True

    def _stored(
        self,
        speaker: Speaker,
        incoming: Incoming,
        is_understood: bool,
        began: float,
        outcome: bytes | Exception,
    ) -> None:
        """Send the answer to a message that is kept, and go on."""
        try:
            if isinstance(outcome, OperationFailed):
                return self._in_steps(self._answer_poison(speaker, incoming, outcome, began))
            if isinstance(outcome, Exception):
                raise outcome
            self._reply(speaker, outcome)
            self._count(incoming, ANSWERED if is_understood else REFUSED, began)
            if incoming.action == BOOT and is_understood:
                speaker.booted()
        except Exception as error:  # noqa: BLE001  # whatever one message meets, others go on
            self._fail(error)
        return self._done()

    def _count(self, incoming: Incoming, outcome: str, began: float) -> None:
        """Keep count; a station can say any word for an action, and is not to fill the memory."""
        action = incoming.action if incoming.action in ROUTES else OTHER
        tally = self._archive.tally
        tally.messages[action, outcome] += 1
        tally.answer_seconds.note(self._clock.monotonic() - began)

    def _store(
        self,
        stored: Callable[[bytes | Exception], None],
        incoming: Incoming,
        understood: Understood | OcppViolation,
    ) -> None:
        """Let the writer handle a message as far as it can; it tells the answer once it is kept."""
        if isinstance(understood, Understood):
            self._archive.write_frame(stored, answer_frame, incoming, understood)
        elif incoming.action in NEVER_REFUSED:
            self._archive.write_frame(stored, set_frame_aside, incoming, str(understood))
        else:
            self._archive.write_frame(stored, refuse_frame, incoming, understood)

    def _answer_heartbeat(
        self, speaker: Speaker, incoming: Incoming, understood: Understood
    ) -> None:
        """Answer at once: a Heartbeat has no effect that is worth a sync (promise 1)."""
        answer = incoming.result(HeartbeatResponse(current_time=self._clock.now()))
        self._reply(speaker, answer)
        self._archive.write_lazily(answer_frame, incoming, understood, answer)

    async def _answer_poison(
        self, speaker: Speaker, incoming: Incoming, failure: OperationFailed, began: float
    ) -> None:
        """Give a frame that met a bug an end: kept raw and answered neutrally, or refused."""
        if incoming.action in NEVER_REFUSED:
            reason = f"it met an error of onetime ({failure})"
            answer = await self._archive.write(set_frame_aside, incoming, reason)
        else:
            answer = await self._archive.write(fail_frame, incoming)
        self._reply(speaker, answer)
        self._count(incoming, FAILED, began)

    def _reply(self, speaker: Speaker, answer: bytes) -> None:
        if self.current is speaker:
            speaker.send(answer)
        else:
            self.remark("K10")

    def _hang_up(self, code: int, reason: str) -> None:
        if self.current is not None:
            self.current.hang_up(code, reason)
