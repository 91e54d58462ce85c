"""Execution of the statements of one table: immediately, in a transaction, or as part of a batch."""

from __future__ import annotations

import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any, TypeVar

from .context import Context, log_calls, logger
from .dialects.interface import Call, Row
from .error_details import with_details
from .errors import DatabaseError, UnsupportedError
from .schema import Table

A = TypeVar("A")
R = TypeVar("R")


class Runner:
    """An executor for the statements of one table, which sends them to the database, transaction or batch of its context.

    Args:
        context: The database, transaction or batch.
        table: The table of the statements, for errors.
        name: The name of the adapter, for the error if it is used outside the open transaction.
    """

    def __init__(self, context: Context, table: Table[Any], name: str) -> None:
        self.context = context
        self.table = table
        self.name = name

    async def fetch(self, call: Call) -> list[Row]:
        """Return all rows of a query."""
        return await self._send(self.context.executor.fetch, call, (call,))

    async def fetch_many(self, *calls: Call) -> list[list[Row]]:
        """Return the rows of several queries, in as few round trips as the engine supports."""
        return await self._send(self.context.executor.fetch_many, calls, calls)

    async def write(self, *calls: Call, unordered: bool = False) -> None:
        """Write, all or nothing. In a batch, the statements are only collected. For ``unordered``, see :meth:`Executor.write`."""
        if self.context.batch is not None:
            self.context.batch.add(self.table, calls)
        elif unordered and len(calls) > 1:
            await self._send(partial(self.context.executor.write, unordered=True), calls, calls)
        else:
            await self.counts(calls)

    async def matched(self, *calls: Call, at: int = 0) -> bool:
        """Write, all or nothing, and return whether the statement at this position matched a row.

        In a batch, return True. If the statement matches no row later, the whole batch fails.
        """
        if self.context.batch is not None:
            self.context.batch.add(self.table, calls, at)
            return True
        return (await self.counts(calls))[at] > 0

    async def affected(self, *calls: Call) -> int:
        """Write, all or nothing, and return the number of rows that the last statement matched. Not supported in a batch."""
        self.reject_batch()
        return (await self.counts(calls))[-1]

    async def counts(self, calls: Sequence[Call]) -> list[int]:
        """Write, all or nothing, and return the number of rows that each statement matched."""
        # A single statement needs no transaction.
        if len(calls) == 1:
            return [await self._send(self.context.executor.execute, calls[0], calls)]
        return await self._send(self.context.executor.write, calls, calls)

    async def write_in_savepoint(self, *calls: Call) -> None:
        """Write, expecting a possible conflict. Within a caller's transaction, a conflict rolls back only these statements."""
        if self.context.current is None:
            await self.write(*calls)
        else:
            async with self.context.transaction() as inside:
                await Runner(inside, self.table, self.name).write(*calls)

    async def write_atomically(self, calls: Sequence[Call]) -> list[int]:
        """Write, all or nothing even within a caller's transaction, and return the number of rows that each statement matched.

        Not supported in a batch.
        """
        self.reject_batch()
        if self.context.current is None:
            return await self.counts(calls)
        async with self.context.transaction() as inside:
            return await Runner(inside, self.table, self.name).counts(calls)

    def reject_batch(self) -> None:
        """Refuse to run a method in a batch if it depends on the result of its own write.

        Raises:
            UnsupportedError: The context is a batch.
        """
        if self.context.batch is not None:
            raise UnsupportedError(f"{self.table.name}: this method depends on the result of its write, so it cannot be part of a batch")

    @property
    def locks_rows(self) -> bool:
        """Whether rows that are read in order to be changed can and must be locked."""
        return self.context.current is not None and self.context.dialect.features.row_locks

    async def _send(self, method: Callable[[A], Awaitable[R]], argument: A, calls: Sequence[Call]) -> R:
        """Run a method of the context's executor, and name the table in errors."""
        self.context.require_current_transaction(self.name)
        started = time.perf_counter() if logger.isEnabledFor(logging.DEBUG) else None
        try:
            return await method(argument)
        except DatabaseError as error:
            raise with_details(error, (self.table,), calls) from error.__cause__
        finally:
            if started is not None:
                log_calls(calls, started)
