"""The creation of many rows in one call. Rows are read one by one and written in chunks. A chunk is written completely or not at all.

Existing rows are found before a chunk is written, with one query per unique key. The engines' own clauses for conflicts are not used:
MySQL's would change a row with another unique key, and none of them reports which rows it skipped. If another transaction writes the same
key in between, the chunk fails and is planned again.
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Awaitable, Callable, Coroutine, Iterable, Mapping, Sequence
from contextlib import aclosing, nullcontext
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Generic, Literal, TypeAlias, TypeVar

from pydantic import BaseModel

from ..codecs import TEXT
from ..context import Context
from ..dialects.interface import Call
from ..dialects.transactions import SETTLE_TIMEOUT, run_to_completion
from ..errors import (
    AuthHeroSQLError,
    BatchRowNotFoundError,
    ConflictError,
    DatabaseError,
    IntegrityError,
    InvalidQueryError,
    InvalidValueError,
    UnsupportedError,
)
from ..models.base import ImportMetadata
from ..schema import Column, Table
from ..statements.conditions import Where, one_of
from .adapter import Adapter

M = TypeVar("M", bound=BaseModel)
T = TypeVar("T")

OnConflict: TypeAlias = Literal["error", "skip", "update"]
OnInvalid: TypeAlias = Literal["raise", "report"]
Rows: TypeAlias = Iterable[T] | AsyncIterable[T]

CHUNK = 1_000
"""The maximum number of rows that are written together."""
CHUNK_CHARACTERS = 4_000_000
"""The maximum total text length of a chunk, in characters. A single row may exceed it."""
YIELD_EVERY = 50
"""The number of rows of a synchronous iterable after which other tasks may run."""
LONG_COLUMN = 255
"""The size above which the text of a column counts towards ``CHUNK_CHARACTERS``."""
MAX_REJECTIONS = 1_000
"""The maximum number of rejected rows that are reported individually."""
MAX_PLANS = 3
"""How often a chunk is planned if other transactions interfere. After that, its rows are written one by one."""


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """A row that is not valid in itself.

    Attributes:
        row: The zero-based number of the row in the input.
        error: What is wrong with the row, without its values.
    """

    row: int
    error: InvalidValueError


@dataclass(slots=True)
class ManyResult:
    """The progress or the result of ``create_many``.

    Attributes:
        created: The number of new rows.
        updated: The number of existing rows that were updated.
        skipped: The number of rows that were skipped because their key or another unique value exists.
        rejected: The number of rows that are not valid in themselves.
        rejections: The first 1,000 of these.
    """

    created: int = 0
    updated: int = 0
    skipped: int = 0
    rejected: int = 0
    rejections: list[RejectedRow] = field(default_factory=list)

    @property
    def done(self) -> int:
        """The number of rows that have been processed, counted from the start of the input."""
        return self.created + self.updated + self.skipped + self.rejected


Progress: TypeAlias = Callable[[ManyResult], object]


@dataclass(slots=True)
class NewRow:
    """A row that may be created.

    Attributes:
        row: The zero-based number of the row in the input.
        params: The input.
        imported: The imported metadata, such as the ID and the times.
        values: The stored values, by column.
        extra_calls: The statements to execute if the row is created.
    """

    row: int
    params: Any
    imported: ImportMetadata
    values: dict[str, Any]
    extra_calls: Sequence[Call] = ()


@dataclass(slots=True)
class Plan:
    """What to do with the rows of a chunk: create them or update them. The remaining rows are skipped."""

    created: list[NewRow] = field(default_factory=list)
    updated: list[NewRow] = field(default_factory=list)
    skipped: int = 0

    @property
    def rows(self) -> int:
        """The number of rows that the plan covers."""
        return len(self.created) + len(self.updated) + self.skipped


class BulkAdapter(Adapter[M], Generic[M]):
    """An adapter that can create many rows in one call. It overrides the hooks if its ``create`` does more than insert a row."""

    # Hooks.

    def _new(self, tenant_id: str, row: int, given: Any, **extra: Any) -> NewRow:
        """Return a row as ``create`` would store it. ``extra`` contains public values by column name that take precedence over the input.

        Raises:
            InvalidValueError: The row is not valid in itself.
        """
        given, metadata = self._with_metadata(given)
        imported = self._imported(metadata)
        params = self._writer.accept(given)
        return NewRow(row, params, imported, self._new_values(tenant_id, params, imported, **extra))

    def _calls_with_update(self, tenant_id: str, new: NewRow) -> Sequence[Call]:
        """Return the statements to execute if an existing row is updated. The default is none."""
        return ()

    async def _reject_foreign_tenants(self, tenant_id: str, chunk: Sequence[NewRow]) -> None:
        """Raise an error if a row references a row of another tenant. The foreign keys do not prevent this.

        Raises:
            ForeignKeyError: A row references another tenant's row. The error's ``row`` is its number.
        """

    # Shared implementation.

    async def _create_many(
        self, tenant_id: str, rows: Rows[Any], on_conflict: OnConflict, on_invalid: OnInvalid, progress: Progress | None
    ) -> ManyResult:
        for name, value, allowed in (("on_conflict", on_conflict, _CONFLICTS), ("on_invalid", on_invalid, _INVALIDS)):
            if value not in allowed:
                raise InvalidQueryError(f"{self.table.name}: {name} must be one of {', '.join(allowed)}")
        if progress is not None and not callable(progress):
            raise InvalidQueryError(f"{self.table.name}: progress must be a function")
        if self.context.batch is not None and on_conflict != "error":
            raise UnsupportedError(f"{self.table.name}: on_conflict={on_conflict!r} reads existing rows, so it cannot be part of a batch")
        result = ManyResult()
        chunks = _ChunkWriter(self, tenant_id, on_conflict, result)

        async def write(read: tuple[Sequence[NewRow], Sequence[RejectedRow]]) -> None:
            chunk, refused = read
            if chunk:
                await chunks.write(chunk)
            result.rejected += len(refused)
            result.rejections += refused[: max(0, MAX_REJECTIONS - len(result.rejections))]
            if progress is not None and inspect.isawaitable(awaitable := progress(result)):
                await awaitable

        # A transaction executes one statement at a time. Work outside of an open transaction must not overlap with it either.
        sequential = self.context.current is not None or self.context.batch is not None or self.context.independent
        try:
            async with aclosing(self._chunks(tenant_id, rows, on_invalid)) as read:
                await (_sequentially if sequential else _pipelined)(read, write)
        except AuthHeroSQLError as error:
            error.result = result
            raise
        return result

    async def _chunks(
        self, tenant_id: str, rows: Rows[Any], on_invalid: OnInvalid
    ) -> AsyncGenerator[tuple[Sequence[NewRow], Sequence[RejectedRow]], None]:
        """Yield the rows in chunks, each with its invalid rows as a second list."""
        chunk: list[NewRow] = []
        left = CHUNK_CHARACTERS
        refused: list[RejectedRow] = []
        number = 0
        async with aclosing(_iterate(self.table, rows)) as source:
            async for given in source:
                try:
                    new = self._new(tenant_id, number, given)
                except InvalidValueError as error:
                    with_row_number(error, number)
                    if on_invalid == "raise":
                        raise
                    refused.append(RejectedRow(number, error))
                else:
                    chunk.append(new)
                    left -= sum([len(value) for name in self._long if (value := new.values[name]) is not None])
                number += 1
                if len(chunk) + len(refused) >= CHUNK or left < 0:
                    yield chunk, refused
                    chunk, refused, left = [], [], CHUNK_CHARACTERS
        if chunk or refused:
            yield chunk, refused

    def _with_metadata(self, given: Any) -> tuple[Any, Mapping[str, Any] | None]:
        """Return a row without its metadata, and the metadata that ``create`` accepts as ``import_metadata``."""
        names = self._metadata_names
        if not isinstance(given, Mapping) or names.keys().isdisjoint(given):
            return given, None
        return (
            {name: value for name, value in given.items() if name not in names},
            {names[name]: value for name, value in given.items() if name in names},
        )

    @cached_property
    def _long(self) -> Sequence[str]:
        """The columns whose text counts towards the length of a chunk."""
        return [column.name for column in self.table.columns if column.is_text and (column.size is None or column.size > LONG_COLUMN)]

    @cached_property
    def _metadata_names(self) -> Mapping[str, str]:
        """The keys that a mapping may contain besides the fields of the insert model, and their fields of :class:`ImportMetadata`."""
        own = {name: name for name in ImportMetadata.model_fields}
        if self.id_column is not None:
            own[self.id_column.public] = own[self.id_column.name] = "id"
        return {name: meaning for name, meaning in own.items() if name not in self._writer.names}

    def _new_values(self, tenant_id: str, params: BaseModel, imported: ImportMetadata, **extra: Any) -> dict[str, Any]:
        """Return the stored values of a new row."""
        return self._new_row(tenant_id, params, imported, **extra)

    def _key_of(self, new: NewRow) -> Where:
        """Return the conditions for the tenant's row with the key of a new row."""
        names = dict.fromkeys((*(("tenant_id",) if self.table.tenant_scoped else ()), *self.table.key))
        return {self.table[name]: new.values[name] for name in names}

    def _replace_call(self, new: NewRow) -> Call:
        """Return the statement that updates the existing row with the input."""
        names = self._writer.replaceable(new.params)
        values = {name: new.values[name] for name in names if name not in self.table.key}
        column = self.table.stored("updated_at")
        if column is not None:
            values[column.name] = column.encode(new.imported.updated_at or self.context.now())
        if not values:
            # There is nothing to change, but the update must still report whether the row exists.
            key = self.table.key[-1]
            values = {key: new.values[key]}
        return self._sql.update(self._key_of(new), values)


_CONFLICTS = ("error", "skip", "update")
_INVALIDS = ("raise", "report")


def with_row_number(error: AuthHeroSQLError, row: int) -> AuthHeroSQLError:
    """Return the error after adding the number of the row."""
    if error.row is None:
        error.row = row
        error.args = (f"row {row}: {error}",)
    return error


async def _sequentially(items: AsyncIterator[T], work: Callable[[T], Awaitable[None]]) -> None:
    """Process each item before the next one is read."""
    async for item in items:
        await work(item)


async def _pipelined(items: AsyncIterator[T], work: Callable[[T], Coroutine[Any, Any, None]]) -> None:
    """Read an item while the previous one is processed, so that this process and the database work at the same time.

    If an item cannot be read, the processing of the previous one is completed. If this task is cancelled, so is the processing.
    """
    doing: asyncio.Task[None] | None = None
    try:
        async for item in items:
            if doing is not None:
                await doing
            doing = asyncio.create_task(work(item))
    except Exception:
        if doing is not None:
            # An error in it concerns earlier rows, so it takes precedence.
            await doing
        raise
    except BaseException:
        if doing is not None:
            doing.cancel()
            await run_to_completion(asyncio.wait([doing]), SETTLE_TIMEOUT)
        raise
    if doing is not None:
        await doing


async def _iterate(table: Table[Any], rows: Rows[Any]) -> AsyncGenerator[Any, None]:
    """Yield the rows of a synchronous or asynchronous iterable."""
    if isinstance(rows, AsyncIterable):
        # A generator may hold a connection while it is open, and a stored exception would keep it alive.
        async with aclosing(rows) if isinstance(rows, AsyncGenerator) else nullcontext():
            async for given in rows:
                yield given
    else:
        for number, given in enumerate(_iterable(table, rows)):
            if number % YIELD_EVERY == 0:
                await asyncio.sleep(0)
            yield given


def _iterable(table: Table[Any], rows: Any) -> Iterable[Any]:
    # Strings and mappings are iterable as well, but they are never meant as rows.
    if not isinstance(rows, Iterable) or isinstance(rows, str | bytes | Mapping):
        raise InvalidValueError(table.name, None, "rows must be an iterable or async iterable of models or mappings")
    return rows


class _ChunkWriter:
    """Writes the chunks of one call."""

    def __init__(self, adapter: BulkAdapter[Any], tenant_id: str, on_conflict: OnConflict, result: ManyResult) -> None:
        self.adapter = adapter
        self.context: Context = adapter.context
        self.tenant_id = tenant_id
        self.on_conflict = on_conflict
        self.result = result

    async def write(self, chunk: Sequence[NewRow]) -> None:
        """Write the rows of a chunk completely or not at all.

        If other transactions interfere, the chunk may be split into parts. Each part is then written completely or not at all.
        """
        await self.adapter._reject_foreign_tenants(self.tenant_id, chunk)
        if self.context.batch is not None:
            await self.adapter._run.write(*self._calls(Plan(list(chunk))))
            self.result.created += len(chunk)
            return
        attempt = 1
        while chunk:
            plan = await self._plan(chunk)
            try:
                gone = await self._execute(plan)
            except (IntegrityError, InvalidValueError) as error:
                # Without on_conflict, or for an invalid value, a second attempt would fail in the same way.
                if attempt >= MAX_PLANS or self.on_conflict == "error" or not isinstance(error, IntegrityError):
                    await self._write_individually(chunk[: plan.rows], error)
                    chunk = chunk[plan.rows :]
                attempt += 1
            else:
                self._tally(plan, gone)
                chunk = [*gone, *chunk[plan.rows :]]

    def _tally(self, plan: Plan, gone: Sequence[NewRow]) -> None:
        self.result.created += len(plan.created)
        self.result.updated += len(plan.updated) - len(gone)
        self.result.skipped += plan.skipped

    async def _execute(self, plan: Plan) -> list[NewRow]:
        """Execute a plan. Return the rows that were to be updated but no longer exist."""
        calls = self._calls(plan)
        if not calls:
            return []
        counts = await self.adapter._run.write_atomically(calls)
        updates = counts[len(calls) - len(plan.updated) :] if plan.updated else ()
        return [new for new, count in zip(plan.updated, updates, strict=True) if not count]

    def _calls(self, plan: Plan) -> list[Call]:
        """Return the statements of a plan, with equal texts next to each other. The updates of existing rows come last, in order."""
        adapter, tenant_id = self.adapter, self.tenant_id
        created = adapter._sql.inserts([new.values for new in plan.created])
        extra_calls = [call for new in plan.created for call in new.extra_calls]
        changed = [call for new in plan.updated for call in adapter._calls_with_update(tenant_id, new)]
        parts = (extra_calls, changed)
        return [
            *created,
            *(call for part in parts for call in sorted(part, key=_sql_of)),
            *(adapter._replace_call(new) for new in plan.updated),
        ]

    # Existing rows.

    async def _plan(self, chunk: Sequence[NewRow]) -> Plan:
        """Return a plan for the first rows of a chunk. It covers all rows unless a row that is to be updated occurs again."""
        if self.on_conflict == "error":
            return Plan(list(chunk))
        if self.on_conflict == "skip":
            return self._plan_skip(chunk, await self._existing_keys(self._keys, chunk))
        return self._plan_update(chunk, (await self._existing_keys(self._keys[:1], chunk))[self._keys[0]])

    def _plan_skip(self, chunk: Sequence[NewRow], taken: Mapping[tuple[str, ...], set[Any]]) -> Plan:
        plan = Plan()
        for new in chunk:
            values = {names: value for names in taken if (value := _key_value(new, names)) is not None}
            if any(value in taken[names] for names, value in values.items()):
                plan.skipped += 1
                continue
            plan.created.append(new)
            for names, value in values.items():
                taken[names].add(value)
        return plan

    def _plan_update(self, chunk: Sequence[NewRow], taken: set[Any]) -> Plan:
        plan = Plan()
        seen: set[Any] = set()
        for new in chunk:
            value = _key_value(new, self._keys[0])
            if value in seen:
                # The row exists once the previous rows are written, so the next plan covers it.
                break
            seen.add(value)
            (plan.updated if value in taken else plan.created).append(new)
        # All callers update rows in the same order: different orders could deadlock.
        plan.updated.sort(key=lambda new: str(_key_value(new, self._keys[0])))
        return plan

    @cached_property
    def _keys(self) -> list[tuple[str, ...]]:
        """The columns of each unique key. The first key is the one that identifies a row."""
        table = self.adapter.table
        unique = [table.key, *(index.names for index in table.indexes if index.unique)]
        if self.on_conflict == "update" and table.tenant_scoped and "tenant_id" not in table.key:
            # The row of another tenant must not be updated.
            unique[0] = ("tenant_id", *table.key)
        return list({frozenset(names): names for names in unique}.values())

    async def _existing_keys(self, keys: Sequence[tuple[str, ...]], chunk: Sequence[NewRow]) -> dict[tuple[str, ...], set[Any]]:
        """Return the values of existing rows for each unique key."""
        asked = {names: call for names in keys if (call := self._existing_query(names, chunk)) is not None}
        rows = await self.adapter._run.fetch_many(*asked.values()) if asked else []
        found = {names: set(map(tuple, part)) for names, part in zip(asked, rows, strict=True)}
        return {names: found.get(names, set()) for names in keys}

    def _existing_query(self, names: tuple[str, ...], chunk: Sequence[NewRow]) -> Call | None:
        """Return a query for the existing rows with one of these keys, and possibly others, or None if no row of the chunk has a key."""
        adapter = self.adapter
        rows = [new for new in chunk if _key_value(new, names) is not None]
        if not rows:
            return None
        columns = [adapter.table[name] for name in names]
        where: dict[Column, Any] = {column: rows[0].values[column.name] for column in columns if column.name == "tenant_id"}
        distinct = {column: {new.values[column.name] for new in rows} for column in columns if column.codec is TEXT and column not in where}
        column = max(distinct, key=lambda each: len(distinct[each]))
        where[column] = one_of(sorted(distinct[column]))
        return adapter._sql.select(adapter._raw_columns(*columns), where)

    # Rejected chunks.

    async def _write_individually(self, chunk: Sequence[NewRow], error: AuthHeroSQLError) -> None:
        """Write the rows of a rejected chunk one by one in one transaction, so that an error concerns a single row."""
        if not self.context.dialect.features.interactive_transactions:
            raise with_row_number(error, chunk[await self._bisect_rejected(chunk) - 1].row)

        async def work(inside: Context) -> ManyResult:
            result = ManyResult()
            single = _ChunkWriter(type(self.adapter)(inside), self.tenant_id, self.on_conflict, result)
            for new in chunk:
                await single._write_one(new)
            return result

        if self.context.current is None:
            done = await self.context.run_transaction(work, MAX_PLANS, None)
        else:
            async with self.context.transaction() as inside:
                done = await work(inside)
        self.result.created += done.created
        self.result.updated += done.updated
        self.result.skipped += done.skipped

    async def _write_one(self, new: NewRow) -> None:
        """Write one row in an open transaction."""
        try:
            gone = [new]
            while gone:
                plan = await self._plan(gone)
                # It runs in a nested block, so that the row can be skipped.
                gone = await self._execute(plan)
                self._tally(plan, gone)
        except ConflictError as error:
            if self.on_conflict != "skip":
                raise with_row_number(error, new.row) from error.__cause__
            # With a linguistic collation, the unique key may conflict with a row that the query did not find.
            self.result.skipped += 1
        except (IntegrityError, InvalidValueError) as error:
            raise with_row_number(error, new.row) from error.__cause__

    async def _bisect_rejected(self, chunk: Sequence[NewRow]) -> int:
        """Return the smallest number of leading rows with which the batch is rejected, by bisection. Every attempt is rolled back."""
        fine, refused = 0, len(chunk)
        while refused - fine > 1:
            middle = (fine + refused) // 2
            plan = await self._plan(chunk[:middle])
            try:
                await self.context.executor.write([*self._calls(plan), self.context.dialect.always_fail()])
            except BatchRowNotFoundError:
                fine = middle
            except DatabaseError:
                refused = middle
        return refused


def _sql_of(call: Call) -> str:
    return call.sql


def _key_value(new: NewRow, names: tuple[str, ...]) -> tuple[Any, ...] | None:
    """Return the value of a unique key, or None if a part of it is NULL, because NULL does not equal anything."""
    value = tuple([new.values[name] for name in names])
    return None if None in value else value
