"""Migrations of tables that are in use: they do not block other sessions for long, and build indexes without blocking writes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import anyio
import pytest
from anyio.lowlevel import checkpoint

from authhero_sql import Database, MigrationError, connect, find_interrupted_migrations, migrate_to_latest, plan_migrations, repair
from authhero_sql.dialects.interface import Call
from authhero_sql.dialects.transactions import Transaction
from authhero_sql.migrations import definitions, history, ledger
from authhero_sql.migrations.ledger import LEDGER
from authhero_sql.migrations.operations import CreateIndex, CreateTable, create_index
from tests.migrations.helpers import ALL, drift, replace_step, rows, unrecorded_differences, use_migrations

ROOT = Path(__file__).parents[2]
CODES, BLOCKED, EXECUTIONS = "0002_codes_expires_at_ts", "0004_users_blocked", "0006_action_executions_created_at_index"
LISTS = "0008_list_indexes"
INDEX = "idx_action_executions_created_at_ts"
LONG = 60.0
"""The time limit of a hanging test, in seconds."""
WHEN = "2026-01-31T10:00:00.000Z"


async def _migrate_before(db: Database, name: str) -> None:
    """Apply all earlier migrations and create a tenant."""
    with use_migrations(*ALL[: ALL.index(name)]):
        await migrate_to_latest(db)
    await db.execute(Call(f"INSERT INTO tenants (id, created_at, updated_at) VALUES ('acme', '{WHEN}', '{WHEN}')"))


def _execution(number: int | str) -> Call:
    columns = "id, tenant_id, trigger_id, status, results, created_at_ts, updated_at_ts"
    return Call(f"INSERT INTO action_executions ({columns}) VALUES ('{number}', 'acme', 't', 's', '[]', 1, 1)")


async def _index(db: Database) -> bool | None:
    """Return whether the index is valid on PostgreSQL, or None if it does not exist."""
    found = await rows(db, f"SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass('{INDEX}')")
    return bool(found[0][0]) if found else None


# --- blocking ------------------------------------------------------------------------------------------------------------------


@pytest.mark.engines("postgresql", "mysql")
@pytest.mark.parametrize(
    ("pending", "report", "work"),
    [
        (BLOCKED, Call("SELECT * FROM users"), lambda _: Call("SELECT COUNT(*) FROM users")),
        (EXECUTIONS, _execution("report"), _execution),
    ],
    ids=["readers behind ADD COLUMN", "writers behind CREATE INDEX"],
)
async def test_others_go_on_while_a_migration_waits_for_its_table(
    database_url: str, monkeypatch: pytest.MonkeyPatch, pending: str, report: Call, work: Any
) -> None:
    """Test a transaction that holds the table until the other sessions are served."""
    monkeypatch.setattr(definitions, "MAX_BACKOFF", 0.2, raising=False)
    async with connect(database_url) as mine, connect(database_url) as theirs, connect(database_url) as others:
        await _migrate_before(mine, pending)
        with use_migrations(*ALL[: ALL.index(pending) + 1]), anyio.fail_after(LONG):
            async with anyio.create_task_group() as group, theirs.transaction() as long:
                await long.fetch(report) if report.sql.startswith("SELECT") else await long.execute(report)
                group.start_soon(migrate_to_latest, mine)
                await _wait_for_lock(others)
                for number in range(20):
                    await (others.fetch if pending == BLOCKED else others.execute)(work(number))
                assert pending not in {
                    name for (name,) in await rows(others, f"SELECT name FROM {LEDGER.name} WHERE applied_at IS NOT NULL")
                }
        assert await unrecorded_differences(mine) == []


async def _wait_for_lock(db: Database) -> None:
    """Wait until the migration is waiting for the table."""
    found = "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query ~ '^(ALTER|CREATE)' AND datname = current_database()"
    if db.dialect.name == "mysql":
        found = "SELECT 1 FROM information_schema.processlist WHERE state LIKE '%%metadata lock' AND db = DATABASE()"
    while not await rows(db, found):
        await checkpoint()


@pytest.mark.engines("mysql")
async def test_how_long_a_connection_waits_is_as_it_was_before(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(definitions, "LOCK_RETRY_TIMEOUT", 0.0, raising=False)
    async with connect(database_url, max_size=2) as mine, connect(database_url) as theirs:
        await _migrate_before(mine, BLOCKED)
        before = await rows(mine, "SELECT @@GLOBAL.lock_wait_timeout")
        async with theirs.transaction() as long:
            await long.fetch(Call("SELECT * FROM users"))
            with pytest.raises(MigrationError, match=r"step 1 of 1 \(AddColumn\) failed on mysql"):
                await migrate_to_latest(mine)
        await migrate_to_latest(mine)
        for _ in range(4):
            assert await rows(mine, "SELECT @@SESSION.lock_wait_timeout") == before


# --- no time limit -------------------------------------------------------------------------------------------------------------


@pytest.mark.engines("postgresql")
async def test_a_definition_may_take_longer_than_a_statement(database_url: str) -> None:
    async with connect(database_url) as db:
        await _migrate_before(db, EXECUTIONS)
        await db.execute(Call("CREATE FUNCTION slow() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(0.7); END $$"))
        await db.execute(Call("CREATE EVENT TRIGGER slow ON ddl_command_start EXECUTE FUNCTION slow()"))
    async with connect(database_url, command_timeout=0.5) as db:
        assert await migrate_to_latest(db) == ALL[ALL.index(EXECUTIONS) :]
        assert await drift(db) == []


async def test_no_definition_has_a_time_limit(empty: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    limited: list[str] = []
    seen = 0

    def look(*calls: Call) -> None:
        nonlocal seen
        made = [call for call in calls if call.sql.startswith(("CREATE", "ALTER")) and not any(name in call.sql for name in OWN)]
        seen += len(made)
        limited.extend(call.sql for call in made if call.has_timeout)

    for owner, name in ((Transaction, "execute"), (type(empty), "execute"), (type(empty), "write")):
        method = getattr(owner, name)

        async def looking(self: Any, given: Any, method: Any = method) -> Any:
            look(*([given] if isinstance(given, Call) else given))
            return await method(self, given)

        monkeypatch.setattr(owner, name, looking)
    define = empty.dialect.execute_ddl

    async def defining(database: Database, call: Call) -> None:
        look(call)
        await define(database, call)

    monkeypatch.setattr(empty.dialect, "execute_ddl", defining)
    await migrate_to_latest(empty)
    assert limited == []
    assert seen >= sum(isinstance(step, CreateTable) for name in ALL for step in history.load(name).up)


OWN = ("authhero_sql_", "d1_migrations")
"""Tables outside the schema, which exist before the first migration."""


# --- indexes -------------------------------------------------------------------------------------------------------------------


async def test_an_index_of_an_older_table_is_built_while_others_write(empty: Database) -> None:
    """Test an index on an existing table. Indexes on new tables are created together with the table."""
    online = {"postgresql": "CREATE INDEX CONCURRENTLY", "mysql": "ALGORITHM=INPLACE LOCK=NONE"}.get(empty.dialect.name)
    planned = {migration.name: migration.statements for migration in await plan_migrations(empty)}
    builds = {name: [text for text in texts if online and online in text] for name, texts in planned.items()}
    later = {LISTS: len(history.load(LISTS).up), "0009_connections_name": 1}
    expected = {CODES: 1, EXECUTIONS: 1, **later} if online else {}
    assert {name: len(texts) for name, texts in builds.items() if texts} == expected
    await migrate_to_latest(empty)
    assert await drift(empty) == []


async def _start_first_step(db: Database) -> None:
    """Simulate a run that was killed during the first step of EXECUTIONS."""
    values = f"'{EXECUTIONS}', '{history.checksum(EXECUTIONS)}', 1, 1, 0"
    await db.execute(Call(f"INSERT INTO {LEDGER.name} (name, checksum, steps, steps_started, steps_done) VALUES ({values})"))


async def _half_built(db: Database) -> None:
    await db.execute(Call(f"CREATE INDEX {INDEX} ON action_executions (created_at_ts)"))
    await db.execute(Call(f"UPDATE pg_index SET indisvalid = false WHERE indexrelid = to_regclass('{INDEX}')"))


@pytest.mark.engines("postgresql")
async def test_what_a_killed_run_has_left_is_dropped_and_built_anew(empty: Database) -> None:
    await _migrate_before(empty, EXECUTIONS)
    await _start_first_step(empty)
    await _half_built(empty)
    (damage,) = await find_interrupted_migrations(empty)
    assert (damage.uncertain_step, damage.is_done) == (1, False)
    assert await migrate_to_latest(empty) == ALL[ALL.index(EXECUTIONS) :]
    assert await _index(empty) is True
    assert await drift(empty) == []


@pytest.mark.engines("postgresql")
async def test_repair_does_not_take_half_an_index_for_one(empty: Database) -> None:
    await _migrate_before(empty, EXECUTIONS)
    await _start_first_step(empty)
    await _half_built(empty)
    await repair(empty)
    ((started, done),) = await rows(empty, f"SELECT steps_started, steps_done FROM {LEDGER.name} WHERE name = '{EXECUTIONS}'")
    assert (started, done) == (0, 0)


@pytest.mark.engines("postgresql")
async def test_half_an_index_of_somebody_elses_is_left_alone(empty: Database) -> None:
    await _migrate_before(empty, EXECUTIONS)
    await _half_built(empty)
    for _ in range(2):
        with pytest.raises(MigrationError, match=r"an unfinished index with this name exists: drop it and try again"):
            await migrate_to_latest(empty)
        assert await _index(empty) is False
    await empty.execute(Call(f"DROP INDEX {INDEX}"))
    await migrate_to_latest(empty)
    assert await drift(empty) == []


@pytest.mark.engines("postgresql", "mysql")
async def test_an_index_that_cannot_be_built_leaves_nothing(empty: Database) -> None:
    await _migrate_before(empty, EXECUTIONS)
    await empty.write([_execution(1), _execution(2)])
    wrong = create_index("action_executions", INDEX, ("created_at_ts",), unique=True)
    with replace_step(EXECUTIONS, 1, wrong):
        for _ in range(2):
            with pytest.raises(MigrationError, match=rf"{EXECUTIONS}, step 1 of 1 \(CreateIndex\) failed on {empty.dialect.name}"):
                await migrate_to_latest(empty)
            assert INDEX not in {index.name for index in (await empty.dialect.describe(empty))["action_executions"].indexes}
    assert await unrecorded_differences(empty) == []
    await migrate_to_latest(empty)
    assert await drift(empty) == []


@pytest.mark.engines("postgresql")
async def test_a_build_that_conflicts_is_begun_again(empty: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Test a retry. The server has a lock_timeout, and the remains of the first attempt do not block the second."""
    monkeypatch.setattr(definitions, "INITIAL_BACKOFF", 0.0)
    await _migrate_before(empty, EXECUTIONS)
    name = (await rows(empty, "SELECT current_database()"))[0][0]
    await empty.execute(Call(f"ALTER DATABASE {name} SET lock_timeout = '50ms'"))
    url = await _url(empty)
    async with connect(url) as db, connect(url) as theirs, anyio.create_task_group() as group:
        left = anyio.Event()
        drop = definitions._drop_leftover

        async def observed(*given: Any) -> bool:
            left.set()
            return await drop(*given)

        monkeypatch.setattr(definitions, "_drop_leftover", observed)
        with anyio.fail_after(LONG):
            async with theirs.transaction() as long:
                await long.execute(_execution("long"))
                group.start_soon(migrate_to_latest, db)
                await left.wait()
    assert await _index(empty) is True
    assert await drift(empty) == []


async def _url(db: Any) -> str:
    return str(db._dsn)


@contextmanager
def _start_migration(url: str) -> Iterator[subprocess.Popen[bytes]]:
    """Start a process that runs migrations with a lease that expires immediately."""
    code = (
        "import asyncio, sys, datetime, authhero_sql\n"
        "from authhero_sql.migrations import ledger\n"
        "ledger.LEASE_DURATION = datetime.timedelta(0)\n"
        "async def main():\n"
        "    async with authhero_sql.connect(sys.argv[1]) as db:\n"
        "        await authhero_sql.migrate_to_latest(db)\n"
        "asyncio.run(main())\n"
    )
    with subprocess.Popen([sys.executable, "-c", code, url], env={**os.environ, "PYTHONPATH": str(ROOT)}) as process:
        try:
            yield process
        finally:
            process.kill()


@pytest.mark.engines("postgresql", "mysql")
async def test_a_run_that_is_killed_while_its_index_is_built(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Test that the server does not notice the killed process and continues to build the index."""
    monkeypatch.setattr(ledger, "SILENCE_TIMEOUT", 0.0)
    async with connect(database_url) as mine, connect(database_url) as theirs, anyio.create_task_group() as group:
        await _migrate_before(mine, EXECUTIONS)
        with anyio.fail_after(LONG):
            async with theirs.transaction() as long:
                await long.execute(_execution("long"))
                with _start_migration(database_url) as process:
                    await _wait_for_lock(mine)
                    process.send_signal(signal.SIGKILL)
                    process.wait()
                group.start_soon(migrate_to_latest, mine)
                await _wait_for_lock(mine)
    async with connect(database_url) as db:
        assert await drift(db) == []
        assert await unrecorded_differences(db) == []
        assert await find_interrupted_migrations(db) == []


def test_the_frozen_migrations_have_both_kinds_of_index() -> None:
    kinds = {history.load(name).is_online(step) for name in ALL for step in history.load(name).up if isinstance(step, CreateIndex)}
    assert kinds == {True, False}
