"""The state that every adapter holds: its database or transaction, the SQL dialect, the clock and the ID generator."""

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
from .dialects.managed import with_retries
from .dialects.transactions import Transaction, current_transaction, run_callbacks
from .error_details import with_details
from .errors import BatchRowNotFoundError, DatabaseError, TransactionClosedError, TransactionMisuseError, UnsupportedError
from .ids import IdGenerator
from .schema import Table
from .statements.cache import StatementCache

T = TypeVar("T")

logger: logging.Logger = logging.getLogger("authhero_sql.sql")
"""Logs the text of every statement and its duration at level DEBUG, and never a value."""


def log_calls(calls: Sequence[Call], began: float) -> None:
    """Log statements and the time since they were started."""
    # The text contains no values, because every value is a bound parameter.
    logger.debug("%.1f ms: %s", (time.perf_counter() - began) * 1000, "; ".join(call.sql for call in calls))


class Batch:
    """Writes that are collected and sent together. Either all of them are applied or none."""

    def __init__(self) -> None:
        self._calls: list[Call] = []
        self._tables: list[Table[Any]] = []
        self._must_match: list[int] = []
        self._closed = False
        self.callbacks: list[Callable[[], object]] = []
        """The functions to call after the batch has been written."""

    def add(self, table: Table[Any], calls: Sequence[Call], must_match: int | None = None) -> None:
        """Add writes to the batch.

        Args:
            table: The table of the writes.
            calls: The statements.
            must_match: The position in ``calls`` of a statement that must match a row. If it matches none, nothing is written.

        Raises:
            TransactionClosedError: The batch has already been sent.
        """
        if self._closed:
            raise TransactionClosedError("the batch has ended: its adapters can no longer be used")
        if must_match is not None:
            self._must_match.append(len(self._calls) + must_match % len(calls))
        self._calls += calls
        self._tables += [table] * len(calls)

    def close(self) -> None:
        """Refuse further writes."""
        self._closed = True

    async def send(self, context: Context) -> None:
        """Send all collected writes.

        Raises:
            BatchRowNotFoundError: A write that had to match a row matched none.
        """
        if not self._calls:
            return
        context.require_current_transaction("batch()")
        began = time.perf_counter()
        try:
            if not context.dialect.features.interactive_transactions:
                await context.executor.write(self._with_match_checks(context.dialect))
            elif context.current is None:
                await with_retries(lambda: self._send_in_transaction(context))
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
        """Return the writes, each that must match a row followed by a statement that fails if it did not."""
        must_match = set(self._must_match)
        return [
            each
            for position, call in enumerate(self._calls)
            for each in ((call, dialect.require_changed(position)) if position in must_match else (call,))
        ]

    def _located(self, error: DatabaseError) -> Exception:
        """Return the error with the name of the table whose statement failed, if it is known."""
        if isinstance(error, BatchRowNotFoundError):
            return with_details(error, [self._tables[error.position]], self._calls)
        return with_details(error, list(dict.fromkeys(self._tables)), self._calls)


@dataclass(frozen=True, slots=True, eq=False)
class Context:
    """A database, or a transaction block, together with everything else that the adapters need."""

    database: Database
    executor: Executor
    statement_cache: StatementCache
    clock: Clock
    ids: IdGenerator
    normalize_emails: bool = False
    """Whether the email addresses of users are stored and looked up in lower case."""
    current: Transaction | None = None
    """The transaction block in which statements run, or None outside a transaction."""
    batch: Batch | None = None
    """The batch that collects writes, or None if writes are sent immediately."""
    independent: bool = False
    """Whether this context may be used while a transaction that it does not belong to is open."""

    @classmethod
    def of(
        cls, database: Database, *, clock: Clock | None = None, ids: IdGenerator | None = None, normalize_emails: bool = False
    ) -> Context:
        """Return the context of an open database."""
        return cls(database, database, StatementCache(database.dialect), clock or system_clock, ids or IdGenerator(), normalize_emails)

    def __repr__(self) -> str:
        block = ", in a batch" if self.batch is not None else ", in a transaction" if self.current is not None else ""
        return f"{self.database!r}{block}"

    @property
    def dialect(self) -> Dialect:
        """The SQL dialect of the engine."""
        return self.statement_cache.dialect

    def now(self) -> datetime:
        """Return the current time in UTC, truncated to milliseconds."""
        return truncate(self.clock())

    def require_current_transaction(self, what: str) -> None:
        """Reject the use of this context inside a nested block that it does not belong to.

        A write through this context would not be part of that block.

        Args:
            what: The attribute of the adapters that is being used, for the error message.

        Raises:
            TransactionMisuseError: A block nested in the block of this context is open.
        """
        block = current_transaction(self.database)
        if block is None or block is self.current or self.independent:
            return
        outer = block.parent
        while outer is not None and outer is not self.current:
            outer = outer.parent
        if outer is self.current:
            raise TransactionMisuseError(
                f"a transaction is open: use tx.{what} of the adapters that transaction() returned, "
                f"or adapters.independent().{what} to work outside of it on purpose"
            )

    def outside_transaction(self) -> Context:
        """Return the context of the database itself, for work outside the open transaction."""
        return replace(self, executor=self.database, current=None, batch=None, independent=True)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Context]:
        """Open a transaction and yield its context. Inside a transaction, open a nested block."""
        if self.batch is not None:
            raise UnsupportedError("a batch has no inner transaction: use the adapters of batch() directly")
        self.require_current_transaction("transaction()")
        opened = self.database.transaction() if self.current is None else self.current.nested()
        async with opened as block:
            yield replace(self, executor=block, current=block)

    async def run_transaction(self, work: Callable[[Context], Awaitable[T]], attempts: int, deadline: float | None) -> T:
        """Run a function in a transaction and return its result. After a conflict, run it again in a new transaction."""
        if self.current is not None:
            raise TransactionMisuseError("run_transaction() starts its own transaction: use tx.transaction() inside a transaction")
        if attempts < 1:
            raise ValueError("attempts must be at least 1")

        async def once() -> T:
            async with self.transaction() as inside:
                return await work(inside)

        until = None if deadline is None else asyncio.get_running_loop().time() + deadline
        return await with_retries(once, attempts, until)

    def on_commit(self, callback: Callable[[], object]) -> None:
        """Call a function after the transaction commits or the batch has been written."""
        if self.current is not None:
            self.current.callbacks.append(callback)
        elif self.batch is not None:
            self.batch.callbacks.append(callback)
        else:
            raise TransactionMisuseError("on_commit() is only available on the adapters that transaction() or batch() returned")

    @asynccontextmanager
    async def collect_batch(self) -> AsyncIterator[Context]:
        """Open a batch: collect the writes of the block and send them when it ends."""
        if self.batch is not None:
            raise UnsupportedError("batches cannot be nested: use the adapters of the outer batch()")
        batch = Batch()
        try:
            yield replace(self, batch=batch)
        finally:
            batch.close()
        await batch.send(self)
        if self.current is not None:
            self.current.callbacks += batch.callbacks
        else:
            await run_callbacks(batch.callbacks)
