"""One open transaction as an operation sees it: statements, buffered rows, facts, the time.

Knows nothing of the writer thread that opened it, nor of what operations do with it.
"""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from typing import TypeAlias

from sqlalchemy import Connection, Table, insert

from onetime.domain.facts import Fact
from onetime.domain.policy import Policy

Value: TypeAlias = str | int | float | bool | bytes | datetime | None
Row: TypeAlias = Mapping[str, Value]


class Transaction:
    """What an operation is given; it touches nothing else."""

    __slots__ = ("_buffers", "_facts", "connection", "now", "policy")

    def __init__(self, connection: Connection, policy: Policy, now: datetime) -> None:
        self.connection = connection
        self.policy = policy
        self.now = now
        self._buffers: defaultdict[Table, list[Row]] = defaultdict(list)
        self._facts: list[Fact] = []

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
                self.connection.execute(insert(each), rows)

    def facts(self) -> list[Fact]:
        """Return what was announced so far, in order."""
        return self._facts

    def forget(self, facts_kept: int = 0) -> None:
        """Drop buffered rows and all but the first facts: the effects were rolled back."""
        self._buffers.clear()
        del self._facts[facts_kept:]
