"""The writer thread: one batch, one transaction, one commit; then everybody is answered.

Knows tickets and the database's moods; never what an operation does.
"""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from enum import StrEnum

from msgspec import Struct
from sqlalchemy import Connection

from onetime.domain.errors import OperationFailed, Refusal, StoreDown
from onetime.domain.facts import Fact, ForeignCommit
from onetime.domain.policy import Policy
from onetime.kit.clock import Clock
from onetime.kit.logs import get_log
from onetime.kit.tally import Tally
from onetime.store.database import (
    Database,
    Trouble,
    reason_of,
    require_transaction,
    trouble,
)
from onetime.store.foreign import ForeignCommits
from onetime.store.tickets import Ticket
from onetime.store.transaction import Transaction

BATCH_LIMIT = 512
QUEUE_LIMIT = 20_000
RETRY_LIMIT = 5
TICK_SECONDS = 1.0
_PROBE = "UPDATE installation SET transaction_count = transaction_count"
_PROBE_OF_SPACE = (
    "PRAGMA cache_size=8",  # pages; what does not fit into memory is written before the commit
    "CREATE TABLE probe (filling BLOB)",
    "INSERT INTO probe VALUES (zeroblob(1048576))",
)
"""SQLite writes over pages that it has even on a full disk. This wants new ones, for as much
as a large batch writes; it is rolled back: nothing of it stays, whenever the process dies."""

log = get_log("store")


class Phase(StrEnum):
    """Moments of a batch at which tests and the slow-disk bench put in a fault."""

    BEFORE_WRITE = "before-write"
    BEFORE_COMMIT = "before-commit"
    AFTER_COMMIT = "after-commit"


class Reports(Struct, frozen=True):
    """Where the writer tells what happened; each is called in the writer thread."""

    settled: Callable[[Sequence[Ticket], Sequence[Fact]], None]
    down: Callable[[bool], None]
    fatal: Callable[[str], None]


class Writer:
    """Owns the writing connection and the queue in front of it."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        policy: Policy,
        reports: Reports,
        *,
        batch_limit: int,
        at_phase: Callable[[Phase], None],
        tally: Tally,
    ) -> None:
        self.is_down = False
        self._database = database
        self._clock = clock
        self._policy = policy
        self._reports = reports
        self._batch_limit = batch_limit
        self._at_phase = at_phase
        self._tally = tally
        self._queue: deque[Ticket] = deque()
        self._lazy: deque[Ticket] = deque()
        self._wake = threading.Condition()
        self._is_stopping = False
        self._thread = threading.Thread(target=self._run, name="writer", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self) -> None:
        """Write what is queued, then end."""
        with self._wake:
            self._is_stopping = True
            self._wake.notify()
        if self._thread.is_alive():
            self._thread.join()

    def enqueue(self, ticket: Ticket) -> None:
        """Queue an operation; raises StoreDown when it can not be written."""
        with self._wake:
            if self.is_down or self._is_stopping or len(self._queue) >= QUEUE_LIMIT:
                raise StoreDown("the database can not commit at present")
            self._queue.append(ticket)
            self._wake.notify()

    def enqueue_lazily(self, ticket: Ticket) -> None:
        """Let an operation go with the next batch; past the limit it is lost."""
        if len(self._lazy) < QUEUE_LIMIT:
            self._lazy.append(ticket)

    def waiting(self) -> int:
        """Return how many entries are in the queue."""
        return len(self._queue)

    def oldest_queued_at(self) -> float | None:
        """Return the monotonic second at which the oldest waiting entry came."""
        try:
            return self._queue[0].queued_at
        except IndexError:
            return None

    def _run(self) -> None:
        while True:
            try:
                with self._database.writer.connect() as connection:
                    foreign = ForeignCommits(connection, self._database.is_sqlite)
                    if self.is_down:
                        self._reports.settled([], [ForeignCommit()])  # nobody watched meanwhile
                    self._set_down(False)
                    self._serve(connection, foreign)
                    return
            except Exception as error:  # noqa: BLE001 - top of the thread
                if self._give_up(error):
                    return
            if not self._wait_for_database():
                return

    def _serve(self, connection: Connection, foreign: ForeignCommits) -> None:
        """Write batch after batch until asked to stop; an exception ends it earlier."""
        while True:
            batch, is_last = self._next_batch()
            if foreign.seen():
                self._reports.settled([], [ForeignCommit()])
            if batch:
                self._write(connection, foreign, batch)
            if is_last:
                return

    def _next_batch(self) -> tuple[list[Ticket], bool]:
        with self._wake:
            if not self._queue and not self._is_stopping:
                self._wake.wait(TICK_SECONDS)
            size = min(len(self._queue), self._batch_limit)
            batch = [self._queue.popleft() for _ in range(size)]
            is_last = self._is_stopping and not self._queue
        for _ in range(min(len(self._lazy), QUEUE_LIMIT)):
            batch.append(self._lazy.popleft())
        return batch, is_last

    def _write(self, connection: Connection, foreign: ForeignCommits, batch: list[Ticket]) -> None:
        """Run and commit one batch; raises when the database is down, after telling everybody."""
        isolate = False
        began = self._clock.monotonic()
        for attempt in range(RETRY_LIMIT + 2):
            try:
                facts = self._attempt(connection, foreign, batch, isolate)
            except Exception as error:
                verdict = trouble(error)
                if verdict is Trouble.RETRY and attempt < RETRY_LIMIT:
                    continue
                if verdict is Trouble.BUG and not isolate:
                    log.error("batch_rolled_back", size=len(batch), error=type(error).__name__)
                    isolate = True
                    continue
                self._tally.failed_commits += 1
                self._set_down(True)  # before anybody hears of it, and comes back at once
                self._fail(batch, error)
                raise
            self._reports.settled(batch, facts)
            self._tally.commit_seconds.note(self._clock.monotonic() - began)
            self._tally.commit_operations.note(len(batch))
            return

    def _attempt(
        self, connection: Connection, foreign: ForeignCommits, batch: list[Ticket], isolate: bool
    ) -> list[Fact]:
        self._at_phase(Phase.BEFORE_WRITE)
        with connection.begin():
            tx = Transaction(connection, self._policy, self._clock.now())
            for ticket in batch:
                tx.turn_to_next(self._clock.now())
                if ticket.guarded or isolate:
                    _run_guarded(tx, ticket)
                else:
                    ticket.run(tx)
            tx.flush()
            if any(ticket.guarded for ticket in batch):
                foreign.tell()
            self._at_phase(Phase.BEFORE_COMMIT)
            require_transaction(connection, self._database.is_sqlite)
        self._at_phase(Phase.AFTER_COMMIT)
        return tx.facts()

    def _give_up(self, error: Exception) -> bool:
        """Note that the database is down; True when there is no point in waiting for it."""
        verdict = trouble(error)
        log.error("database_down", reason=reason_of(error), verdict=verdict.name)
        self._set_down(True)
        self._fail_queued(error)
        if verdict in (Trouble.FATAL, Trouble.BUG):
            self._reports.fatal(reason_of(error))
            return True
        return False

    def _wait_for_database(self) -> bool:
        """Try a real write once a second until one is committed; False when asked to stop."""
        while True:
            with self._wake:
                if self._is_stopping:
                    return False
                self._wake.wait(TICK_SECONDS)
            try:
                self._probe()
            except Exception as error:  # noqa: BLE001 - any failure means: still down
                if trouble(error) is Trouble.FATAL:
                    self._reports.fatal(reason_of(error))
                    return False
                continue
            log.info("database_up")
            return True

    def _probe(self) -> None:
        """Write as much as a batch does, then commit something; raises when either fails."""
        with self._database.writer.connect() as connection:
            if self._database.is_sqlite:
                with connection.begin() as attempt:
                    for statement in _PROBE_OF_SPACE:
                        connection.exec_driver_sql(statement)
                    attempt.rollback()
            with connection.begin():
                connection.exec_driver_sql(_PROBE)

    def _set_down(self, is_down: bool) -> None:
        if self.is_down != is_down:
            self.is_down = is_down
            self._reports.down(is_down)

    def _fail_queued(self, error: Exception) -> None:
        with self._wake:
            waiting = list(self._queue)
            self._queue.clear()
        self._fail(waiting, error)

    def _fail(self, tickets: list[Ticket], error: Exception) -> None:
        for ticket in tickets:
            ticket.fail(StoreDown(reason_of(error)))
        if tickets:
            self._reports.settled(tickets, [])


def _run_guarded(tx: Transaction, ticket: Ticket) -> None:
    """Run in a savepoint, so that a refusal or a bug costs the others of the batch nothing."""
    tx.flush()
    facts_before = len(tx.facts())
    try:
        with tx.connection.begin_nested():
            ticket.run(tx)
            tx.flush()
    except Refusal as refusal:
        tx.forget(facts_before)
        ticket.fail(refusal)
    except Exception as error:
        if trouble(error) is not Trouble.BUG:
            raise
        tx.forget(facts_before)
        log.exception("operation_failed", operation=ticket.name)
        failure = OperationFailed(type(error).__name__)
        failure.__cause__ = error
        ticket.fail(failure)
