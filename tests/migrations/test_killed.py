"""After a run is killed at any step, the next one continues there, with the same schema and without losing data."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from authhero_sql import Database, connect, find_interrupted_migrations, migrate_to_latest, migration_status
from authhero_sql.context import Context
from authhero_sql.migrations import history, migrator
from tests.migrations.helpers import ALL, drift

ROOT = Path(__file__).parents[2]
POINTS = [(name, number, when) for name in ALL for number in range(1, len(history.load(name).up) + 1) for when in ("before", "after")]


@contextmanager
def victims(url: str) -> Iterator[subprocess.Popen[str]]:
    """Start the process whose children are killed."""
    command = [sys.executable, str(Path(__file__).with_name("killed.py")), url]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment) as process:
        try:
            yield process
        finally:
            process.kill()


def run(process: subprocess.Popen[str], point: tuple[str, int, str] | None) -> int:
    """Return how the child was killed at a step."""
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(json.dumps(point) + "\n")
    process.stdin.flush()
    return int(process.stdout.readline())


def _can_end_at(db: Database, point: tuple[str, int, str]) -> bool:
    """Return whether a run can end there. A batch is sent as a whole, so all of its steps end together."""
    name, number, when = point
    run = migrator._Run(Context.of(db), history.load(name), None)
    if db.dialect.features.interactive_transactions or run._runs_alone(number, None):
        return True
    return when == "before" or number == run._last_atomic_step(number)


@pytest.mark.slow
async def test_a_run_killed_at_every_step_of_the_history_ends_where_it_should(database_url: str) -> None:
    async with connect(database_url) as db:
        points = [point for point in POINTS if _can_end_at(db, point)]
    with victims(database_url) as process:
        for point in points:
            assert run(process, point) == -signal.SIGKILL, point
        assert run(process, None) == 0
    async with connect(database_url) as db:
        assert await drift(db) == []
        assert [entry.name for entry in (await migration_status(db)).applied] == ALL
        assert await find_interrupted_migrations(db) == []
        assert await migrate_to_latest(db) == []
