"""What every adapter holds: where statements run, in which words, and the sources of time and ids."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar

from .clock import Clock, system_clock, truncate
from .dialects.dialect import Dialect
from .dialects.interface import Call, Database, Executor
from .dialects.managed import retried
from .dialects.transactions import Block, called, open_block
from .errors import BatchRowNotFoundError, DatabaseError, TransactionClosedError, TransactionMisuseError, UnsupportedError
from .ids import Ids
from .located import located
from .schema import Table
from .statements.texts import StatementCache

T = TypeVar("T")

logger: logging.Logger = logging.getLogger("authhero_sql.sql")
"""At level DEBUG: the text of every statement and how long it took, never a value."""


def log_calls(calls: Sequence[Call], began: float) -> None:
    """Log statements, and how long ago they began."""
    # The text holds no value: every value is bound.
    logger.debug("%.1f ms: %s", (time.perf_counter() - began) * 1000, "; ".join(call.sql for call in calls))


class Batch:
    """Writes that have been collected and are sent together, all or nothing."""

    def __init__(self) -> None:
        self._calls: list[Call] = []
        self._tables: list[Table[Any]] = []
        self._must_match: list[int] = []
        self._closed = False
        self.callbacks: list[Callable[[], object]] = []
        """What is called once it has been written."""

    def add(self, table: Table[Any], calls: Sequence[Call], must_match: int | None = None) -> None:
        """Collect writes; the one at the place ``must_match`` has to find a row, or nothing is written.

        Raises:
            TransactionClosedError: the batch has been sent.
        """
        if self._closed:
            raise TransactionClosedError("the batch has ended: its adapters can no longer be used")
        if must_match is not None:
            self._must_match.append(len(self._calls) + must_match % len(calls))
        self._calls += calls
        self._tables += [table] * len(calls)

    def close(self) -> None:
        """Take no more."""
        self._closed = True

    async def send(self, context: Context) -> None:
        """Write everything that was collected.

        Raises:
            BatchRowNotFoundError: a write found no row.
        """
        if not self._calls:
            return
        context.require_own_block("batch()")
        began = time.perf_counter()
        try:
            if not context.dialect.features.interactive_transactions:
                await context.executor.write(self._with_match_checks(context.dialect))
            elif context.connection is None:
                await retried(lambda: self._send_in_transaction(context))
            else:
                await self._send_in_transaction(context)
        except DatabaseError as error:
            raise self._located(error) from error.__cause__
        finally:
            log_calls(self._calls, began)

    async def _send_in_transaction(self, context: Context) -> None:
        async with context.transaction() as inside:
            counts = await inside.executor.write(self._calls)
            for position in self._must_match:
                if not counts[position]:
                    raise BatchRowNotFoundError(position)

    def _with_match_checks(self, dialect: Dialect) -> list[Call]:
        """The writes, each that has to find a row followed by what fails where it did not."""
        must_match = set(self._must_match)
        return [
            each
            for position, call in enumerate(self._calls)
            for each in ((call, dialect.unless_changed(position)) if position in must_match else (call,))
        ]

    def _located(self, error: DatabaseError) -> Exception:
        """The error, naming the table whose statement it was, where that can be log_calls."""
        if isinstance(error, BatchRowNotFoundError):
            return located(error, [self._tables[error.position]], self._calls)
        return located(error, list(dict.fromkeys(self._tables)), self._calls)


@dataclass(frozen=True, slots=True, eq=False)
class Context:
    """A database, or one block of a transaction, with all that the adapters need beside it."""

    database: Database
    executor: Executor
    statement_cache: StatementCache
    clock: Clock
    ids: Ids
    normalize_emails: bool = False
    """Whether the e-mail addresses of users are stored, and found, in lower case."""
    connection: Block | None = None
    """The block that statements run in; None outside a transaction."""
    batch: Batch | None = None
    """Where writes are collected; None where they are done at once."""
    independent: bool = False
    """Whether this is meant to work outside the transaction that is open where it is used."""

    @classmethod
    def of(cls, database: Database, *, clock: Clock | None = None, ids: Ids | None = None, normalize_emails: bool = False) -> Context:
        """Return the context of a database that is open."""
        return cls(database, database, StatementCache(database.dialect), clock or system_clock, ids or Ids(), normalize_emails)

    def __repr__(self) -> str:
        block = ", in a batch" if self.batch is not None else ", in a transaction" if self.connection is not None else ""
        return f"{self.database!r}{block}"

    @property
    def dialect(self) -> Dialect:
        """The words of the engine."""
        return self.statement_cache.dialect

    def now(self) -> datetime:
        """Return the present in UTC, cut to the millisecond."""
        return truncate(self.clock())

    def require_own_block(self, what: str) -> None:
        """Refuse to work outside the block that is open here: what is written there would not be part of it.

        Args:
            what: the attribute of the adapters that is used, for the message.

        Raises:
            TransactionMisuseError: the block that is open here is one inside this context's.
        """
        block = open_block(self.database)
        if block is None or block is self.connection or self.independent:
            return
        outer = block.parent
        while outer is not None and outer is not self.connection:
            outer = outer.parent
        if outer is self.connection:
            raise TransactionMisuseError(
                f"a transaction is open here: use tx.{what}, the adapters that transaction() gave, "
                f"or adapters.independent().{what} to work outside it on purpose"
            )

    def outside(self) -> Context:
        """Return the context of the database itself, for work outside the transaction that is open."""
        return replace(self, executor=self.database, connection=None, batch=None, independent=True)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Context]:
        """Open the same context inside a transaction; inside one already, inside a nested block of it."""
        if self.batch is not None:
            raise UnsupportedError("a batch is sent as a whole: there is no transaction inside one")
        self.require_own_block("transaction()")
        opened = self.database.transaction() if self.connection is None else self.connection.nested()
        async with opened as block:
            yield replace(self, executor=block, connection=block)

    async def run_transaction(self, work: Callable[[Context], Awaitable[T]], attempts: int, deadline: float | None) -> T:
        """Return what comes of the work in a transaction, all of it done again after a conflict."""
        if self.connection is not None:
            raise TransactionMisuseError("run_transaction() begins a transaction of its own: inside one use tx.transaction()")
        if attempts < 1:
            raise ValueError("attempts must be 1 or more")

        async def once() -> T:
            async with self.transaction() as inside:
                return await work(inside)

        until = None if deadline is None else asyncio.get_running_loop().time() + deadline
        return await retried(once, attempts, until)

    def on_commit(self, callback: Callable[[], object]) -> None:
        """Have a function called once what is open has been committed, or the batch has been written."""
        if self.connection is not None:
            self.connection.callbacks.append(callback)
        elif self.batch is not None:
            self.batch.callbacks.append(callback)
        else:
            raise TransactionMisuseError("on_commit() belongs to the adapters that transaction() or batch() gives")

    @asynccontextmanager
    async def batched(self) -> AsyncIterator[Context]:
        """Open the same context with its writes collected, and sent at the end of the block."""
        if self.batch is not None:
            raise UnsupportedError("this is a batch already")
        batch = Batch()
        try:
            yield replace(self, batch=batch)
        finally:
            batch.close()
        await batch.send(self)
        if self.connection is not None:
            self.connection.callbacks += batch.callbacks
        else:
            await called(batch.callbacks)
