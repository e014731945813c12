"""Bugs that the checks must find: each makes this process a central system that has one.

They are put into the running program from outside; the product has no switch for any of them.
"""

import asyncio
import time
from collections.abc import Callable
from typing import Final

from msgspec import structs
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from onetime.domain.tokens import Verdict
from onetime.gateway import lane
from onetime.gateway.connection import Connection
from onetime.operations import books, readings, sessions
from onetime.store import readings as kept_readings
from onetime.store import reviews
from onetime.store import sessions as kept_sessions
from onetime.store.writer import Phase, Writer
from tests.journeys.crash.swaps import put, wrap

SLOW_COMMIT_SECONDS: Final = 0.01
EVERY_COMMIT_THAT_FAILS: Final = 5


def answer_before_commit() -> None:
    """Doors are told the outcome while the disk still works on it."""

    def around(attempt):
        def hasty(self, connection, foreign, batch, isolate):
            def told(phase: Phase) -> None:
                if phase is Phase.BEFORE_COMMIT:
                    self._reports.settled(batch, [])
                    time.sleep(SLOW_COMMIT_SECONDS)

            self._at_phase = told
            return attempt(self, connection, foreign, batch, isolate)

        return hasty

    wrap(Writer, "_attempt", around)


def no_repeat_check() -> None:
    """A Start is a charge of its own each time it comes."""
    put(kept_sessions, "unended_like", lambda tx, opening: None)


def message_id_as_key() -> None:
    """A message is known by its id, never by what it says."""
    known: dict[str, bytes] = {}

    def around(answer):
        def by_id(tx, incoming, *others):
            if incoming.message_id not in known:
                known[incoming.message_id] = answer(tx, incoming, *others)
            return known[incoming.message_id]

        return by_id

    wrap(lane, "answer_frame", around)
    no_repeat_check()


def negative_delta_booked() -> None:
    """What the register has lost is taken from the driver's energy."""
    put(sessions, "final_register", lambda session, reported_wh: (reported_wh, False))
    put(
        books,
        "booked_energy",
        lambda session, later: (session.meter_stop - session.meter_start, False),
    )


def write_error_swallowed() -> None:
    """A disk that fails now and then is not worth mentioning."""
    batches = 0

    def fail(phase: Phase) -> None:
        if phase is Phase.BEFORE_COMMIT:
            raise OperationalError("COMMIT", {}, OSError("disk I/O error"))

    def around(attempt):
        def failing(self, connection, foreign, batch, isolate):
            nonlocal batches
            batches += 1
            at_phase = self._at_phase
            if batches % EVERY_COMMIT_THAT_FAILS == 0 and not any(each.guarded for each in batch):
                self._at_phase = fail
            try:
                return attempt(self, connection, foreign, batch, isolate)
            except OperationalError:
                return []
            finally:
                self._at_phase = at_phase

        return failing

    wrap(Writer, "_attempt", around)


def answer_to_the_old_socket() -> None:
    """The first connection of a station stays the one that is answered, as long as it is open."""
    first: dict[str, Connection] = {}

    def reply(self, speaker, answer) -> None:
        older = first.setdefault(self.station_id, speaker)
        if older._line is None:
            older = first[self.station_id] = speaker
        older.send(answer)

    put(lane.Lane, "_reply", reply)
    put(Connection, "give_way", lambda self: None)


def tag_check_skipped_at_start() -> None:
    """Authorize is asked for a tag; a Start is believed."""

    def around(rule):
        return lambda *said: structs.replace(rule(*said), verdict=Verdict.ACCEPTED)

    wrap(sessions, "rule_at", around)


def stop_guessed_onto_a_connector() -> None:
    """A Stop ends the charge that has run longest at its station."""

    def guess(tx, closing, raw):
        running = kept_sessions.open_at(tx, closing.station_id)
        named = kept_sessions.by_transaction(tx, closing.transaction_id)
        return running[0] if running else named

    put(sessions, "_session_to_stop", guess)


def rounding_per_sample() -> None:
    """Energy is added up from what was rounded to a tenth of a kilowatt-hour."""

    def around(booked_energy):
        def rounded(session, later):
            energy_wh, is_cut = booked_energy(session, later)
            return round(energy_wh, -2), is_cut

        return rounded

    wrap(books, "booked_energy", around)


def session_reopened() -> None:
    """Meter values that come after the end of a charge open it again."""
    reopen = text("UPDATE charging_sessions SET ended_by = NULL WHERE id = :id")

    def around(record):
        def reopening(tx, session, *others, **options):
            recorded = record(tx, session, *others, **options)
            if session.ended_by is not None:
                tx.connection.execute(reopen, {"id": session.id})
            return recorded

        return reopening

    wrap(readings, "record_in_session", around)


def readings_kept_again() -> None:
    """Meter values are kept as often as they come."""
    put(
        kept_readings,
        "not_yet_kept",
        lambda tx, origin, moment, sampling: sampling,
    )


def refused_energy_unseen() -> None:
    """No alarm is raised for anything."""
    put(reviews, "raise_alarm", lambda tx, kind, key, sentence, station_id: None)


def task_left_behind() -> None:
    """Each connection leaves a task that never ends."""
    left = []

    def around(opened):
        def leaving(self, line) -> None:
            left.append(asyncio.get_running_loop().create_task(asyncio.Event().wait()))
            opened(self, line)

        return leaving

    wrap(Connection, "opened", around)


BUGS: Final[dict[str, Callable[[], None]]] = {
    each.__name__.replace("_", "-"): each
    for each in (
        answer_before_commit,
        no_repeat_check,
        message_id_as_key,
        negative_delta_booked,
        write_error_swallowed,
        answer_to_the_old_socket,
        tag_check_skipped_at_start,
        stop_guessed_onto_a_connector,
        rounding_per_sample,
        session_reopened,
        readings_kept_again,
        refused_energy_unseen,
        task_left_behind,
    )
}
