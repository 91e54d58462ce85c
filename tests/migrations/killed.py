"""A process that migrates and is killed on the way: ``python killed.py URL``.

For each line on its input, JSON of ``[migration, step, "before" | "after"]`` or ``null``, it forks a child that migrates and is
killed before or after that step's statement, before anybody has written so, or the batch that it is part of; ``null`` kills
nobody. Prints the child's exit status: a negative number is the signal.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from datetime import timedelta
from typing import Any

import authhero_sql
from authhero_sql.migrations import ledger, migrator

Point = tuple[str, int, str] | None


def die() -> None:
    """End here, as if the power had gone."""
    os.kill(os.getpid(), signal.SIGKILL)


def arm(point: tuple[str, int, str]) -> None:
    """Put the end in the way."""
    plain = migrator._Run._do

    async def do(self: Any, context: Any, number: int, **options: Any) -> None:
        here = (self.migration.name, number)
        if (*here, "before") == point:
            die()
        await plain(self, context, number, **options)
        if (*here, "after") == point:
            die()

    batch = migrator._Run._up_in_batch

    async def up_in_batch(self: Any, first: int, last: int, *given: Any, **options: Any) -> None:
        name, number, when = point
        here = self.migration.name == name and first <= number <= last
        if here and when == "before":
            die()
        await batch(self, first, last, *given, **options)
        if here:
            die()

    migrator._Run._up_in_batch = up_in_batch  # type: ignore[method-assign]  # as below
    migrator._Run._do = do  # type: ignore[method-assign]  # a child of its own, which ends with it


async def migrate(url: str) -> None:
    """One run."""
    async with authhero_sql.connect(url) as db:
        await authhero_sql.migrate_to_latest(db)


def main() -> None:
    """The command line."""
    url = sys.argv[1]
    authhero_sql.connect(url)
    # Whoever was killed gives nothing back: the next one takes over at once.
    ledger.LEASE_DURATION = timedelta(0)
    for line in sys.stdin:
        point: Any = json.loads(line)
        child = os.fork()
        if child == 0:
            if point is not None:
                arm(tuple(point))
            asyncio.run(migrate(url))
            os._exit(0)
        _, status = os.waitpid(child, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
