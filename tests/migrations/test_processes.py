"""Several processes that migrate a database concurrently, and the lease of a dead process."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from datetime import timedelta
from pathlib import Path

import anyio
import pytest
from anyio.lowlevel import checkpoint

from authhero_sql import Database, MigrationError, connect, migrate_to_latest
from authhero_sql.context import Context
from authhero_sql.dialects import sqlite
from authhero_sql.dialects.interface import Call
from authhero_sql.errors import DatabaseUnavailableError
from authhero_sql.migrations import history, ledger
from authhero_sql.migrations.ledger import LEASE_DURATION, LEASES, LEDGER, Leases, Ledger
from authhero_sql.statements.conditions import DatabaseNow
from tests.migrations.helpers import ALL, drift, rows, use_migrations

ROOT = Path(__file__).parents[2]
RACER = Path(__file__).with_name("racer.py")
LONG = 60.0
"""The time limit of a hanging test, in seconds."""


# --- processes -----------------------------------------------------------------------------------------------------------------


@contextmanager
def _start_racers(url: str, count: int) -> Iterator[list[subprocess.Popen[str]]]:
    """Start processes that wait for the start of the race."""
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    command = [sys.executable, "-W", "error", str(RACER), url]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    processes = [subprocess.Popen(command, **pipes, text=True, env=environment) for _ in range(count)]  # type: ignore[call-overload]
    try:
        for process in processes:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n", process.communicate(timeout=LONG)[1]
        yield processes
    finally:
        for process in processes:
            process.kill()
            process.communicate(timeout=LONG)


def _race(url: str, count: int) -> list[list[str]]:
    """Start the race and return the migrations that each process applied."""
    with _start_racers(url, count) as processes:
        for process in processes:
            assert process.stdin is not None
            process.stdin.write("go\n")
            process.stdin.flush()
        applied = []
        for process in processes:
            out, err = process.communicate(timeout=LONG)
            assert process.returncode == 0, err
            assert err == ""
            applied.append(json.loads(out))
        return applied


async def _all_once(url: str, applied: list[list[str]]) -> None:
    # Each migration is applied by one process, in the right order.
    assert sorted(name for names in applied for name in names) == ALL
    assert all(names == sorted(names) for names in applied)
    async with connect(url) as db:
        assert [name for (name,) in await rows(db, f"SELECT name FROM {LEDGER.name} ORDER BY name")] == ALL
        assert await rows(db, f"SELECT owner, expires_at_ts FROM {LEASES.name}") == [(None, None)]
        assert await drift(db) == []


@pytest.mark.parametrize("count", [2, 10])
async def test_processes_that_migrate_at_once(database_url: str, count: int) -> None:
    await _all_once(database_url, _race(database_url, count))


async def test_processes_that_complete_a_database_at_once(database_url: str) -> None:
    async with connect(database_url) as db:
        with use_migrations(*ALL[:1]):
            await migrate_to_latest(db)
    applied = _race(database_url, 2)
    await _all_once(database_url, [ALL[:1], *applied])


# --- tasks of one process ------------------------------------------------------------------------------------------------------


async def test_tasks_that_migrate_at_once(empty: Database) -> None:
    applied: list[list[str]] = []

    async def run() -> None:
        applied.append(await migrate_to_latest(empty))

    with anyio.fail_after(LONG):
        async with anyio.create_task_group() as group:
            for _ in range(4):
                group.start_soon(run)
    assert sorted(applied) == [[], [], [], ALL]
    assert await drift(empty) == []


# --- the lease -----------------------------------------------------------------------------------------------------------------


async def _insert_lease(db: Database, left: timedelta) -> None:
    """Insert a lease of another process with the given remaining time, by the database's clock."""
    await Ledger(Context.of(db)).prepare()
    leases = Leases(Context.of(db))
    await leases._run.write(leases._sql.insert({"id": "migrate", "owner": "somebody", "expires_at_ts": DatabaseNow(left)}))


async def _lease(db: Database) -> tuple[str | None, int | None]:
    [(owner, expires)] = await rows(db, f"SELECT owner, expires_at_ts FROM {LEASES.name}")
    return owner, expires


@pytest.mark.parametrize("left", [timedelta(seconds=30), LEASE_DURATION])
async def test_a_living_lease_is_respected(empty: Database, left: timedelta) -> None:
    await _insert_lease(empty, left)
    before = await _lease(empty)
    holder = r"the migration lease is held by somebody, last renewed at [0-9: -]+ UTC"
    refusal = rf"^another process has been migrating for 0 seconds: wait until it ends, and try again \({holder}\)$"
    with pytest.raises(MigrationError, match=refusal), anyio.fail_after(LONG):
        await migrate_to_latest(empty, lock_timeout=0)
    assert await _lease(empty) == before
    assert await rows(empty, f"SELECT name FROM {LEDGER.name}") == []


@pytest.mark.parametrize("left", [timedelta(0), timedelta(milliseconds=-1), timedelta(days=-1)])
async def test_a_lease_that_has_run_out_is_taken_over(empty: Database, left: timedelta) -> None:
    await _insert_lease(empty, left)
    assert await migrate_to_latest(empty, lock_timeout=0) == ALL
    assert await _lease(empty) == (None, None)


async def test_a_lease_runs_out_while_somebody_waits_for_it(empty: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger, "POLL_INTERVAL", 0.0)
    await _insert_lease(empty, LEASE_DURATION)
    refused = 0
    acquire = Leases._acquire

    async def observed(self: Leases, owner: str) -> bool:
        nonlocal refused
        if await acquire(self, owner):
            return True
        refused += 1
        if refused == 3:
            await self._run.write(self._sql.update({LEASES.c.id: "migrate"}, {"expires_at_ts": DatabaseNow()}))
        return False

    monkeypatch.setattr(Leases, "_acquire", observed)
    assert await migrate_to_latest(empty, lock_timeout=LONG) == ALL
    assert refused == 3


async def test_a_living_lease_is_waited_for(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger, "POLL_INTERVAL", 0.001)
    refused = anyio.Event()
    acquire = Leases._acquire

    async def observed(self: Leases, owner: str) -> bool:
        taken = await acquire(self, owner)
        if not taken:
            refused.set()
        return taken

    applied: list[str] = []
    async with connect(database_url) as holder, connect(database_url) as waiter:
        await Ledger(Context.of(holder)).prepare()

        async def wait() -> None:
            applied.extend(await migrate_to_latest(waiter))

        with anyio.fail_after(LONG):
            async with anyio.create_task_group() as group, Leases(Context.of(holder)).hold("somebody", 0):
                monkeypatch.setattr(Leases, "_acquire", observed)
                group.start_soon(wait)
                await refused.wait()
                assert await rows(holder, f"SELECT name FROM {LEDGER.name}") == []
                assert (await _lease(holder))[0] == "somebody"
        assert applied == ALL
        assert await _lease(holder) == (None, None)


async def test_the_wait_for_a_living_lease_ends(empty: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger, "POLL_INTERVAL", 0.0)
    await _insert_lease(empty, LEASE_DURATION)
    looks = 0
    acquire = Leases._acquire

    async def counted(self: Leases, owner: str) -> bool:
        nonlocal looks
        looks += 1
        return await acquire(self, owner)

    monkeypatch.setattr(Leases, "_acquire", counted)
    # An hour passes between two reads of the clock.
    monkeypatch.setattr(anyio, "current_time", lambda: looks * 3600.0)
    with pytest.raises(MigrationError, match="for 9000 seconds"), anyio.fail_after(LONG):
        await migrate_to_latest(empty, lock_timeout=9000)
    assert looks == 3


async def test_without_patience_a_free_lease_is_taken_all_the_same(empty: Database) -> None:
    assert await migrate_to_latest(empty, lock_timeout=0) == ALL


async def test_a_database_that_is_up_to_date_does_not_ask_for_the_lease(empty: Database) -> None:
    await migrate_to_latest(empty)
    await empty.execute(Call(f"DELETE FROM {LEASES.name}"))
    await _insert_lease(empty, LEASE_DURATION)
    assert await migrate_to_latest(empty, lock_timeout=0) == []


@asynccontextmanager
async def _leases_with_frequent_renewal(db: Database, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Leases]:
    """Yield leases that are renewed continuously."""
    monkeypatch.setattr(ledger, "RENEWAL_INTERVAL", 0.001)
    context = Context.of(db)
    await Ledger(context).prepare()
    with anyio.fail_after(LONG):
        yield Leases(context)


async def test_a_lease_is_renewed_while_it_is_held(empty: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    async with _leases_with_frequent_renewal(empty, monkeypatch) as leases, leases.hold("me", 0):
        owner, first = await _lease(empty)
        assert owner == "me"
        while (await _lease(empty))[1] == first:
            await checkpoint()
    assert await _lease(empty) == (None, None)


async def test_a_heart_that_misses_a_beat_goes_on_beating(empty: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    async with _leases_with_frequent_renewal(empty, monkeypatch) as leases:
        matched = leases._run.matched
        missed = 0

        async def failing(*calls: Call, at: int = 0) -> bool:
            nonlocal missed
            if 0 < missed < 5:
                missed += 1
                raise DatabaseUnavailableError
            return await matched(*calls, at=at)

        monkeypatch.setattr(leases._run, "matched", failing)
        async with leases.hold("me", 0):
            _, first = await _lease(empty)
            missed = 1
            while missed < 5 or (await _lease(empty))[1] == first:
                await checkpoint()


async def test_who_lost_the_lease_stops(empty: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    async with _leases_with_frequent_renewal(empty, monkeypatch) as leases:

        async def lose_it() -> None:
            async with leases.hold("me", 0):
                await empty.execute(Call(f"UPDATE {LEASES.name} SET owner = 'somebody'"))
                await anyio.sleep_forever()

        with pytest.raises(MigrationError, match="took over the migration lease"):
            await lose_it()
    # The process does not release the lease of another one.
    assert (await _lease(empty))[0] == "somebody"


async def test_what_goes_wrong_under_the_lease_comes_out_as_it_is(empty: Database) -> None:
    context = Context.of(empty)
    await Ledger(context).prepare()
    wrong = ZeroDivisionError("wrong")
    wrong.__cause__ = why = KeyError("why")
    with pytest.raises(ZeroDivisionError) as caught:
        async with Leases(context).hold("me", 0):
            raise wrong
    assert (caught.value, caught.value.__cause__) == (wrong, why)
    assert await _lease(empty) == (None, None)


async def test_an_error_is_not_hidden_by_a_lease_that_cannot_be_given_back(empty: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    context = Context.of(empty)
    await Ledger(context).prepare()
    leases = Leases(context)

    async def unavailable(*_: Call) -> None:
        raise DatabaseUnavailableError

    async def fail() -> None:
        async with leases.hold("me", 0):
            monkeypatch.setattr(leases._run, "write", unavailable)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()


async def test_a_cancelled_run_leaves_no_lease_behind(empty: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    load = history.load
    with anyio.CancelScope() as scope:

        def cancelling(name: str) -> object:
            if name == ALL[1]:
                scope.cancel()
            return load(name)

        monkeypatch.setattr(history, "load", cancelling)
        await migrate_to_latest(empty)
    assert scope.cancelled_caught
    monkeypatch.setattr(history, "load", load)
    assert await migrate_to_latest(empty, lock_timeout=0) == ALL[1:]
    assert await drift(empty) == []


async def test_who_is_cancelled_while_taking_the_lease_leaves_it_free(empty: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    acquire = Leases._acquire
    with anyio.CancelScope() as scope:

        async def taken_and_cancelled(self: Leases, owner: str) -> bool:
            taken = await acquire(self, owner)
            scope.cancel()
            await checkpoint()
            return taken

        monkeypatch.setattr(Leases, "_acquire", taken_and_cancelled)
        await migrate_to_latest(empty)
    assert scope.cancelled_caught
    assert await _lease(empty) == (None, None)


@pytest.mark.engines("sqlite")
async def test_a_new_file_that_somebody_else_is_opening_too(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Test concurrent switches to WAL, which SQLite immediately rejects for all processes except one. The others retry."""
    with closing(sqlite3.connect(database_url.removeprefix("sqlite:///"), isolation_level=None, check_same_thread=False)) as other:
        other.execute("CREATE TABLE theirs (id)")
        other.execute("BEGIN")
        other.execute("SELECT * FROM theirs").fetchall()
        refused = 0
        configure = sqlite._configure_writer

        def observed(wal: bool | None, connection: sqlite3.Connection) -> None:
            nonlocal refused
            try:
                configure(wal, connection)
            except sqlite3.OperationalError:
                refused += 1
                other.execute("COMMIT")
                raise

        monkeypatch.setattr(sqlite, "_configure_writer", observed)
        async with connect(database_url) as db:
            assert await rows(db, "PRAGMA journal_mode") == [("wal",)]
        assert refused == 1


@pytest.mark.engines("sqlite")
async def test_a_busy_file_is_waited_for(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Test a long migration, during which no other process can write or even request the lease."""
    monkeypatch.setattr(ledger, "POLL_INTERVAL", 0.0)
    async with connect(database_url) as first, connect(database_url, busy_timeout=0) as second:
        with use_migrations(*ALL[:-1]):
            await migrate_to_latest(first)
        applied: list[str] = []

        async def wait() -> None:
            applied.extend(await migrate_to_latest(second))

        with anyio.fail_after(LONG):
            async with anyio.create_task_group() as group:
                refused = anyio.Event()
                acquire = Leases._acquire

                async def observed(self: Leases, owner: str) -> bool:
                    taken = await acquire(self, owner)
                    if not taken:
                        refused.set()
                    return taken

                monkeypatch.setattr(Leases, "_acquire", observed)
                async with first.transaction() as connection:
                    await connection.execute(Call(f"UPDATE {LEDGER.name} SET steps = steps"))
                    group.start_soon(wait)
                    await refused.wait()
        assert applied == ALL[-1:]
