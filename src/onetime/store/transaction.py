"""One open transaction as an operation sees it: statements, buffered rows, facts, the time.

Knows nothing of the writer thread that opened it, nor of what operations do with it.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TypeVar

from msgspec import Struct
from sqlalchemy import Connection, Delete, Executable, Insert, RowMapping, Table, Update

from onetime.domain.facts import Fact
from onetime.domain.policy import Policy
from onetime.store.shapes import Shape, Value
from onetime.store.statements import Row, statements_of

__all__ = ["Row", "Transaction", "Value"]

StructT = TypeVar("StructT", bound=Struct)


class Transaction:
    """What an operation is given; it touches nothing else.

    `one`, `every`, `first`, `all` and `run` take statements that are made once, as a module's
    constants; one that is made for the occasion is executed on `connection`.
    """

    __slots__ = (
        "_buffers",
        "_facts",
        "_groups",
        "_of_message",
        "_rows",
        "_statements",
        "connection",
        "now",
        "policy",
        "repeats",
    )

    def __init__(self, connection: Connection, policy: Policy, now: datetime) -> None:
        self.connection = connection
        self.policy = policy
        self.now = now
        self.repeats = 0
        self._buffers: defaultdict[Table, list[Row]] = defaultdict(list)
        self._rows: defaultdict[Table, list[Sequence[Value]]] = defaultdict(list)
        self._groups: defaultdict[Shape, list[Sequence[Value]]] = defaultdict(list)
        self._facts: list[Fact] = []
        self._of_message: set[object] | None = None
        self._statements = statements_of(connection)

    def one(self, statement: Executable, kind: type[StructT], **values: Value) -> StructT | None:
        """Return the first row of a constant statement as a struct with its columns, or None."""
        return self._statements.one(statement, kind, values)

    def every(self, statement: Executable, kind: type[StructT], **values: Value) -> list[StructT]:
        """Return all rows of a constant statement as structs with its columns."""
        return self._statements.every(statement, kind, values)

    def first(self, statement: Executable, **values: Value) -> RowMapping | None:
        """Return the first row of a constant statement, or None."""
        return self._statements.first(statement, values)

    def all(self, statement: Executable, **values: Value) -> list[RowMapping]:
        """Return all rows of a constant statement."""
        return self._statements.all(statement, values)

    def run(self, statement: Insert | Update | Delete, **values: Value) -> int:
        """Change rows by a constant statement, always with the same names; return how many."""
        return self._statements.run(statement, values)

    def turn_to_next(self, now: datetime) -> None:
        """Let another operation begin, at this time."""
        self.now = now
        self._of_message = None

    def begin_message(self) -> None:
        """Take what follows for what one message of a station causes."""
        self._of_message = set()

    def end_message(self) -> None:
        """Take what follows for something else."""
        self._of_message = None

    def is_first_in_message(self, event: object) -> bool:
        """Say whether this happens the first time for the message at hand; without one, always."""
        if self._of_message is None:
            return True
        is_first = event not in self._of_message
        self._of_message.add(event)
        return is_first

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

    def extend(self, table: Table, rows: Iterable[Sequence[Value]]) -> None:
        """Add rows as `append` does, each all columns but the number, in the table's order."""
        self._rows[table].extend(rows)

    def extend_alike(self, shape: Shape, values: Sequence[Value]) -> None:
        """Add the rows of a shape as `append` does: what they share, then each one's own value."""
        self._groups[shape].append(values)

    def flush(self, table: Table | None = None) -> None:
        """Write buffered rows: of one table before it is read, or of all."""
        for each in [table] if table is not None else list(self._buffers):
            if rows := self._buffers.pop(each, None):
                self._statements.append(each, rows)
        for each in [table] if table is not None else list(self._rows):
            if tuples := self._rows.pop(each, None):
                self._statements.extend(each, tuples)
        for shape in [each for each in self._groups if table in (None, each.table)]:
            self._statements.extend_alike(shape, self._groups.pop(shape))

    def facts(self) -> list[Fact]:
        """Return what was announced so far, in order."""
        return self._facts

    def forget(self, facts_kept: int = 0) -> None:
        """Drop buffered rows and all but the first facts: the effects were rolled back."""
        self._buffers.clear()
        self._rows.clear()
        self._groups.clear()
        del self._facts[facts_kept:]
