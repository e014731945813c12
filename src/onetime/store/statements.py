"""Runs statements that never change on the driver's own cursor, each compiled once.

SQLAlchemy writes their SQL and knows how values are stored. What it does anew at each execution
costs several times the statement itself, on the path of every message. Knows no table.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from operator import itemgetter
from typing import Generic, Protocol, TypeAlias, TypeVar, cast

from msgspec import Struct, convert
from sqlalchemy import Connection, Delete, Float, Insert, RowMapping, Table, Update, insert
from sqlalchemy.engine.interfaces import DBAPICursor
from sqlalchemy.sql.base import Executable
from sqlalchemy.sql.compiler import SQLCompiler

from onetime.kit.times import to_text
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

    __slots__ = ("converts", "is_positional", "names", "order", "parameters", "results", "sql")

    def __init__(self, compiled: SQLCompiler) -> None:
        if compiled.insert_prefetch or compiled.update_prefetch:
            raise TypeError("a statement that runs often names all its columns")
        dialect = compiled.dialect
        self.sql = str(compiled)
        self.is_positional = compiled.positiontup is not None
        self.order: list[str] = compiled.positiontup or list(compiled.params)
        converts = cast("Mapping[str, Convert]", compiled._bind_processors)
        self.converts: list[tuple[int, Convert]] = [
            (index, cast(Convert, to_text) if _is_instant(compiled.binds[name].type) else each)
            for index, name in enumerate(self.order)
            if (each := converts.get(name)) is not None
        ]
        fixed: dict[str, Value] = {
            name: bind.value for name, bind in compiled.binds.items() if not bind.required
        }
        self.parameters = _binder(self.order, fixed, self.converts, self.is_positional)
        """Return values by name as the driver takes them."""
        columns = compiled._result_columns
        self.names = [str(column.keyname) for column in columns]
        found = [
            # Drivers give floats as floats; SQLAlchemy would ask PostgreSQL for the column's code.
            None
            if isinstance(column.type, Float)
            else column.type.dialect_impl(dialect).result_processor(dialect, None)
            for column in columns
        ]
        self.results = [
            (index, each, self.is_positional and _is_instant(columns[index].type))
            for index, each in enumerate(found)
            if each is not None
        ]
        """Which columns are converted, how, and whether they are times that are stored as text."""

    def row(self, found: Sequence[Value]) -> RowMapping:
        """Return a row by its column names, as SQLAlchemy types its own."""
        row = list(found)
        for index, convert_value, _ in self.results:
            if row[index] is not None:
                row[index] = convert_value(row[index])
        return cast(RowMapping, dict(zip(self.names, row, strict=True)))


class Structs(Generic[StructT]):
    """Reads rows as structs whose fields are the columns, in their order.

    Such a struct is `array_like`, so that msgspec takes a row as it is, and reads times from text.
    """

    __slots__ = ("_kind", "_results", "prepared")

    def __init__(self, prepared: Prepared, kind: type[StructT]) -> None:
        if prepared.names != list(kind.__struct_fields__) or not kind.__struct_config__.array_like:
            raise TypeError(f"{kind.__name__} is not made of the columns of its rows")
        self.prepared = prepared
        self._kind = kind
        self._results = [(index, each) for index, each, is_text in prepared.results if not is_text]

    def read(self, found: Sequence[Value]) -> StructT:
        """Return a row as a struct."""
        row = list(found)
        for index, convert_value in self._results:
            if row[index] is not None:
                row[index] = convert_value(row[index])
        return convert(row, self._kind)


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
    """The prepared statements of one connection.

    What runs for every message is written out, though it repeats: each call costs something.
    """

    __slots__ = (
        "_connection",
        "_cursor",
        "_inserts",
        "_kept",
        "_prepared",
        "_rows",
        "_shapes",
        "_structs",
    )

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        raw = connection.connection.dbapi_connection
        assert raw is not None
        self._cursor: DBAPICursor = raw.cursor()
        self._prepared: dict[int, Prepared] = {}
        self._kept: list[Executable] = []  # so that no other statement gets the id of one
        self._structs: dict[int, Structs[Struct]] = {}
        self._inserts: dict[Table, Insert] = {}
        self._rows: dict[Table, Rows] = {}
        self._shapes: dict[Shape, Written] = {}

    def first(self, statement: Executable, values: Row) -> RowMapping | None:
        """Return the first row, or None."""
        prepared = self._prepared.get(id(statement)) or self._prepare(statement, values)
        self._cursor.execute(prepared.sql, prepared.parameters(values))
        found = self._cursor.fetchone()
        return None if found is None else prepared.row(found)

    def all(self, statement: Executable, values: Row) -> list[RowMapping]:
        """Return all rows."""
        prepared = self._prepared.get(id(statement)) or self._prepare(statement, values)
        self._cursor.execute(prepared.sql, prepared.parameters(values))
        return [prepared.row(found) for found in self._cursor.fetchall()]

    def one(self, statement: Executable, kind: type[StructT], values: Row) -> StructT | None:
        """Return the first row as a struct, or None."""
        structs = self._structs.get(id(statement)) or self._prepare_structs(statement, kind)
        prepared = structs.prepared
        self._cursor.execute(prepared.sql, prepared.parameters(values))
        found = self._cursor.fetchone()
        return None if found is None else cast(StructT, structs.read(found))

    def every(self, statement: Executable, kind: type[StructT], values: Row) -> list[StructT]:
        """Return all rows as structs."""
        structs = self._structs.get(id(statement)) or self._prepare_structs(statement, kind)
        prepared = structs.prepared
        self._cursor.execute(prepared.sql, prepared.parameters(values))
        return [cast(StructT, structs.read(found)) for found in self._cursor.fetchall()]

    def run(self, statement: Insert | Update | Delete, values: Row) -> int:
        """Change rows; return how many."""
        prepared = self._prepared.get(id(statement)) or self._prepare(statement, values)
        self._cursor.execute(prepared.sql, prepared.parameters(values))
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

    def _prepare(self, statement: Executable, values: Row) -> Prepared:
        known = self._prepared.get(id(statement))
        if known is not None:
            return known
        is_dml = isinstance(statement, Insert | Update)
        compiled = cast(_Compilable, statement).compile(
            dialect=self._connection.dialect, column_keys=list(values) if is_dml else None
        )
        assert isinstance(compiled, SQLCompiler)
        prepared = Prepared(compiled)
        self._prepared[id(statement)] = prepared
        self._kept.append(statement)
        return prepared

    def _prepare_structs(self, statement: Executable, kind: type[StructT]) -> Structs[Struct]:
        structs: Structs[Struct] = Structs(self._prepare(statement, {}), kind)
        self._structs[id(statement)] = structs
        return structs


def statements_of(connection: Connection) -> Statements:
    """Return the prepared statements of a connection, kept as long as it is open."""
    statements = connection.info.get(KEY)
    if statements is None:
        statements = connection.info[KEY] = Statements(connection)
    assert isinstance(statements, Statements)
    return statements


def _binder(
    names: Sequence[str],
    fixed: Row,
    converts: Sequence[tuple[int, Convert]],
    is_positional: bool,
) -> Callable[[Row], Parameters]:
    """Return what turns values by name into the parameters of a statement."""
    pick = _picker(names)
    if is_positional and not converts:
        return (lambda values: pick({**fixed, **values})) if fixed else pick

    def bind(values: Row) -> Parameters:
        ordered = list(pick({**fixed, **values} if fixed else values))
        for index, convert_value in converts:
            value = ordered[index]
            if value is not None:
                ordered[index] = convert_value(value)
        return ordered if is_positional else dict(zip(names, ordered, strict=True))

    return bind


def _picker(names: Sequence[str]) -> Callable[[Row], Sequence[Value]]:
    """Return what takes these values out of a row, in order."""
    if len(names) > 1:
        return itemgetter(*names)
    return lambda row: [row[name] for name in names]


def _is_instant(kind: object) -> bool:
    return isinstance(kind, Instant)


def _convert_all(convert_value: Convert, values: Sequence[Value]) -> Sequence[Value]:
    return [None if value is None else convert_value(value) for value in values]
