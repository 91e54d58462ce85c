"""The removal of many rows, in batches that hold no lock for long: each fits its size to the time that the last one took."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from typing import Any

from ..runner import Runner
from ..schema import Column
from ..statements.access import range_prefix
from ..statements.conditions import StoredValue, Where, columns, gt, lt, lte
from ..statements.lists import ListStatements
from .pace import GREATEST, BatchSize

Removal = Callable[[Where, int], Awaitable[tuple[int, int]]]
"""Takes the conditions of a segment and the most rows to remove, and says how many it found and removed."""


class Sweeper:
    """Removes rows of one table."""

    def __init__(self, sql: ListStatements, run: Runner) -> None:
        self.sql = sql
        self.run = run

    async def total(self, where: Where) -> int:
        """How many rows meet the conditions."""
        total: int = (await self.run.fetch(self.sql.count(where)))[0][0]
        return total

    async def sweep(self, scope: Where, column: Column, cutoff: Any, *, dry_run: bool = False) -> int:
        """Delete all rows of the scope whose column lies before the cutoff; how many. A dry run only counts them."""
        if dry_run:
            return await self.total({**scope, column: lt(cutoff)})

        async def remove(where: Where, limit: int) -> tuple[int, int]:
            removed = await self.run.affected(self.sql.delete_some(where, limit))
            return removed, removed

        return await self.remove_in_segments(scope, column, cutoff, remove)

    async def remove_in_segments(self, scope: Where, column: Column, cutoff: Any, remove: Removal, greatest: int = GREATEST) -> int:
        """Remove the rows of the scope before the cutoff, from the first on, one segment of their index after the other; how many.

        A batch begins where the last one ended: what has been deleted is still in the index for as long as somebody may have to
        see it, and from the beginning each batch would read all of it again. Where ``remove`` found as many as it was asked for
        there may be more, so that it is asked for the same segment again.
        """
        self.run.refuse_batch()
        leading = range_prefix(self.sql.table, columns(scope, "equal"), column.name)
        span = {key: value for key, value in scope.items() if key.name in leading}
        size, total = BatchSize(greatest), 0
        start: StoredValue | None = None
        while True:
            reach, limit = size.reach, size.limit
            ahead = lt(cutoff) if start is None else gt(start) & lt(cutoff)
            last, entries = await self._edge({**span, column: ahead}, column, reach)
            if not entries:
                return total
            began = time.perf_counter()
            segment = lte(last) if start is None else gt(start) & lte(last)
            found, removed = await remove({**scope, column: segment}, limit)
            size.record(time.perf_counter() - began, found)
            total += removed
            if found >= limit:
                continue
            if entries < reach:
                return total
            start = last

    async def _edge(self, where: Where, column: Column, reach: int) -> tuple[StoredValue, int]:
        rows = await self.run.fetch(self.sql.edge(where, column, reach))
        last, entries = rows[0] if rows else (None, 0)
        return StoredValue(last), entries

    async def purge(self, where: Where, *, dry_run: bool = False) -> int:
        """Delete all rows that meet conditions which no index has in order; how many. A dry run only counts them."""
        if dry_run:
            return await self.total(where)
        self.run.refuse_batch()
        size, total = BatchSize(), 0
        while True:
            limit, began = size.limit, time.perf_counter()
            removed = await self.run.affected(self.sql.delete_some(where, limit))
            size.record(time.perf_counter() - began, removed)
            total += removed
            if removed < limit:
                return total
