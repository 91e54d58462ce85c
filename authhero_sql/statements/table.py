"""The first room: the statements of a table. Pure: what is asked for goes in, a :class:`Call` comes out, and nothing is sent.

The text of a statement depends on its shape alone (which columns, which operators, how long a list), is built by PyPika the first
time, and kept. Values are bound each time.
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
from ..rows import RowReader
from ..schema import Column, Order, Table
from .access import TENANT_ID, Access, index_for
from .conditions import DatabaseNow, PairIn, Scope, Subquery, Where, columns, criterion, operands, shape
from .texts import Bind, CompiledStatement, DatabaseNowTerm, StatementCache

AnyTable: TypeAlias = Table[Any]


@dataclass(frozen=True, eq=False)
class Side:
    """A table with at most one row for each of ours, read along with it.

    Attributes:
        table: the other table.
        columns: its columns that are read, and the public field that each becomes.
        on: our columns, and those of the other table that must equal them.
    """

    table: AnyTable
    columns: Mapping[str, str]
    on: Mapping[str, str]

    @cached_property
    def read(self) -> tuple[Column, ...]:
        """The columns under the names that they have among our fields; NULL where the row is missing."""
        return tuple(replace(self.table[name], field=field, null=True) for name, field in self.columns.items())


@dataclass(frozen=True, slots=True)
class Gathered:
    """Rows of the same table that belong to each one of a page, in a column behind its own: a JSON array of arrays.

    Attributes:
        model: what is read of them.
        on: their columns, and those of the page's row that must equal them.
    """

    model: type[BaseModel]
    on: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Increment:
    """A value to add to a number that is stored."""

    amount: int


@dataclass(frozen=True, slots=True, eq=False)
class RawColumns:
    """Columns that are read as they are stored."""

    columns: tuple[Column, ...]


Read: TypeAlias = RowReader[Any] | RawColumns
"""What says which columns are read; one object for each kind of reading, because it is part of a statement's shape."""


class UnionAll:
    """Two queries as one, to be compiled like one of PyPika's builders, which put parentheses around them that SQLite does not take."""

    def __init__(self, first: Any, second: Any) -> None:
        self._first, self._second = first, second

    def get_sql(self) -> str:
        """The SQL text."""
        return f"{self._first.get_sql()} UNION ALL {self._second.get_sql()}"


class Statements:
    """The statements of one table in one database's words.

    Args:
        table: the table.
        cache: the texts that have been built for this database.
        side: a table whose columns are read along.
    """

    def __init__(self, table: AnyTable, cache: StatementCache, side: Side | None = None) -> None:
        self.table = table
        self.cache = cache
        self.dialect: Dialect = cache.dialect
        self.side = side

    # Reading.

    def select(
        self, read: Read, where: Where, order: Sequence[Order] = (), *, limit: int | None = None, lock: bool = False, planned: bool = False
    ) -> Call:
        """The rows that meet the conditions, as ``read`` reads them; ``planned`` as in :meth:`StatementCache.get`."""

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

    def either(self, read: Read, first: Where, second: Where) -> Call:
        """The rows that meet the first conditions and those that meet the second, in no order; who meets both comes twice.

        The side table is read along with the first alone; what it has is NULL in the second.
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
        """A row of another table that meets the conditions, known by the first column of its key."""

        def build() -> Any:
            source = self._source(where, table=table)
            return self.dialect.query.from_(source).select(source.field(table.key[0])).where(self._criterion(source, where, table))

        return self._text(("elsewhere", table.name, shape(where, self.dialect)), build).bind(self._operands(where, table))

    def lock(self, table: AnyTable, where: Where) -> list[Call]:
        """A first statement that makes writers of the same row take turns; nothing where all writers do anyway."""
        if not self.dialect.features.row_locks:
            return []

        def build() -> Any:
            source = self._source(where, table=table)
            chosen = self.dialect.query.from_(source).select(source.field(table.key[0]))
            return chosen.where(self._criterion(source, where, table)).for_update()

        return [self._text(("lock", table.name, shape(where, self.dialect)), build).bind(self._operands(where, table))]

    def distinct(self, column: Column, where: Where, limit: int, offset: int = 0) -> Call:
        """The values of one column among the rows that meet the conditions, each once and in order."""

        def build() -> Any:
            source = self._source(where, (column.asc,))
            builder: Any = self.dialect.query.from_(source).select(source.field(column.name)).distinct()
            builder = builder.where(self._criterion(source, where)).orderby(source.field(column.name))
            return builder.limit(Bind("limit")).offset(Bind("offset"))

        values = {**self._operands(where), "limit": limit, "offset": offset}
        return self._text(("distinct", column, shape(where, self.dialect)), build).bind(values)

    def edge(self, where: Where, column: Column, reach: int) -> Call:
        """The last value of so many entries of an index, or of those that there are, and their number."""

        def build() -> Any:
            source = self._source(where, (column.asc,))
            field = source.field(column.name)
            builder: Any = self.dialect.query.from_(source).select(field).where(self._criterion(source, where))
            entries = builder.orderby(field).limit(Bind("limit")).as_("entries")
            return self.dialect.query.from_(entries).select(Max(entries.field(column.name)), Count("*"))

        return self._text(("edge", column, shape(where, self.dialect)), build).bind({**self._operands(where), "limit": reach})

    def now(self) -> Call:
        """The present by the database's clock."""
        return self._text(("now",), lambda: self.dialect.query.select(DatabaseNowTerm())).bind({})

    # Writing. Values are stored ones, by column name.

    def insert(self, values: Mapping[str, Any], table: AnyTable | None = None) -> Call:
        """INSERT."""
        into = table or self.table
        names = tuple(values)

        def build() -> Any:
            return self.dialect.query.into(SQLTable(into.name)).columns(*names).insert(*map(_value_term, values.values(), names))

        if _EXPRESSIONS.isdisjoint(map(type, values.values())):
            # The shelf first: where a row goes is only to be said of a text that is built.
            shape = (self.table.name, "insert", into.name, names)
            return self.cache.get(shape, build, adds_row=True).bind(values)
        return self._text(("insert", into.name, names, *_expression_types(values)), build).bind(_bound_values(values))

    def inserts(self, rows: Sequence[Mapping[str, Any]]) -> list[Call]:
        """:meth:`insert` of many rows, all with the same columns in the same order; what is NULL in all of them is left out.

        Most rows have a value in a third of their columns, and an engine takes as long to bind a NULL.
        """
        if not rows:
            return []
        names = [name for name in rows[0] if any(row[name] is not None for row in rows)]
        first = self.insert({name: rows[0][name] for name in names})
        return [Call(first.sql, tuple([row[name] for name in names]), prepared=first.prepared, adds_row=first.adds_row) for row in rows]

    def insert_next(self, number: str, values: Mapping[str, Any], where: Where) -> Call:
        """INSERT, numbered after the greatest among the rows that meet the conditions, from 1 on."""
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
        """INSERT into another table, or into ours, only where a row of ours meets the conditions.

        With ``upsert`` these columns are set instead where the other table has the row already.
        """
        names = tuple(values)

        def build() -> Any:
            source = self._source(where)
            # Beside a row of its own table, the two have to be told apart.
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
        """INSERT, or where the key exists UPDATE of the columns to ``change``: by default all but the key.

        To columns that are ``added`` the value is added. ``key`` is a unique key other than the table's own.
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
        """UPDATE of the rows that meet the conditions.

        Args:
            where: which rows.
            values: what is stored.
            old: stored values that columns must still have.
            only_if: another table, of which a row must meet these conditions.
            on: which columns there must equal which of each row's own.
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
        """DELETE of the rows that meet the conditions."""
        target = table or self.table

        def build() -> Any:
            source = self._source(where, table=target)
            return self.dialect.delete(source, self._criterion(source, where, target))

        return self._text(("delete", target.name, shape(where, self.dialect)), build).bind(self._operands(where, target))

    def delete_some(self, where: Where, limit: int) -> Call:
        """DELETE of at most ``limit`` of the rows that meet the conditions."""

        def build() -> Any:
            source = self._source(where)
            return self.dialect.delete_batch(source, self.table.key, self._criterion(source, where), Bind("limit"))

        # A plan for any value does not know how few rows are meant.
        text = self._text(("delete some", shape(where, self.dialect)), build, planned=True)
        return text.bind({**self._operands(where), "limit": limit})

    # What they are made of.

    def _text(self, key: tuple[Hashable, ...], build: Callable[[], Any], *, planned: bool = False) -> CompiledStatement:
        return self.cache.get((self.table.name, *key), build, planned=planned)

    def _operands(self, where: Where, table: AnyTable | None = None, prefix: str = "where") -> dict[str, Any]:
        return operands(where, Scope(table or self.table, self.dialect), prefix)

    def _criterion(self, source: Any, where: Where, table: AnyTable | None = None, prefix: str = "where") -> Criterion:
        table = table or self.table
        return criterion(where, Scope(table, self.dialect, source, self._checked_columns(where, table), self._subquery), prefix)

    def _checked_columns(self, where: Where, table: AnyTable) -> Collection[str]:
        """The tenant, where the index that leads to the rows does not have it: each of the tenant's own seems to lead to as few."""
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
        """The table, read by the index that leads to the rows that meet the conditions.

        ``also`` are further columns that equal a value, ``listed`` those that equal one of several; ``certain`` says that no other index
        can be better.
        """
        table = table or self.table
        access, source = self._access(where, order, table, also, listed), SQLTable(table.name)
        if access is None:
            return source
        pairs = any(isinstance(value, PairIn) for value in where.values())
        return self.dialect.read_by(source, access.name, certain=certain or access.ordered or pairs)

    @staticmethod
    def _access(
        where: Where, order: Sequence[Order], table: AnyTable, also: Collection[str] = (), among: Collection[str] = ()
    ) -> Access | None:
        """The index that leads there, if one has to be chosen."""
        equal, listed = columns(where, "equal") | set(also), columns(where, "listed") | set(among)
        # What is NULL is mostly many: only where nothing else is said does it lead anywhere.
        bounded = columns(where, "bounded") if equal | listed else columns(where, "bounded", "null")
        # The rows of a list of values come in no order.
        return index_for(table, equal, bounded, () if listed else order, listed=listed)

    def _joined(self, source: Any, *, few: bool = False) -> Any:
        """A query from the source, the side table joined to it; ``few`` says that the source has only the rows of a page."""
        builder = self.dialect.query.from_(source)
        if self.side is None:
            return builder
        other = SQLTable(self.side.table.name)
        if few:
            other = self.dialect.row_by_row(other, [*self.side.columns, *self.side.on.values()], source, self.side.on)
        same = Criterion.all([source.field(ours) == other.field(theirs) for ours, theirs in self.side.on.items()])
        return builder.left_join(other).on(same)

    def _field(self, source: Any, column: Column) -> Field:
        """A column of ours or of the side table."""
        in_side = self.side is not None and column.name in self.side.columns and column.name not in self.table
        field: Field = (SQLTable(self.side.table.name) if in_side and self.side else source).field(column.name)
        return field

    def _sorted_by(self, builder: Any, source: Any, order: Sequence[Order]) -> Any:
        for part in order:
            builder = self.dialect.order(builder, self._order_field(source, part.column), part)
        return builder

    def _order_field(self, source: Any, name: str) -> Field:
        return source.field(name) if name in self.table else self._field(source, self.side.table[name])  # type: ignore[union-attr]  # a name is in one of both

    def _exists(self, table: AnyTable, where: Where, on: Mapping[str, str]) -> Criterion:
        source, name = self._source(where, table=table, also=on), self.dialect.identifier
        chosen = self.dialect.query.from_(source).select(source.field(table.key[-1]))
        inner = chosen.where(self._criterion(source, where, table, "guard"))
        for theirs, ours in on.items():
            inner = inner.where(Fragment(f"{name(table.name)}.{name(theirs)} = {name(self.table.name)}.{name(ours)}"))
        return ExistsCriterion(inner)  # type: ignore[no-untyped-call]  # PyPika's

    def _unchanged(self, field: Field, name: str, *, null: bool) -> Criterion:
        """A column has the stored value that was read."""
        return field.isnull() if null else self.dialect.equal(field, Bind(f"old_{name}"), text=self.table[name].is_text)


_EXPRESSIONS = frozenset((Increment, DatabaseNow))


def _value_term(value: Any, bind: str) -> Term:
    """What stands in a statement for a value to store."""
    return DatabaseNowTerm() + Bind(bind) if isinstance(value, DatabaseNow) else Bind(bind)


def _expression_types(values: Mapping[str, Any]) -> tuple[tuple[str, type], ...]:
    """The values that are more than a parameter: part of a statement's shape."""
    return tuple([(name, type(value)) for name, value in values.items() if isinstance(value, Increment | DatabaseNow)])


def _bound_values(values: Mapping[str, Any]) -> dict[str, Any]:
    """What is bound for the values."""
    return {
        name: value.amount if isinstance(value, Increment) else value.milliseconds if isinstance(value, DatabaseNow) else value
        for name, value in values.items()
    }


def _set(values: Mapping[str, Any]) -> dict[str, Any]:
    return {f"set_{name}": value for name, value in values.items()}


def _null_flags(old: Mapping[str, Any]) -> tuple[tuple[str, bool], ...]:
    return tuple([(name, value is None) for name, value in old.items()])
