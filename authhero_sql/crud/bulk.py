"""Many rows created in one call: read as they come, written in chunks, each of them all or nothing.

What is taken already is looked for before a chunk is written, in one query for each unique key, rather than left to the words that each
engine has for it: MySQL's would change the row that has another unique key, and none of them says which rows it passed over. Whoever
writes the same key meanwhile makes the chunk fail, and it is planned again.
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
from ..dialects.transactions import SETTLE, finish
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
"""How many rows are written at once, at the most."""
CHUNK_CHARACTERS = 4_000_000
"""How much text they may have together, at the most; one row may have more."""
YIELD_EVERY = 50
"""After how many rows of an iterable others have their turn in the event loop."""
LONG_COLUMN = 255
"""From how many characters on the width of a column counts for that."""
MAX_REFUSALS = 1_000
"""How many refused rows are told of one by one."""
ATTEMPTS = 3
"""How often a chunk is planned that others write into; then its rows are written one by one."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A row that is not valid in itself.

    Attributes:
        row: which one it was of those that were given, from 0.
        error: what is wrong with it, without the value.
    """

    row: int
    error: InvalidValueError


@dataclass(slots=True)
class ManyResult:
    """What became of the rows that were given to ``create_many``, as far as it has come.

    Attributes:
        created: rows that are new.
        updated: rows that were there and have been changed.
        skipped: rows that were left as they are, because their key, or something else that is unique, was taken.
        refused: rows that are not valid in themselves.
        refusals: the first 1,000 of these.
    """

    created: int = 0
    updated: int = 0
    skipped: int = 0
    refused: int = 0
    refusals: list[Refusal] = field(default_factory=list)

    @property
    def done(self) -> int:
        """How many rows are dealt with: the first so many of those that were given."""
        return self.created + self.updated + self.skipped + self.refused


Progress: TypeAlias = Callable[[ManyResult], object]


@dataclass(slots=True)
class New:
    """A row that may be created.

    Attributes:
        row: which one it is, from 0.
        params: what was given.
        imported: what is known of it from elsewhere.
        values: what is stored of it, by column.
        extra_calls: what is written with it where it is created.
    """

    row: int
    params: Any
    imported: ImportMetadata
    values: dict[str, Any]
    extra_calls: Sequence[Call] = ()


@dataclass(slots=True)
class Plan:
    """What is to become of a chunk: rows that are created, and rows that are changed; the others are left alone."""

    created: list[New] = field(default_factory=list)
    updated: list[New] = field(default_factory=list)
    skipped: int = 0

    @property
    def rows(self) -> int:
        """How many rows this is about."""
        return len(self.created) + len(self.updated) + self.skipped


class Importing(Adapter[M], Generic[M]):
    """A table whose rows can be created many at once. An adapter whose ``create`` does more than insert a row overrides the hooks."""

    # The hooks.

    def _new(self, tenant_id: str, row: int, given: Any, **extra: Any) -> New:
        """A row as ``create`` would store it; ``extra`` has public values by column name, before what is given.

        Raises:
            InvalidValueError: it is not valid in itself.
        """
        given, metadata = self._with_metadata(given)
        imported = self._imported(metadata)
        params = self._writer.accept(given)
        return New(row, params, imported, self._new_values(tenant_id, params, imported, **extra))

    def _calls_with_update(self, tenant_id: str, new: New) -> Sequence[Call]:
        """What is written with a row that is changed."""
        return ()

    async def _refuse_foreign(self, tenant_id: str, chunk: Sequence[New]) -> None:
        """Refuse rows that refer to what belongs to another tenant, where no reference between the tables does.

        Raises:
            ForeignKeyError: a row does; its ``row`` says which.
        """

    # What they share.

    async def _create_many(
        self, tenant_id: str, rows: Rows[Any], on_conflict: OnConflict, on_invalid: OnInvalid, progress: Progress | None
    ) -> ManyResult:
        for name, value, allowed in (("on_conflict", on_conflict, _CONFLICTS), ("on_invalid", on_invalid, _INVALIDS)):
            if value not in allowed:
                raise InvalidQueryError(f"{self.table.name}: {name} must be one of {', '.join(allowed)}")
        if progress is not None and not callable(progress):
            raise InvalidQueryError(f"{self.table.name}: progress must be a function")
        if self.context.batch is not None and on_conflict != "error":
            raise UnsupportedError(f"{self.table.name}: on_conflict={on_conflict!r} has to look first, so it cannot be part of a batch")
        result = ManyResult()
        chunks = _ChunkWriter(self, tenant_id, on_conflict, result)

        async def write(read: tuple[Sequence[New], Sequence[Refusal]]) -> None:
            chunk, refused = read
            if chunk:
                await chunks.write(chunk)
            result.refused += len(refused)
            result.refusals += refused[: max(0, MAX_REFUSALS - len(result.refusals))]
            if progress is not None and inspect.isawaitable(awaitable := progress(result)):
                await awaitable

        # A transaction does one thing at a time, and so does whoever works outside one that is open.
        alone = self.context.connection is not None or self.context.batch is not None or self.context.independent
        try:
            async with aclosing(self._chunks(tenant_id, rows, on_invalid)) as read:
                await (_sequentially if alone else _pipelined)(read, write)
        except AuthHeroSQLError as error:
            error.result = result
            raise
        return result

    async def _chunks(
        self, tenant_id: str, rows: Rows[Any], on_invalid: OnInvalid
    ) -> AsyncGenerator[tuple[Sequence[New], Sequence[Refusal]], None]:
        """The rows in chunks, and apart from each those that are not valid."""
        chunk: list[New] = []
        left = CHUNK_CHARACTERS
        refused: list[Refusal] = []
        number = 0
        async with aclosing(_iterate(self.table, rows)) as source:
            async for given in source:
                try:
                    new = self._new(tenant_id, number, given)
                except InvalidValueError as error:
                    with_row_number(error, number)
                    if on_invalid == "raise":
                        raise
                    refused.append(Refusal(number, error))
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
        """A row, and apart from it what ``create`` takes as ``import_metadata``."""
        names = self._metadata_names
        if not isinstance(given, Mapping) or names.keys().isdisjoint(given):
            return given, None
        return (
            {name: value for name, value in given.items() if name not in names},
            {names[name]: value for name, value in given.items() if name in names},
        )

    @cached_property
    def _long(self) -> Sequence[str]:
        """The columns that may make a chunk long."""
        return [column.name for column in self.table.columns if column.is_text and (column.size is None or column.size > LONG_COLUMN)]

    @cached_property
    def _metadata_names(self) -> Mapping[str, str]:
        """What a mapping may hold extra_calls the fields of the insert model, and the field of :class:`ImportMetadata` that it is."""
        own = {name: name for name in ImportMetadata.model_fields}
        if self.id_column is not None:
            own[self.id_column.public] = own[self.id_column.name] = "id"
        return {name: meaning for name, meaning in own.items() if name not in self._writer.names}

    def _new_values(self, tenant_id: str, params: BaseModel, imported: ImportMetadata, **extra: Any) -> dict[str, Any]:
        """The stored values of a new row."""
        return self._new_row(tenant_id, params, imported, **extra)

    def _key_of(self, new: New) -> Where:
        """The conditions for the row of the tenant that has the key of a new one."""
        names = dict.fromkeys((*(("tenant_id",) if self.table.tenant_scoped else ()), *self.table.key))
        return {self.table[name]: new.values[name] for name in names}

    def _replace_call(self, new: New) -> Call:
        """The statement that puts what was given over what is stored."""
        names = self._writer.replaceable(new.params)
        values = {name: new.values[name] for name in names if name not in self.table.key}
        column = self.table.stored("updated_at")
        if column is not None:
            values[column.name] = column.encode(new.imported.updated_at or self.context.now())
        if not values:
            # There is nothing to change, but whether there is such a row is to be known.
            key = self.table.key[-1]
            values = {key: new.values[key]}
        return self._sql.update(self._key_of(new), values)


_CONFLICTS = ("error", "skip", "update")
_INVALIDS = ("raise", "report")


def with_row_number(error: AuthHeroSQLError, row: int) -> AuthHeroSQLError:
    """The same error, saying of which row it is."""
    if error.row is None:
        error.row = row
        error.args = (f"row {row}: {error}",)
    return error


async def _sequentially(items: AsyncIterator[T], work: Callable[[T], Awaitable[None]]) -> None:
    """Do the work for each item before the next one is read."""
    async for item in items:
        await work(item)


async def _pipelined(items: AsyncIterator[T], work: Callable[[T], Coroutine[Any, Any, None]]) -> None:
    """Read an item while the work for the one before is done: this process and the database's are busy at the same time.

    The work that has begun comes to its end where an item cannot be read, and is cancelled with whoever waits for it.
    """
    doing: asyncio.Task[None] | None = None
    try:
        async for item in items:
            if doing is not None:
                await doing
            doing = asyncio.create_task(work(item))
    except Exception:
        if doing is not None:
            # What fails there is of rows that came before.
            await doing
        raise
    except BaseException:
        if doing is not None:
            doing.cancel()
            await finish(asyncio.wait([doing]), SETTLE)
        raise
    if doing is not None:
        await doing


async def _iterate(table: Table[Any], rows: Rows[Any]) -> AsyncGenerator[Any, None]:
    """The rows, wherever they come from."""
    if isinstance(rows, AsyncIterable):
        # A generator may hold a connection as long as it is open: whoever keeps an error keeps it, too.
        async with aclosing(rows) if isinstance(rows, AsyncGenerator) else nullcontext():
            async for given in rows:
                yield given
    else:
        for number, given in enumerate(_iterable(table, rows)):
            if number % YIELD_EVERY == 0:
                await asyncio.sleep(0)
            yield given


def _iterable(table: Table[Any], rows: Any) -> Iterable[Any]:
    # Texts and mappings can be iterated over, too, and never are rows.
    if not isinstance(rows, Iterable) or isinstance(rows, str | bytes | Mapping):
        raise InvalidValueError(table.name, None, "rows must be an iterable, or an async one, of models or mappings")
    return rows


class _ChunkWriter:
    """Writes chunks of one call."""

    def __init__(self, adapter: Importing[Any], tenant_id: str, on_conflict: OnConflict, result: ManyResult) -> None:
        self.adapter = adapter
        self.context: Context = adapter.context
        self.tenant_id = tenant_id
        self.on_conflict = on_conflict
        self.result = result

    async def write(self, chunk: Sequence[New]) -> None:
        """Write the rows, all or nothing: others may make it several times that, each again all or nothing."""
        await self.adapter._refuse_foreign(self.tenant_id, chunk)
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
                # Within a transaction, and where nothing was looked for, it would be the same again.
                if attempt >= ATTEMPTS or self.on_conflict == "error" or not isinstance(error, IntegrityError):
                    await self._write_individually(chunk[: plan.rows], error)
                    chunk = chunk[plan.rows :]
                attempt += 1
            else:
                self._tally(plan, gone)
                chunk = [*gone, *chunk[plan.rows :]]

    def _tally(self, plan: Plan, gone: Sequence[New]) -> None:
        self.result.created += len(plan.created)
        self.result.updated += len(plan.updated) - len(gone)
        self.result.skipped += plan.skipped

    async def _execute(self, plan: Plan) -> list[New]:
        """Write what is planned; the rows that were to be changed and are gone."""
        calls = self._calls(plan)
        if not calls:
            return []
        counts = await self.adapter._run.together(calls)
        behind = counts[len(calls) - len(plan.updated) :] if plan.updated else ()
        return [new for new, count in zip(plan.updated, behind, strict=True) if not count]

    def _calls(self, plan: Plan) -> list[Call]:
        """The statements, those with the same text side by side; the changes of the rows themselves come last, in order."""
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

    # What is there already.

    async def _plan(self, chunk: Sequence[New]) -> Plan:
        """What is to become of the first rows of a chunk; of all, unless one comes again that is to be changed."""
        if self.on_conflict == "error":
            return Plan(list(chunk))
        if self.on_conflict == "skip":
            return self._plan_skip(chunk, await self._existing_keys(self._keys, chunk))
        return self._plan_update(chunk, (await self._existing_keys(self._keys[:1], chunk))[self._keys[0]])

    def _plan_skip(self, chunk: Sequence[New], taken: Mapping[tuple[str, ...], set[Any]]) -> Plan:
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

    def _plan_update(self, chunk: Sequence[New], taken: set[Any]) -> Plan:
        plan = Plan()
        seen: set[Any] = set()
        for new in chunk:
            value = _key_value(new, self._keys[0])
            if value in seen:
                # It is there once the rows before it are written.
                break
            seen.add(value)
            (plan.updated if value in taken else plan.created).append(new)
        # In one order for everybody: two that change the same rows in different ones would wait for each other.
        plan.updated.sort(key=lambda new: str(_key_value(new, self._keys[0])))
        return plan

    @cached_property
    def _keys(self) -> list[tuple[str, ...]]:
        """The columns of each unique key; first those by which a row is known."""
        table = self.adapter.table
        unique = [table.key, *(index.names for index in table.indexes if index.unique)]
        if self.on_conflict == "update" and table.tenant_scoped and "tenant_id" not in table.key:
            # A row of another tenant is not to be changed.
            unique[0] = ("tenant_id", *table.key)
        return list({frozenset(names): names for names in unique}.values())

    async def _existing_keys(self, keys: Sequence[tuple[str, ...]], chunk: Sequence[New]) -> dict[tuple[str, ...], set[Any]]:
        """The values of unique keys that rows have which are there."""
        asked = {names: call for names in keys if (call := self._existing_query(names, chunk)) is not None}
        rows = await self.adapter._run.fetch_many(*asked.values()) if asked else []
        found = {names: set(map(tuple, part)) for names, part in zip(asked, rows, strict=True)}
        return {names: found.get(names, set()) for names in keys}

    def _existing_query(self, names: tuple[str, ...], chunk: Sequence[New]) -> Call | None:
        """The query for the rows that have one of these keys, maybe with others; None where no row has one."""
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

    # Where a chunk was refused.

    async def _write_individually(self, chunk: Sequence[New], error: AuthHeroSQLError) -> None:
        """Write the rows of a refused chunk one after the other, all or nothing, so that the error is of one of them."""
        if not self.context.dialect.features.interactive_transactions:
            raise with_row_number(error, chunk[await self._bisect_refused(chunk) - 1].row)

        async def work(inside: Context) -> ManyResult:
            result = ManyResult()
            single = _ChunkWriter(type(self.adapter)(inside), self.tenant_id, self.on_conflict, result)
            for new in chunk:
                await single._write_one(new)
            return result

        if self.context.connection is None:
            done = await self.context.run_transaction(work, ATTEMPTS, None)
        else:
            async with self.context.transaction() as inside:
                done = await work(inside)
        self.result.created += done.created
        self.result.updated += done.updated
        self.result.skipped += done.skipped

    async def _write_one(self, new: New) -> None:
        """Write one row in a transaction that is open."""
        try:
            gone = [new]
            while gone:
                plan = await self._plan(gone)
                # Within a block of its own, so that the row can be passed over.
                gone = await self._execute(plan)
                self._tally(plan, gone)
        except ConflictError as error:
            if self.on_conflict != "skip":
                raise with_row_number(error, new.row) from error.__cause__
            # Where text is compared as a language does, more is taken than was found.
            self.result.skipped += 1
        except (IntegrityError, InvalidValueError) as error:
            raise with_row_number(error, new.row) from error.__cause__

    async def _bisect_refused(self, chunk: Sequence[New]) -> int:
        """How many of the first rows have to be written for the batch to be refused, by halves; nothing of them stays."""
        fine, refused = 0, len(chunk)
        while refused - fine > 1:
            middle = (fine + refused) // 2
            plan = await self._plan(chunk[:middle])
            try:
                await self.context.executor.write([*self._calls(plan), self.context.dialect.undone()])
            except BatchRowNotFoundError:
                fine = middle
            except DatabaseError:
                refused = middle
        return refused


def _sql_of(call: Call) -> str:
    return call.sql


def _key_value(new: New, names: tuple[str, ...]) -> tuple[Any, ...] | None:
    """What a row has of a unique key; None where a part of it is NULL, which equals nothing."""
    value = tuple([new.values[name] for name in names])
    return None if None in value else value
