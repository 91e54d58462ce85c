"""The statements of a table. The methods return a :class:`Call` and send nothing.

The text of a statement depends only on its shape: which columns, which operators, how many values in a list. PyPika builds it the first
time, and then it is cached. Values are bound each time.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, TypeAlias

from pydantic import BaseModel
from pypika import Table as SQLTable
from pypika.functions import Coalesce, Count, Max
from pypika.terms import Criterion, ExistsCriterion, Field, NullValue, Term

from ..dialects.dialect import Dialect, Fragment
from ..dialects.interface import Call
from ..row_mapping import RowReader
from ..schema import Column, Order, Table
from .access import TENANT_ID, Access, index_for
from .cache import Bind, CompiledStatement, DatabaseNowTerm, StatementCache
from .conditions import DatabaseNow, PairIn, Scope, Subquery, Where, columns, criterion, operands, shape

AnyTable: TypeAlias = Table[Any]


@dataclass(frozen=True, eq=False)
class JoinedTable:
    """A table with at most one row per row of the main table, whose columns are joined.

    Attributes:
        table: The joined table.
        columns: The columns that are read, and the public field that each becomes.
        on: The columns of the main table, and the columns of the joined table that must equal them.
    """

    table: AnyTable
    columns: Mapping[str, str]
    on: Mapping[str, str]

    @cached_property
    def read(self) -> tuple[Column, ...]:
        """The columns under the names of their public fields. They are NULL if the joined table has no row."""
        return tuple(replace(self.table[name], field=field, null=True) for name, field in self.columns.items())


@dataclass(frozen=True, slots=True)
class RelatedRows:
    """Related rows of the same table, read for each row of a page as an additional column: a JSON array of arrays.

    Attributes:
        model: The model of the related rows.
        on: The columns of the related rows, and the columns of the page's row that must equal them.
    """

    model: type[BaseModel]
    on: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Increment:
    """An amount to add to a stored number."""

    amount: int


@dataclass(frozen=True, slots=True, eq=False)
class RawColumns:
    """Columns whose stored values are read without conversion."""

    columns: tuple[Column, ...]


Read: TypeAlias = RowReader[Any] | RawColumns
"""The columns that a statement reads. Use one object per set of columns, because it is part of the statement's shape."""


class UnionAll:
    """Two queries combined by UNION ALL.

    PyPika would put each query in parentheses, which SQLite does not support.
    """

    def __init__(self, first: Any, second: Any) -> None:
        self._first, self._second = first, second

    def get_sql(self) -> str:
        """Return the SQL text."""
        return f"{self._first.get_sql()} UNION ALL {self._second.get_sql()}"


class Statements:
    """The statements of one table in the SQL dialect of one database.

    Args:
        table: The table.
        cache: The cached statements of the database.
        joined: A table whose columns are joined.
    """

    def __init__(self, table: AnyTable, cache: StatementCache, joined: JoinedTable | None = None) -> None:
        self.table = table
        self.cache = cache
        self.dialect: Dialect = cache.dialect
        self.joined = joined

    # Reading.

    def select(
        self, read: Read, where: Where, order: Sequence[Order] = (), *, limit: int | None = None, lock: bool = False, planned: bool = False
    ) -> Call:
        """Return the rows that meet the conditions, with the columns of ``read``; ``planned`` is as in :meth:`StatementCache.get`."""

        def build() -> Any:
            source = self._source(where, order)
            needs_join = any(
                name not in self.table for name in (*(column.name for column in read.columns), *(part.column for part in order))
            )
            builder: Any = self._joined(source) if needs_join else self.dialect.query.from_(source)
            builder = builder.select(*(self._field(source, column) for column in read.columns)).where(self._criterion(source, where))
            builder = self._sorted_by(builder, source, order)
            if limit is not None:
                builder = builder.limit(Bind("limit"))
            return builder.for_update() if lock else builder

        key = ("select", read, shape(where, self.dialect), tuple(order), limit is not None, lock)
        return self._text(key, build, planned=planned).bind({**self._operands(where), "limit": limit})

    def select_either(self, read: Read, first: Where, second: Where) -> Call:
        """Return the rows that meet the first conditions and the rows that meet the second, unordered.

        A row that meets both occurs twice. The joined table is joined to the first rows only; its columns are NULL in the second rows.
        """

        def part(where: Where, prefix: str, *, join: bool) -> Any:
            source = self._source(where)
            builder: Any = self._joined(source) if join else self.dialect.query.from_(source)
            fields = (self._field(source, column) if join or column.name in self.table else NullValue() for column in read.columns)
            return builder.select(*fields).where(self._criterion(source, where, prefix=prefix))

        key = ("either", read, shape(first, self.dialect), shape(second, self.dialect))
        values = {**self._operands(first, prefix="first"), **self._operands(second, prefix="second")}
        return self._text(key, lambda: UnionAll(part(first, "first", join=True), part(second, "second", join=False))).bind(values)

    def exists_elsewhere(self, table: AnyTable, where: Where) -> Call:
        """Return the first key column of the rows of another table that meet the conditions."""

        def build() -> Any:
            source = self._source(where, table=table)
            return self.dialect.query.from_(source).select(source.field(table.key[0])).where(self._criterion(source, where, table))

        return self._text(("elsewhere", table.name, shape(where, self.dialect)), build).bind(self._operands(where, table))

    def lock_row(self, table: AnyTable, where: Where) -> list[Call]:
        """Return a statement that makes writers of the same row wait for each other, or an empty list if all writers do so anyway."""
        if not self.dialect.features.row_locks:
            return []

        def build() -> Any:
            source = self._source(where, table=table)
            chosen = self.dialect.query.from_(source).select(source.field(table.key[0]))
            return chosen.where(self._criterion(source, where, table)).for_update()

        return [self._text(("lock", table.name, shape(where, self.dialect)), build).bind(self._operands(where, table))]

    def distinct(self, column: Column, where: Where, limit: int, offset: int = 0) -> Call:
        """Return the distinct values of one column among the rows that meet the conditions, in order."""

        def build() -> Any:
            source = self._source(where, (column.asc,))
            builder: Any = self.dialect.query.from_(source).select(source.field(column.name)).distinct()
            builder = builder.where(self._criterion(source, where)).orderby(source.field(column.name))
            return builder.limit(Bind("limit")).offset(Bind("offset"))

        values = {**self._operands(where), "limit": limit, "offset": offset}
        return self._text(("distinct", column, shape(where, self.dialect)), build).bind(values)

    def segment_end(self, where: Where, column: Column, reach: int) -> Call:
        """Return the last value among the first ``reach`` entries of an index, and the number of entries."""

        def build() -> Any:
            source = self._source(where, (column.asc,))
            field = source.field(column.name)
            builder: Any = self.dialect.query.from_(source).select(field).where(self._criterion(source, where))
            entries = builder.orderby(field).limit(Bind("limit")).as_("entries")
            return self.dialect.query.from_(entries).select(Max(entries.field(column.name)), Count("*"))

        return self._text(("edge", column, shape(where, self.dialect)), build).bind({**self._operands(where), "limit": reach})

    def now(self) -> Call:
        """Return the current time of the database's clock."""
        return self._text(("now",), lambda: self.dialect.query.select(DatabaseNowTerm())).bind({})

    # Writing. Values are stored values by column name.

    def insert(self, values: Mapping[str, Any], table: AnyTable | None = None) -> Call:
        """Insert a row."""
        into = table or self.table
        names = tuple(values)

        def build() -> Any:
            return self.dialect.query.into(SQLTable(into.name)).columns(*names).insert(*map(_value_term, values.values(), names))

        if _EXPRESSIONS.isdisjoint(map(type, values.values())):
            # Fast path: the shape of an INSERT without expressions consists of its column names.
            shape = (self.table.name, "insert", into.name, names)
            return self.cache.get(shape, build, is_plain_insert=True).bind(values)
        return self._text(("insert", into.name, names, *_expression_types(values)), build).bind(_bound_values(values))

    def inserts(self, rows: Sequence[Mapping[str, Any]]) -> list[Call]:
        """Insert many rows, which must all have the same columns in the same order. Columns that are NULL in all rows are omitted.

        Most rows have values in a third of their columns, and binding a NULL takes as long as binding a value.
        """
        if not rows:
            return []
        names = [name for name in rows[0] if any(row[name] is not None for row in rows)]
        first = self.insert({name: rows[0][name] for name in names})
        return [
            Call(first.sql, tuple([row[name] for name in names]), prepared=first.prepared, is_plain_insert=first.is_plain_insert)
            for row in rows
        ]

    def insert_next(self, number: str, values: Mapping[str, Any], where: Where) -> Call:
        """Insert a row with the next number: one more than the greatest number among the rows that meet the conditions, starting at 1."""
        names = tuple(values)

        def build() -> Any:
            source = SQLTable(self.table.name)
            following = Coalesce(Max(source.field(number)), Bind("none")) + Bind("one")  # type: ignore[no-untyped-call]  # PyPika's
            given = [following if name == number else self.dialect.cast(Bind(f"set_{name}"), self.table[name].type) for name in names]
            chosen = self.dialect.query.into(source).columns(*names).from_(source).select(*given)
            return chosen.where(self._criterion(source, where))

        key = ("insert next", number, names, shape(where, self.dialect))
        return self._text(key, build).bind({**self._operands(where), **_set(values), "none": 0, "one": 1})

    def insert_if_exists(self, table: AnyTable, values: Mapping[str, Any], where: Where, *, upsert: Sequence[str] | None = None) -> Call:
        """Insert a row into a table if a row of the main table meets the conditions.

        Args:
            table: The table to insert into. It may be the main table.
            values: The values of the new row.
            where: The conditions on the main table.
            upsert: The columns to set instead if the key already exists; an empty sequence leaves the existing row unchanged. Without it,
                an existing key is an error.
        """
        names = tuple(values)

        def build() -> Any:
            source = self._source(where)
            # Inserting into the table that is read needs an alias for the source.
            source = source.as_("source") if table is self.table else source
            binds = [self.dialect.cast(Bind(f"set_{name}"), table[name].type) for name in names]
            into = SQLTable(table.name)
            builder = self.dialect.query.into(into).columns(*names).from_(source).select(*binds)
            builder = builder.where(self._criterion(source, where))
            return builder if upsert is None else self.dialect.upsert(builder, into, table.key, upsert)

        key = ("insert if exists", table.name, names, shape(where, self.dialect), upsert and tuple(upsert))
        return self._text(key, build).bind({**self._operands(where), **_set(values)})

    def upsert(
        self, values: Mapping[str, Any], change: Sequence[str] | None = None, *, added: Sequence[str] = (), key: Sequence[str] = ()
    ) -> Call:
        """Insert a row, or update it if the key exists.

        Args:
            values: The values of the row.
            change: The columns to update. The default is all columns except the key.
            added: The columns whose value is added to the stored one.
            key: The columns of a unique key other than the primary key.
        """
        names, unique = tuple(values), tuple(key) or self.table.key
        changed = tuple(name for name in names if name not in unique) if change is None else tuple(change)

        def build() -> Any:
            source = SQLTable(self.table.name)
            builder = self.dialect.query.into(source).columns(*names).insert(*map(Bind, names))
            return self.dialect.upsert(builder, source, unique, changed, added)

        return self._text(("upsert", names, changed, tuple(added), unique), build).bind(values)

    def update(
        self,
        where: Where,
        values: Mapping[str, Any],
        *,
        old: Mapping[str, Any] | None = None,
        only_if: tuple[AnyTable, Where] | None = None,
        on: Mapping[str, str] | None = None,
    ) -> Call:
        """Update the rows that meet the conditions.

        Args:
            where: The conditions.
            values: The values to store.
            old: Stored values that the columns must still have.
            only_if: Another table, and the conditions that one of its rows must meet.
            on: The columns of the other table, and the columns of the updated row that they must equal.
        """
        names, old = tuple(values), old or {}

        def build() -> Any:
            source = self._source(where)
            builder = self.dialect.query.update(source)
            for name, value in values.items():
                given = _value_term(value, f"set_{name}")
                builder = builder.set(source.field(name), source.field(name) + given if isinstance(value, Increment) else given)
            builder = builder.where(self._criterion(source, where))
            for name, value in old.items():
                builder = builder.where(self._unchanged(source.field(name), name, null=value is None))
            return builder if only_if is None else builder.where(self._exists(*only_if, on or {}))

        key: tuple[Any, ...] = ("update", names, *_expression_types(values), shape(where, self.dialect), _null_flags(old))
        bound = {**self._operands(where), **_set(_bound_values(values)), **{f"old_{name}": value for name, value in old.items()}}
        if only_if is not None:
            table, guard = only_if
            key += (table.name, shape(guard, self.dialect), tuple((on or {}).items()))
            bound.update(self._operands(guard, table, "guard"))
        return self._text(key, build).bind(bound)

    def delete(self, where: Where, table: AnyTable | None = None) -> Call:
        """Delete the rows that meet the conditions."""
        target = table or self.table

        def build() -> Any:
            source = self._source(where, table=target)
            return self.dialect.delete(source, self._criterion(source, where, target))

        return self._text(("delete", target.name, shape(where, self.dialect)), build).bind(self._operands(where, target))

    def delete_some(self, where: Where, limit: int) -> Call:
        """Delete at most ``limit`` of the rows that meet the conditions."""

        def build() -> Any:
            source = self._source(where)
            return self.dialect.delete_batch(source, self.table.key, self._criterion(source, where), Bind("limit"))

        # A generic plan would not reflect how few rows match.
        text = self._text(("delete some", shape(where, self.dialect)), build, planned=True)
        return text.bind({**self._operands(where), "limit": limit})

    # Parts of the statements.

    def _text(self, key: tuple[Hashable, ...], build: Callable[[], Any], *, planned: bool = False) -> CompiledStatement:
        return self.cache.get((self.table.name, *key), build, planned=planned)

    def _operands(self, where: Where, table: AnyTable | None = None, prefix: str = "where") -> dict[str, Any]:
        return operands(where, Scope(table or self.table, self.dialect), prefix)

    def _criterion(self, source: Any, where: Where, table: AnyTable | None = None, prefix: str = "where") -> Criterion:
        table = table or self.table
        return criterion(where, Scope(table, self.dialect, source, self._checked_columns(where, table), self._subquery), prefix)

    def _checked_columns(self, where: Where, table: AnyTable) -> Collection[str]:
        """Return the tenant column if the index for the conditions does not contain it.

        Any index that begins with the tenant would otherwise look as selective to the engine as the right one.
        """
        access = self._access(where, (), table)
        led = next((index.names for index in table.indexes if access and index.name == access.name), (TENANT_ID,))
        return () if TENANT_ID in led else (TENANT_ID,)

    def _subquery(self, selected: Subquery, prefix: str) -> Any:
        source = self._source(selected.where, table=selected.table)
        chosen = self.dialect.query.from_(source).select(source.field(selected.column.name))
        return chosen.where(self._criterion(source, selected.where, selected.table, prefix))

    def _source(
        self,
        where: Where,
        order: Sequence[Order] = (),
        *,
        table: AnyTable | None = None,
        also: Collection[str] = (),
        listed: Collection[str] = (),
        certain: bool = False,
    ) -> Any:
        """Return the table, with the index to use for the conditions.

        Args:
            where: The conditions.
            order: The order of the rows.
            table: The table to read, if it is not the main table.
            also: Further columns that must equal a value.
            listed: Further columns that must equal one of several values.
            certain: Whether no other index can be better.
        """
        table = table or self.table
        access, source = self._access(where, order, table, also, listed), SQLTable(table.name)
        if access is None:
            return source
        pairs = any(isinstance(value, PairIn) for value in where.values())
        return self.dialect.with_index(source, access.name, certain=certain or access.ordered or pairs)

    @staticmethod
    def _access(
        where: Where, order: Sequence[Order], table: AnyTable, also: Collection[str] = (), among: Collection[str] = ()
    ) -> Access | None:
        """Return the index to use, or None if the statement does not have to name one."""
        equal, listed = columns(where, "equal") | set(also), columns(where, "listed") | set(among)
        # Many rows are NULL in such a column, so NULL only counts if there is no other condition.
        bounded = columns(where, "bounded") if equal | listed else columns(where, "bounded", "null")
        # An index returns the rows of a list of values in no useful order.
        return index_for(table, equal, bounded, () if listed else order, listed=listed)

    def _joined(self, source: Any, *, few: bool = False) -> Any:
        """Return a query from the source with the joined table joined; ``few`` says that the source only has the rows of a page."""
        builder = self.dialect.query.from_(source)
        if self.joined is None:
            return builder
        other = SQLTable(self.joined.table.name)
        if few:
            other = self.dialect.lateral_lookup(other, [*self.joined.columns, *self.joined.on.values()], source, self.joined.on)
        same = Criterion.all([source.field(ours) == other.field(theirs) for ours, theirs in self.joined.on.items()])
        return builder.left_join(other).on(same)

    def _field(self, source: Any, column: Column) -> Field:
        """Return a column of the main table or of the joined table."""
        in_side = self.joined is not None and column.name in self.joined.columns and column.name not in self.table
        field: Field = (SQLTable(self.joined.table.name) if in_side and self.joined else source).field(column.name)
        return field

    def _sorted_by(self, builder: Any, source: Any, order: Sequence[Order]) -> Any:
        for part in order:
            builder = self.dialect.order(builder, self._order_field(source, part.column), part)
        return builder

    def _order_field(self, source: Any, name: str) -> Field:
        return source.field(name) if name in self.table else self._field(source, self.joined.table[name])  # type: ignore[union-attr]  # a name is in one of both

    def _exists(self, table: AnyTable, where: Where, on: Mapping[str, str]) -> Criterion:
        source = self._source(where, table=table, also=on)
        chosen = self.dialect.query.from_(source).select(source.field(table.key[-1]))
        inner = chosen.where(self._criterion(source, where, table, "guard"))
        for theirs, ours in on.items():
            # PyPika leaves out the table of a column where the query has only one.
            inner = inner.where(Fragment("{0}.{1} = {2}.{3}", *map(Field, (table.name, theirs, self.table.name, ours))))
        return ExistsCriterion(inner)  # type: ignore[no-untyped-call]  # PyPika's

    def _unchanged(self, field: Field, name: str, *, null: bool) -> Criterion:
        """Return the condition that a column still has the value that was read."""
        return field.isnull() if null else self.dialect.equal(field, Bind(f"old_{name}"), text=self.table[name].is_text)


_EXPRESSIONS = frozenset((Increment, DatabaseNow))


def _value_term(value: Any, bind: str) -> Term:
    """Return the term for a value to store."""
    return DatabaseNowTerm() + Bind(bind) if isinstance(value, DatabaseNow) else Bind(bind)


def _expression_types(values: Mapping[str, Any]) -> tuple[tuple[str, type], ...]:
    """Return the types of the values that are expressions. They are part of the shape of a statement."""
    return tuple([(name, type(value)) for name, value in values.items() if isinstance(value, Increment | DatabaseNow)])


def _bound_values(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values to bind."""
    return {
        name: value.amount if isinstance(value, Increment) else value.milliseconds if isinstance(value, DatabaseNow) else value
        for name, value in values.items()
    }


def _set(values: Mapping[str, Any]) -> dict[str, Any]:
    return {f"set_{name}": value for name, value in values.items()}


def _null_flags(old: Mapping[str, Any]) -> tuple[tuple[str, bool], ...]:
    return tuple([(name, value is None) for name, value in old.items()])
