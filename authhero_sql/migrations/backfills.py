"""Data steps: a bounded batch at a time, each committed by itself, so that a run that was killed goes on where it stood."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pypika import Table as SQLTable
from pypika.functions import Count

from ..session import Session
from ..statements import Bind, Statement
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


async def fill(session: Session, step: Backfill, heard: Callable[[int, int, float], None]) -> None:
    """Convert a batch at a time, walking past what cannot be converted; ``heard`` gets rows, total and seconds."""
    read, write, counted = _statements(session, step)
    started = time.perf_counter()
    total: int = (await session.executor.fetch(counted.bind({})))[0][0]
    seen = skipped = 0
    heard(0, total, 0.0)
    while True:
        rows = await session.executor.fetch(read.bind({"limit": step.batch, "offset": skipped}))
        converted = [(row, value) for row in rows if (value := step.convert(row[-1])) is not None]
        if converted:
            await session.executor.write(
                [write.bind({**dict(zip(step.key, row, strict=False)), "target": value}) for row, value in converted]
            )
        skipped += len(rows) - len(converted)
        seen += len(rows)
        heard(seen, max(total, seen), time.perf_counter() - started)
        if len(rows) < step.batch:
            return


def _statements(session: Session, step: Backfill) -> tuple[Statement, Statement, Statement]:
    """What reads a batch, what writes one row, and what counts them all."""
    query = session.dialect.query
    table = SQLTable(step.table)
    target, source = table.field(step.target), table.field(step.source)
    keys = [table.field(name) for name in step.key]
    wanting = target.isnull() & source.isnotnull()

    def batch() -> Any:
        builder: Any = query.from_(table).select(*keys, source).where(wanting).orderby(*keys)
        return builder.limit(Bind("limit")).offset(Bind("offset"))

    def update() -> Any:
        builder = query.update(table).set(target, Bind("target"))
        for name, key in zip(step.key, keys, strict=True):
            builder = builder.where(key == Bind(name))
        return builder

    def count() -> Any:
        return query.from_(table).select(Count("*")).where(wanting)

    def kept(kind: str, build: Callable[[], Any]) -> Statement:
        return session.statements.get(("backfill", step.table, step.target, kind), build)

    return kept("batch", batch), kept("update", update), kept("count", count)
