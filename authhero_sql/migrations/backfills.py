"""Data steps: a bounded batch at a time, each committed by itself, so that a run that was killed goes on where it stood."""

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
from ..statements.texts import MARK, Bind, CompiledStatement
from .operations import Backfill


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a migration is.

    Attributes:
        migration: its name.
        step: the number of the step that is being done, from 1.
        steps: how many there are.
        what: the step in words.
        rows: of a data step, how many rows have been looked at.
        total: of a data step, how many there were to look at when it began.
        seconds: how long the step has been going on.
    """

    migration: str
    step: int
    steps: int
    what: str
    rows: int = 0
    total: int | None = None
    seconds: float = 0.0

    @property
    def rate(self) -> float:
        """Rows a second; 0.0 before the first ones."""
        return self.rows / self.seconds if self.seconds > 0 else 0.0

    @property
    def remaining(self) -> float | None:
        """The seconds that it will still take at this rate; None where nobody can tell."""
        return (self.total - self.rows) / self.rate if self.total is not None and self.rate else None


Report = Callable[[Progress], None]
"""Hears of each step and of each batch of a data step."""


async def fill(context: Context, step: Backfill, report: Callable[[int, int, float], None], *, drop: bool = False) -> None:
    """Convert a batch at a time along the key. What cannot be converted, and what has a value already, is walked past.

    Args:
        context: where.
        step: what is converted to what.
        report: gets the number of rows that have been looked at, their total, and the seconds.
        drop: remove what is worth nothing any more instead of converting it; see :attr:`Backfill.worthless`.
    """
    walk = _Walk(context, step, drop=drop)
    started = time.perf_counter()
    total = await walk.count()
    seen = 0
    report(0, total, 0.0)
    last: Row | None = None
    while True:
        rows = await walk.read(last)
        await walk.write(rows)
        seen += len(rows)
        report(seen, max(total, seen), time.perf_counter() - started)
        if len(rows) < step.batch:
            return
        last = rows[-1]


class _Walk:
    """The statements of a data step. What is to be converted is chosen here and not by the database.

    A condition on the column that is being filled would have the database look for it by that column's index, and sort what is left
    for every batch.
    """

    def __init__(self, context: Context, step: Backfill, *, drop: bool) -> None:
        self.context = context
        self.step = step
        self.table = SQLTable(step.table)
        self.keys = [self.table.field(name) for name in step.key]
        self.worthless = to_epoch_ms(context.now() - step.worthless) if drop and step.worthless is not None else None

    def _kept(self, kind: str, build: Callable[[], Any]) -> CompiledStatement:
        return self.context.statement_cache.get(("backfill", self.step.table, self.step.target, kind), build)

    async def count(self) -> int:
        """How many rows there are."""
        counted = self._kept("count", lambda: self.context.dialect.query.from_(self.table).select(Count("*")))
        return int((await self.context.executor.fetch(counted.bind({})))[0][0])

    async def read(self, last: Row | None) -> list[Row]:
        """The next rows in the order of the key: key, source, target."""

        def build() -> Any:
            builder: Any = self.context.dialect.query.from_(self.table)
            builder = builder.select(*self.keys, self.table.field(self.step.source), self.table.field(self.step.target))
            if last is not None:
                builder = builder.where(self.context.dialect.keyset(self.keys, [*map(Bind, self.step.key)], descending=False))
            return builder.orderby(*self.keys).limit(Bind("limit"))

        bound = dict(zip(self.step.key, last or (), strict=False))
        statement = self._kept("first" if last is None else "next", build)
        return await self.context.executor.fetch(statement.bind({**bound, "limit": self.step.batch}))

    async def write(self, rows: list[Row]) -> None:
        """One statement for all that are converted, and one for all that are dropped."""
        size = len(self.step.key)
        values = [(row[:size], self.step.convert(row[size])) for row in rows if row[size] is not None and row[size + 1] is None]
        kept = [(*key, value) for key, value in values if value is not None and not self._is_worthless(value)]
        dropped = [tuple(key) for key, value in values if value is not None and self._is_worthless(value)]
        calls = []
        if dropped:
            calls.append(self._call(self.context.dialect.delete_rows(self.step.table, self.step.key, len(dropped)), self.step.key, dropped))
        if kept:
            text = self.context.dialect.update_rows(self.step.table, self.step.key, self.step.target, len(kept))
            calls.append(self._call(text, (*self.step.key, self.step.target), kept))
        if calls:
            await self.context.executor.write(calls)

    def _is_worthless(self, value: Any) -> bool:
        return self.worthless is not None and value < self.worthless

    def _call(self, text: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> Call:
        sql, names = self.context.dialect.placeholders(text, MARK)
        values = self.context.dialect.row_values(columns, rows)
        return Call(sql, tuple(values[name] for name in names), bounded=False)
