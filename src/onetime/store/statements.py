"""Runs statements that never change on the driver's own cursor, each compiled once.

SQLAlchemy writes their SQL and knows how values are stored. What it does anew at each execution
costs several times the statement itself, on the path of every message. Knows no table.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from operator import itemgetter
from typing import Protocol, TypeAlias, TypeVar, cast

from msgspec import Struct, convert
from sqlalchemy import Connection, Delete, Float, Insert, RowMapping, Table, Update, insert
from sqlalchemy.engine.interfaces import DBAPICursor
from sqlalchemy.sql.base import Executable
from sqlalchemy.sql.compiler import SQLCompiler

from onetime.store.columns import Instant, Said
from onetime.store.shapes import Parameters, Shape, Value, Written

Row: TypeAlias = Mapping[str, Value]
Convert: TypeAlias = Callable[[Value], Value]
ConvertAll: TypeAlias = Callable[[Sequence[Value]], Sequence[Value]]
StructT = TypeVar("StructT", bound=Struct)

KEY = "onetime.statements"
SHAPES = 64
"""Shapes that are remembered; with all other statements they fit into what the driver keeps."""


class _Compilable(Protocol):
    def compile(self, *, dialect: object, column_keys: list[str] | None) -> object: ...


class Prepared:
    """A statement as one driver takes it: SQL, how parameters go in, how columns come out.

    No type of ours stores NULL as anything else, so only values are converted.
    """

    __slots__ = (
        "_fixed",
        "_is_as_given",
        "_names",
        "_pick",
        "_results",
        "_results_of_structs",
        "converts",
        "is_positional",
        "order",
        "sql",
    )

    def __init__(self, compiled: SQLCompiler) -> None:
        if compiled.insert_prefetch or compiled.update_prefetch:
            raise TypeError("a statement that runs often names all its columns")
        dialect = compiled.dialect
        self.sql = str(compiled)
        self.is_positional = compiled.positiontup is not None
        self.order: list[str] = compiled.positiontup or list(compiled.params)
        self._pick = _picker(self.order)
        converts = cast("Mapping[str, Convert]", compiled._bind_processors)
        self.converts = [
            (index, converts[name]) for index, name in enumerate(self.order) if name in converts
        ]
        self._fixed: dict[str, Value] = {
            name: bind.value for name, bind in compiled.binds.items() if not bind.required
        }
        columns = compiled._result_columns
        self._names = [str(column.keyname) for column in columns]
        self._is_as_given = self.is_positional and not self.converts
        found = [
            # Drivers give floats as floats; SQLAlchemy would ask PostgreSQL for the column's code.
            None
            if isinstance(column.type, Float)
            else column.type.dialect_impl(dialect).result_processor(dialect, None)
            for column in columns
        ]
        self._results = [(index, each) for index, each in enumerate(found) if each is not None]
        # A struct reads times from text by itself, and faster.
        self._results_of_structs = [
            (index, each)
            for index, each in self._results
            if not (self.is_positional and isinstance(columns[index].type, Instant))
        ]

    def parameters(self, values: Row) -> Parameters:
        """Return the values as the driver takes them."""
        given = {**self._fixed, **values} if self._fixed else values
        picked = self._pick(given)
        if self._is_as_given:
            return picked
        ordered = list(picked)
        for index, convert_value in self.converts:
            if ordered[index] is not None:
                ordered[index] = convert_value(ordered[index])
        if self.is_positional:
            return ordered
        return dict(zip(self.order, ordered, strict=True))

    def row(self, found: Sequence[Value]) -> RowMapping:
        """Return a row by its column names, as SQLAlchemy types its own."""
        return cast(RowMapping, self._named(found, self._results))

    def struct(self, found: Sequence[Value], kind: type[StructT]) -> StructT:
        """Return a row as a struct that has its columns for fields."""
        return convert(self._named(found, self._results_of_structs), kind)

    def _named(
        self, found: Sequence[Value], results: Sequence[tuple[int, Convert]]
    ) -> dict[str, Value]:
        row = list(found)
        for index, convert_value in results:
            if row[index] is not None:
                row[index] = convert_value(row[index])
        return dict(zip(self._names, row, strict=True))


class Rows:
    """Writes many rows into a table: each a tuple of all columns but its number, in their order.

    Texts are looked at by the column, not one by one: nearly always there is nothing to cut.
    """

    __slots__ = ("_converts", "_names", "sql")

    def __init__(self, prepared: Prepared, table: Table) -> None:
        self.sql = prepared.sql
        self._names = None if prepared.is_positional else prepared.order
        types = [table.c[name].type for name in prepared.order]
        converts = dict(prepared.converts)
        self._converts: list[tuple[int, ConvertAll]] = [
            (
                index,
                cast(ConvertAll, each.all_kept)
                if isinstance(each, Said)
                else partial(_convert_all, converts[index]),
            )
            for index, each in enumerate(types)
            if index in converts
        ]

    def parameters(self, rows: Sequence[Sequence[Value]]) -> list[Parameters]:
        """Return the rows as the driver takes them."""
        columns: list[Sequence[Value]] = list(zip(*rows, strict=True))
        for index, convert_all in self._converts:
            columns[index] = convert_all(columns[index])
        found = zip(*columns, strict=True)
        if self._names is None:
            return list(found)
        return [dict(zip(self._names, row, strict=True)) for row in found]


class Statements:
    """The prepared statements of one connection."""

    __slots__ = ("_connection", "_cursor", "_inserts", "_prepared", "_rows", "_shapes")

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        raw = connection.connection.dbapi_connection
        assert raw is not None
        self._cursor: DBAPICursor = raw.cursor()
        self._prepared: dict[int, tuple[Executable, Prepared]] = {}
        self._inserts: dict[Table, Insert] = {}
        self._rows: dict[Table, Rows] = {}
        self._shapes: dict[Shape, Written] = {}

    def first(self, statement: Executable, values: Row) -> RowMapping | None:
        """Return the first row, or None."""
        prepared = self._run(statement, values)
        found = self._cursor.fetchone()
        return None if found is None else prepared.row(found)

    def all(self, statement: Executable, values: Row) -> list[RowMapping]:
        """Return all rows."""
        prepared = self._run(statement, values)
        return [prepared.row(found) for found in self._cursor.fetchall()]

    def one(self, statement: Executable, kind: type[StructT], values: Row) -> StructT | None:
        """Return the first row as a struct, or None."""
        prepared = self._run(statement, values)
        found = self._cursor.fetchone()
        return None if found is None else prepared.struct(found, kind)

    def every(self, statement: Executable, kind: type[StructT], values: Row) -> list[StructT]:
        """Return all rows as structs."""
        prepared = self._run(statement, values)
        return [prepared.struct(found, kind) for found in self._cursor.fetchall()]

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

    def extend(self, table: Table, rows: Sequence[Sequence[Value]]) -> None:
        """Insert many rows, each all columns but the number, in the order of the table."""
        writing = self._rows.get(table)
        if writing is None:
            names = [column.name for column in table.columns if not column.primary_key]
            prepared = self._prepare(insert(table), dict.fromkeys(names))
            writing = self._rows[table] = Rows(prepared, table)
        values = writing.parameters(rows)
        self._cursor.executemany(writing.sql, cast("Sequence[Sequence[Value]]", values))

    def extend_alike(self, shape: Shape, values: Sequence[Sequence[Value]]) -> None:
        """Insert the rows of a shape as often as there are values for it."""
        written = self._shapes.get(shape)
        if written is None:
            if len(self._shapes) >= SHAPES:
                self._shapes.clear()
            written = self._shapes[shape] = shape.written(self._connection.dialect)
        parameters = [written.parameters(each) for each in values]
        self._cursor.executemany(written.sql, cast("Sequence[Sequence[Value]]", parameters))

    def _run(self, statement: Executable, values: Row) -> Prepared:
        known = self._prepared.get(id(statement))
        prepared = self._prepare(statement, values) if known is None else known[1]
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


def _convert_all(convert_value: Convert, values: Sequence[Value]) -> Sequence[Value]:
    return [None if value is None else convert_value(value) for value in values]
