"""The deletion of many rows in batches.

The size of each batch depends on the duration of the previous one, so that no batch holds locks for long.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from typing import Any

from ..runner import Runner
from ..schema import Column
from ..statements.access import range_prefix
from ..statements.conditions import StoredValue, Where, columns, gt, lt, lte
from ..statements.lists import ListStatements
from .batch_size import GREATEST, BatchSize

Removal = Callable[[Where, int], Awaitable[tuple[int, int]]]
"""Removes at most a number of the rows that meet the conditions, and returns how many it found and how many it removed."""


class BatchDeleter:
    """Deletes many rows of one table."""

    def __init__(self, sql: ListStatements, run: Runner) -> None:
        self.sql = sql
        self.run = run

    async def count(self, where: Where) -> int:
        """Return the number of rows that meet the conditions."""
        total: int = (await self.run.fetch(self.sql.count(where)))[0][0]
        return total

    async def delete_before(self, scope: Where, column: Column, cutoff: Any, *, dry_run: bool = False) -> int:
        """Delete all rows in the scope whose column is before the cutoff, and return their number. A dry run only counts them."""
        if dry_run:
            return await self.count({**scope, column: lt(cutoff)})

        async def remove(where: Where, limit: int) -> tuple[int, int]:
            removed = await self.run.affected(self.sql.delete_some(where, limit))
            return removed, removed

        return await self.remove_in_segments(scope, column, cutoff, remove)

    async def remove_in_segments(self, scope: Where, column: Column, cutoff: Any, remove: Removal, greatest: int = GREATEST) -> int:
        """Remove the rows in the scope before the cutoff, one segment of their index after the other, and return their number.

        Each batch starts where the previous one ended. Deleted rows remain in the index as long as another transaction may see them, so a
        batch that started at the beginning would read all of them again. If ``remove`` finds as many rows as it was asked for, there may
        be more, so the same segment is repeated.

        Args:
            scope: The conditions besides the cutoff.
            column: The column to compare with the cutoff.
            cutoff: The first value that is not removed.
            remove: Removes the rows of a segment.
            greatest: The maximum target number of rows per batch.
        """
        self.run.reject_batch()
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
        rows = await self.run.fetch(self.sql.segment_end(where, column, reach))
        last, entries = rows[0] if rows else (None, 0)
        return StoredValue(last), entries

    async def delete_matching(self, where: Where, *, dry_run: bool = False) -> int:
        """Delete all rows that meet conditions that no index covers in order, and return their number. A dry run only counts them."""
        if dry_run:
            return await self.count(where)
        self.run.reject_batch()
        size, total = BatchSize(), 0
        while True:
            limit, began = size.limit, time.perf_counter()
            removed = await self.run.affected(self.sql.delete_some(where, limit))
            size.record(time.perf_counter() - began, removed)
            total += removed
            if removed < limit:
                return total
