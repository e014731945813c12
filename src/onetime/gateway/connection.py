"""One connection of a station: sorts its frames into calls and answers; the lane does the rest.

Knows the line and the envelope of OCPP-J; never what a message means.
"""

import secrets
from typing import Final

from msgspec import Raw, Struct

from onetime.domain.ids import StationId
from onetime.domain.stations import Habits
from onetime.gateway.answers import Incoming
from onetime.gateway.calls import Asked, Calls
from onetime.gateway.door import Line
from onetime.gateway.lane import Lane, Mumbled
from onetime.gateway.routes import BOOT
from onetime.kit.clock import Clock
from onetime.kit.logs import get_log
from onetime.ocpp.envelope import Call, CallError, CallResult, Malformed, read
from onetime.ocpp.exchange import ConnectionLost, Ignored
from onetime.ocpp.repair import repair_frame

QUIET_SECONDS: Final = 60.0
"""How long after its opening a station that does not boot is left in peace (B03)."""
BROKEN_JSON: Final = "K19"
TOO_LARGE: Final = 1009
REPLACED: Final = "replaced by a newer connection"
FOREIGN: Final = "this central system speaks ocpp1.6"
GOING_AWAY: Final = 1001
UNASKED: Final = Ignored("unknown", None)
PROTOCOL_ERROR: Final = 1002
LOGGED_BYTES: Final = 4096
PONG_MISSED_SECONDS: Final = 150.0
"""A line is pinged once it was silent for a minute: who is silent for longer sends no pongs."""

log = get_log("gateway")


class Welcome(Struct, frozen=True):
    """How a connection was let in."""

    quirks: tuple[str, ...] = ()
    is_foreign: bool = False
    is_adopted: bool = False
    habits: Habits = Habits()


class Connection:
    """What hears one line; `Conversation` of the door and `Speaker` of the lane."""

    __slots__ = (
        "_calls",
        "_clock",
        "_counts_boot",
        "_counts_pongs",
        "_has_arrived",
        "_has_talked",
        "_held_until",
        "_lane",
        "_line",
        "_predecessor",
        "_welcome",
        "address",
        "is_adopted",
        "quirks",
    )

    def __init__(self, lane: Lane, welcome: Welcome, clock: Clock) -> None:
        self.quirks = welcome.quirks
        self.is_adopted = welcome.is_adopted
        self.address = ""
        self._lane = lane
        self._welcome = welcome
        self._clock = clock
        self._line: Line | None = None
        self._calls: Calls | None = None
        self._held_until: float | None = clock.monotonic() + QUIET_SECONDS
        self._has_arrived = False
        self._has_talked = False
        self._counts_boot = True  # until it has come, or its lack was counted
        self._counts_pongs = True
        self._predecessor: Connection | None = None

    @property
    def station_id(self) -> StationId:
        """Whose connection this is."""
        return self._lane.station_id

    # What the door tells.

    def opened(self, line: Line) -> None:
        """Take over the station's lane; a peer of another version is sent away (K01)."""
        self._line = line
        self.address = line.address
        if self._welcome.is_foreign:
            line.close(PROTOCOL_ERROR, FOREIGN)
            return
        self._has_arrived = True
        replaced = self._lane.arrive(self)
        if isinstance(replaced, Connection):
            self._predecessor = replaced
            replaced.give_way()

    def received(self, frame: bytes) -> None:
        """Sort one message: an answer ends our call, a CALL joins the lane."""
        if self._lane.current is not self:
            return
        if self._lane.heard() > PONG_MISSED_SECONDS and self._counts_pongs:
            self._counts_pongs = False
            self._lane.remark("K11")
        message = read(frame)
        quirks: tuple[str, ...] = ()
        if isinstance(message, Malformed) and (repaired := repair_frame(frame)) is not None:
            message, quirks = repaired, (BROKEN_JSON,)
        match message:
            case Call(message_id, action, payload):
                self._say(frame, message_id, action, payload, quirks)
            case CallResult() | CallError():
                self._take_answer(message, frame)
                for quirk in quirks:
                    self._lane.remark(quirk)
            case Malformed():
                self._take_malformed(message, frame)

    def heard(self) -> None:
        """A ping or a pong is a sign of life."""
        if self._lane.current is self:
            self._lane.heard()

    def fragmented(self) -> None:
        """A message came in several frames, which few stations do (K16)."""
        if self._lane.current is self:
            self._lane.remark("K16")

    def violated(self, code: int, reason: str) -> None:
        """The peer broke a limit or the protocol; the door is closing the line."""
        if self._lane.current is self:
            quirk = "K17" if code == TOO_LARGE else "K14" if code == PROTOCOL_ERROR else "other"
            mumbled = Mumbled(
                f"(connection closed with {code}: {reason})",
                () if code == TOO_LARGE else (quirk,),
                self._clock.now(),
                code == TOO_LARGE,
            )
            self._lane.mumble(mumbled)

    def closed(self) -> None:
        """The line is gone."""
        self._line = None
        if self._calls is not None:
            self._calls.lose()
        self._predecessor = None
        if self._has_arrived:
            self._remark_no_boot()
            self._lane.leave(self)

    # What the lane asks for.

    def send(self, frame: bytes) -> None:
        """Send a frame, if there still is a line."""
        if self._line is not None:
            self._line.send(frame)

    def booted(self) -> None:
        """Let our calls go out: the station has its BootNotification.conf (B03)."""
        self._held_until = None
        if self._calls is not None:
            self._calls.release()

    def hang_up(self, code: int, reason: str) -> None:
        """Close the line."""
        if self._line is not None:
            self._line.close(code, reason)

    def pause(self) -> None:
        """Read no more for now."""
        if self._line is not None:
            self._line.pause_reading()

    def resume(self) -> None:
        """Read on."""
        if self._line is not None:
            self._line.resume_reading()

    def give_way(self) -> None:
        """End at once: a newer connection speaks for the station now (K08)."""
        if self._calls is not None:
            self._calls.lose()
        self.hang_up(GOING_AWAY, REPLACED)
        if self._predecessor is not None:
            self._predecessor.drop()
            self._predecessor = None

    def drop(self) -> None:
        """Drop the line if it is still closing: a station has two at most (S12)."""
        if self._line is not None:
            self._line.abort()

    # The way out.

    async def ask(self, action: str, request: Struct | bytes, timeout_seconds: float) -> Asked:
        """Send a CALL when its turn comes, and wait for its outcome."""
        if self._line is None:
            return Asked(ConnectionLost(was_sent=False), None, 0.0)
        if self._calls is None:
            self._calls = Calls(
                secrets.token_hex(4),
                self.send,
                self._clock,
                held=self._is_held(),
                with_fraction=self._welcome.habits.times_with_fraction,
            )
        return await self._calls.ask(action, request, timeout_seconds)

    def end_quiet_time(self) -> None:
        """Let calls go out to a station that does not boot, once its quiet time is over."""
        if self._held_until is not None and not self._is_held():
            self._remark_no_boot()
            self.booted()

    def _is_held(self) -> bool:
        return self._held_until is not None and self._clock.monotonic() < self._held_until

    def _say(
        self,
        frame: bytes,
        message_id: str,
        action: str,
        payload: Raw | None,
        quirks: tuple[str, ...],
    ) -> None:
        if action == BOOT:
            quirks += self._early_talk()
        else:
            self._has_talked = True
        incoming = Incoming(
            station_id=self._lane.station_id,
            address=self.address,
            at=self._clock.now(),
            action=action,
            message_id=message_id,
            payload=payload,
            frame=frame.decode(errors="replace"),
            quirks=quirks,
            habits=self._welcome.habits,
        )
        self._lane.say(self, incoming)

    def _early_talk(self) -> tuple[str, ...]:
        """Name the quirk of a station that talked before it booted (B01), once."""
        is_early = self._counts_boot and self._has_talked and self._is_held()
        self._counts_boot = False
        return ("B01",) if is_early else ()

    def _remark_no_boot(self) -> None:
        if self._counts_boot and self._has_talked:
            self._counts_boot = False
            self._lane.remark_no_boot()

    def _take_answer(self, message: CallResult | CallError | Malformed, frame: bytes) -> None:
        ignored = self._calls.receive(message, frame) if self._calls is not None else UNASKED
        if ignored is not None:
            log.info("answer_ignored", station=self.station_id, why=ignored.why)

    def _take_malformed(self, message: Malformed, frame: bytes) -> None:
        """Answer what has a readable head; the rest is logged, there is nothing to answer to."""
        if message.kind in ("call_result", "call_error"):
            self._take_answer(message, frame)
        elif message.message_id is not None and message.action is not None:
            self._say(frame, message.message_id, message.action, None, (BROKEN_JSON,))
            return
        text = frame[:LOGGED_BYTES].decode(errors="replace")
        self._lane.mumble(Mumbled(text, (BROKEN_JSON,), self._clock.now()))
