"""A table and a session, turned into a few protected verbs. Adapters are short public methods over them.

Conditions are mappings from ``"column"`` or ``"column <operator>"`` to a public value: ``{"tenant_id": "acme",
"expires_at_ts <": now}``. No operator means equal; the others are ``< <= > >= <>``, ``null`` and ``not null`` (the value is
ignored), ``in`` (a list of text that is not empty), ``with <other column> in`` (a list of pairs of text that is not empty),
``null or >`` (or ``>=``, ``<=``), and ``any`` with a :class:`Picked` of several rows.
"""

from __future__ import annotations

import builtins
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any, ClassVar, Generic, Literal, TypeVar

from pydantic import BaseModel
from pypika import Table as SQLTable
from pypika.functions import Coalesce, Count, Max
from pypika.terms import Criterion, ExistsCriterion, Field, NullValue, Term

from . import filters
from .access import EVERYWHERE, before, index_for, leads
from .clock import from_epoch_ms, truncate
from .codecs import BOOL, EPOCH_MS, FLAG, INSTANT, INT, TEXT
from .dialects.dialect import Fragment
from .dialects.interface import Call, Order, Row
from .errors import CorruptRowError, DatabaseError, ForeignKeyError, InvalidQueryError, InvalidValueError, UnsupportedError
from .filters import Filter, Target
from .listing import ESTIMATE_LIMIT, MAX_PAGE, Cursor, ListRules, Sort, Total, Totals, Window, asked_totals, count
from .models.base import ImportMetadata, Page
from .pace import GREATEST, Pace
from .rows import RowReader, RowWriter, mapping, wire_fields
from .schema import Column, Table
from .session import Session, located, timed
from .statements import Bind, DatabaseNowTerm, Statement

M = TypeVar("M", bound=BaseModel)
N = TypeVar("N", bound=BaseModel)
A = TypeVar("A")
R = TypeVar("R")
J = TypeVar("J", dict[str, Any], list[Any])

Fields = BaseModel | Mapping[str, Any]
"""A model, of which the fields that were set count, or a mapping of fields by wire or Python name."""
Where = Mapping[str, Any]
Expected = Mapping[str, Any] | None
"""What a caller has seen in a row, by wire or Python name: an update is done only where it is still so."""

Stretch = Literal["all", "behind", "values", "nulls", "nulls behind"]
"""A part of a walk: all of it, what lies behind the cursor, all that has a value, all that has none, and of those what lies behind."""

_COMPARED = (TEXT, INT, BOOL, FLAG, INSTANT, EPOCH_MS)
"""The codecs whose stored value is the same whenever the public one is."""
_WORDS: Mapping[type, str] = {dict: "object", list: "list"}
_BOUNDING = ("<", "<=", ">", ">=")
_OPERATORS: dict[str, Callable[[Field, Term], Criterion]] = {
    "<>": lambda field, bind: field != bind,
    "<": lambda field, bind: field < bind,
    "<=": lambda field, bind: field <= bind,
    ">": lambda field, bind: field > bind,
    ">=": lambda field, bind: field >= bind,
    "null or >": lambda field, bind: field.isnull() | (field > bind),
    "null or >=": lambda field, bind: field.isnull() | (field >= bind),
    "null or <=": lambda field, bind: field.isnull() | (field <= bind),
    "null": lambda field, _: field.isnull(),
    "not null": lambda field, _: field.isnotnull(),
}


@dataclass(frozen=True, slots=True)
class Side:
    """A table with at most one row for each of ours, read along with it.

    Attributes:
        table: the other table.
        columns: its columns that are read, and the public field that each becomes.
        on: our columns, and those of the other table that must equal them.
    """

    table: Table[Any]
    columns: Mapping[str, str]
    on: Mapping[str, str]

    @property
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
class Picked:
    """An operand that the database looks up: one column of the row elsewhere that meets the conditions."""

    table: Table[Any]
    column: str
    where: Where


@dataclass(frozen=True, slots=True)
class Stored:
    """An operand as it was read from a column, whatever it may mean there."""

    value: Any


@dataclass(frozen=True, slots=True)
class Added:
    """A value to add to a number that is stored."""

    amount: int


@dataclass(frozen=True, slots=True)
class DatabaseNow:
    """The present by the database's own clock, or an instant so much later, in epoch milliseconds.

    An operand of a condition and a value to store. What several hosts must agree on is compared with this, because their clocks differ.
    """

    plus: timedelta = timedelta(0)

    @property
    def milliseconds(self) -> int:
        """How much later."""
        return self.plus // timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class Chosen:
    """Columns that are read as they are stored."""

    columns: tuple[Column, ...]
    names: tuple[str, ...]


class Repository(Generic[M]):
    """The verbs of one table."""

    table: Table[M]
    model: type[M]
    attribute: ClassVar[str] = ""
    """What the adapters call it, where that is not the table's name."""
    rules: ClassVar[ListRules]
    side: ClassVar[Side | None] = None
    gathers: ClassVar[Gathered | None] = None
    """What comes with a page's rows on engines that read it for less that way; where it does not, :meth:`_models` reads it."""
    walk_where: ClassVar[Where] = {}
    """Conditions of checkpoint walks alone."""
    fixed: ClassVar[frozenset[str]] = frozenset()
    """What ``update`` refuses, by wire name, beside the key and the times."""
    virtual: ClassVar[frozenset[str]] = frozenset()
    """The wire names of fields that ``create`` takes and that no column of the table keeps; others are refused."""
    merged: ClassVar[frozenset[str]] = frozenset()
    """Objects kept in several columns of which ``update`` writes only the parts that are given."""
    refused: ClassVar[Mapping[str, str]] = {}
    """The wire names of fields that have a column and may not be given all the same, each with the reason."""
    id_field: ClassVar[str | None] = None
    """The column whose value is generated when nobody gives one; see :meth:`_new_id`."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self._reader: RowReader[M] = self._reader_of(self.model)
        self._writer = self._make_writer()

    # What is made once per class.

    @classmethod
    def _reader_of(cls, model: type[N]) -> RowReader[N]:
        """The reader of rows as another model with the same fields, or more or fewer."""
        reader: RowReader[N] = _once(cls, "reader", model, lambda: RowReader(cls.table, model, cls._columns()))
        return reader

    @classmethod
    def _chosen(cls, *names: str) -> Chosen:
        """A few columns of the table as they are stored, for :meth:`_select`."""
        return Chosen(tuple(cls.table[name] for name in names), names)

    @classmethod
    def _make_writer(cls) -> RowWriter:
        fixed = cls.fixed | {"id", "tenant_id", "created_at", "updated_at"} | {cls.table[name].public for name in cls.table.key}
        insert = cls.table.insert or cls.model
        rules = (fixed, cls.virtual, cls.merged, cls.refused)
        writer: RowWriter = _once(cls, "writer", insert, lambda: RowWriter(cls.table, insert, cls.model, *rules))
        return writer

    @classmethod
    def _columns(cls) -> tuple[Column, ...]:
        return (*cls.table.columns, *(cls.side.read if cls.side else ()))

    @classmethod
    def _targets(cls) -> Mapping[str, Target]:
        """The columns behind the fields that ``q`` may name."""
        targets: Mapping[str, Target] = _once(
            cls, "targets", None, lambda: filters.targets(cls.rules, cls._columns(), cls.model, cls.table.searched)
        )
        return targets

    # Statements.

    def _statement(
        self, shape: tuple[Any, ...], build: Callable[[], Any], filter: Filter | None = None, *, planned: bool = False
    ) -> Statement:
        """The statement of a shape and of a caller's filter, if it has one.

        Where it is ``planned`` for its values, each time, no server keeps a plan that fits all of them.
        """
        own = (self.table.name, *shape) if filter is None else (self.table.name, *shape, filter.shape)
        return self.session.statements.get(own, build, filtered=filter is not None, planned=planned)

    @property
    def _sql(self) -> Any:
        return SQLTable(self.table.name)

    def _source(self, where: Where, order: Sequence[Order] = (), filter: Filter | None = None, table: Table[Any] | None = None) -> Any:
        """The table, read by the index that leads to the rows that meet the conditions."""
        table = table or self.table
        words = [name.partition(" ") for name in where]
        equal = {column for column, _, operator in words if operator == ""} | (filter.equal if filter else set())
        pairs = {name for column, _, operator in words if operator.startswith("with ") for name in (column, operator.split()[1])}
        listed = {column for column, _, operator in words if operator in ("in", "any")} | pairs
        # What is NULL is mostly many: only where nothing else is said does it lead anywhere.
        bounded = {column for column, _, operator in words if operator in _BOUNDING or (operator == "null" and not equal | listed)}
        # The rows of a list of values come in no order.
        access = index_for(table, equal, bounded, () if listed else order, listed=listed)
        source = SQLTable(table.name)
        # An owner's index for beginnings may be there or not, and so cannot be named.
        free = filter is not None and (filter.begins or self._by_several(filter)) and not leads(table, equal | listed)
        if access is None or free:
            return source
        return self.session.dialect.read_by(source, access.name, certain=access.ordered or bool(pairs))

    def _by_several(self, filter: Filter | None) -> bool:
        """Whether a caller looks for one of several things, to each of which an index leads, and to all of them none."""
        if filter is None or not filter.alternatives or leads(self.table, filter.equal):
            return False
        return all(leads(self.table, equal) for equal in filter.alternatives)

    def _condition(self, source: Any, where: Where, table: Table[Any] | None = None, prefix: str = "where") -> Criterion:
        """All of the conditions; the values are bound as ``where_0``, ``where_1`` and so on."""
        table = table or self.table
        dialect = self.session.dialect
        criteria = []
        for position, (name, value) in enumerate(where.items()):
            column, _, operator = name.partition(" ")
            field = source.field(table[column].name)
            bind = f"{prefix}_{position}"
            if isinstance(value, Picked):
                picked = self._source(value.where, table=value.table)
                inner = self._condition(picked, value.where, value.table, bind)
                chosen = dialect.query.from_(picked).select(picked.field(value.table[value.column].name)).where(inner)
                criteria.append(field.isin(chosen) if operator == "any" else field == chosen)
            elif operator.startswith("with "):
                pair = (field, source.field(table[operator.split()[1]].name))
                criteria.append(dialect.in_pairs(pair, Bind, bind, dialect.list_size(len(value))))
            elif operator == "in":
                criteria.append(dialect.in_list(field, Bind, bind, dialect.list_size(len(value))))
            elif operator:
                criteria.append(_OPERATORS[operator](field, _term(value, bind)))
            else:
                criteria.append(dialect.equal(field, _term(value, bind), text=table[column].is_text))
        return Criterion.all(criteria)

    def _shape(self, where: Where) -> tuple[Any, ...]:
        """What the text of the conditions depends on."""
        return tuple([
            (name, value.table.name, value.column, self._shape(value.where)) if isinstance(value, Picked)
            else (name, self.session.dialect.list_size(len(value))) if name.endswith(" in")
            else (name, DatabaseNow) if isinstance(value, DatabaseNow)
            else name
            for name, value in where.items()
        ])  # fmt: skip

    def _operands(self, where: Where, table: Table[Any] | None = None, prefix: str = "where") -> dict[str, Any]:
        """The values of the conditions."""
        table = table or self.table
        values: dict[str, Any] = {}
        for position, (name, value) in enumerate(where.items()):
            column, _, operator = name.partition(" ")
            bind = f"{prefix}_{position}"
            if isinstance(value, Picked):
                values.update(self._operands(value.where, value.table, bind))
            elif operator.startswith("with "):
                names = (column, operator.split()[1])
                pairs = [(table.operand(names[0], first), table.operand(names[1], second)) for first, second in value]
                values.update(self.session.dialect.pair_values(bind, pairs))
            elif operator == "in":
                values.update(self.session.dialect.list_values(bind, [table.operand(column, item) for item in value]))
            elif isinstance(value, DatabaseNow):
                values[bind] = value.milliseconds
            elif isinstance(value, Stored):
                values[bind] = value.value
            elif operator not in ("null", "not null"):
                values[bind] = table.operand(column, value)
        return values

    def _select(
        self,
        reader: RowReader[Any] | Chosen,
        where: Where,
        order: Sequence[Order] = (),
        *,
        limit: int | None = None,
        lock: bool = False,
        planned: bool = False,
    ) -> Call:
        """The rows that meet the conditions, as ``reader`` reads them; ``planned`` as in :meth:`_statement`."""
        values = self._operands(where)
        shape = ("select", reader.names, self._shape(where), tuple(order), limit is not None, lock)

        def build() -> Any:
            source = self._source(where, order)
            beside = any(name not in self.table for name in (*(column.name for column in reader.columns), *(part.column for part in order)))
            builder: Any = self._from(source)[1] if beside else self.session.dialect.query.from_(source)
            builder = builder.select(*(self._field(source, column) for column in reader.columns))
            builder = builder.where(self._condition(source, where))
            for part in order:
                builder = self.session.dialect.order(builder, self._order_field(source, part.column), part)
            if limit is not None:
                builder = builder.limit(Bind("limit"))
            return builder.for_update() if lock else builder

        return self._statement(shape, build, planned=planned).bind({**values, "limit": limit})

    def _from(self, source: Any) -> tuple[Any, Any]:
        """The table as a source, and the query from it, with the side table joined."""
        builder = self.session.dialect.query.from_(source)
        if self.side is not None:
            beside = SQLTable(self.side.table.name)
            same = Criterion.all([source.field(ours) == beside.field(theirs) for ours, theirs in self.side.on.items()])
            builder = builder.left_join(beside).on(same)
        return source, builder

    def _field(self, source: Any, column: Column) -> Field:
        """A column of ours or of the side table."""
        beside = self.side is not None and column.name in self.side.columns and column.name not in self.table
        field: Field = (SQLTable(self.side.table.name) if beside and self.side else source).field(column.name)
        return field

    def _insert(self, values: Mapping[str, Any], table: Table[Any] | None = None) -> Call:
        """INSERT of stored values."""
        into = table or self.table
        names = tuple(values)

        def build() -> Any:
            given = (_term(value, name) for name, value in values.items())
            return self.session.dialect.query.into(SQLTable(into.name)).columns(*names).insert(*given)

        return self._statement(("insert", into.name, names, _kinds(values)), build).bind(_bound(values))

    def _insert_next(self, number: str, values: Mapping[str, Any], where: Where) -> Call:
        """INSERT of stored values, numbered after the greatest among the rows that meet the conditions, from 1 on."""
        names = tuple(values)
        dialect = self.session.dialect

        def build() -> Any:
            source = self._sql
            following = Coalesce(Max(source.field(number)), Bind("none")) + Bind("one")  # type: ignore[no-untyped-call]  # PyPika's
            given = [following if name == number else dialect.cast(Bind(f"set_{name}"), self.table[name].type) for name in names]
            chosen = dialect.query.into(source).columns(*names).from_(source).select(*given)
            return chosen.where(self._condition(source, where))

        bound = {f"set_{name}": value for name, value in values.items()}
        shape = ("insert next", number, names, self._shape(where))
        return self._statement(shape, build).bind({**self._operands(where), **bound, "none": 0, "one": 1})

    def _upsert(
        self, values: Mapping[str, Any], change: Sequence[str] | None = None, *, added: Sequence[str] = (), key: Sequence[str] = ()
    ) -> Call:
        """INSERT of stored values, or where the key exists UPDATE of the columns to ``change``: by default all but the key.

        To columns that are ``added`` the value is added. ``key`` is a unique key other than the table's own.
        """
        names, unique = tuple(values), tuple(key) or self.table.key
        changed = tuple(name for name in names if name not in unique) if change is None else tuple(change)
        dialect = self.session.dialect

        def build() -> Any:
            source = self._sql
            builder = dialect.query.into(source).columns(*names).insert(*map(Bind, names))
            return dialect.upsert(builder, source, unique, changed, added)

        return self._statement(("upsert", names, changed, tuple(added), unique), build).bind(values)

    def _change(
        self,
        where: Where,
        values: Mapping[str, Any],
        *,
        only_if: tuple[Table[Any], Where] | None = None,
        on: Mapping[str, str] | None = None,
    ) -> Call:
        """UPDATE with stored values of the rows that meet the conditions, if a row elsewhere exists.

        ``on`` says which columns there must equal which of each row's own.
        """
        names = tuple(values)
        operands = self._operands(where)
        shape: tuple[Any, ...] = ("update", names, _kinds(values), self._shape(where))
        if only_if is not None:
            shape += (only_if[0].name, self._shape(only_if[1]), tuple((on or {}).items()))
            operands.update(self._operands(only_if[1], only_if[0], "guard"))

        def build() -> Any:
            source = self._source(where)
            builder = self.session.dialect.query.update(source)
            for name, value in values.items():
                given = _term(value, f"set_{name}")
                builder = builder.set(source.field(name), source.field(name) + given if isinstance(value, Added) else given)
            builder = builder.where(self._condition(source, where))
            return builder if only_if is None else builder.where(self._exists(*only_if, on or {}))

        bound = {f"set_{name}": value for name, value in _bound(values).items()}
        return self._statement(shape, build).bind({**operands, **bound})

    def _exists(self, table: Table[Any], where: Where, on: Mapping[str, str]) -> Criterion:
        source, name = self._source({**where, **dict.fromkeys(on)}, table=table), self.session.dialect.identifier
        chosen = self.session.dialect.query.from_(source).select(source.field(table.key[-1]))
        inner = chosen.where(self._condition(source, where, table, "guard"))
        for theirs, ours in on.items():
            inner = inner.where(Fragment(f"{name(table.name)}.{name(theirs)} = {name(self.table.name)}.{name(ours)}"))
        return ExistsCriterion(inner)  # type: ignore[no-untyped-call]  # PyPika's

    def _delete(self, where: Where, table: Table[Any] | None = None) -> Call:
        """DELETE of the rows that meet the conditions."""
        target = table or self.table
        values = self._operands(where, target)

        def build() -> Any:
            source = self._source(where, table=target)
            return self.session.dialect.delete(source, self._condition(source, where, target))

        return self._statement(("delete", target.name, self._shape(where)), build).bind(values)

    def _delete_some(self, where: Where, limit: int, table: Table[Any] | None = None) -> Call:
        """DELETE of at most ``limit`` of the rows that meet the conditions."""
        target = table or self.table
        values = self._operands(where, target)

        def build() -> Any:
            source = self._source(where, table=target)
            condition = self._condition(source, where, target)
            return self.session.dialect.delete_batch(source, target.key, condition, Bind("limit"))

        # A plan for any value does not know how few rows are meant.
        shape = ("delete some", target.name, self._shape(where))
        return self._statement(shape, build, planned=True).bind({**values, "limit": limit})

    # Running them.

    async def _fetch(self, call: Call) -> builtins.list[Row]:
        return await self._run(self.session.executor.fetch, call, (call,))

    async def _fetch_many(self, *calls: Call) -> builtins.list[builtins.list[Row]]:
        return await self._run(self.session.executor.fetch_many, calls, calls)

    async def _write(self, *calls: Call) -> None:
        """Writes, all or nothing, in a batch later than now."""
        if self.session.batch is not None:
            self.session.batch.add(self.table, calls)
        else:
            await self._counts(calls)

    async def _matched(self, *calls: Call, at: int = 0) -> bool:
        """Writes, all or nothing: whether the one at this place found a row. A batch does nothing at all where it finds none."""
        if self.session.batch is not None:
            self.session.batch.add(self.table, calls, at)
            return True
        return (await self._counts(calls))[at] > 0

    async def _affected(self, *calls: Call) -> int:
        """Writes, all or nothing: how many rows the last one found. Not in a batch."""
        self._not_in_batch()
        return (await self._counts(calls))[-1]

    async def _counts(self, calls: Sequence[Call]) -> builtins.list[int]:
        # One alone needs no transaction.
        if len(calls) == 1:
            return [await self._run(self.session.executor.execute, calls[0], calls)]
        return await self._run(self.session.executor.write, calls, calls)

    def _not_in_batch(self) -> None:
        """Refuse in a batch what has to see what its own write has done.

        Raises:
            UnsupportedError: this is a batch.
        """
        if self.session.batch is not None:
            raise UnsupportedError(f"{self.table.name}: this method has to see what its write has done, so it cannot be part of a batch")

    async def _run(self, method: Callable[[A], Awaitable[R]], given: A, calls: Sequence[Call]) -> R:
        """Hand statements to the session's executor; errors name the table."""
        self.session.require_own_block(self.attribute or self.table.name)
        try:
            with timed(calls):
                return await method(given)
        except DatabaseError as error:
            raise located(error, self.table) from error.__cause__

    # The verbs.

    async def _get(self, where: Where, model: type[BaseModel] | None = None, order: Sequence[Order] = ()) -> Any:
        """The row that meets the conditions, or None; where several may, the first in the order."""
        read: RowReader[Any] = self._reader if model is None else self._reader_of(model)
        rows = await self._fetch(self._select(read, where, order, limit=1 if order else None))
        return read.read(rows[0]) if rows else None

    async def _all(self, where: Where, order: Sequence[Order] = (), limit: int | None = None) -> builtins.list[M]:
        """All rows that meet the conditions."""
        rows = await self._fetch(self._select(self._reader, where, order, limit=limit))
        return [self._reader.read(row) for row in rows]

    def _new_id(self, now: datetime) -> str:
        """The id of a new row: a nanoid unless the table has its own kind."""
        return self.session.ids.nanoid()

    def _new_row(
        self, tenant_id: str | None, params: BaseModel, metadata: ImportMetadata | Mapping[str, Any] | None, **extra: Any
    ) -> dict[str, Any]:
        """The stored values of a new row: what was given, what is generated, what is imported."""
        imported = self._imported(metadata)
        now = self.session.now()
        created = imported.created_at or now
        generated: dict[str, Any] = {}
        if self.table.tenant_scoped and tenant_id is not None:
            generated["tenant_id"] = tenant_id
        for field, value in (("created_at", created), ("updated_at", imported.updated_at or created)):
            column = self.table.stored(field)
            if column is not None:
                generated[column.name] = value
        if self.id_field is not None:
            own = getattr(params, self.id_field, None)
            generated[self.id_field] = imported.id or own or self._new_id(now)
        return self._writer.row(params, {**generated, **self._generated(params, created), **extra})

    def _generated(self, params: BaseModel, created: datetime) -> dict[str, Any]:
        """Public values by column name that a new row has beside what was given; an adapter may add some."""
        return {}

    def _imported(self, metadata: ImportMetadata | Mapping[str, Any] | None) -> ImportMetadata:
        if metadata is None:
            return _NOTHING
        if isinstance(metadata, ImportMetadata):
            return metadata
        return RowWriter.accept(_import_writer(self.table), metadata)  # type: ignore[return-value]  # its insert model

    def _read_values(self, values: Mapping[str, Any]) -> M:
        """The model of a row that has just been written: what reading it back would give."""
        return self._reader.read([values.get(name) for name in self._reader.names])

    def _accepted(self, params: Fields) -> BaseModel:
        """The insert model of what was given to a ``create`` that takes ``import_metadata``.

        Raises:
            InvalidValueError: it is not one.
        """
        if not isinstance(params, self._writer.insert):
            for name in mapping(self.table, params):
                if name not in self._writer.names and name in (*ImportMetadata.model_fields, self.id_field):
                    keyword = f"import_metadata={{'{'id' if name == self.id_field else name}': …}}"
                    raise InvalidValueError(self.table.name, name, f"is generated; an import gives its own by {keyword}")
        return self._writer.accept(params)

    async def _create(
        self,
        tenant_id: str | None,
        params: Fields,
        import_metadata: ImportMetadata | Mapping[str, Any] | None = None,
        **extra: Any,
    ) -> M:
        """Insert one row."""
        values = self._new_row(tenant_id, self._accepted(params), import_metadata, **extra)
        await self._write(self._insert(values))
        return self._read_values(values)

    def _given(self, fields: Fields, where: Where) -> dict[str, Any]:
        """The fields to update of the row that the conditions name, by name; see :meth:`RowWriter.given`."""
        return self._writer.given(fields, self._named(where))

    def _changes(self, fields: Fields, where: Where) -> dict[str, Any]:
        """The stored values of an update of the row that the conditions name, ``updated_at`` included."""
        values = self._writer.changes(self._writer.partial(fields, self._named(where)))
        return self._bumped(values)

    def _named(self, where: Where) -> dict[str, Any]:
        """What conditions say that fields equal, by wire name."""
        return {self.table[name].public: value for name, value in where.items() if name in self.table}

    def _bumped(self, values: dict[str, Any]) -> dict[str, Any]:
        column = self.table.stored("updated_at")
        if column is not None:
            values[column.name] = column.encode(self.session.now())
        return values

    async def _update(self, where: Where, fields: Fields, expect: Expected = None) -> bool:
        """Write exactly the given fields; whether there was such a row, as it was expected to be."""
        values = self._changes(fields, where)
        where = {**where, **self._expected(expect)}
        values = self._later(values, where)
        if not values:
            return bool(await self._fetch(self._select(self._reader, where)))
        return await self._matched(self._change(where, values))

    def _expected(self, expect: Expected) -> dict[str, Any]:
        """The conditions that fields still have the values that the caller has seen.

        Raises:
            InvalidQueryError: a field is unknown, is the row's key, or cannot be compared.
            InvalidValueError: a value is none that the field can have.
        """
        wire = {name: wire for wire, (name, _) in wire_fields(self.model).items()}
        conditions = {}
        for field, value in mapping(self.table, expect, "expect").items() if expect is not None else ():
            column = self.table.column(wire.get(field, field))
            if column.name in self.table.key or column.codec not in _COMPARED:
                raise InvalidQueryError(f"{self.table.name}.{column.public} cannot be expected: compare updated_at, or another plain field")
            if value is not None:
                self.table.operand(column.name, value)
            conditions[f"{column.name} null" if value is None else column.name] = value
        return conditions

    async def _update_with(self, where: Where, expected: Where, change: Call, beside: Sequence[Call]) -> bool:
        """An update and what is written only together with it; both know the row by ``where`` and by what is expected of it."""
        if not expected:
            return await self._matched(change, *beside)
        # What goes with the change comes before it: afterwards the row is no longer as it was expected to be.
        return await self._matched(*self._lock(self.table, where), *beside, change, at=-1)

    def _later(self, values: dict[str, Any], where: Where) -> dict[str, Any]:
        """The same change; its ``updated_at`` later than the one that is expected, so that who expects that one, too, finds another."""
        column = self.table.stored("updated_at")
        if column is not None and isinstance(seen := where.get(column.name), datetime):
            values[column.name] = max(values[column.name], column.encode(truncate(seen) + timedelta(milliseconds=1)))
        return values

    async def _distinct(self, name: str, where: Where, limit: int, offset: int = 0) -> builtins.list[Any]:
        """The values of one column among the rows that meet the conditions, each once and in order."""

        def build() -> Any:
            source = self._source(where, (Order(name),))
            builder: Any = self.session.dialect.query.from_(source).select(source.field(name)).distinct()
            builder = builder.where(self._condition(source, where)).orderby(source.field(name))
            return builder.limit(Bind("limit")).offset(Bind("offset"))

        values = {**self._operands(where), "limit": limit, "offset": offset}
        return [row[0] for row in await self._fetch(self._statement(("distinct", name, self._shape(where)), build).bind(values))]

    async def _count_distinct(self, name: str, where: Where, totals: Totals = True) -> int:
        """How many different values a column has among the rows that meet the conditions; see :meth:`_count`."""

        def build() -> Any:
            source = self._source(where)
            builder: Any = self.session.dialect.query.from_(source).where(self._condition(source, where))
            if totals == "estimate":
                return self._number(builder.select(source.field(name)).distinct())
            return builder.select(Count(source.field(name)).distinct())  # type: ignore[no-untyped-call]  # PyPika's

        call = self._statement(("count distinct", name, self._shape(where), totals), build)
        counted: int = (await self._fetch(call.bind({**self._operands(where), "most": ESTIMATE_LIMIT + 1})))[0][0]
        return counted

    async def _updated(self, where: Where, fields: Fields, expect: Expected = None) -> M | None:
        """Write exactly the given fields; the row as it is then, or None where there is none, or not as it was expected to be."""
        self._not_in_batch()
        row: M | None = await self._get(where) if await self._update(where, fields, expect) else None
        return row

    async def _database_now(self) -> datetime:
        """The present by the database's clock, on which all hosts agree."""
        call = self._statement(("now",), lambda: self.session.dialect.query.select(DatabaseNowTerm())).bind({})
        return from_epoch_ms(int((await self._fetch(call))[0][0]))

    def _instant(self, name: str, instant: datetime | None) -> dict[str, Any]:
        """The stored value of a column of instants: the given one, or now."""
        return {name: self.table.encode(self.table[name], self.session.now() if instant is None else instant)}

    async def _remove(self, where: Where) -> bool:
        """Delete; whether there was such a row."""
        return await self._matched(self._delete(where))

    async def _total(self, where: Where) -> int:
        """How many rows meet the conditions."""
        call = self._statement(("count", self._shape(where), True), lambda: self._count(where)).bind(self._operands(where))
        total: int = (await self._fetch(call))[0][0]
        return total

    async def _sweep(self, scope: Where, column: str, cutoff: Any, *, dry_run: bool = False) -> int:
        """Delete all rows of the scope whose column lies before the cutoff, in batches; how many. A dry run only counts them."""
        if dry_run:
            return await self._total({**scope, f"{column} <": cutoff})

        async def remove(where: Where, limit: int) -> tuple[int, int]:
            removed = await self._affected(self._delete_some(where, limit))
            return removed, removed

        return await self._stretched(scope, column, cutoff, remove)

    async def _stretched(
        self,
        scope: Where,
        column: str,
        cutoff: Any,
        remove: Callable[[Where, int], Awaitable[tuple[int, int]]],
        greatest: int = GREATEST,
    ) -> int:
        """Remove the rows of the scope before the cutoff, from the first on, one stretch of their index after the other; how many.

        A batch begins where the last one ended: what has been deleted is still in the index for as long as somebody may have to
        see it, and from the beginning each batch would read all of it again.

        ``remove`` takes the conditions of a stretch and the most rows to remove, and says how many it found and removed. Where it
        found that many there may be more, so that it is asked for the same stretch again.
        """
        self._not_in_batch()
        span = {name: scope[name] for name in before(self.table, [name for name in scope if " " not in name], column)}
        pace, total = Pace(greatest), 0
        start: Where = {}
        while True:
            reach, limit = pace.reach, pace.limit
            edge, entries = await self._edge({**span, **start, f"{column} <": cutoff}, column, reach)
            if not entries:
                return total
            began = time.perf_counter()
            found, removed = await remove({**scope, **start, f"{column} <=": edge}, limit)
            pace.took(time.perf_counter() - began, found)
            total += removed
            if found >= limit:
                continue
            if entries < reach:
                return total
            start = {f"{column} >": edge}

    async def _edge(self, where: Where, column: str, reach: int) -> tuple[Stored, int]:
        """The last value of so many entries of an index, or of those that there are, and their number."""

        def build() -> Any:
            source = self._source(where, (Order(column),))
            builder: Any = self.session.dialect.query.from_(source).select(source.field(column)).where(self._condition(source, where))
            entries = builder.orderby(source.field(column)).limit(Bind("limit")).as_("entries")
            return self.session.dialect.query.from_(entries).select(Max(entries.field(column)), Count("*"))

        call = self._statement(("edge", column, self._shape(where)), build).bind({**self._operands(where), "limit": reach})
        rows = await self._fetch(call)
        last, entries = rows[0] if rows else (None, 0)
        return Stored(last), entries

    async def _purge(self, where: Where, *, dry_run: bool = False) -> int:
        """Delete all rows that meet conditions which no index has in order, in batches; how many. A dry run only counts them."""
        if dry_run:
            return await self._total(where)
        pace, total = Pace(), 0
        while True:
            limit, began = pace.limit, time.perf_counter()
            removed = await self._affected(self._delete_some(where, limit))
            pace.took(time.perf_counter() - began, removed)
            total += removed
            if removed < limit:
                return total

    async def _revise(self, where: Where, names: Sequence[str], change: Callable[[dict[str, Any]], Mapping[str, Any]]) -> bool:
        """Write what ``change`` makes of the stored values of some columns, if anything; whether there was such a row.

        Two at once lose nothing: the write is done only where all of the values are still those that were read, else they
        are read again. Somebody always wins, so it ends. Inside a transaction the row is locked first, because what is
        read again there might be the same snapshot.
        """
        read = self._chosen(*names)
        while True:
            rows = await self._fetch(self._select(read, where, lock=self._locks))
            if not rows:
                return False
            old = dict(zip(names, rows[0], strict=True))
            changes = dict(change(old))
            if not changes:
                return True
            if await self._matched(self._change_from(where, self._later(self._bumped(changes), where), old)):
                return True

    async def _attempt(self, *calls: Call) -> None:
        """Writes of which a conflict is expected: it undoes them and nothing else, in a caller's transaction too."""
        if self.session.connection is None:
            await self._write(*calls)
        else:
            async with self.session.transaction() as inside:
                await type(self)(inside)._write(*calls)

    async def _refuse_anothers(self, table: Table[Any], tenant_id: str, name: str, id: str) -> None:
        """Refuse to refer by a column to a row of another tenant, as if it did not exist. No reference between the tables does.

        Raises:
            ForeignKeyError: another tenant has a row with this id.
            InvalidValueError: the column cannot hold the id.
        """
        self.table.encode(self.table[name], id)
        where = {table.key[0]: id, "tenant_id <>": tenant_id}
        values = self._operands(where, table)

        def build() -> Any:
            source = self._source(where, table=table)
            return self.session.dialect.query.from_(source).select(source.field(table.key[0])).where(self._condition(source, where, table))

        if await self._fetch(self._statement(("another's", table.name, self._shape(where)), build).bind(values)):
            raise ForeignKeyError().at(self.table.name)

    @property
    def _locks(self) -> bool:
        """Whether what is read here, to be changed, can and must be locked."""
        return self.session.connection is not None and self.session.dialect.features.row_locks

    async def _swap(self, where: Where, column: str, change: Callable[[Any], Any], also: Mapping[str, Any] | None = None) -> bool:
        """:meth:`_revise` of one column; ``also`` is set beside."""
        return await self._revise(where, (column,), lambda old: {**(also or {}), column: change(old[column])})

    async def _merge(self, where: Where, name: str, given: Fields, fields: Fields) -> bool:
        """Put the given keys of an object over those in a JSON column, and write other fields beside; whether there was a row.

        A key that is given as None is taken out. Two at once lose nothing.

        Raises:
            InvalidValueError: a value cannot be stored.
            CorruptRowError: what is stored is no object.
        """
        column = self.table[name]
        over = self._writer.object(column, given)

        def merged(stored: str | None) -> Any:
            before = self._stored_json(name, stored, dict, where) or {}
            return self.table.encode(column, {key: value for key, value in {**before, **over}.items() if value is not None})

        return await self._swap(where, name, merged, self._changes(fields, where))

    def _stored_json(self, name: str, stored: str | None, kind: type[J], key: Where) -> J | None:
        """What stands in a JSON column, or None for NULL.

        Raises:
            CorruptRowError: it is no JSON, or not of this kind.
        """
        if stored is None:
            return None
        try:
            value: Any = json.loads(stored)
        except ValueError:
            raise self._corrupt(name, key, "is no JSON") from None
        # A stored null is not NULL: nothing can be put over it.
        if not isinstance(value, kind):
            raise self._corrupt(name, key, f"is no {_WORDS[kind]}")
        return value

    def _corrupt(self, name: str, key: Where, reason: str) -> CorruptRowError:
        """The error for a column of the row that a condition names by its key."""
        own = {part: value for part, value in key.items() if part in self.table and part != "tenant_id"}
        return CorruptRowError(self.table.name, name, own, reason)

    def _change_from(self, where: Where, values: Mapping[str, Any], old: Mapping[str, Any]) -> Call:
        """UPDATE with stored values where columns still have their ``old`` stored values."""
        names = tuple(values)
        operands = self._operands(where)

        def build() -> Any:
            source = self._source(where)
            builder = self.session.dialect.query.update(source)
            for name in names:
                builder = builder.set(source.field(name), Bind(f"set_{name}"))
            builder = builder.where(self._condition(source, where))
            for name, value in old.items():
                builder = builder.where(self._still(source.field(name), name, null=value is None))
            return builder

        bound = {f"set_{name}": value for name, value in values.items()} | {f"old_{name}": value for name, value in old.items()}
        shape = ("change from", names, self._shape(where), tuple([(name, value is None) for name, value in old.items()]))
        return self._statement(shape, build).bind({**operands, **bound})

    def _still(self, field: Field, name: str, *, null: bool) -> Criterion:
        """A column has the stored value that was read."""
        return field.isnull() if null else self.session.dialect.equal(field, Bind(f"old_{name}"), text=self.table[name].is_text)

    def _lock(self, table: Table[Any], where: Where) -> builtins.list[Call]:
        """A first statement that makes writers of the same row take turns; nothing where all writers do anyway."""
        if not self.session.dialect.features.row_locks:
            return []
        values = self._operands(where, table)

        def build() -> Any:
            source = self._source(where, table=table)
            condition = self._condition(source, where, table)
            return self.session.dialect.query.from_(source).select(source.field(table.key[0])).where(condition).for_update()

        return [self._statement(("lock", table.name, self._shape(where)), build).bind(values)]

    def _insert_beside(self, table: Table[Any], values: Mapping[str, Any], where: Where, *, upsert: Sequence[str] | None = None) -> Call:
        """INSERT of stored values into another table, or into ours, only where a row of ours meets the conditions.

        With ``upsert`` these columns are set instead where the other table has the row already.
        """
        names = tuple(values)
        operands = self._operands(where)
        dialect = self.session.dialect

        def build() -> Any:
            # Beside a row of its own table, the two have to be told apart.
            source = self._source(where)
            source = source.as_("source") if table is self.table else source
            binds = [dialect.cast(Bind(f"set_{name}"), table[name].type) for name in names]
            into = SQLTable(table.name)
            builder = dialect.query.into(into).columns(*names).from_(source).select(*binds)
            builder = builder.where(self._condition(source, where))
            return builder if upsert is None else dialect.upsert(builder, into, table.key, upsert)

        shape = ("insert beside", table.name, names, self._shape(where), upsert and tuple(upsert))
        return self._statement(shape, build).bind({**operands, **{f"set_{name}": value for name, value in values.items()}})

    # Lists.

    async def _page(
        self,
        where: Where,
        *,
        page: int,
        per_page: int,
        include_totals: Totals,
        sort: str | Sort | None,
        q: str | None,
        from_: str | None = None,
        take: int | None = None,
    ) -> Page[M]:
        """One page by offset, or by checkpoint when ``from_`` or ``take`` is given."""
        filter = None if q is None else filters.compiled(q, self.rules, self._targets(), self.session.dialect)
        if from_ is not None or take is not None:
            return await self._walk({**where, **self.walk_where}, sort, from_, take, filter)
        window = Window.of(page, per_page)
        order = self._order(self.rules.order, *self.rules.then) if sort is None else self._order(self._public(Sort.parse(sort)))
        rows, total = await self._window(where, order, window, include_totals, filter)
        return self._paged(await self._models(where, rows), window, total)

    def _paged(self, items: builtins.list[A], window: Window, total: Total, wire: str | None = None) -> Page[A]:
        """A page by offset; by default of the rows that the list's rules name."""
        return Page.of(
            items,
            wire=self.rules.wire if wire is None else wire,
            limit=window.per_page,
            start=window.start,
            total=total.rows,
            total_is_estimate=total.is_estimate,
        )

    async def _models(self, where: Where, rows: Sequence[Row]) -> builtins.list[M]:
        """The models of a page's rows; an adapter may complete them here."""
        return [self._reader.read(row) for row in rows]

    def _public(self, sort: Sort) -> Sort:
        """A caller's sort, once its field has been found to be public.

        Raises:
            InvalidQueryError: there is no such field, or it is secret: its order would tell what it is.
        """
        beside = self.side is not None and any(column.public == sort.sort_by for column in self.side.read)
        if not beside and self.table.sortable(sort.sort_by).secret and sort.sort_by not in self.rules.fields:
            raise InvalidQueryError(f"{self.rules.wire} cannot be sorted by {sort.sort_by}")
        return sort

    def _order(self, *sorts: Sort) -> tuple[Order, ...]:
        """The order by fields, completed by the key so that pages never overlap or skip."""
        parts = []
        for sort in sorts:
            column = next(column for column in self._columns() if column.public == sort.sort_by)
            parts.append(Order(column.name, sort.descending, column.null or column.name not in self.table))
        named = {part.column for part in parts}
        unique = (index.names for index in self.table.indexes if index.unique and not any(self.table[name].null for name in index.names))
        if any(set(names) <= {*named, EVERYWHERE} for names in unique):
            # No two rows of a tenant are alike in it, and with the key behind it the index would not have the order.
            return tuple(parts)
        descending = parts[-1].descending
        rest = [name for name in self.table.key if name not in named and name != EVERYWHERE]
        if self._is_too_long([part.column for part in parts], rest):
            rest.pop()
        return (*parts, *(Order(name, descending) for name in rest))

    def _is_too_long(self, named: Sequence[str], rest: Sequence[str]) -> bool:
        """Whether the last column of the key is in order by itself, behind the others in an index that cannot be declared to have it."""
        longest = self.session.dialect.features.index_bytes
        leading = (EVERYWHERE, *named, *rest[:-1])
        if longest is None or not rest or not any(index.names == leading for index in self.table.indexes):
            return False
        return sum((self.table[name].size or 2) * 4 for name in (*leading, rest[-1])) > longest

    async def _offset_page(self, where: Where, order: Sequence[Order], page: int, per_page: int, include_totals: Totals) -> Page[M]:
        """One page of the rows that meet the conditions."""
        rows, window, total = await self._offset_rows(where, order, page, per_page, include_totals)
        return self._paged(await self._models(where, rows), window, total)

    async def _offset_rows(
        self, where: Where, order: Sequence[Order], page: int, per_page: int, include_totals: Totals
    ) -> tuple[builtins.list[Row], Window, Total]:
        """The rows of one page, which they are, and how many there are in all when that is asked for."""
        window = Window.of(page, per_page)
        rows, total = await self._window(where, order, window, include_totals)
        return rows, window, total

    async def _whole_or_page(
        self,
        read: RowReader[N],
        where: Where,
        order: Sequence[Order],
        *,
        page: int | None,
        per_page: int | None,
        include_totals: Totals,
        sort: str | Sort | None,
    ) -> builtins.list[N] | Page[N]:
        """All rows that meet the conditions or, where the caller asks for one, a page of them."""
        order = order if sort is None else self._order(self._public(Sort.parse(sort)))
        if page is None and per_page is None and not include_totals:
            return [read.read(row) for row in await self._fetch(self._select(read, where, order))]
        window = Window.of(0 if page is None else page, 50 if per_page is None else per_page)
        rows, total = await self._window(where, order, window, include_totals, read=read)
        return self._paged([read.read(row) for row in rows], window, total)

    async def _window(
        self,
        where: Where,
        order: Sequence[Order],
        window: Window,
        include_totals: Totals,
        filter: Filter | None = None,
        read: RowReader[Any] | None = None,
    ) -> tuple[builtins.list[Row], Total]:
        """The rows of an offset page and, when asked for, the count of all, in the same trip."""
        read = read or self._reader
        totals = asked_totals(include_totals)
        values = {**self._operands(where), **(filter.values if filter else {}), "most": ESTIMATE_LIMIT + 1}
        bound = {**values, "limit": window.per_page, "offset": window.start}
        shape = ("page", read.names, self._shape(where), tuple(order), totals)

        def build() -> Any:
            builder = self._sorted(read.columns, where, order, filter, lambda builder: builder.limit(Bind("limit")).offset(Bind("offset")))
            return builder.select(self._count(where, filter, totals).as_("total_count")) if totals else builder

        rows = await self._fetch(self._statement(shape, build, filter, planned=self._by_side(order, filter)).bind(bound))
        if not totals:
            return rows, Total()
        if rows:
            return [row[:-1] for row in map(tuple, rows)], Total.of(rows[0][-1], totals)
        counting = self._statement(("count", self._shape(where), totals), lambda: self._count(where, filter, totals), filter)
        counted = await self._fetch(counting.bind(values))
        return [], Total.of(counted[0][0], totals)

    def _by_side(self, order: Sequence[Order], filter: Filter | None) -> bool:
        """Whether the side table decides which rows there are, or in which order."""
        named = {part.column for part in order} | (filter.columns if filter else frozenset())
        return any(name not in self.table for name in named)

    def _sorted(
        self,
        read: Sequence[Column],
        where: Where,
        order: Sequence[Order],
        filter: Filter | None,
        cut: Callable[[Any], Any],
        narrow: Callable[[Any, Any], Any] = lambda builder, _: builder,
    ) -> Any:
        """The rows of a list, in order and as many as ``cut`` leaves.

        The side table is joined to those that are left. Before, PostgreSQL might join all of a tenant's rows to all of them: a plan
        that it keeps is made for a tenant of average size.
        """

        def sorted_by(builder: Any, source: Any) -> Any:
            for part in order:
                builder = self.session.dialect.order(builder, self._order_field(source, part.column), part)
            return builder

        def met(builder: Any, source: Any) -> Any:
            aside = self._aside(source, filter)
            builder = self._filtered(builder.where(self._condition(aside, where)), source, filter, where)
            return cut(sorted_by(narrow(builder, aside), aside))

        source = self._source(where, order, filter)
        if self.side is None or self._by_side(order, filter):
            source, builder = self._from(source)
            return met(builder.select(*(self._field(source, column) for column in read)), source)
        own = [column.name for column in read if column.name in self.table]
        names = dict.fromkeys([*own, *(part.column for part in order), *self.side.on])
        rows = met(self.session.dialect.query.from_(source).select(*(source.field(name) for name in names)), source)
        source, builder = self._from(rows.as_(self.table.name))
        return sorted_by(builder.select(*self._shown(source, read)), source)

    def _shown(self, source: Any, read: Sequence[Column]) -> builtins.list[Term]:
        """The columns of the rows that are left, and where the engine reads it for less that way what is gathered for each of them.

        Where the side table decides which rows are left nothing is: it would be read for all of them.
        """
        shown: builtins.list[Term] = [self._field(source, column) for column in read]
        if self.gathers is None:
            return shown
        others = self._source(self.gathers.on).as_("others")
        columns = self._reader_of(self.gathers.model).columns
        gathered = self.session.dialect.gathered([(others.field(column.name), column.is_text) for column in columns])
        if gathered is None:
            return shown
        own = Criterion.all([others.field(theirs) == source.field(ours) for theirs, ours in self.gathers.on.items()])
        found: Any = self.session.dialect.query.from_(others).select(gathered).where(own)
        return [*shown, found.as_("gathered")]

    def _aside(self, source: Any, filter: Filter | None) -> Any:
        """The columns of the conditions beside a filter and of the order, by which nothing is read where the filter has its indexes."""
        return self.session.dialect.aside(source) if self._by_several(filter) else source

    def _count(self, where: Where, filter: Filter | None = None, totals: Totals = True) -> Any:
        """How many rows meet the conditions; for an estimate no more than are bound as ``most``."""
        source: Any = self._source(where, filter=filter)
        builder: Any = self.session.dialect.query.from_(source)
        if filter is not None and any(name not in self.table for name in filter.columns):
            # The other table has at most one row for each of ours: only a filter over its columns needs it.
            source, builder = self._from(source)
        counted = Count("*") if totals is True else NullValue()
        builder = builder.select(counted).where(self._condition(self._aside(source, filter), where))
        builder = self._filtered(builder, source, filter, where)
        return builder if totals is True else self._number(builder)

    def _number(self, builder: Any) -> Any:
        """How many rows a query gives, no more than are bound as ``most``."""
        return self.session.dialect.query.from_(builder.limit(Bind("most")).as_("counted")).select(Count("*"))

    def _filtered(self, builder: Any, source: Any, filter: Filter | None, where: Where) -> Any:
        """The query with the caller's filter beside its other conditions."""
        if filter is None:
            return builder
        each: Sequence[Criterion | None] = ()
        if EVERYWHERE in where and self._aside(source, filter) is not source:
            bind = Bind(f"where_{[*where].index(EVERYWHERE)}")
            tenant = self.session.dialect.equal(source.field(EVERYWHERE), bind, text=True)
            each = [None if index_for(self.table, equal) else tenant for equal in filter.alternatives]
        return builder.where(filters.criterion(filter, self._targets(), self.session.dialect, partial(self._field, source), each))

    def _order_field(self, source: Any, name: str) -> Field:
        return source.field(name) if name in self.table else self._field(source, self.side.table[name])  # type: ignore[union-attr]  # a name is in one of both

    async def _walk(
        self, where: Where, sort: str | Sort | None, from_: str | None, take: int | None, filter: Filter | None = None
    ) -> Page[M]:
        """One page by key: the same cost everywhere in the list."""
        direction = self.rules.walk(sort)
        limit = min(count("take", 50 if take is None else take), MAX_PAGE)
        # A walk may go by a column that is no field: the rules say so, and the cursor is opaque.
        column = next(column for column in self.table.columns if column.public == direction.sort_by)
        read = self._reader.columns if column in self._reader.columns else (*self._reader.columns, column)
        key = next(name for name in self.table.key if name != "tenant_id")
        kind = f"{direction.sort_by}:{direction.sort_order}" if self.rules.both_ways else None
        after = Cursor.after(from_, kind, column)
        order = self._order(direction)
        values = {**self._operands(where), **(filter.values if filter else {})}
        values |= {"after_value": after and after.value, "after_key": after and after.id}
        rows: builtins.list[Row] = []
        for stretch in _stretches(column, direction.descending, after):
            call = self._stretch(where, read, column, key, order, stretch, filter)
            rows += await self._fetch(call.bind({**values, "limit": limit + 1 - len(rows)}))
            if len(rows) > limit:
                break
        following = None
        if len(rows) > limit > 0:
            last = {part.name: value for part, value in zip(read, rows[limit - 1], strict=False)}
            following = Cursor(last[column.name], last[key], kind).encode()
        own = len(self._reader.columns)
        shown = [(*row[:own], *row[len(read) :]) for row in rows[:limit]] if len(read) > own else rows[:limit]
        return Page.of(await self._models(where, shown), wire=self.rules.wire, limit=limit, next=following)

    def _stretch(
        self,
        where: Where,
        read: Sequence[Column],
        column: Column,
        key: str,
        order: Sequence[Order],
        stretch: Stretch,
        filter: Filter | None,
    ) -> Statement:
        """The statement of one stretch of a walk: a range of an index, so that it reads what it gives."""

        def build() -> Any:
            def within(builder: Any, source: Any) -> Any:
                return builder.where(Criterion.all(self._within(source, column, key, order[0].descending, stretch)))

            return self._sorted(read, where, order, filter, lambda builder: builder.limit(Bind("limit")), within)

        shape = ("walk", self._shape(where), tuple(order), stretch)
        return self._statement(shape, build, filter, planned=self._by_side(order, filter))

    def _within(self, source: Any, column: Column, key: str, descending: bool, stretch: Stretch) -> Iterator[Criterion]:
        value, identity = source.field(column.name), source.field(key)
        bound, last = Bind("after_value"), Bind("after_key")
        match stretch:
            case "behind":
                yield self.session.dialect.keyset((value, identity), (bound, last), descending)
            case "values":
                yield value.isnotnull()
            case "nulls" | "nulls behind":
                yield value.isnull()
        if stretch == "nulls behind":
            yield identity < last if descending else identity > last

    async def _iterated(self, read: Callable[[str | None], Awaitable[Page[M]]], batch: int) -> AsyncIterator[M]:
        """The rows of all pages of a walk."""
        if count("batch", batch) == 0:
            raise InvalidQueryError("batch must be 1 or more")
        cursor: str | None = None
        while True:
            page = await read(cursor)
            for item in page.items:
                yield item
            cursor = page.next
            if cursor is None:
                return


def _stretches(column: Column, descending: bool, after: Cursor | None) -> tuple[Stretch, ...]:
    """What comes behind a cursor, in order: NULL stands before every value, and one condition for both could not use an index."""
    if after is None:
        return ("all",)
    if after.value is None:
        return ("nulls behind",) if descending else ("nulls behind", "values")
    return ("behind", "nulls") if column.null and descending else ("behind",)


def _term(value: Any, bind: str) -> Term:
    """What stands in a statement for a value: its parameter, added to the database's time for a :class:`DatabaseNow`."""
    return DatabaseNowTerm() + Bind(bind) if isinstance(value, DatabaseNow) else Bind(bind)


def _kinds(values: Mapping[str, Any]) -> frozenset[tuple[str, type]]:
    """The values that are more than a parameter: part of a statement's shape."""
    return frozenset((name, type(value)) for name, value in values.items() if isinstance(value, Added | DatabaseNow))


def _bound(values: Mapping[str, Any]) -> dict[str, Any]:
    """What is bound for the values."""
    return {
        name: value.amount if isinstance(value, Added) else value.milliseconds if isinstance(value, DatabaseNow) else value
        for name, value in values.items()
    }


def _once(owner: type, kind: str, key: Any, make: Callable[[], Any]) -> Any:
    """What is made once per class and key: plans of rows, derived from the registry and as constant as it is."""
    made: dict[tuple[str, Any], Any] | None = owner.__dict__.get("_made")
    if made is None:
        made = {}
        owner._made = made  # type: ignore[attr-defined]  # a cache beside the class's own declarations
    if (kind, key) not in made:
        made[kind, key] = make()
    return made[kind, key]


_NOTHING = ImportMetadata()


def _import_writer(table: Table[Any]) -> RowWriter:
    writer: RowWriter = _once(RowWriter, "import", table.name, lambda: RowWriter(table, ImportMetadata, ImportMetadata, frozenset()))
    return writer
