"""Runs statements that never change on the driver's own cursor, each compiled once.

SQLAlchemy writes their SQL and knows how values are stored. What it does anew at each execution
costs several times the statement itself, on the path of every message. Knows no table.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from operator import itemgetter
from typing import Protocol, TypeAlias, cast

from sqlalchemy import Connection, Delete, Float, Insert, RowMapping, Table, Update, insert
from sqlalchemy.engine.interfaces import DBAPICursor
from sqlalchemy.sql.base import Executable
from sqlalchemy.sql.compiler import SQLCompiler

Value: TypeAlias = str | int | float | bool | bytes | datetime | None
Row: TypeAlias = Mapping[str, Value]
Convert: TypeAlias = Callable[[Value], Value]
Parameters: TypeAlias = list[Value] | dict[str, Value]

KEY = "onetime.statements"


class _Compilable(Protocol):
    def compile(self, *, dialect: object, column_keys: list[str] | None) -> object: ...


class Prepared:
    """A statement as one driver takes it: SQL, how parameters go in, how columns come out.

    No type of ours stores NULL as anything else, so only values are converted.
    """

    __slots__ = (
        "_converts",
        "_fixed",
        "_is_positional",
        "_names",
        "_order",
        "_pick",
        "_results",
        "sql",
    )

    def __init__(self, compiled: SQLCompiler) -> None:
        if compiled.insert_prefetch or compiled.update_prefetch:
            raise TypeError("a statement that runs often names all its columns")
        dialect = compiled.dialect
        self.sql = str(compiled)
        self._is_positional = compiled.positiontup is not None
        self._order: list[str] = compiled.positiontup or list(compiled.params)
        self._pick = _picker(self._order)
        converts = cast("Mapping[str, Convert]", compiled._bind_processors)
        self._converts = [
            (index, converts[name]) for index, name in enumerate(self._order) if name in converts
        ]
        self._fixed: dict[str, Value] = {
            name: bind.value for name, bind in compiled.binds.items() if not bind.required
        }
        columns = compiled._result_columns
        self._names = [str(column.keyname) for column in columns]
        found = [
            # Drivers give floats as floats; SQLAlchemy would ask PostgreSQL for the column's code.
            None
            if isinstance(column.type, Float)
            else column.type.dialect_impl(dialect).result_processor(dialect, None)
            for column in columns
        ]
        self._results = [(index, each) for index, each in enumerate(found) if each is not None]

    def parameters(self, values: Row) -> Parameters:
        """Return the values as the driver takes them."""
        given = {**self._fixed, **values} if self._fixed else values
        ordered = list(self._pick(given))
        for index, convert in self._converts:
            if ordered[index] is not None:
                ordered[index] = convert(ordered[index])
        if self._is_positional:
            return ordered
        return dict(zip(self._order, ordered, strict=True))

    def row(self, found: Sequence[Value]) -> RowMapping:
        """Return a row by its column names, as SQLAlchemy types its own."""
        row = list(found)
        for index, convert in self._results:
            if row[index] is not None:
                row[index] = convert(row[index])
        return cast(RowMapping, dict(zip(self._names, row, strict=True)))


class Statements:
    """The prepared statements of one connection."""

    __slots__ = ("_connection", "_cursor", "_inserts", "_prepared")

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        raw = connection.connection.dbapi_connection
        assert raw is not None
        self._cursor: DBAPICursor = raw.cursor()
        self._prepared: dict[int, tuple[Executable, Prepared]] = {}
        self._inserts: dict[Table, Insert] = {}

    def first(self, statement: Executable, values: Row) -> RowMapping | None:
        """Return the first row, or None."""
        prepared = self._run(statement, values)
        found = self._cursor.fetchone()
        return None if found is None else prepared.row(found)

    def all(self, statement: Executable, values: Row) -> list[RowMapping]:
        """Return all rows."""
        prepared = self._run(statement, values)
        return [prepared.row(found) for found in self._cursor.fetchall()]

    def run(self, statement: Insert | Update | Delete, values: Row) -> int:
        """Change rows; return how many."""
        self._run(statement, values)
        return self._cursor.rowcount

    def append(self, table: Table, rows: Sequence[Row]) -> None:
        """Insert many rows that have the same keys."""
        statement = self._inserts.get(table)
        if statement is None:
            statement = self._inserts[table] = insert(table)
        prepared = self._prepare(statement, rows[0])
        values = [prepared.parameters(row) for row in rows]
        self._cursor.executemany(prepared.sql, cast("Sequence[Sequence[Value]]", values))

    def _run(self, statement: Executable, values: Row) -> Prepared:
        prepared = self._prepare(statement, values)
        self._cursor.execute(prepared.sql, prepared.parameters(values))
        return prepared

    def _prepare(self, statement: Executable, values: Row) -> Prepared:
        known = self._prepared.get(id(statement))
        if known is not None:
            return known[1]
        is_dml = isinstance(statement, Insert | Update)
        compiled = cast(_Compilable, statement).compile(
            dialect=self._connection.dialect, column_keys=list(values) if is_dml else None
        )
        assert isinstance(compiled, SQLCompiler)
        prepared = Prepared(compiled)
        self._prepared[id(statement)] = (statement, prepared)
        return prepared


def statements_of(connection: Connection) -> Statements:
    """Return the prepared statements of a connection, kept as long as it is open."""
    statements = connection.info.get(KEY)
    if statements is None:
        statements = connection.info[KEY] = Statements(connection)
    assert isinstance(statements, Statements)
    return statements


def _picker(names: Sequence[str]) -> Callable[[Row], Sequence[Value]]:
    """Return what takes these values out of a row, in order."""
    if len(names) > 1:
        return itemgetter(*names)
    return lambda row: [row[name] for name in names]
