"""One open transaction as an operation sees it: statements, buffered rows, facts, the time.

Knows nothing of the writer thread that opened it, nor of what operations do with it.
"""

from collections import defaultdict
from datetime import datetime

from sqlalchemy import Connection, Delete, Executable, Insert, RowMapping, Table, Update

from onetime.domain.facts import Fact
from onetime.domain.policy import Policy
from onetime.store.statements import Row, Value, statements_of

__all__ = ["Row", "Transaction", "Value"]


class Transaction:
    """What an operation is given; it touches nothing else.

    `first`, `all` and `run` take statements that are made once, as a module's constants; one that
    is made for the occasion is executed on `connection`.
    """

    __slots__ = ("_buffers", "_facts", "_statements", "connection", "now", "policy", "repeats")

    def __init__(self, connection: Connection, policy: Policy, now: datetime) -> None:
        self.connection = connection
        self.policy = policy
        self.now = now
        self.repeats = 0
        self._buffers: defaultdict[Table, list[Row]] = defaultdict(list)
        self._facts: list[Fact] = []
        self._statements = statements_of(connection)

    def first(self, statement: Executable, **values: Value) -> RowMapping | None:
        """Return the first row of a constant statement, or None."""
        return self._statements.first(statement, values)

    def all(self, statement: Executable, **values: Value) -> list[RowMapping]:
        """Return all rows of a constant statement."""
        return self._statements.all(statement, values)

    def run(self, statement: Insert | Update | Delete, **values: Value) -> int:
        """Change rows by a constant statement, always with the same names; return how many."""
        return self._statements.run(statement, values)

    def note_repeat(self) -> None:
        """Count a message all of whose effects were there already."""
        self.repeats += 1

    def announce(self, fact: Fact) -> None:
        """Tell this after the commit; never if the operation is rolled back."""
        self._facts.append(fact)

    def append(self, table: Table, row: Row) -> None:
        """Add a row to a table that only grows; written once per table before the commit.

        All rows of one table have the same keys.
        """
        self._buffers[table].append(row)

    def flush(self, table: Table | None = None) -> None:
        """Write buffered rows: of one table before it is read, or of all."""
        tables = [table] if table is not None else list(self._buffers)
        for each in tables:
            rows = self._buffers.pop(each, None)
            if rows:
                self._statements.append(each, rows)

    def facts(self) -> list[Fact]:
        """Return what was announced so far, in order."""
        return self._facts

    def forget(self, facts_kept: int = 0) -> None:
        """Drop buffered rows and all but the first facts: the effects were rolled back."""
        self._buffers.clear()
        del self._facts[facts_kept:]
