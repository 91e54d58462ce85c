"""Data steps of migrations, which run in bounded batches that commit separately so that an interrupted run can resume."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from pypika import Table as SQLTable
from pypika.functions import Count

from ..clock import to_epoch_ms
from ..context import Context
from ..dialects.interface import Call, Row
from ..statements.cache import MARK, Bind, CompiledStatement
from .operations import Backfill


@dataclass(frozen=True, slots=True)
class Progress:
    """The progress of a migration.

    Attributes:
        migration: The name of the migration.
        step: The number of the current step, counted from 1.
        steps: The total number of steps.
        operation: The kind of the step, for example ``"AddColumn"``.
        rows: The number of rows that a data step has examined so far.
        total: The number of rows that the table had when the data step began, or None for other steps.
        seconds: The time since the step began, in seconds.
    """

    migration: str
    step: int
    steps: int
    operation: str
    rows: int = 0
    total: int | None = None
    seconds: float = 0.0

    @property
    def rate(self) -> float:
        """The number of rows per second, or 0.0 before the first batch."""
        return self.rows / self.seconds if self.seconds > 0 else 0.0

    @property
    def remaining(self) -> float | None:
        """The estimated time left in seconds, or None if it cannot be estimated."""
        return (self.total - self.rows) / self.rate if self.total is not None and self.rate else None


Report = Callable[[Progress], None]
"""A function that is called for each step, and for each batch of a data step."""


async def fill(context: Context, step: Backfill, report: Callable[[int, int, float], None], *, drop: bool = False) -> None:
    """Fill the target column batch by batch, in primary key order.

    Rows that already have a value, and rows whose source cannot be converted, are skipped.

    Args:
        context: The database.
        step: The source, the target and the conversion.
        report: Called with the number of rows examined, the total, and the elapsed seconds.
        drop: Whether to delete rows that are no longer useful instead of converting them; see :attr:`Backfill.worthless`.
    """
    batches = _Batches(context, step, drop=drop)
    started = time.perf_counter()
    total = await batches.count()
    seen = 0
    report(0, total, 0.0)
    last: Row | None = None
    while True:
        rows = await batches.read(last)
        await batches.write(rows)
        seen += len(rows)
        report(seen, max(total, seen), time.perf_counter() - started)
        if len(rows) < step.batch:
            return
        last = rows[-1]


class _Batches:
    """The statements of a data step.

    The rows to convert are selected in Python, not in SQL. With a condition on the target column, the database might use the index on
    that column and sort the remaining rows again for every batch.
    """

    def __init__(self, context: Context, step: Backfill, *, drop: bool) -> None:
        self.context = context
        self.step = step
        self.table = SQLTable(step.table)
        self.keys = [self.table.field(name) for name in step.key]
        self.useless_before = to_epoch_ms(context.now() - step.worthless) if drop and step.worthless is not None else None

    def _cached_text(self, kind: str, build: Callable[[], Any]) -> CompiledStatement:
        return self.context.statement_cache.get(("backfill", self.step.table, self.step.target, kind), build)

    async def count(self) -> int:
        """Return the number of rows in the table."""
        statement = self._cached_text("count", lambda: self.context.dialect.query.from_(self.table).select(Count("*")))
        return int((await self.context.executor.fetch(statement.bind({})))[0][0])

    async def read(self, last: Row | None) -> list[Row]:
        """Return the rows after ``last`` in key order, each with its key, source and target."""

        def build() -> Any:
            builder: Any = self.context.dialect.query.from_(self.table)
            builder = builder.select(*self.keys, self.table.field(self.step.source), self.table.field(self.step.target))
            if last is not None:
                builder = builder.where(self.context.dialect.keyset(self.keys, [*map(Bind, self.step.key)], descending=False))
            return builder.orderby(*self.keys).limit(Bind("limit"))

        parameters = dict(zip(self.step.key, last or (), strict=False))
        statement = self._cached_text("first" if last is None else "next", build)
        return await self.context.executor.fetch(statement.bind({**parameters, "limit": self.step.batch}))

    async def write(self, rows: list[Row]) -> None:
        """Convert the rows with one statement, and delete useless ones with another."""
        size = len(self.step.key)
        values = [(row[:size], self.step.convert(row[size])) for row in rows if row[size] is not None and row[size + 1] is None]
        converted = [(*key, value) for key, value in values if value is not None and not self._is_useless(value)]
        useless = [tuple(key) for key, value in values if value is not None and self._is_useless(value)]
        calls = []
        if useless:
            calls.append(self._call(self.context.dialect.delete_rows(self.step.table, self.step.key, len(useless)), self.step.key, useless))
        if converted:
            text = self.context.dialect.update_rows(self.step.table, self.step.key, self.step.target, len(converted))
            calls.append(self._call(text, (*self.step.key, self.step.target), converted))
        if calls:
            await self.context.executor.write(calls)

    def _is_useless(self, value: Any) -> bool:
        return self.useless_before is not None and value < self.useless_before

    def _call(self, text: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> Call:
        sql, names = self.context.dialect.placeholders(text, MARK)
        values = self.context.dialect.row_values(columns, rows)
        return Call(sql, tuple(values[name] for name in names), has_timeout=False)
