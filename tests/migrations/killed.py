"""Run migrations in child processes that are killed: ``python killed.py URL``.

Each line of the input is JSON: ``[migration, step, "before" | "after"]`` or ``null``. For each line, a child process runs the migrations.
It is killed before or after the statement or the batch of that step, before the step is recorded. With ``null`` it is not killed. The
script prints the exit status of the child, which is negative for a signal.
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
    """Kill the process, like a power failure."""
    os.kill(os.getpid(), signal.SIGKILL)


def arm(point: tuple[str, int, str]) -> None:
    """Make the process die at the given step."""
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
    """Run the migrations."""
    async with authhero_sql.connect(url) as db:
        await authhero_sql.migrate_to_latest(db)


def main() -> None:
    """Run the command line."""
    url = sys.argv[1]
    authhero_sql.connect(url)
    # A killed process does not release its lease. It expires immediately, so that the next process takes it over.
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
