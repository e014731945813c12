"""Rows that come together again and again and differ in little: one statement writes them all.

A station samples the same quantities each time. Only the amounts are new, so only they are handed
to the database row by row; the words that repeat stand in the statement itself.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TypeAlias

from sqlalchemy import Dialect, Table

Value: TypeAlias = str | int | float | bool | bytes | datetime | None
Parameters: TypeAlias = Sequence[Value] | dict[str, Value]

_plain = re.compile(r"[A-Za-z0-9.-]*").fullmatch


def is_plain(word: str) -> bool:
    """Say whether a word may stand in a statement: one of OCPP's, none that needs quoting."""
    return _plain(word) is not None


class Shape:
    """Rows of one table: the words of each, the columns that all share, and the one that differs.

    Columns that are not named stay NULL. Raises ValueError for a word that is not plain.
    """

    __slots__ = ("_own", "_shared", "_words", "count", "table")

    def __init__(
        self, table: Table, shared: Sequence[str], own: str, words: Sequence[Mapping[str, str]]
    ) -> None:
        if not all(is_plain(word) for row in words for word in row.values()):
            raise ValueError("the words of a shape are plain")
        self.table = table
        self.count = len(words)
        self._shared = shared
        self._own = own
        self._words = words

    def written(self, dialect: Dialect) -> "Written":
        """Return the statement of this shape for a database."""
        return Written(self.table, self._shared, self._own, self._words, dialect)


class Written:
    """A shape as one driver takes it."""

    __slots__ = ("_converts", "_names", "sql")

    def __init__(
        self,
        table: Table,
        shared: Sequence[str],
        own: str,
        words: Sequence[Mapping[str, str]],
        dialect: Dialect,
    ) -> None:
        numbers = range(1, len(shared) + len(words) + 1)
        is_named = dialect.paramstyle == "pyformat"
        marks = [f"%(p{number})s" if is_named else f"?{number}" for number in numbers]
        self._names = [f"p{number}" for number in numbers] if is_named else None
        named = sorted({name for row in words for name in row})
        rows = (
            [
                *marks[: len(shared)],
                marks[len(shared) + index],
                *(_quoted(row.get(each)) for each in named),
            ]
            for index, row in enumerate(words)
        )
        columns = ", ".join(f'"{name}"' for name in (*shared, own, *named))
        values = ", ".join(f"({', '.join(row)})" for row in rows)
        self.sql = f'INSERT INTO "{table.name}" ({columns}) VALUES {values}'
        found = [
            table.c[name].type.dialect_impl(dialect).bind_processor(dialect) for name in shared
        ]
        self._converts = [(index, each) for index, each in enumerate(found) if each is not None]

    def parameters(self, values: Sequence[Value]) -> Parameters:
        """Return what the rows share, then what each has of its own, as the driver takes it."""
        ordered = list(values)
        for index, convert in self._converts:
            if ordered[index] is not None:
                ordered[index] = convert(ordered[index])
        return ordered if self._names is None else dict(zip(self._names, ordered, strict=True))


def _quoted(word: str | None) -> str:
    return "NULL" if word is None else f"'{word}'"
