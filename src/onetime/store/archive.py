"""The archive as the doors see it: write an operation, ask a question, hear what happened.

The work is done by the writer thread (`writer.py`); nobody is answered before the commit.
"""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar, TypeVarTuple

from sqlalchemy import Connection

from onetime.domain.facts import Fact
from onetime.domain.policy import Policy
from onetime.kit.clock import Clock
from onetime.kit.tally import Tally
from onetime.store import backup
from onetime.store.database import READER_POOL, Database, down_is_no_bug
from onetime.store.tickets import Delivery, Errand, Ticket, name_of
from onetime.store.transaction import Transaction
from onetime.store.writer import BATCH_LIMIT, Phase, Reports, Writer

P = ParamSpec("P")
T = TypeVar("T")
Ts = TypeVarTuple("Ts")

CONGESTED_AFTER_SECONDS = 5.0


def no_fault(phase: Phase) -> None:
    """Let the batch go on: the `at_phase` of every day."""


class Archive:
    """The database behind one writer thread and a small pool of readers.

    `write`, `write_frame` and `read` are for the event loop given to `start`; `perform` and `ask`
    are for callers without one. `on_facts` hears what was announced, in commit order; `on_down`
    when commits fail and when they work again; `on_fatal` that the disk or the file can not be
    trusted any more, so that the program has to end.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        policy: Policy,
        *,
        batch_limit: int = BATCH_LIMIT,
        at_phase: Callable[[Phase], None] = no_fault,
    ) -> None:
        self.database = database
        self.policy = policy
        self.on_facts: Callable[[Sequence[Fact]], None] = lambda facts: None
        self.on_down: Callable[[bool], None] = lambda is_down: None
        self.tally = Tally()
        self.on_fatal: Callable[[str], None] = lambda reason: None
        self._clock = clock
        self._loop: asyncio.AbstractEventLoop | None = None
        self._readers = ThreadPoolExecutor(READER_POOL, thread_name_prefix="reader")
        self._writer = Writer(
            database,
            clock,
            policy,
            Reports(self._settled, self._told_down, self._told_fatal),
            batch_limit=batch_limit,
            at_phase=at_phase,
            tally=self.tally,
        )

    @property
    def is_down(self) -> bool:
        """Say whether commits fail at present."""
        return self._writer.is_down

    def start(self, loop: asyncio.AbstractEventLoop | None = None) -> None:
        """Start the writer; answers, facts and bad news go to this loop."""
        self._loop = loop
        self._writer.start()

    def stop(self) -> None:
        """Write what is queued, then end the threads and close the database."""
        self._writer.stop()
        self._readers.shutdown()
        self.database.close()

    async def write(
        self, operation: Callable[Concatenate[Transaction, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run an operation of people or programs; return when its effect is on disk.

        It runs in a savepoint, so that its Refusal costs nobody else anything. Raises that
        Refusal, OperationFailed on a bug, StoreDown when the database can not commit.
        """
        waiter: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._writer.enqueue(
            self._errand(
                lambda tx: operation(tx, *args, **kwargs), waiter, name_of(operation), guarded=True
            )
        )
        return await waiter

    def write_frame(
        self,
        told: Callable[[T | Exception], None],
        operation: Callable[[Transaction, *Ts], T],
        *args: *Ts,
    ) -> None:
        """Run an operation of a station: as `write`, but without savepoint; it never refuses.

        `told` hears the result, OperationFailed or StoreDown, in the event loop, and raises
        nothing. Raises StoreDown when nothing can be queued.
        """
        self._writer.enqueue(Delivery(told, operation, args, self._clock.monotonic()))

    def write_lazily(
        self, operation: Callable[Concatenate[Transaction, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> None:
        """Run an operation with the next batch, within a second; a crash may lose it."""
        self._writer.enqueue_lazily(
            self._errand(
                lambda tx: operation(tx, *args, **kwargs), None, name_of(operation), guarded=False
            )
        )

    def perform(
        self, operation: Callable[Concatenate[Transaction, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run an operation from a thread without event loop; otherwise as `write`."""
        waiter: Future[T] = Future()
        self._writer.enqueue(
            self._errand(
                lambda tx: operation(tx, *args, **kwargs), waiter, name_of(operation), guarded=True
            )
        )
        return waiter.result()

    async def read(
        self, query: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Ask a question in a thread of its own, on a connection that can not write.

        Raises StoreDown when the database can not be read at present.
        """
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._readers, lambda: self.ask(query, *args, **kwargs))

    def ask(
        self, query: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Ask a question in this thread; otherwise as `read`."""
        with down_is_no_bug(), self.database.reader.connect() as connection, connection.begin():
            return query(connection, *args, **kwargs)

    async def back_up(self, target: Path) -> int:
        """Write a checked backup to a new file in a thread, while others go on; return its bytes.

        Raises Conflict, OSError.
        """
        return await asyncio.to_thread(backup.save, self.database.url, target)

    def least_room(self) -> int:
        """Return how many bytes a backup may take; 0 when the database does not tell."""
        return backup.bytes_of(self.database.url)

    @property
    def backup_ending(self) -> str:
        """How the name of a backup ends."""
        return backup.ending_of(self.database.url)

    def waiting(self) -> int:
        """Return how many entries wait for the writer."""
        return self._writer.waiting()

    def is_congested(self) -> bool:
        """Say whether the oldest waiting entry is so old that doors should stop reading."""
        oldest = self._writer.oldest_queued_at()
        return oldest is not None and self._clock.monotonic() - oldest > CONGESTED_AFTER_SECONDS

    def _errand(
        self,
        operation: Callable[[Transaction], T],
        waiter: asyncio.Future[T] | Future[T] | None,
        name: str,
        *,
        guarded: bool,
    ) -> Errand[T]:
        return Errand(
            operation, waiter, name=name, guarded=guarded, queued_at=self._clock.monotonic()
        )

    # Called in the writer thread.

    def _settled(self, tickets: Sequence[Ticket], facts: Sequence[Fact]) -> None:
        for ticket in tickets:
            if not ticket.belongs_to_loop:
                ticket.settle()
        waiting = [ticket for ticket in tickets if ticket.belongs_to_loop]
        if waiting or facts:
            self._in_loop(lambda: self._settle(waiting, facts))

    def _settle(self, tickets: Sequence[Ticket], facts: Sequence[Fact]) -> None:
        for ticket in tickets:
            ticket.settle()
        if facts:
            self.on_facts(facts)

    def _told_down(self, is_down: bool) -> None:
        self._in_loop(lambda: self.on_down(is_down))

    def _told_fatal(self, reason: str) -> None:
        self._in_loop(lambda: self.on_fatal(reason))

    def _in_loop(self, callback: Callable[[], None]) -> None:
        if self._loop is None:
            callback()
        elif not self._loop.is_closed():
            self._loop.call_soon_threadsafe(callback)
