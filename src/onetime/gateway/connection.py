"""One connection of a station: sorts its frames into calls and answers; the lane does the rest.

Knows the line and the envelope of OCPP-J; never what a message means.
"""

import math
import secrets
from typing import Final

from msgspec import Raw, Struct

from onetime.domain.ids import StationId
from onetime.domain.stations import Habits, Proof, SecurityProfile
from onetime.gateway.answers import Incoming
from onetime.gateway.calls import Asked, Calls
from onetime.gateway.door import Line
from onetime.gateway.items import Mumbled
from onetime.gateway.lane import Lane
from onetime.gateway.routes import BOOT
from onetime.kit.clock import Clock
from onetime.ocpp.codec import encode
from onetime.ocpp.envelope import Call, CallError, CallResult, Malformed, read
from onetime.ocpp.exchange import Answered, ConnectionLost, Ignored
from onetime.ocpp.repair import repair_frame
from onetime.ocpp.v16.remote_trigger import TriggerMessageResponse
from onetime.ocpp.v16.security import ExtendedTriggerMessageResponse

QUIET_SECONDS: Final = 60.0
"""How long after its first frame a station that does not boot is left in peace (B03)."""
CALM_SECONDS: Final = 30.0
HARM_SECONDS: Final = 60.0
"""How long after it was asked to boot a connection that ends counts as harmed by that (B04)."""
TRIGGERS: Final = frozenset({"TriggerMessage", "ExtendedTriggerMessage"})
SOLICITED_SECONDS: Final = 60.0
"""How long after a station has agreed to send a boot one counts as that: no restart (B02)."""
BROKEN_JSON: Final = "K19"
ODD_ERROR: Final = "C04"
UNEXPECTED: Final = "C02"
TOO_LARGE: Final = 1009
REPLACED: Final = "replaced by a newer connection"
FOREIGN: Final = "this central system speaks ocpp1.6"
GOING_AWAY: Final = 1001
NO_PROOF: Final = Proof(profile=SecurityProfile.NONE)
UNASKED: Final = Ignored("unknown", None)
PROTOCOL_ERROR: Final = 1002
LOGGED_BYTES: Final = 4096
PONG_MISSED_SECONDS: Final = 150.0
"""A line is pinged once it was silent for a minute: who is silent for longer sends no pongs."""


class Welcome(Struct, frozen=True):
    """How a connection was let in."""

    quirks: tuple[str, ...] = ()
    is_foreign: bool = False
    is_adopted: bool = False
    habits: Habits = Habits()
    proof: Proof = NO_PROOF


class Connection:
    """What hears one line; `Conversation` of the door and `Speaker` of the lane."""

    __slots__ = (
        "_boot_asked_at",
        "_boot_awaited_until",
        "_calls",
        "_clock",
        "_counts_boot",
        "_counts_pongs",
        "_has_arrived",
        "_has_booted",
        "_has_talked",
        "_is_ended",
        "_is_quiet",
        "_lane",
        "_line",
        "_predecessor",
        "_quiet_from",
        "_welcome",
        "address",
        "is_adopted",
        "proof",
        "quirks",
    )

    def __init__(self, lane: Lane, welcome: Welcome, clock: Clock) -> None:
        self.quirks = welcome.quirks
        self.is_adopted = welcome.is_adopted
        self.proof = welcome.proof
        self.address = ""
        self._lane = lane
        self._welcome = welcome
        self._clock = clock
        self._line: Line | None = None
        self._calls: Calls | None = None
        self._is_quiet = True  # until it has booted, or has had time to
        self._quiet_from: float | None = None
        self._is_ended = False
        self._has_booted = False
        self._boot_asked_at: float | None = None
        self._boot_awaited_until = -math.inf
        self._has_arrived = False
        self._has_talked = False
        self._counts_boot = True  # until it has come, or its lack was counted
        self._counts_pongs = True
        self._predecessor: Connection | None = None

    @property
    def habits(self) -> Habits:
        """How the station was to be written to and read when it logged in."""
        return self._welcome.habits

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
        if self._quiet_from is None:
            self._quiet_from = self._clock.monotonic()
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
                if isinstance(message, CallError) and message.is_odd:
                    quirks += (ODD_ERROR,)
                for quirk in quirks:
                    self._lane.remark(quirk)
            case Malformed():
                self._take_malformed(message, frame)

    def heard(self) -> None:
        """A ping or a pong is a sign of life."""
        if self._lane.current is self:
            self._lane.heard()
            if self._quiet_from is None:
                self._quiet_from = self._clock.monotonic()

    def fragmented(self) -> None:
        """A message came in several frames, which few stations do (K16)."""
        if self._lane.current is self:
            self._lane.remark("K16")

    def violated(self, code: int, reason: str) -> None:
        """The peer broke a limit or the protocol; the door is closing the line."""
        self._is_ended = True
        self._lane.note_violation()
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
            self._calls.lose(was_ours=self._is_ours())
        self._predecessor = None
        if self._has_arrived:
            self._remark_no_boot()
            self._remark_harm()
            self._lane.leave(self)

    # What the lane asks for.

    def send(self, frame: bytes) -> None:
        """Send a frame, if there still is a line."""
        if self._line is not None:
            self._line.send(frame)

    def booted(self) -> None:
        """Let our calls go out: the station has its BootNotification.conf (B03)."""
        self._has_booted = True
        self._release()

    def hang_up(self, code: int, reason: str) -> None:
        """Close the line."""
        self._is_ended = True
        self._close(code, reason)

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
        self._close(GOING_AWAY, REPLACED)
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
        if action not in TRIGGERS or BOOT.encode() not in _text(request):
            return await self._calls.ask(action, request, timeout_seconds)
        self._boot_asked_at = self._clock.monotonic()
        self._boot_awaited_until = math.inf  # it may come before the answer does
        asked = await self._calls.ask(action, request, timeout_seconds)
        if self._boot_awaited_until == math.inf:
            now = self._clock.monotonic()
            self._boot_awaited_until = now + SOLICITED_SECONDS if _agrees(asked) else -math.inf
        return asked

    def end_quiet_time(self) -> None:
        """Let calls go out to a station that does not boot, once its quiet time is over."""
        if self._is_quiet and not self._is_held():
            self._remark_no_boot()
            self._release()

    def take_boot_question(self) -> bool:
        """Say whether it talks without a boot, is calm, and was not asked to boot yet (B04).

        From here on it counts as asked.
        """
        if self._is_quiet or self._has_booted or self._boot_asked_at is not None:
            return False
        now = self._clock.monotonic()
        if now - self._lane.heard_at < CALM_SECONDS:
            return False
        self._boot_asked_at = now
        return True

    def _is_held(self) -> bool:
        if not self._is_quiet or self._quiet_from is None:
            return self._is_quiet
        return self._clock.monotonic() - self._quiet_from < QUIET_SECONDS

    def _hold(self) -> None:
        """Keep quiet from now on: a boot was read, and its answer has to go out first (B03)."""
        self._is_quiet = True
        self._quiet_from = self._clock.monotonic()
        if self._calls is not None:
            self._calls.hold()

    def _release(self) -> None:
        self._is_quiet = False
        if self._calls is not None:
            self._calls.release()

    def _close(self, code: int, reason: str) -> None:
        if self._line is not None:
            self._line.close(code, reason)

    def _say(
        self,
        frame: bytes,
        message_id: str,
        action: str,
        payload: Raw | None,
        quirks: tuple[str, ...],
    ) -> None:
        is_solicited = action == BOOT and self._takes_for_solicited()
        if action == BOOT:
            quirks += self._early_talk()
            self._hold()
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
            is_solicited=is_solicited,
            habits=self._welcome.habits,
        )
        self._lane.say(self, incoming)

    def _takes_for_solicited(self) -> bool:
        """Say whether a boot that was read is the one that we have asked for, and await no other.

        What comes before any call could go out is none.
        """
        is_awaited = not self._is_quiet and self._clock.monotonic() <= self._boot_awaited_until
        self._boot_awaited_until = -math.inf
        return is_awaited

    def _early_talk(self) -> tuple[str, ...]:
        """Name the quirk of a station that talked before it booted (B01), once."""
        is_early = self._counts_boot and self._has_talked and self._is_held()
        self._counts_boot = False
        return ("B01",) if is_early else ()

    def _remark_no_boot(self) -> None:
        if self._counts_boot and self._has_talked:
            self._counts_boot = False
            self._lane.remark_no_boot()

    def _remark_harm(self) -> None:
        """Note that the connection ended soon after the station was asked to boot (B04)."""
        asked_at = self._boot_asked_at
        is_soon = asked_at is not None and self._clock.monotonic() - asked_at < HARM_SECONDS
        if is_soon and not self._is_ours():
            self._lane.remark_boot_harm()

    def _is_ours(self) -> bool:
        """Say whether it is we who ended the line."""
        return self._is_ended or self._lane.is_ending

    def _take_answer(self, message: CallResult | CallError | Malformed, frame: bytes) -> None:
        ignored = self._calls.receive(message, frame) if self._calls is not None else UNASKED
        if ignored is not None:
            self._lane.log.tell("answer_ignored", station=self.station_id, why=ignored.why)
            self._lane.remark(UNEXPECTED)

    def _take_malformed(self, message: Malformed, frame: bytes) -> None:
        """Answer what has a readable head; the rest is logged, there is nothing to answer to."""
        if message.kind in ("call_result", "call_error"):
            self._take_answer(message, frame)
        elif message.message_id is not None and message.action is not None:
            self._say(frame, message.message_id, message.action, None, (BROKEN_JSON,))
            return
        text = frame[:LOGGED_BYTES].decode(errors="replace")
        self._lane.mumble(Mumbled(text, (BROKEN_JSON,), self._clock.now()))


def _agrees(asked: Asked) -> bool:
    """Say whether a station will send what it was asked for."""
    outcome = asked.outcome
    if not isinstance(outcome, Answered):
        return False
    response = outcome.response
    return (
        isinstance(response, TriggerMessageResponse | ExtendedTriggerMessageResponse)
        and response.status == "Accepted"
    )


def _text(request: Struct | bytes) -> bytes:
    return encode(request) if isinstance(request, Struct) else request
