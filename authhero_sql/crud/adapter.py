"""The base class of the adapters, and the operations that their methods are composed of.

A method defines which statements (``self._sql``) are executed in which way (``self._run``), and how the results are used. Lists are in
``self._lists``, and deletion in batches is in ``self._deleter``.
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
from ..lists import Lists
from ..models.base import ImportMetadata
from ..pagination import ListRules
from ..row_mapping import Fields, RowReader, RowWriter, explicit_fields, wire_fields
from ..runner import Runner
from ..schema import Column, Order, Table
from ..statements import filters
from ..statements.access import TENANT_ID
from ..statements.conditions import NULL, Where, other_than
from ..statements.filters import Target
from ..statements.lists import ListStatements
from ..statements.table import JoinedTable, RawColumns, RelatedRows
from .batch_deletion import BatchDeleter

M = TypeVar("M", bound=BaseModel)
N = TypeVar("N", bound=BaseModel)
T = TypeVar("T")
J = TypeVar("J", dict[str, Any], list[Any])

Expected = Mapping[str, Any] | None
"""The values of fields that a caller has read, by wire or Python name. An update is only applied if the row still has them."""

_COMPARED = (TEXT, INT, BOOL, FLAG, INSTANT, EPOCH_MS)
"""The codecs with a single stored form for each public value. Only their columns can be compared with an expected value."""
_KIND_NAMES: Mapping[type, str] = {dict: "an object", list: "a list"}
_NOTHING = ImportMetadata.model_construct()


class Adapter(Generic[M]):
    """The base class of an adapter for one table."""

    table: Table[Any]
    model: type[M]
    """The model of the rows that are read."""
    insert: type[BaseModel] | None = None
    """The model that ``create`` accepts, or None if it is ``model``."""
    attribute: ClassVar[str] = ""
    """The name of the adapter's attribute on :class:`Adapters`, or an empty string if it is the name of the table."""
    rules: ClassVar[ListRules | None] = None
    """What the lists of the adapter support, or None if callers cannot sort or filter them."""
    joined: ClassVar[JoinedTable | None] = None
    related: ClassVar[RelatedRows | None] = None
    """The related rows that are read in an additional column of a page. Without that column, :meth:`_models` reads them itself."""
    checkpoint_where: ClassVar[Where] = {}
    """Conditions that apply to checkpoint pagination only."""
    fixed: ClassVar[frozenset[str]] = frozenset()
    """The wire names of fields that ``update`` rejects, besides the key and the times."""
    virtual: ClassVar[frozenset[str]] = frozenset()
    """The wire names of fields that ``create`` accepts although the table has no column for them. Other such fields are rejected."""
    merged: ClassVar[frozenset[str]] = frozenset()
    """The wire names of objects that are stored in several columns. ``update`` only writes those parts of them that are set."""
    refused: ClassVar[Mapping[str, str]] = {}
    """The wire names of fields that have a column but are rejected, each with the reason."""
    id_column: ClassVar[Column | None] = None
    """The column whose value is generated if the caller does not set it; see :meth:`_new_id`."""

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
        return Lists(self._sql, self._run, self._reader, self.rules, self._models, self.checkpoint_where)

    @cached_property
    def _deleter(self) -> BatchDeleter:
        return BatchDeleter(self._sql, self._run)

    # Objects that are created once per class.

    @classmethod
    def _reader_of(cls, model: type[N]) -> RowReader[N]:
        """Return the reader of rows for a model, which may have fewer or more fields than the adapter's own."""
        reader: RowReader[N] = _cached(cls, "reader", model, lambda: RowReader(cls.table, model, cls._columns()))
        return reader

    @classmethod
    def _raw_columns(cls, *columns: Column) -> RawColumns:
        """Return an object that reads the stored values of columns."""
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
        return (*cls.table.columns, *(cls.joined.read if cls.joined else ()))

    @classmethod
    def _targets(cls) -> Mapping[str, Target]:
        """Return the columns of the fields that a filter may name."""

        def make() -> Mapping[str, Target]:
            return filters.build_targets(cls.rules or ListRules(wire=""), cls._columns(), cls.model, cls.table.searched)

        targets: Mapping[str, Target] = _cached(cls, "targets", None, make)
        return targets

    def _statements(self) -> ListStatements:
        gatherer = self._reader_of(self.related.model) if self.related else None
        return ListStatements(self.table, self.context.statement_cache, self.joined, self.related, gatherer, self._targets)

    # Reading.

    async def _get(self, where: Where, order: Sequence[Order] = ()) -> M | None:
        """Return the row that meets the conditions, or None. If several rows may meet them, return the first in the order."""
        return await self._get_as(self._reader, where, order)

    async def _get_as(self, read: RowReader[N], where: Where, order: Sequence[Order] = ()) -> N | None:
        """Return the row that meets the conditions, read as another model; see :meth:`_get`."""
        rows = await self._run.fetch(self._sql.select(read, where, order, limit=1 if order else None))
        return read.read(rows[0]) if rows else None

    async def _update_result(
        self, returning: bool, update: Callable[[], Awaitable[bool]], get: Callable[[], Awaitable[T | None]]
    ) -> bool | T | None:
        """Update a row and return the result of the update: whether a row matched or, with ``returning``, the updated row.

        Raises:
            UnsupportedError: The row is requested in a batch, which writes later.
        """
        if returning:
            self._run.reject_batch()
        found = await update()
        return (await get() if found else None) if returning else found

    def _require_found(self, found: T | None) -> T:
        """Return the row, which must exist.

        Raises:
            NotFoundError: The row is None.
        """
        if found is None:
            raise NotFoundError(self.table.name)
        return found

    async def _exists(self, where: Where) -> bool:
        """Return whether a row meets the conditions."""
        key = self._raw_columns(*(self.table[name] for name in self.table.key))
        return bool(await self._run.fetch(self._sql.select(key, where, limit=1)))

    async def _get_written(self, where: Where) -> M:
        """Return the row that was just written, including the values that the database or another table provides."""
        read = self._reader
        return read.read((await self._run.fetch(self._sql.select(read, where)))[0])

    async def _all(self, where: Where, order: Sequence[Order] = (), limit: int | None = None) -> list[M]:
        """Return all rows that meet the conditions."""
        rows = await self._run.fetch(self._sql.select(self._reader, where, order, limit=limit))
        return [self._reader.read(row) for row in rows]

    async def _models(self, where: Where, rows: Sequence[Row]) -> list[M]:
        """Return the models of a page's rows. An adapter may override this method to add data to them."""
        return [self._reader.read(row) for row in rows]

    async def _database_now(self) -> datetime:
        """Return the current time of the database's clock, on which all hosts agree."""
        return from_epoch_ms(int((await self._run.fetch(self._sql.now()))[0][0]))

    async def _reject_foreign_tenant(self, table: Table[Any], tenant_id: str, name: str, id: str) -> None:
        """Raise an error if the ID belongs to a row of another tenant, because the foreign keys do not prevent such a reference.

        The error is the same as for a row that does not exist.

        Args:
            table: The referenced table.
            tenant_id: The tenant of the row to write.
            name: The name of the referencing column.
            id: The ID of the referenced row.

        Raises:
            ForeignKeyError: Another tenant has a row with this ID.
            InvalidValueError: The column cannot hold the ID.
        """
        self.table.encode(self.table[name], id)
        where: Where = {table[table.key[0]]: id, table["tenant_id"]: other_than(tenant_id)}
        if await self._run.fetch(self._sql.exists_elsewhere(table, where)):
            raise ForeignKeyError().with_references([Reference(self.table.name, (self.table[name].public,), table.name)])

    # Creating.

    async def _create(
        self,
        tenant_id: str | None,
        params: Fields,
        import_metadata: ImportMetadata | Mapping[str, Any] | None = None,
        **extra: Any,
    ) -> M:
        """Insert a row and return it."""
        values = self._new_row(tenant_id, self._validated(params), import_metadata, **extra)
        await self._run.write(self._sql.insert(values))
        return self._read_values(values)

    def _new_id(self, now: datetime) -> str:
        """Return the ID of a new row. The default is a Nano ID."""
        return self.context.ids.nanoid()

    def _new_row(
        self, tenant_id: str | None, params: BaseModel, metadata: ImportMetadata | Mapping[str, Any] | None, **extra: Any
    ) -> dict[str, Any]:
        """Return the stored values of a new row: those of the caller, generated ones and imported ones."""
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
        """Return further public values of a new row, by column name. The default is none."""
        return {}

    def _imported(self, metadata: ImportMetadata | Mapping[str, Any] | None) -> ImportMetadata:
        if metadata is None:
            return _NOTHING
        if isinstance(metadata, ImportMetadata):
            return metadata
        return RowWriter.accept(_import_writer(self.table), metadata)  # type: ignore[return-value]  # its insert model

    def _read_values(self, values: Mapping[str, Any]) -> M:
        """Return the model of a row that was just written, exactly as if it had been read back."""
        return self._reader.read([values.get(name) for name in self._reader.names])

    def _validated(self, params: Fields) -> BaseModel:
        """Return the insert model for the arguments of a ``create`` method that supports ``import_metadata``.

        Raises:
            InvalidValueError: The arguments are not valid.
        """
        if not isinstance(params, self._writer.insert):
            id_name = self.id_column.name if self.id_column else None
            for name in explicit_fields(self.table, params):
                if name not in self._writer.names and name in (*ImportMetadata.model_fields, id_name):
                    keyword = f"import_metadata={{'{'id' if name == id_name else name}': …}}"
                    raise InvalidValueError(self.table.name, name, f"is generated: to import a row, use {keyword}")
        return self._writer.accept(params)

    # Updating.

    async def _update(self, where: Where, fields: Fields, expect: Expected = None) -> bool:
        """Update only the given fields. Return whether a row with the expected values matched."""
        values = self._changes(fields, where)
        where = {**where, **self._expected(expect)}
        values = self._with_later_updated_at(values, where)
        if not values:
            return bool(await self._run.fetch(self._sql.select(self._reader, where)))
        return await self._run.matched(self._sql.update(where, values))

    async def _updated(self, where: Where, fields: Fields, expect: Expected = None) -> M | None:
        """Update only the given fields. Return the updated row, or None if no row with the expected values matched."""
        self._run.reject_batch()
        return await self._get(where) if await self._update(where, fields, expect) else None

    async def _update_with(self, where: Where, expected: Where, change: Call, companions: Sequence[Call]) -> bool:
        """Execute an update together with statements that must only take effect if it matches a row. Return whether it does.

        All of them select the row by ``where`` and by its expected values.
        """
        if not expected:
            return await self._run.matched(change, *companions)
        # The companion statements come first, because the row no longer has its expected values after the update.
        return await self._run.matched(*self._sql.lock_row(self.table, where), *companions, change, at=-1)

    def _update_fields(self, fields: Fields, where: Where) -> dict[str, Any]:
        """Return the fields to update in the row that the conditions identify, by name; see :meth:`RowWriter.given`."""
        return self._writer.update_values(fields, self._field_values(where))

    def _changes(self, fields: Fields, where: Where) -> dict[str, Any]:
        """Return the stored values for an update of the row that the conditions identify, including ``updated_at``."""
        values = self._writer.changes(self._writer.partial(fields, self._field_values(where)))
        return self._with_updated_at(values)

    def _field_values(self, where: Where) -> dict[str, Any]:
        """Return the values that the conditions require, by wire name."""
        return {column.public: value for column, value in where.items()}

    def _with_updated_at(self, values: dict[str, Any]) -> dict[str, Any]:
        column = self.table.stored("updated_at")
        if column is not None:
            values[column.name] = column.encode(self.context.now())
        return values

    def _instant(self, column: Column, instant: datetime | None) -> dict[str, Any]:
        """Return the stored value of an instant column: the given instant, or the current time."""
        return {column.name: self.table.encode(column, self.context.now() if instant is None else instant)}

    def _expected(self, expect: Expected) -> dict[Column, Any]:
        """Return the conditions that fields still have the values that the caller has read.

        Raises:
            InvalidQueryError: A field is unknown, belongs to the key, or cannot be compared.
            InvalidValueError: A value cannot occur in its field.
        """
        if expect is None:
            return {}
        wire = {name: wire for wire, (name, _) in wire_fields(self.model).items()}
        conditions: dict[Column, Any] = {}
        for field, value in explicit_fields(self.table, expect, "expect").items():
            column = self.table.column(wire.get(field, field))
            # An expected tenant would replace the condition that restricts the call to its own tenant.
            if column.name in self.table.key or column.name == TENANT_ID or column.codec not in _COMPARED:
                name = f"{self.table.name}.{column.public}"
                raise InvalidQueryError(f"{name} is not supported in expect: use updated_at or another plain field")
            if value is not None:
                self.table.encode_operand(column.name, value)
            conditions[column] = NULL if value is None else value
        return conditions

    def _with_later_updated_at(self, values: dict[str, Any], where: Where) -> dict[str, Any]:
        """Return the changes with an ``updated_at`` that is later than the expected one.

        Another update that expects the same value then matches no row.
        """
        column = self.table.stored("updated_at")
        if column is not None and isinstance(seen := where.get(column), datetime):
            values[column.name] = max(values[column.name], column.encode(truncate(seen) + timedelta(milliseconds=1)))
        return values

    # Read-modify-write operations without lost updates.

    async def _revise(self, where: Where, columns: Sequence[Column], change: Callable[[dict[str, Any]], Mapping[str, Any]]) -> bool:
        """Replace the stored values of columns by the result of ``change``. Return whether the row exists.

        Concurrent changes are not lost: the update is only applied if all values are still those that were read. Otherwise they are read
        again. One of the concurrent updates always succeeds, so the loop ends. Inside a transaction the row is locked first, because a
        second read could return the same snapshot.
        """
        read = self._raw_columns(*columns)
        while True:
            rows = await self._run.fetch(self._sql.select(read, where, lock=self._run.locks_rows))
            if not rows:
                return False
            old = {column.name: value for column, value in zip(columns, rows[0], strict=True)}
            changes = dict(change(old))
            if not changes:
                return True
            if await self._run.matched(
                self._sql.update(where, self._with_later_updated_at(self._with_updated_at(changes), where), old=old)
            ):
                return True

    async def _revise_column(
        self, where: Where, column: Column, change: Callable[[Any], Any], also: Mapping[str, Any] | None = None
    ) -> bool:
        """Replace the stored value of one column by the result of ``change``, and set the values of ``also``; see :meth:`_revise`."""
        return await self._revise(where, (column,), lambda old: {**(also or {}), column.name: change(old[column.name])})

    async def _merge(self, where: Where, column: Column, given: Fields, fields: Fields) -> bool:
        """Merge keys into the object in a JSON column, and update other fields. Return whether the row exists.

        A key whose value is None is removed. Concurrent changes are not lost.

        Raises:
            InvalidValueError: A value cannot be stored.
            CorruptRowError: The stored value is not an object.
        """
        over = self._writer.object(column, given)

        def merged(stored: str | None) -> Any:
            before = self._stored_json(column, stored, dict, where) or {}
            return self.table.encode(column, {key: value for key, value in {**before, **over}.items() if value is not None})

        return await self._revise_column(where, column, merged, self._changes(fields, where))

    def _stored_json(self, column: Column, stored: str | None, kind: type[J], key: Where) -> J | None:
        """Return the decoded value of a JSON column, or None for NULL.

        Raises:
            CorruptRowError: The value is not valid JSON or has another type.
        """
        if stored is None:
            return None
        try:
            value: Any = json.loads(stored)
        except ValueError:
            raise self._corrupt(column, key, "is not valid JSON") from None
        # A JSON null is not NULL: nothing can be merged into it.
        if not isinstance(value, kind):
            raise self._corrupt(column, key, f"is not {_KIND_NAMES[kind]}")
        return value

    def _corrupt(self, column: Column, key: Where, reason: str) -> CorruptRowError:
        """Return the error for a column of the row that a condition identifies by its key."""
        own = {part.name: value for part, value in key.items() if part.name != "tenant_id"}
        return CorruptRowError(self.table.name, column.name, own, reason)

    # Removing.

    async def _remove(self, where: Where) -> bool:
        """Delete the row. Return whether a row matched."""
        return await self._run.matched(self._sql.delete(where))


def _cached(owner: type, kind: str, key: Any, make: Callable[[], Any]) -> Any:
    """Return an object that is created once per class and key, such as a reader of rows. It only depends on the declared tables."""
    cache: dict[tuple[str, Any], Any] | None = owner.__dict__.get("_class_cache")
    if cache is None:
        cache = {}
        owner._class_cache = cache  # type: ignore[attr-defined]  # a cache, not a declared attribute
    if (kind, key) not in cache:
        cache[kind, key] = make()
    return cache[kind, key]


def _import_writer(table: Table[Any]) -> RowWriter:
    writer: RowWriter = _cached(RowWriter, "import", table.name, lambda: RowWriter(table, ImportMetadata, ImportMetadata, frozenset()))
    return writer
