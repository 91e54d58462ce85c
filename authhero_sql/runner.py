"""How statements of a table are sent, one by one or together, now or with a batch."""

from __future__ import annotations

import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any, TypeVar

from .context import Context, log_calls, logger
from .dialects.interface import Call, Row
from .errors import DatabaseError, UnsupportedError
from .located import located
from .schema import Table

A = TypeVar("A")
R = TypeVar("R")


class Runner:
    """Sends the statements of one table where the context says: to the database, into a transaction, or into a batch.

    Args:
        context: where they go.
        table: whose they are, for errors.
        name: what the adapters are called, for the message to whoever uses them beside an open transaction.
    """

    def __init__(self, context: Context, table: Table[Any], name: str) -> None:
        self.context = context
        self.table = table
        self.name = name

    async def fetch(self, call: Call) -> list[Row]:
        """All rows of a query."""
        return await self._sent(self.context.executor.fetch, call, (call,))

    async def fetch_many(self, *calls: Call) -> list[list[Row]]:
        """The rows of several queries, in as few trips as the engine can."""
        return await self._sent(self.context.executor.fetch_many, calls, calls)

    async def write(self, *calls: Call, unordered: bool = False) -> None:
        """Writes, all or nothing, in a batch later than now; ``unordered`` as in :meth:`Executor.write`."""
        if self.context.batch is not None:
            self.context.batch.add(self.table, calls)
        elif unordered and len(calls) > 1:
            await self._sent(partial(self.context.executor.write, unordered=True), calls, calls)
        else:
            await self.counts(calls)

    async def matched(self, *calls: Call, at: int = 0) -> bool:
        """Writes, all or nothing: whether the one at this place found a row. A batch does nothing at all where it finds none."""
        if self.context.batch is not None:
            self.context.batch.add(self.table, calls, at)
            return True
        return (await self.counts(calls))[at] > 0

    async def affected(self, *calls: Call) -> int:
        """Writes, all or nothing: how many rows the last one found. Not in a batch."""
        self.refuse_batch()
        return (await self.counts(calls))[-1]

    async def counts(self, calls: Sequence[Call]) -> list[int]:
        """Writes, all or nothing: how many rows each of them found."""
        # One alone needs no transaction.
        if len(calls) == 1:
            return [await self._sent(self.context.executor.execute, calls[0], calls)]
        return await self._sent(self.context.executor.write, calls, calls)

    async def attempt(self, *calls: Call) -> None:
        """Writes of which a conflict is expected: it undoes them and nothing else, in a caller's transaction too."""
        if self.context.connection is None:
            await self.write(*calls)
        else:
            async with self.context.transaction() as inside:
                await Runner(inside, self.table, self.name).write(*calls)

    async def together(self, calls: Sequence[Call]) -> list[int]:
        """Writes, all or nothing in a caller's transaction too: how many rows each of them found. Not in a batch."""
        self.refuse_batch()
        if self.context.connection is None:
            return await self.counts(calls)
        async with self.context.transaction() as inside:
            return await Runner(inside, self.table, self.name).counts(calls)

    def refuse_batch(self) -> None:
        """Refuse in a batch what has to see what its own write has done.

        Raises:
            UnsupportedError: this is a batch.
        """
        if self.context.batch is not None:
            raise UnsupportedError(f"{self.table.name}: this method has to see what its write has done, so it cannot be part of a batch")

    @property
    def locks(self) -> bool:
        """Whether what is read here, to be changed, can and must be locked."""
        return self.context.connection is not None and self.context.dialect.features.row_locks

    async def _sent(self, method: Callable[[A], Awaitable[R]], given: A, calls: Sequence[Call]) -> R:
        """Hand statements to the context's executor; errors name the table."""
        self.context.require_own_block(self.name)
        began = time.perf_counter() if logger.isEnabledFor(logging.DEBUG) else None
        try:
            return await method(given)
        except DatabaseError as error:
            raise located(error, (self.table,), calls) from error.__cause__
        finally:
            if began is not None:
                log_calls(calls, began)
