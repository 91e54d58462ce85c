"""SQLite's threads: the connections for reads, the effect of slow reads, and the private attributes of aiosqlite that are used."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from authhero_sql import (
    Adapters,
    ConflictError,
    PoolTimeoutError,
    StatementTimeoutError,
    TransactionAbortedError,
    TransactionClosedError,
    TransactionConflictError,
    connect,
    create_adapters,
)
from authhero_sql.dialects import Call
from authhero_sql.dialects.sqlite import SQLiteDatabase, retry_while_locked
from authhero_sql.dialects.threads import FallbackWorkerThread, WorkerThread

pytestmark = pytest.mark.engines("sqlite")

ENDLESS = Call("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n")


@asynccontextmanager
async def busy(store: Adapters, readers: int) -> AsyncIterator[list[asyncio.Task[Any]]]:
    """Run endless queries, each on a separate reading connection."""
    slow = [asyncio.ensure_future(store.database.fetch(ENDLESS)) for _ in range(readers)]
    try:
        yield slow
    finally:
        for task in slow:
            task.cancel()
        await asyncio.gather(*slow, return_exceptions=True)


@pytest.fixture
def opened(migrated_url: str) -> Callable[..., Any]:
    """Open a database with options, and create a tenant."""

    @asynccontextmanager
    async def open_it(**options: Any) -> AsyncIterator[Adapters]:
        async with connect(migrated_url, **options) as db:
            store = await create_adapters(db)
            with suppress(ConflictError):
                await store.tenants.create({"id": "acme", "friendly_name": "Acme"})
            yield store

    return open_it


@pytest.mark.parametrize("slow", [1, 3])
async def test_slow_reads_keep_nobody_waiting_while_a_reader_is_left(opened: Callable[..., Any], slow: int) -> None:
    async with opened(readers=slow + 1) as store, busy(store, slow) as reads:
        for _ in range(5):
            found = await asyncio.gather(*(store.tenants.get("acme") for _ in range(20)))
            assert all(found)
        assert not any(read.done() for read in reads)


async def test_when_every_reader_is_busy_the_wait_is_bounded(opened: Callable[..., Any]) -> None:
    async with opened(readers=2, acquire_timeout=0.1) as store:
        async with busy(store, 2) as reads:
            outcomes = await asyncio.gather(*(store.tenants.get("acme") for _ in range(5)), return_exceptions=True)
            assert {type(outcome) for outcome in outcomes} == {PoolTimeoutError}
            assert "every reader was busy" in str(outcomes[0])
            # A cancelled task stops waiting immediately.
            waiting = asyncio.ensure_future(store.tenants.get("acme"))
            await asyncio.sleep(0)
            waiting.cancel()
            await asyncio.wait([waiting])
            assert waiting.cancelled()
            assert not any(read.done() for read in reads)
        assert await store.tenants.get("acme")


async def test_a_few_quick_reads_are_served_by_one_reader(opened: Callable[..., Any]) -> None:
    async with opened(readers=4) as store:
        for _ in range(10):
            await store.tenants.get("acme")
        assert len(store.database._readers._handles) == 1


async def test_another_process_that_writes_is_waited_for_once_and_not_eight_times() -> None:
    runs: list[int] = []

    async def work() -> None:
        runs.append(1)
        raise TransactionConflictError

    with pytest.raises(TransactionConflictError):
        await retry_while_locked(work, 0)
    assert len(runs) == 1


async def test_a_caller_who_is_cancelled_does_not_wait_for_another_process(opened: Callable[..., Any]) -> None:
    async with opened() as holder, opened(busy_timeout=3600) as store:
        async with holder.transaction() as tx:
            await tx.tenants.update("acme", {"friendly_name": "Held"})
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.1):
                    await store.tenants.update("acme", {"friendly_name": "Waited"})
        assert await store.tenants.update("acme", {"friendly_name": "Written"})


async def test_single_writes_of_several_writers_wait_for_each_other_and_lose_nothing(opened: Callable[..., Any]) -> None:
    """Test single statements without BEGIN IMMEDIATE, which would lock the database before the first read."""
    more = Call("UPDATE tenants SET friendly_name = CAST(friendly_name AS INTEGER) + 1 WHERE id = 'acme'")
    async with opened() as one, opened() as two, opened() as three:
        await one.tenants.update("acme", {"friendly_name": "0"})

        async def add(store: Adapters) -> None:
            for _ in range(100):
                assert await store.database.execute(more) == 1

        await asyncio.gather(*(add(store) for store in (one, two, three)))
        found = await one.tenants.get("acme")
        assert found is not None
        assert found.friendly_name == "300"


async def test_a_single_write_is_a_single_statement(opened: Callable[..., Any]) -> None:
    async with opened() as store:
        sent: list[str] = []
        handle = store.database._own_writer
        await handle.run(lambda connection: connection.set_trace_callback(sent.append))
        assert await store.database.execute(Call("UPDATE tenants SET friendly_name = ?", ("x",))) == 1
        assert await store.database.write([Call("UPDATE tenants SET friendly_name = ?", (name,)) for name in "yz"]) == [1, 1]
        await handle.run(lambda connection: connection.set_trace_callback(None))
        assert [each.split(" ")[0] for each in sent] == ["UPDATE", "BEGIN", "UPDATE", "UPDATE", "COMMIT"]


async def test_a_single_write_that_fails_leaves_nothing_and_no_transaction(opened: Callable[..., Any]) -> None:
    async with opened(command_timeout=0.1) as store:
        failing = {
            ConflictError: "INSERT INTO tenants SELECT * FROM tenants",
            StatementTimeoutError: f"UPDATE tenants SET friendly_name = 'late' WHERE id = 'acme' AND ({ENDLESS.sql}) > 0",
        }
        for kind, sql in failing.items():
            with pytest.raises(kind):
                await store.database.execute(Call(sql))
            assert not store.database._own_writer.in_transaction
            found = await store.tenants.get("acme")
            assert found is not None
            assert found.friendly_name == "Acme"


def test_the_short_way_to_a_thread_is_known() -> None:
    """Test private attributes of aiosqlite. If they change, everything works through its public methods, but is slower."""
    import aiosqlite

    connection = aiosqlite.connect(":memory:")
    assert type(WorkerThread.for_connection(connection)) is WorkerThread
    assert hasattr(connection, "_thread")
    del connection
    gc.collect()


async def test_everything_works_by_aiosqlites_public_methods(opened: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(WorkerThread, "for_connection", staticmethod(FallbackWorkerThread))
    async with opened() as store:
        assert isinstance(store.database, SQLiteDatabase)
        await store.users.create("acme", {"user_id": "auth0|ada", "connection": "db"})
        await store.users.update("acme", "auth0|ada", {"login_count": 3})
        with pytest.raises(ConflictError):
            await store.users.create("acme", {"user_id": "auth0|ada", "connection": "db"})
        async with store.transaction() as tx:
            await tx.users.update("acme", "auth0|ada", {"nickname": "kept"})
            with pytest.raises(ConflictError):
                await fail_in_block(tx)
        with pytest.raises(TransactionAbortedError):
            await store.run_transaction(catch_conflict)
        found = await store.users.get("acme", "auth0|ada")
        assert found is not None
        assert (found.nickname, found.name, found.login_count) == ("kept", None, 3)
        assert len(await asyncio.gather(*(store.users.get("acme", "auth0|ada") for _ in range(20)))) == 20


async def fail_in_block(tx: Adapters) -> None:
    """Run a nested transaction that fails at its second write."""
    async with tx.transaction() as inner:
        await inner.users.update("acme", "auth0|ada", {"name": "undone"})
        await inner.users.create("acme", {"user_id": "auth0|ada", "connection": "db"})


async def catch_conflict(tx: Adapters) -> None:
    """Catch a conflict. The transaction is rolled back nevertheless."""
    await tx.users.update("acme", "auth0|ada", {"nickname": "undone"})
    with suppress(ConflictError):
        await tx.users.create("acme", {"user_id": "auth0|ada", "connection": "db"})


@pytest.mark.parametrize("reads", [1, 2, 3])
async def test_every_read_has_its_time_also_one_that_had_to_wait(opened: Callable[..., Any], reads: int) -> None:
    async with opened(readers=4, command_timeout=0.1, acquire_timeout=3600) as store:
        slow = [asyncio.ensure_future(store.database.fetch(ENDLESS)) for _ in range(reads)]
        async with asyncio.timeout(60):
            outcomes = await asyncio.gather(*slow, return_exceptions=True)
        assert {type(outcome) for outcome in outcomes} == {StatementTimeoutError}


async def test_work_that_has_not_begun_never_does_when_nobody_waits_for_it_any_more(migrated_url: str) -> None:
    """Test a connection whose thread is busy with other work of its owner."""
    import aiosqlite

    async with aiosqlite.connect(migrated_url.removeprefix("sqlite:///"), isolation_level=None) as connection:
        store = await create_adapters(connection)
        busy = asyncio.ensure_future(connection.execute_fetchall(ENDLESS.sql))
        await asyncio.sleep(0)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await store.tenants.create({"id": "late", "friendly_name": "Late"})
        await connection.interrupt()
        with suppress(Exception):
            await busy
        assert await store.tenants.get("late") is None


async def test_a_cancelled_close_closes_every_connection(migrated_url: str) -> None:
    db = await connect(migrated_url)
    assert isinstance(db, SQLiteDatabase)
    threads = [handle._connection._thread for handle in db._handles]
    closing = asyncio.ensure_future(db.close())
    await asyncio.sleep(0)
    closing.cancel()
    await asyncio.wait([closing])
    for thread in threads:
        await asyncio.to_thread(thread.join)
    assert len(threads) >= 2


async def test_a_close_ends_a_read_that_goes_on_for_ever(opened: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("authhero_sql.dialects.sqlite.CLOSE_TIMEOUT", 0.05)
    async with opened(command_timeout=None) as store:
        slow = asyncio.ensure_future(store.database.fetch(ENDLESS))
        await asyncio.sleep(0)
        async with asyncio.timeout(60):
            await store.database.close()
        with pytest.raises(StatementTimeoutError):
            await slow


async def test_a_database_that_is_closed_does_not_swallow_a_cancellation(opened: Callable[..., Any]) -> None:
    async with opened() as store:
        begun = asyncio.Event()

        async def work() -> None:
            async with store.transaction() as tx:
                await tx.tenants.get("acme")
                begun.set()
                await asyncio.Event().wait()

        task = asyncio.ensure_future(work())
        await begun.wait()
        await store.database.close()
        task.cancel()
        await asyncio.wait([task])
        assert task.cancelled()


@pytest.mark.parametrize("fails", [False, True])
async def test_a_stray_nested_block_touches_nobody_elses_transaction(opened: Callable[..., Any], fails: bool) -> None:
    """Test a nested transaction whose outer one has ended while the writer runs the next transaction."""
    async with opened() as store:
        inside, leave = asyncio.Event(), asyncio.Event()

        async def stray(tx: Adapters) -> None:
            async with tx.transaction() as inner:
                await inner.tenants.update("acme", {"friendly_name": "Stray"})
                inside.set()
                await leave.wait()
                if fails:
                    raise KeyError

        async def outer() -> None:
            async with store.transaction() as tx:
                strays.append(asyncio.ensure_future(stray(tx)))
                await asyncio.Event().wait()

        strays: list[asyncio.Task[None]] = []
        task = asyncio.ensure_future(outer())
        await inside.wait()
        task.cancel()
        await asyncio.wait([task])
        async with store.transaction() as tx:
            await tx.tenants.create({"id": "before", "friendly_name": "Before"})
            async with tx.transaction() as inner:
                leave.set()
                with pytest.raises((TransactionClosedError, KeyError)):
                    await strays[0]
                await inner.tenants.create({"id": "after", "friendly_name": "After"})
        assert {tenant.id async for tenant in store.tenants.iterate()} == {"acme", "before", "after"}
        found = await store.tenants.get("acme")
        assert found is not None
        assert found.friendly_name == "Acme"


@pytest.mark.parametrize(
    ("option", "mode"), [(False, "delete"), (0, "delete"), ("off", "delete"), ("no", "delete"), (True, "wal"), ("on", "wal")]
)
async def test_wal_is_a_word_or_a_flag(tmp_path: Path, option: Any, mode: str) -> None:
    async with connect(f"sqlite:///{tmp_path / 'new.db'}", wal=option) as db:
        assert await db.fetch(Call("PRAGMA journal_mode")) == [(mode,)]
