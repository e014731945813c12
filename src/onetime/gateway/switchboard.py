"""Who is connected: one lane per station, and the way out to whoever speaks for it now."""

import asyncio
from collections.abc import Container, Iterable
from contextlib import suppress
from typing import Final

from msgspec import Struct

from onetime.domain.ids import StationId
from onetime.domain.stations import Habits, Proof
from onetime.garage import Archive, Reply
from onetime.gateway.calls import Asked
from onetime.gateway.connection import Connection
from onetime.gateway.hearing import Finding, Hearing
from onetime.gateway.lane import Lane
from onetime.kit.clock import Clock
from onetime.ocpp.exchange import (
    Answered,
    BrokenAnswer,
    CallErrored,
    ConnectionLost,
    ExpiredInQueue,
    Outcome,
    QueueFull,
    TimedOut,
)
from onetime.ocpp.redaction import redacted
from onetime.operations.harm import note_deaf, note_hears
from onetime.operations.journal import OUTWARD, Entry, write_entry

SILENT_INTERVALS: Final = 3
SILENT_AT_LEAST_SECONDS: Final = 300.0
NO_LONGER_ALLOWED: Final = 1008
SILENT: Final = "silent for too long"
GOING_AWAY: Final = 1001
DEAF: Final = "please connect again: calls are not answered"
NO_ANSWER: Final = "C03"
READ_LENIENTLY: Final = "GetConfiguration"
"""Its broken answers are read as they were meant, and counted where that is done (C05)."""
WORDS: Final[dict[type[Struct], str]] = {
    Answered: "answered",
    CallErrored: "call-error",
    BrokenAnswer: "broken-answer",
    TimedOut: "timeout",
    ConnectionLost: "connection-lost",
    ExpiredInQueue: "expired-in-queue",
    QueueFull: "queue-full",
}


class Switchboard:
    """The call port of the garage, and the lanes behind the station door."""

    def __init__(
        self,
        archive: Archive,
        clock: Clock,
        tasks: asyncio.TaskGroup,
        heartbeat_interval_seconds: int,
    ) -> None:
        self._archive = archive
        self._clock = clock
        self._tasks = tasks
        self._silent_after = max(
            SILENT_INTERVALS * heartbeat_interval_seconds, SILENT_AT_LEAST_SECONDS
        )
        self._lanes: dict[StationId, Lane] = {}
        self._hearings: dict[StationId, Hearing] = {}
        self._is_closing = False

    def lane_of(self, station_id: StationId) -> Lane:
        """Return the one lane of a station."""
        lane = self._lanes.get(station_id)
        if lane is None:
            lane = Lane(station_id, self._archive, self._clock, self._tasks)
            lane.is_ending = self._is_closing
            self._lanes[station_id] = lane
        return lane

    def is_connected(self, station_id: StationId) -> bool:
        """Say whether the station has a connection now."""
        return self._connection(station_id) is not None

    def connected(self) -> list[StationId]:
        """Return the stations that have a connection now."""
        return [each for each in self._lanes if self.is_connected(each)]

    async def call(
        self, station_id: StationId, action: str, request: Struct | bytes, timeout_seconds: float
    ) -> Reply:
        """Send a CALL and wait for its one outcome; it is written to the OCPP log."""
        connection = self._connection(station_id)
        if connection is None:
            return Reply(ConnectionLost(was_sent=False), 0.0)
        asked = await connection.ask(action, request, timeout_seconds)
        if asked.frame is not None:
            self._archive.write_lazily(write_entry, self._entry(station_id, action, asked))
            self._judge(self._lanes[station_id], connection, action, asked)
        return Reply(asked.outcome, asked.seconds)

    def came_with(self, station_id: StationId) -> tuple[Proof, Habits] | None:
        """Return what a connected station showed at its login, and how it was to be read."""
        connection = self._connection(station_id)
        return None if connection is None else (connection.proof, connection.habits)

    def hang_up(self, stations: Iterable[StationId]) -> None:
        """End the connections of stations that are no longer allowed as they logged in."""
        for station_id in stations:
            if (connection := self._connection(station_id)) is not None:
                connection.hang_up(NO_LONGER_ALLOWED, "log in again")

    def note_closing(self, is_closing: bool) -> None:
        """Note that it is we who end all lines from now on, or no longer."""
        self._is_closing = is_closing
        for lane in self._lanes.values():
            lane.is_ending = is_closing

    async def rest(self, seconds: float) -> None:
        """Wait until everything that stations said is handled, but no longer than this."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                for lane in list(self._lanes.values()):
                    await lane.rest()

    def take_unbooted(self, among: Container[StationId]) -> list[StationId]:
        """Return those of these stations that are to be asked to boot now, each once (B04)."""
        return [
            station_id
            for station_id in self._lanes
            if station_id in among
            and (connection := self._connection(station_id)) is not None
            and connection.take_boot_question()
        ]

    def look_around(self) -> None:
        """End connections that have been silent too long (K11, K13), and quiet times that are over.

        Silence is the absence of any frame; a missing pong alone ends nothing.
        """
        now = self._clock.monotonic()
        for station_id, lane in self._lanes.items():
            connection = self._connection(station_id)
            if connection is None:
                continue
            connection.end_quiet_time()
            if now - lane.heard_at > self._silent_after:
                connection.hang_up(NO_LONGER_ALLOWED, SILENT)

    def _connection(self, station_id: StationId) -> Connection | None:
        lane = self._lanes.get(station_id)
        current = lane.current if lane is not None else None
        return current if isinstance(current, Connection) else None

    def _judge(self, lane: Lane, connection: Connection, action: str, asked: Asked) -> None:
        """See what a call shows of a station: deaf ears (K12), words of its own (C03)."""
        outcome = asked.outcome
        is_said_wrongly = isinstance(outcome, BrokenAnswer) and not outcome.is_malformed
        if is_said_wrongly and action != READ_LENIENTLY:
            lane.remark(NO_ANSWER)
        now = self._clock.monotonic()
        hearing = self._hearings.setdefault(lane.station_id, Hearing())
        finding = hearing.note(connection, outcome, lane.heard_at > now - asked.seconds, now)
        if finding is Finding.HEARS:
            self._archive.write_lazily(note_hears, lane.station_id)
        elif finding is not None:
            self._archive.write_lazily(note_deaf, lane.station_id)
            if finding is Finding.DEAF_AT_LAST:
                connection.hang_up(GOING_AWAY, DEAF)

    def _entry(self, station_id: StationId, action: str, asked: Asked) -> Entry:
        assert asked.frame is not None
        return Entry(
            station_id=station_id,
            at=self._clock.now(),
            direction=OUTWARD,
            action=action,
            message_id=None,
            frame=redacted(action, asked.frame.decode()),
            answer=redacted(action, _answer_text(asked.outcome)),
            outcome=WORDS[type(asked.outcome)],
            latency_ms=round(asked.seconds * 1000),
        )


def _answer_text(outcome: Outcome) -> str:
    match outcome:
        case Answered(_, raw) | BrokenAnswer(_, raw):
            return raw.decode(errors="replace")
        case CallErrored(code, description):
            return f"{code}: {description}"
    return ""
