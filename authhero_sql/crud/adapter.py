"""The second room: an adapter, and the verbs that its public methods are made of.

A method says which statements (``self._sql``) are run how (``self._run``) and what becomes of the answer; lists are ``self._lists``,
removal in batches is ``self._sweeps``.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, ClassVar, Generic, TypeVar

from pydantic import BaseModel

from ..clock import from_epoch_ms, truncate
from ..codecs import BOOL, EPOCH_MS, FLAG, INSTANT, INT, TEXT
from ..context import Context
from ..dialects.interface import Call, Row
from ..errors import CorruptRowError, ForeignKeyError, InvalidQueryError, InvalidValueError, NotFoundError, Reference
from ..listing import ListRules
from ..lists import Lists
from ..models.base import ImportMetadata
from ..rows import Fields, RowReader, RowWriter, mapping, wire_fields
from ..runner import Runner
from ..schema import Column, Order, Table
from ..statements import filters
from ..statements.access import TENANT_ID
from ..statements.conditions import NULL, Where, other_than
from ..statements.filters import Target
from ..statements.lists import ListStatements
from ..statements.table import Gathered, RawColumns, Side
from .sweeps import Sweeper

M = TypeVar("M", bound=BaseModel)
N = TypeVar("N", bound=BaseModel)
T = TypeVar("T")
J = TypeVar("J", dict[str, Any], list[Any])

Expected = Mapping[str, Any] | None
"""What a caller has seen in a row, by wire or Python name: an update is done only where it is still so."""

_COMPARED = (TEXT, INT, BOOL, FLAG, INSTANT, EPOCH_MS)
"""The codecs whose stored value is the same whenever the public one is."""
_KIND_NAMES: Mapping[type, str] = {dict: "object", list: "list"}
_NOTHING = ImportMetadata.model_construct()


class Adapter(Generic[M]):
    """One adapter over one table."""

    table: Table[Any]
    model: type[M]
    """What reading gives."""
    insert: type[BaseModel] | None = None
    """What ``create`` takes, where that is not what reading gives."""
    attribute: ClassVar[str] = ""
    """What the adapters call it, where that is not the table's name."""
    rules: ClassVar[ListRules | None] = None
    """What its lists offer, where callers may sort them."""
    side: ClassVar[Side | None] = None
    gathers: ClassVar[Gathered | None] = None
    """What comes with a page's rows, behind their own columns; where it does not, :meth:`_models` reads it."""
    walked: ClassVar[Where] = {}
    """Conditions of checkpoint walks alone."""
    fixed: ClassVar[frozenset[str]] = frozenset()
    """What ``update`` refuses, by wire name, beside the key and the times."""
    virtual: ClassVar[frozenset[str]] = frozenset()
    """The wire names of fields that ``create`` takes and that no column of the table keeps; others are refused."""
    merged: ClassVar[frozenset[str]] = frozenset()
    """Objects kept in several columns of which ``update`` writes only the parts that are given."""
    refused: ClassVar[Mapping[str, str]] = {}
    """The wire names of fields that have a column and may not be given all the same, each with the reason."""
    id_column: ClassVar[Column | None] = None
    """The column whose value is generated when nobody gives one; see :meth:`_new_id`."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self._sql: ListStatements = context.statement_cache.once((Adapter, type(self)), self._statements)
        self._run = Runner(context, self.table, self.attribute or self.table.name)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self.context!r}>"

    @cached_property
    def _reader(self) -> RowReader[M]:
        return self._reader_of(self.model)

    @cached_property
    def _writer(self) -> RowWriter:
        return self._make_writer()

    @cached_property
    def _lists(self) -> Lists[M]:
        return Lists(self._sql, self._run, self._reader, self.rules, self._models, self.walked)

    @cached_property
    def _sweeps(self) -> Sweeper:
        return Sweeper(self._sql, self._run)

    # What is made once per class.

    @classmethod
    def _reader_of(cls, model: type[N]) -> RowReader[N]:
        """The reader of rows as another model with the same fields, or more or fewer."""
        reader: RowReader[N] = _cached(cls, "reader", model, lambda: RowReader(cls.table, model, cls._columns()))
        return reader

    @classmethod
    def _raw_columns(cls, *columns: Column) -> RawColumns:
        """A few columns of the table as they are stored."""
        chosen: RawColumns = _cached(cls, "chosen", columns, lambda: RawColumns(columns))
        return chosen

    @classmethod
    def _make_writer(cls) -> RowWriter:
        def make() -> RowWriter:
            fixed = cls.fixed | {"id", "tenant_id", "created_at", "updated_at"} | {cls.table[name].public for name in cls.table.key}
            return RowWriter(cls.table, cls.insert or cls.model, cls.model, fixed, cls.virtual, cls.merged, cls.refused)

        writer: RowWriter = _cached(cls, "writer", None, make)
        return writer

    @classmethod
    def _columns(cls) -> tuple[Column, ...]:
        return (*cls.table.columns, *(cls.side.read if cls.side else ()))

    @classmethod
    def _targets(cls) -> Mapping[str, Target]:
        """The columns behind the fields that ``q`` may name."""

        def make() -> Mapping[str, Target]:
            return filters.targets(cls.rules or ListRules(wire=""), cls._columns(), cls.model, cls.table.searched)

        targets: Mapping[str, Target] = _cached(cls, "targets", None, make)
        return targets

    def _statements(self) -> ListStatements:
        gatherer = self._reader_of(self.gathers.model) if self.gathers else None
        return ListStatements(self.table, self.context.statement_cache, self.side, self.gathers, gatherer, self._targets)

    # Reading.

    async def _get(self, where: Where, order: Sequence[Order] = ()) -> M | None:
        """The row that meets the conditions, or None; where several may, the first in the order."""
        return await self._get_as(self._reader, where, order)

    async def _get_as(self, read: RowReader[N], where: Where, order: Sequence[Order] = ()) -> N | None:
        """:meth:`_get`, read as another model."""
        rows = await self._run.fetch(self._sql.select(read, where, order, limit=1 if order else None))
        return read.read(rows[0]) if rows else None

    async def _answer(
        self, returning: bool, update: Callable[[], Awaitable[bool]], get: Callable[[], Awaitable[T | None]]
    ) -> bool | T | None:
        """What an update answers: whether it found the row or, where the caller wants that, the row as it is stored now.

        Raises:
            UnsupportedError: the row is wanted in a batch, which writes later.
        """
        if returning:
            self._run.refuse_batch()
        found = await update()
        return (await get() if found else None) if returning else found

    def _required(self, found: T | None) -> T:
        """What was found, where something has to be.

        Raises:
            NotFoundError: nothing was.
        """
        if found is None:
            raise NotFoundError(self.table.name)
        return found

    async def _exists(self, where: Where) -> bool:
        """Whether a row meets the conditions."""
        key = self._raw_columns(*(self.table[name] for name in self.table.key))
        return bool(await self._run.fetch(self._sql.select(key, where, limit=1)))

    async def _stored(self, where: Where) -> M:
        """The row that has just been stored, with what the database or another table has added to it."""
        read = self._reader
        return read.read((await self._run.fetch(self._sql.select(read, where)))[0])

    async def _all(self, where: Where, order: Sequence[Order] = (), limit: int | None = None) -> list[M]:
        """All rows that meet the conditions."""
        rows = await self._run.fetch(self._sql.select(self._reader, where, order, limit=limit))
        return [self._reader.read(row) for row in rows]

    async def _models(self, where: Where, rows: Sequence[Row]) -> list[M]:
        """The models of a page's rows; an adapter may complete them here."""
        return [self._reader.read(row) for row in rows]

    async def _database_now(self) -> datetime:
        """The present by the database's clock, on which all hosts agree."""
        return from_epoch_ms(int((await self._run.fetch(self._sql.now()))[0][0]))

    async def _refuse_anothers(self, table: Table[Any], tenant_id: str, name: str, id: str) -> None:
        """Refuse to refer by a column to a row of another tenant, as if it did not exist. No reference between the tables does.

        Raises:
            ForeignKeyError: another tenant has a row with this id.
            InvalidValueError: the column cannot hold the id.
        """
        self.table.encode(self.table[name], id)
        where: Where = {table[table.key[0]]: id, table["tenant_id"]: other_than(tenant_id)}
        if await self._run.fetch(self._sql.exists_elsewhere(table, where)):
            raise ForeignKeyError().of([Reference(self.table.name, (self.table[name].public,), table.name)])

    # Creating.

    async def _create(
        self,
        tenant_id: str | None,
        params: Fields,
        import_metadata: ImportMetadata | Mapping[str, Any] | None = None,
        **extra: Any,
    ) -> M:
        """Insert one row."""
        values = self._new_row(tenant_id, self._accepted(params), import_metadata, **extra)
        await self._run.write(self._sql.insert(values))
        return self._read_values(values)

    def _new_id(self, now: datetime) -> str:
        """The id of a new row: a nanoid unless the table has its own kind."""
        return self.context.ids.nanoid()

    def _new_row(
        self, tenant_id: str | None, params: BaseModel, metadata: ImportMetadata | Mapping[str, Any] | None, **extra: Any
    ) -> dict[str, Any]:
        """The stored values of a new row: what was given, what is generated, what is imported."""
        imported = self._imported(metadata)
        now = self.context.now()
        created = imported.created_at or now
        generated: dict[str, Any] = {}
        if self.table.tenant_scoped and tenant_id is not None:
            generated["tenant_id"] = tenant_id
        for field, value in (("created_at", created), ("updated_at", imported.updated_at or created)):
            column = self.table.stored(field)
            if column is not None:
                generated[column.name] = value
        if self.id_column is not None:
            name = self.id_column.name
            generated[name] = imported.id or getattr(params, name, None) or self._new_id(now)
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
            id_name = self.id_column.name if self.id_column else None
            for name in mapping(self.table, params):
                if name not in self._writer.names and name in (*ImportMetadata.model_fields, id_name):
                    keyword = f"import_metadata={{'{'id' if name == id_name else name}': …}}"
                    raise InvalidValueError(self.table.name, name, f"is generated; an import gives its own by {keyword}")
        return self._writer.accept(params)

    # Updating.

    async def _update(self, where: Where, fields: Fields, expect: Expected = None) -> bool:
        """Write exactly the given fields; whether there was such a row, as it was expected to be."""
        values = self._changes(fields, where)
        where = {**where, **self._expected(expect)}
        values = self._later(values, where)
        if not values:
            return bool(await self._run.fetch(self._sql.select(self._reader, where)))
        return await self._run.matched(self._sql.update(where, values))

    async def _updated(self, where: Where, fields: Fields, expect: Expected = None) -> M | None:
        """Write exactly the given fields; the row as it is then, or None where there is none, or not as it was expected to be."""
        self._run.refuse_batch()
        return await self._get(where) if await self._update(where, fields, expect) else None

    async def _update_with(self, where: Where, expected: Where, change: Call, companions: Sequence[Call]) -> bool:
        """An update and what is written only together with it; both know the row by ``where`` and by what is expected of it."""
        if not expected:
            return await self._run.matched(change, *companions)
        # What goes with the change comes before it: afterwards the row is no longer as it was expected to be.
        return await self._run.matched(*self._sql.lock(self.table, where), *companions, change, at=-1)

    def _given(self, fields: Fields, where: Where) -> dict[str, Any]:
        """The fields to update of the row that the conditions name, by name; see :meth:`RowWriter.given`."""
        return self._writer.given(fields, self._field_values(where))

    def _changes(self, fields: Fields, where: Where) -> dict[str, Any]:
        """The stored values of an update of the row that the conditions name, ``updated_at`` included."""
        values = self._writer.changes(self._writer.partial(fields, self._field_values(where)))
        return self._bumped(values)

    def _field_values(self, where: Where) -> dict[str, Any]:
        """What conditions say that fields equal, by wire name."""
        return {column.public: value for column, value in where.items()}

    def _bumped(self, values: dict[str, Any]) -> dict[str, Any]:
        column = self.table.stored("updated_at")
        if column is not None:
            values[column.name] = column.encode(self.context.now())
        return values

    def _instant(self, column: Column, instant: datetime | None) -> dict[str, Any]:
        """The stored value of a column of instants: the given one, or now."""
        return {column.name: self.table.encode(column, self.context.now() if instant is None else instant)}

    def _expected(self, expect: Expected) -> dict[Column, Any]:
        """The conditions that fields still have the values that the caller has seen.

        Raises:
            InvalidQueryError: a field is unknown, is the row's key, or cannot be compared.
            InvalidValueError: a value is none that the field can have.
        """
        if expect is None:
            return {}
        wire = {name: wire for wire, (name, _) in wire_fields(self.model).items()}
        conditions: dict[Column, Any] = {}
        for field, value in mapping(self.table, expect, "expect").items():
            column = self.table.column(wire.get(field, field))
            # The tenant's condition is the one that keeps a call inside it, so that no other may stand in its place.
            if column.name in self.table.key or column.name == TENANT_ID or column.codec not in _COMPARED:
                raise InvalidQueryError(f"{self.table.name}.{column.public} cannot be expected: compare updated_at, or another plain field")
            if value is not None:
                self.table.operand(column.name, value)
            conditions[column] = NULL if value is None else value
        return conditions

    def _later(self, values: dict[str, Any], where: Where) -> dict[str, Any]:
        """The same change; its ``updated_at`` later than the one that is expected, so that who expects that one, too, finds another."""
        column = self.table.stored("updated_at")
        if column is not None and isinstance(seen := where.get(column), datetime):
            values[column.name] = max(values[column.name], column.encode(truncate(seen) + timedelta(milliseconds=1)))
        return values

    # Changing what is stored, without losing what somebody else changes meanwhile.

    async def _revise(self, where: Where, columns: Sequence[Column], change: Callable[[dict[str, Any]], Mapping[str, Any]]) -> bool:
        """Write what ``change`` makes of the stored values of some columns, if anything; whether there was such a row.

        Two at once lose nothing: the write is done only where all of the values are still those that were read, else they
        are read again. Somebody always wins, so it ends. Inside a transaction the row is locked first, because what is
        read again there might be the same snapshot.
        """
        read = self._raw_columns(*columns)
        while True:
            rows = await self._run.fetch(self._sql.select(read, where, lock=self._run.locks))
            if not rows:
                return False
            old = {column.name: value for column, value in zip(columns, rows[0], strict=True)}
            changes = dict(change(old))
            if not changes:
                return True
            if await self._run.matched(self._sql.update(where, self._later(self._bumped(changes), where), old=old)):
                return True

    async def _swap(self, where: Where, column: Column, change: Callable[[Any], Any], also: Mapping[str, Any] | None = None) -> bool:
        """:meth:`_revise` of one column; ``also`` is set beside."""
        return await self._revise(where, (column,), lambda old: {**(also or {}), column.name: change(old[column.name])})

    async def _merge(self, where: Where, column: Column, given: Fields, fields: Fields) -> bool:
        """Put the given keys of an object over those in a JSON column, and write other fields beside; whether there was a row.

        A key that is given as None is taken out. Two at once lose nothing.

        Raises:
            InvalidValueError: a value cannot be stored.
            CorruptRowError: what is stored is no object.
        """
        over = self._writer.object(column, given)

        def merged(stored: str | None) -> Any:
            before = self._stored_json(column, stored, dict, where) or {}
            return self.table.encode(column, {key: value for key, value in {**before, **over}.items() if value is not None})

        return await self._swap(where, column, merged, self._changes(fields, where))

    def _stored_json(self, column: Column, stored: str | None, kind: type[J], key: Where) -> J | None:
        """What stands in a JSON column, or None for NULL.

        Raises:
            CorruptRowError: it is no JSON, or not of this kind.
        """
        if stored is None:
            return None
        try:
            value: Any = json.loads(stored)
        except ValueError:
            raise self._corrupt(column, key, "is no JSON") from None
        # A stored null is not NULL: nothing can be put over it.
        if not isinstance(value, kind):
            raise self._corrupt(column, key, f"is no {_KIND_NAMES[kind]}")
        return value

    def _corrupt(self, column: Column, key: Where, reason: str) -> CorruptRowError:
        """The error for a column of the row that a condition names by its key."""
        own = {part.name: value for part, value in key.items() if part.name != "tenant_id"}
        return CorruptRowError(self.table.name, column.name, own, reason)

    # Removing.

    async def _remove(self, where: Where) -> bool:
        """Delete; whether there was such a row."""
        return await self._run.matched(self._sql.delete(where))


def _cached(owner: type, kind: str, key: Any, make: Callable[[], Any]) -> Any:
    """What is made once per class and key: plans of rows, derived from the registry and as constant as it is."""
    made: dict[tuple[str, Any], Any] | None = owner.__dict__.get("_made")
    if made is None:
        made = {}
        owner._made = made  # type: ignore[attr-defined]  # a cache beside the class's own declarations
    if (kind, key) not in made:
        made[kind, key] = make()
    return made[kind, key]


def _import_writer(table: Table[Any]) -> RowWriter:
    writer: RowWriter = _cached(RowWriter, "import", table.name, lambda: RowWriter(table, ImportMetadata, ImportMetadata, frozenset()))
    return writer
