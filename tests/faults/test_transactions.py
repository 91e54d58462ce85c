"""Errors within transactions, nesting and locking, the same on every engine."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

import anyio
import pytest

from authhero_sql import (
    Adapters,
    AuthHeroSQLError,
    ConflictError,
    DatabaseError,
    PoolTimeoutError,
    SchemaMismatchError,
    TransactionAbortedError,
    TransactionConflictError,
    TransactionMisuseError,
    connect,
    create_adapters,
    migrate_to_latest,
)
from authhero_sql.dialects import Call
from tests.faults.proxy import open_proxy
from tests.faults.test_pools import mysql_pool
from tests.kinds import adapter_classes

pytestmark = pytest.mark.transactions


@pytest.fixture
async def store(adapters: Adapters) -> Adapters:
    """Return adapters with a tenant and two users."""
    await adapters.tenants.create({"id": "acme", "friendly_name": "Acme"})
    for name in ("one", "two"):
        await adapters.users.create("acme", user(name))
    return adapters


def user(name: str, **fields: Any) -> dict[str, Any]:
    """Return a new user."""
    return {"user_id": f"auth0|{name}", "connection": "db", **fields}


async def values(store: Adapters, field: str) -> dict[str, Any]:
    """Return the values of a field of all users."""
    return {found.user_id: getattr(found, field) for found in (await store.users.list("acme")).items}


async def test_a_failed_read_that_was_caught_does_not_lose_the_writes_in_silence(store: Adapters) -> None:
    async def work() -> None:
        async with store.transaction() as tx:
            await tx.users.update("acme", "auth0|one", {"nickname": "written"})
            with suppress(AuthHeroSQLError):
                await tx.context.executor.fetch(Call("SELECT nothing FROM nowhere"))

    with pytest.raises(TransactionAbortedError) as aborted:
        await work()
    assert isinstance(aborted.value.__cause__, DatabaseError)
    assert (await values(store, "nickname"))["auth0|one"] is None


async def test_a_failed_read_is_undone_with_its_savepoint(store: Adapters) -> None:
    async with store.transaction() as tx:
        await tx.users.update("acme", "auth0|one", {"nickname": "written"})
        with suppress(AuthHeroSQLError):
            async with tx.transaction() as inner:
                await inner.context.executor.fetch(Call("SELECT nothing FROM nowhere"))
        await tx.users.update("acme", "auth0|two", {"nickname": "after"})
    assert await values(store, "nickname") == {"auth0|one": "written", "auth0|two": "after"}


@pytest.mark.engines("postgresql", "mysql")
@pytest.mark.parametrize("caught", ["around the statement", "around a savepoint"])
async def test_a_deadlock_that_was_caught_ends_the_transaction_all_the_same(store: Adapters, caught: str) -> None:
    both = anyio.Event()
    ready: list[str] = []

    async def second_lock(tx: Adapters, name: str, value: str) -> None:
        if caught == "around a savepoint":
            async with tx.transaction() as inner:
                await inner.users.update("acme", name, {"name": value})
        else:
            await tx.users.update("acme", name, {"name": value})

    async def work(first: str, second: str) -> str:
        async with store.transaction() as tx:
            await tx.users.update("acme", f"auth0|{first}", {"nickname": first})
            ready.append(first)
            if len(ready) == 2:
                both.set()
            await both.wait()
            try:
                await second_lock(tx, f"auth0|{second}", first)
            except TransactionConflictError:
                with pytest.raises(TransactionAbortedError):
                    await tx.users.get("acme", "auth0|one")
                with pytest.raises(TransactionAbortedError):
                    await tx.users.update("acme", f"auth0|{first}", {"given_name": "after the conflict"})
                with pytest.raises(TransactionAbortedError):
                    async with tx.transaction():
                        pass
        return first

    outcomes = await asyncio.gather(work("one", "two"), work("two", "one"), return_exceptions=True)
    won = [outcome for outcome in outcomes if isinstance(outcome, str)]
    lost = [outcome for outcome in outcomes if isinstance(outcome, TransactionAbortedError)]
    assert (len(won), len(lost)) == (1, 1), outcomes
    assert isinstance(lost[0].__cause__, TransactionConflictError)
    assert await values(store, "name") == {
        "auth0|one": won[0] if won[0] == "two" else None,
        "auth0|two": won[0] if won[0] == "one" else None,
    }
    assert (await values(store, "nickname"))[f"auth0|{won[0]}"] == won[0]
    assert set((await values(store, "given_name")).values()) == {None}


@pytest.mark.engines("sqlite")
async def test_on_sqlite_the_second_waits_where_others_deadlock(store: Adapters) -> None:
    order: list[str] = []

    async def work(first: str, second: str) -> None:
        async with store.transaction() as tx:
            order.append(first)
            await tx.users.update("acme", f"auth0|{first}", {"nickname": first})
            await anyio.lowlevel.checkpoint()
            await tx.users.update("acme", f"auth0|{second}", {"nickname": first})
            order.append(first)

    async with anyio.create_task_group() as group:
        group.start_soon(work, "one", "two")
        group.start_soon(work, "two", "one")
    assert order in (["one", "one", "two", "two"], ["two", "two", "one", "one"])
    assert set((await values(store, "nickname")).values()) == {order[-1]}


@pytest.mark.engines("sqlite")
async def test_another_process_that_writes_is_waited_for_and_then_a_conflict(store: Adapters, migrated_url: str) -> None:
    async with connect(migrated_url, busy_timeout=0.01) as db:
        other = await create_adapters(db)
        async with store.transaction() as tx:
            await tx.users.update("acme", "auth0|one", {"nickname": "held"})
            with pytest.raises(TransactionConflictError) as caught:
                async with other.transaction():
                    pass
            assert caught.value.__cause__ is not None
            with pytest.raises(TransactionConflictError):
                await other.users.update("acme", "auth0|one", {"nickname": "other"})
        assert await other.users.update("acme", "auth0|two", {"nickname": "other"})
    assert await values(store, "nickname") == {"auth0|one": "held", "auth0|two": "other"}


async def test_savepoints_of_tasks_that_share_a_transaction_do_not_mix(store: Adapters) -> None:
    """Test that the savepoint of each task is released or rolled back independently of the other tasks."""

    async def part(tx: Adapters, number: int) -> None:
        with suppress(KeyError):
            async with tx.transaction() as inner:
                await inner.users.create("acme", user(f"p{number}"))
                await anyio.lowlevel.checkpoint()
                with suppress(KeyError):
                    async with inner.transaction() as innermost:
                        await innermost.users.update("acme", f"auth0|p{number}", {"nickname": "inner"})
                        if number % 3 == 0:
                            raise KeyError
                if number % 2:
                    raise KeyError

    async def plain(tx: Adapters, number: int) -> None:
        await tx.users.create("acme", user(f"s{number}"))

    async with store.transaction() as tx, anyio.create_task_group() as group:
        for number in range(8):
            group.start_soon(part, tx, number)
            group.start_soon(plain, tx, number)
    found = await values(store, "nickname")
    assert {name for name in found if "|p" in name} == {f"auth0|p{number}" for number in range(0, 8, 2)}
    assert {name for name in found if "|s" in name} == {f"auth0|s{number}" for number in range(8)}
    assert {name for name in found if found[name] == "inner"} == {"auth0|p2", "auth0|p4"}


async def test_tasks_that_share_a_nested_block_are_part_of_it(store: Adapters) -> None:
    async with store.transaction() as tx:
        with suppress(KeyError):
            async with tx.transaction() as inner:
                async with anyio.create_task_group() as group:
                    for number in range(4):
                        group.start_soon(inner.users.create, "acme", user(f"s{number}"))
                await inner.users.update("acme", "auth0|one", {"nickname": "undone"})
                raise KeyError
        await tx.users.update("acme", "auth0|two", {"nickname": "kept"})
    assert await values(store, "nickname") == {"auth0|one": None, "auth0|two": "kept"}


async def test_savepoints_two_deep_are_rolled_back_alone(store: Adapters) -> None:
    async with store.transaction() as tx:
        async with tx.transaction() as inner:
            await inner.users.update("acme", "auth0|one", {"nickname": "inner"})
            with suppress(ConflictError):
                async with inner.transaction() as innermost:
                    await innermost.users.update("acme", "auth0|one", {"nickname": "innermost"})
                    await innermost.users.create("acme", user("two"))
                    pytest.fail("the user exists")
            found = await inner.users.get("acme", "auth0|one")
            assert found is not None
            assert found.nickname == "inner"
        with suppress(KeyError):
            async with tx.transaction() as inner, inner.transaction() as innermost:
                await innermost.users.update("acme", "auth0|two", {"nickname": "undone with its outer one"})
                raise KeyError
    assert await values(store, "nickname") == {"auth0|one": "inner", "auth0|two": None}


async def test_adapters_of_an_outer_block_are_misuse_and_say_so(store: Adapters) -> None:
    """Test writes through adapters of the outer transaction.

    Outside the transaction, they would survive a rollback. On SQLite, they would wait for themselves.
    """
    async with store.transaction() as tx:
        await tx.users.update("acme", "auth0|one", {"nickname": "inside"})
        for work in (
            lambda: store.users.update("acme", "auth0|two", {"nickname": "outside"}),
            lambda: store.users.get("acme", "auth0|one"),
            lambda: asyncio.ensure_future(store.users.remove("acme", "auth0|one")),
        ):
            with pytest.raises(TransactionMisuseError, match=r"tx\.users.*independent\(\)\.users"):
                await work()
        for name, kind in adapter_classes().items():
            if hasattr(kind, "_page"):
                assert (getattr(store, name).attribute or getattr(store, name).table.name) == name
        for opened in (store.transaction(), store.batch()):
            with pytest.raises(TransactionMisuseError):
                async with opened as outer:
                    await outer.users.remove("acme", "auth0|one")
        async with tx.transaction() as inner:
            with pytest.raises(TransactionMisuseError, match="tx"):
                await tx.users.update("acme", "auth0|two", {"nickname": "outside of inner"})
            await inner.users.update("acme", "auth0|one", {"name": "inner"})
        with pytest.raises(TransactionMisuseError):
            await tx.run_transaction(lambda again: again.users.get("acme", "auth0|one"))
    assert await values(store, "nickname") == {"auth0|one": "inside", "auth0|two": None}
    assert (await values(store, "name"))["auth0|one"] == "inner"


async def test_independent_adapters_work_outside_on_purpose(store: Adapters, engine: str) -> None:
    with suppress(KeyError):
        async with store.transaction() as tx:
            await tx.users.update("acme", "auth0|one", {"nickname": "undone"})
            found = await store.independent().users.get("acme", "auth0|one")
            assert found is not None
            assert found.nickname is None, "it does not read uncommitted rows"
            if engine == "sqlite":
                with pytest.raises(TransactionMisuseError, match="one writer"):
                    await tx.independent().users.update("acme", "auth0|two", {"nickname": "stays"})
            else:
                await tx.independent().users.update("acme", "auth0|two", {"nickname": "stays"})
            raise KeyError
    assert await values(store, "nickname") == {"auth0|one": None, "auth0|two": None if engine == "sqlite" else "stays"}


@pytest.mark.engines("sqlite")
async def test_in_memory_there_is_one_connection_and_nobody_waits_for_oneself() -> None:
    async with connect("sqlite://:memory:") as db:
        await migrate_to_latest(db)
        store = await create_adapters(db)
        async with store.transaction() as tx:
            await tx.tenants.create({"id": "acme", "friendly_name": "Acme"})
            for outer in (store, store.independent()):
                with pytest.raises(TransactionMisuseError):
                    await outer.tenants.get("acme")
        assert await store.tenants.get("acme") is not None


async def test_a_transaction_may_be_left_by_another_task_than_entered_it(store: Adapters) -> None:
    """Test a fixture that yields, or asyncio.wait_for on Python 3.11. A lock that belongs to a task would never be released."""
    for name, leave in (("kept", None), ("undone", KeyError())):
        outer = store.transaction()
        tx = await asyncio.create_task(outer.__aenter__())
        await tx.users.update("acme", "auth0|one", {"nickname": name})
        nested = tx.transaction()
        inner = await asyncio.create_task(nested.__aenter__())
        await inner.users.update("acme", "auth0|one", {"name": name})
        arguments = (None, None, None) if leave is None else (type(leave), leave, None)
        with suppress(KeyError):
            await asyncio.create_task(nested.__aexit__(*arguments))
        await tx.users.update("acme", "auth0|two", {"nickname": name})
        with suppress(KeyError):
            await asyncio.create_task(outer.__aexit__(*arguments))
        assert await values(store, "nickname") == {"auth0|one": "kept", "auth0|two": "kept"}
        assert (await values(store, "name"))["auth0|one"] == "kept"
    assert await store.users.update("acme", "auth0|one", {"nickname": "written"})


async def test_a_generator_that_is_abandoned_in_a_transaction_blocks_nobody(store: Adapters) -> None:
    async def walk() -> AsyncIterator[str]:
        async with store.transaction() as tx:
            await tx.users.update("acme", "auth0|one", {"nickname": "abandoned"})
            async with tx.transaction() as inner:
                for found in (await inner.users.list("acme")).items:
                    yield found.user_id

    async def first() -> str:
        async for name in walk():
            return name
        raise AssertionError

    assert await asyncio.create_task(first())
    gc.collect()
    # The event loop finalizes the generator in another task.
    await anyio.wait_all_tasks_blocked()
    async with store.transaction() as tx:
        await tx.users.update("acme", "auth0|two", {"nickname": "written"})
    assert await values(store, "nickname") == {"auth0|one": None, "auth0|two": "written"}


async def test_another_tasks_nested_block_is_waited_for_in_bounded_time(migrated_url: str) -> None:
    async with connect(migrated_url, acquire_timeout=0.05) as db:
        store = await create_adapters(db)
        await store.tenants.create({"id": "acme", "friendly_name": "Acme"})
        async with store.transaction() as tx:
            nested = tx.transaction()
            # Entered in another task, so the context of this task does not contain it.
            inner = await asyncio.create_task(nested.__aenter__())
            with pytest.raises(PoolTimeoutError, match="another task"):
                await tx.tenants.get("acme")
            await inner.tenants.update("acme", {"friendly_name": "Inner"})
            await asyncio.create_task(nested.__aexit__(None, None, None))
            found = await tx.tenants.get("acme")
            assert found is not None
            assert found.friendly_name == "Inner"


async def test_one_of_several_that_fails_undoes_what_the_others_still_write(store: Adapters) -> None:
    """Test that asyncio.gather raises the first error while the other tasks are still running."""
    stray: list[asyncio.Task[Any]] = []

    async def work() -> None:
        async with store.transaction() as tx:
            stray.extend(asyncio.create_task(tx.users.create("acme", user(f"s{number}"))) for number in range(4))
            await tx.users.update("acme", "auth0|one", {"nickname": "undone"})
            raise KeyError

    with pytest.raises(KeyError):
        await work()
    outcomes = await asyncio.gather(*stray, return_exceptions=True)
    assert all(isinstance(outcome, AuthHeroSQLError) or not isinstance(outcome, BaseException) for outcome in outcomes), outcomes
    assert await values(store, "nickname") == {"auth0|one": None, "auth0|two": None}
    assert await store.users.update("acme", "auth0|one", {"nickname": "written"})


async def test_an_exhausted_pool_says_so_and_recovers(migrated_url: str) -> None:
    options: dict[str, Any] = {"acquire_timeout": 0.02}
    if not migrated_url.startswith("sqlite"):
        options |= {"min_size": 2, "max_size": 2}
    async with connect(migrated_url, **options) as db:
        store = await create_adapters(db)
        await store.tenants.create({"id": "acme", "friendly_name": "Acme"})
        leave = anyio.Event()

        async def hold(*, task_status: anyio.abc.TaskStatus[None]) -> None:
            async with store.transaction():
                task_status.started()
                await leave.wait()

        async with anyio.create_task_group() as group:
            for _ in range(options.get("max_size", 1)):
                await group.start(hold)
            for _ in range(3):
                with pytest.raises(PoolTimeoutError, match=r"0\.02 seconds"):
                    async with store.transaction():
                        pass
            leave.set()
        assert await store.tenants.update("acme", {"friendly_name": "Again"})


@pytest.mark.engines("sqlite")
async def test_an_error_that_ended_the_transaction_is_not_committed_around(store: Adapters) -> None:
    """Test an error like a full disk, after which later statements would be committed automatically."""

    async def work() -> None:
        async with store.transaction() as tx:
            await tx.users.update("acme", "auth0|one", {"nickname": "lost"})
            with pytest.raises(ConflictError):
                await tx.context.executor.execute(Call("INSERT OR ROLLBACK INTO tenants SELECT * FROM tenants"))
            with pytest.raises(TransactionAbortedError):
                await tx.users.update("acme", "auth0|two", {"nickname": "lost"})

    with pytest.raises(TransactionAbortedError):
        await work()
    assert set((await values(store, "nickname")).values()) == {None}


@pytest.mark.engines("mysql")
async def test_transactions_of_different_users_do_not_meet(store: Adapters) -> None:
    """Test gap locks: at MySQL's default isolation level, a query without a result locks the gap in which others insert."""

    async def sign_up(number: int) -> None:
        async with store.transaction() as tx:
            await tx.users.create("acme", user(f"s{number}"))
            await tx.users.update("acme", f"auth0|s{number}", {"nickname": "new", "login_count": 1})
            await tx.passwords.create("acme", {"user_id": f"auth0|s{number}", "password": "hash"})

    outcomes = await asyncio.gather(*(sign_up(number) for number in range(120)), return_exceptions=True)
    assert [outcome for outcome in outcomes if outcome is not None] == []


@pytest.mark.engines("mysql")
async def test_a_pool_of_ones_own_runs_transactions_at_read_committed(migrated_url: str) -> None:
    async with mysql_pool(migrated_url, charset="utf8mb4", autocommit=True) as pool:
        store = await create_adapters(pool)
        async with store.transaction() as tx:
            await tx.tenants.create({"id": "acme", "friendly_name": "Acme"})
            level = "SELECT trx_isolation_level FROM information_schema.innodb_trx WHERE trx_mysql_thread_id = CONNECTION_ID()"
            assert await tx.context.executor.fetch(Call(level)) == [("READ COMMITTED",)]
        async with pool.acquire() as connection, connection.cursor() as cursor:
            await cursor.execute("SHOW VARIABLES LIKE '%tx_isolation%'")
            assert {value for _, value in await cursor.fetchall()} <= {"REPEATABLE-READ"}


# --- run_transaction and on_commit ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("caught", [False, True])
async def test_the_whole_work_is_run_again_after_a_conflict(store: Adapters, caught: bool) -> None:
    runs: list[int] = []
    told: list[int] = []

    async def work(tx: Adapters) -> int:
        runs.append(len(runs))
        number = runs[-1]
        tx.on_commit(lambda: told.append(number))
        await tx.users.create("acme", user(f"r{number}"))
        if number < 2:
            if caught:
                # The work itself has caught the error. The transaction is rolled back and run again nevertheless.
                assert tx.context.current is not None
                tx.context.current._fail(TransactionConflictError())
                return number
            raise TransactionConflictError
        return number

    assert await store.run_transaction(work) == 2
    assert (runs, told) == ([0, 1, 2], [2])
    assert [name for name in await values(store, "name") if "|r" in name] == ["auth0|r2"]


async def test_deadlocks_of_concurrent_work_never_reach_the_caller(store: Adapters) -> None:
    async def work(first: str, second: str) -> None:
        async def both(tx: Adapters) -> None:
            await tx.users.update("acme", f"auth0|{first}", {"nickname": first})
            await tx.users.update("acme", f"auth0|{second}", {"name": first})

        await store.run_transaction(both, attempts=20)

    # Only a few, because PostgreSQL checks for deadlocks after one second.
    await asyncio.gather(work("one", "two"), work("two", "one"), work("one", "two"))


async def test_attempts_and_deadline_bound_how_often_it_is_run(store: Adapters) -> None:
    runs: list[int] = []

    async def work(_: Adapters) -> None:
        runs.append(1)
        raise TransactionConflictError

    for options, expected in (({"attempts": 3}, 3), ({"attempts": 1}, 1), ({"attempts": 50, "deadline": 0.0}, 1)):
        runs.clear()
        with pytest.raises(TransactionConflictError):
            await store.run_transaction(work, **options)
        assert len(runs) == expected
    with pytest.raises(ValueError, match="attempts"):
        await store.run_transaction(work, attempts=0)

    async def other(_: Adapters) -> None:
        runs.append(1)
        raise KeyError

    runs.clear()
    with pytest.raises(KeyError):
        await store.run_transaction(other)
    assert len(runs) == 1


async def test_callbacks_run_after_the_commit_and_only_then(store: Adapters) -> None:
    told: list[str] = []

    async def later(name: str) -> None:
        found = await store.users.get("acme", "auth0|one")
        assert found is not None
        told.append(f"{name}: {found.nickname}")

    with suppress(KeyError):
        async with store.transaction() as tx:
            tx.on_commit(lambda: told.append("never"))
            raise KeyError
    async with store.transaction() as tx:
        tx.on_commit(lambda: later("first"))
        with suppress(KeyError):
            async with tx.transaction() as inner:
                inner.on_commit(lambda: told.append("undone with its block"))
                raise KeyError
        async with tx.transaction() as inner:
            inner.on_commit(lambda: told.append("kept with its block"))
        await tx.users.update("acme", "auth0|one", {"nickname": "written"})
        assert told == []
    assert told == ["first: written", "kept with its block"]


async def test_a_callback_that_fails_keeps_no_other_from_running(store: Adapters) -> None:
    told: list[str] = []

    async def work() -> None:
        async with store.transaction() as tx:
            await tx.users.update("acme", "auth0|one", {"nickname": "committed"})
            tx.on_commit(lambda: told[5])
            tx.on_commit(lambda: told.append("called"))

    with pytest.raises(ExceptionGroup, match="is committed") as caught:
        await work()
    assert [type(error) for error in caught.value.exceptions] == [IndexError]
    assert told == ["called"]
    assert (await values(store, "nickname"))["auth0|one"] == "committed"
    with pytest.raises(TransactionMisuseError, match=r"transaction\(\) or batch\(\)"):
        store.on_commit(lambda: None)


@pytest.mark.parametrize("hops", range(1, 7))
async def test_whoever_is_cancelled_at_the_commit_is_told_of_it_and_so_are_the_callbacks(store: Adapters, hops: int) -> None:
    told: list[str] = []

    async def work() -> None:
        async with store.transaction() as tx:
            tx.on_commit(lambda: told.append("called"))
            await tx.users.update("acme", "auth0|one", {"nickname": "committed"})
            task = asyncio.current_task()
            assert task is not None
            later(task, hops)

    def later(task: asyncio.Task[Any], left: int) -> None:
        loop = asyncio.get_running_loop()
        loop.call_soon(later, task, left - 1) if left else task.cancel()

    task = asyncio.ensure_future(work())
    await asyncio.wait([task])
    assert told == (["called"] if (await values(store, "nickname"))["auth0|one"] == "committed" else [])


@pytest.mark.engines("mysql")
async def test_a_pool_without_autocommit_keeps_no_lock_after_an_error(migrated_url: str, store: Adapters) -> None:
    async with mysql_pool(migrated_url, charset="utf8mb4") as pool:
        own = await create_adapters(pool)
        with pytest.raises(ConflictError):
            await own.users.create("acme", user("one"))
        open_ones = "SELECT COUNT(*) FROM information_schema.innodb_trx"
        assert await store.database.fetch(Call(open_ones)) == [(0,)]
        async with own.transaction() as tx:
            await tx.users.update("acme", "auth0|one", {"nickname": "written"})
        assert await store.users.remove("acme", "auth0|two")
    assert (await values(store, "nickname"))["auth0|one"] == "written"


@pytest.mark.engines("mysql")
async def test_one_that_is_woken_and_cancelled_at_once_leaves_its_connection_to_the_next(migrated_url: str) -> None:
    """Test an existing pool, because the pools of this package do not use the driver's."""
    async with mysql_pool(migrated_url, maxsize=1, charset="utf8mb4", autocommit=True) as pool:
        store = await create_adapters(pool)
        for hops in range(6):
            leave, entered = anyio.Event(), anyio.Event()

            async def hold(leave: anyio.Event = leave, entered: anyio.Event = entered) -> None:
                async with store.transaction():
                    entered.set()
                    await leave.wait()

            holder = asyncio.ensure_future(hold())
            await entered.wait()
            first, second = (asyncio.ensure_future(store.tenants.get("acme")) for _ in range(2))
            await anyio.wait_all_tasks_blocked()
            leave.set()
            # Until the connection is released. The first waiting task is notified some iterations of the event loop later.
            while not pool.freesize:  # noqa: ASYNC110  # each turn of the loop counts here
                await asyncio.sleep(0)
            for _ in range(hops):
                await asyncio.sleep(0)
            first.cancel()
            await asyncio.wait([holder, first, second])
            assert second.exception() is None


# --- what is sent --------------------------------------------------------------------------------------------------------------


@pytest.mark.engines("postgresql")
async def test_one_write_in_a_transaction_is_one_trip(migrated_url: str) -> None:
    sent: list[str] = []

    async def heard(connection: Any) -> None:
        connection.add_query_logger(lambda record: sent.append(record.query.split(" ")[0]))

    async with connect(migrated_url, max_size=1, init=heard) as db:
        store = await create_adapters(db)
        await store.tenants.create({"id": "acme", "friendly_name": "Acme"})
        # The logger is called in the next iteration of the event loop.
        await anyio.lowlevel.checkpoint()
        sent.clear()
        async with store.transaction() as tx:
            await tx.users.create("acme", user("new"))
            await tx.users.update("acme", "auth0|new", {"nickname": "n", "login_count": 1})
            async with tx.transaction() as inner:
                await inner.users.update("acme", "auth0|new", {"name": "n"})
        await anyio.lowlevel.checkpoint()
    assert sent == ["BEGIN", "INSERT", "UPDATE", "INSERT", "SAVEPOINT", "UPDATE", "RELEASE", "COMMIT"]


@pytest.mark.engines("mysql")
async def test_mysql_is_sent_no_savepoint_for_a_write(store: Adapters) -> None:
    async def counted(tx: Adapters) -> dict[str, int]:
        rows = await tx.context.executor.fetch(Call("SHOW SESSION STATUS WHERE variable_name IN ('Com_savepoint', 'Questions')"))
        return {name: int(value) for name, value in rows}

    async with store.transaction() as tx:
        before = await counted(tx)
        await tx.users.create("acme", user("new"))
        await tx.users.update("acme", "auth0|new", {"nickname": "n"})
        after = await counted(tx)
    assert after["Com_savepoint"] == before["Com_savepoint"]
    assert after["Questions"] - before["Questions"] == 3, "the two writes and this query"


def long_writes(letters: int) -> list[Call]:
    """Return six writes with this many letters each."""
    return [Call("UPDATE users SET app_metadata = %s", (f'{{"{number}": "{"x" * letters}"}}',)) for number in range(6)]


@pytest.mark.engines("mysql")
@pytest.mark.parametrize(("letters", "trips"), [(10, 1), (50_000, 8)])
async def test_on_mysql_several_writes_are_one_trip_unless_they_are_too_long(
    store: Adapters, migrated_url: str, letters: int, trips: int
) -> None:
    async with open_proxy(migrated_url) as (proxy, url), connect(url, max_size=1) as db:
        before = proxy.trips
        assert await db.write(long_writes(letters)) == [2] * 6
        assert proxy.trips - before == trips
        before = proxy.trips
        async with db.transaction() as block:
            assert await block.write(long_writes(letters)) == [2] * 6
        assert proxy.trips - before == (3 if trips == 1 else trips)
    assert list((await values(store, "app_metadata"))["auth0|one"]) == ["5"]


@pytest.mark.engines("mysql")
@pytest.mark.parametrize("letters", [10, 50_000], ids=["in one trip", "one by one"])
@pytest.mark.parametrize("own", [True, False], ids=["a pool of ours", "a pool without autocommit"])
async def test_on_mysql_a_write_that_fails_undoes_those_of_its_trip(store: Adapters, migrated_url: str, letters: int, own: bool) -> None:
    name = Call("UPDATE users SET nickname = %s WHERE user_id = %s", ("undone", "auth0|one"))
    wrong = Call("INSERT INTO tenants (id) SELECT 1 FROM nowhere")
    several = long_writes(letters)
    opened = connect(migrated_url, max_size=1) if own else mysql_pool(migrated_url, charset="utf8mb4", maxsize=1)
    async with opened as given:
        db = (await create_adapters(given)).database

        async def caught(calls: list[Call]) -> None:
            async with db.transaction() as block:
                with suppress(SchemaMismatchError):
                    await block.write(calls)

        for calls in ([name, *several, wrong], [wrong, name, *several], [name, *several[:3], wrong, *several[3:]]):
            with pytest.raises(SchemaMismatchError):
                await db.write(calls)
            with pytest.raises(TransactionAbortedError):
                await caught(calls)
            assert set((await values(store, "nickname")).values()) == {None}
            # All locks are released, and the connection is usable.
            assert await store.database.write(several) == [2] * 6
            assert await db.write([Call("UPDATE users SET nickname = NULL"), *several]) == [2] * 7


@pytest.mark.engines("mysql")
async def test_on_mysql_an_index_that_is_missing_in_the_middle_of_a_trip_is_done_without(
    store: Adapters, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("WARNING", "authhero_sql")
    name = [
        Call("UPDATE users FORCE INDEX (`nowhere`) SET nickname = %s WHERE user_id = %s", (str(number), "auth0|one")) for number in range(2)
    ]
    counting = Call("UPDATE users SET name = CONCAT(COALESCE(name, ''), 'x') WHERE user_id = 'auth0|one'")
    assert await store.database.write([counting, name[0], counting, name[1]]) == [1, 1, 1, 1]
    async with store.database.transaction() as block:
        assert await block.write([counting, name[0]]) == [1, 1]
    assert (await values(store, "name"))["auth0|one"] == "xxx"
    assert (await values(store, "nickname"))["auth0|one"] == "0"
    assert "nowhere" in caplog.text
