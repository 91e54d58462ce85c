"""A cancelled task leaves no partial write and no unusable connection, and does not affect other tasks."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from typing import Any

import anyio
import pytest

from authhero_sql import Adapters, TransactionAbortedError, connect, create_adapters
from authhero_sql.dialects import Call
from tests.faults.proxy import open_proxy

POOL = 3
"""The number of connections in the pool, small enough to notice one that is not released."""

pytestmark = pytest.mark.transactions


def user(name: str) -> dict[str, Any]:
    """Return a user that is stored in two rows."""
    return {
        "user_id": f"auth0|{name}",
        "email": f"{name}@acme.example",
        "connection": "Username-Password-Authentication",
        "password": {"hash": "$argon2id$…", "algorithm": "argon2id"},
    }


@pytest.fixture
async def store(migrated_url: str) -> AsyncIterator[Adapters]:
    """Yield adapters with a small pool, a tenant, and a user that other tasks change."""
    options: dict[str, Any] = {"acquire_timeout": 5.0}
    if not migrated_url.startswith("sqlite"):
        # All connections are open from the start. If asyncpg is cancelled while it connects, asyncio reports the error of an abandoned
        # future.
        options |= {"min_size": POOL, "max_size": POOL}
    async with connect(migrated_url, **options) as db:
        adapters = await create_adapters(db)
        await adapters.tenants.create({"id": "acme", "friendly_name": "Acme"})
        await adapters.users.create("acme", user("bystander"))
        yield adapters


async def rows(store: Adapters, name: str) -> int:
    """Count the rows of a user and its passwords in one statement, because a cancelled write may still be running."""
    own = f"WHERE tenant_id = 'acme' AND user_id = 'auth0|{name}'"
    [[count]] = await store.database.fetch(Call(f"SELECT (SELECT COUNT(*) FROM users {own}) + (SELECT COUNT(*) FROM passwords {own})"))
    return int(count)


async def check_pool_usable(store: Adapters) -> None:
    """Check that more transactions than connections can run concurrently."""

    async def work(number: int) -> None:
        async with store.transaction() as tx:
            await tx.users.update("acme", "auth0|bystander", {"nickname": str(number)})

    async with anyio.create_task_group() as group:
        for number in range(POOL * 3):
            group.start_soon(work, number)
    bystander = await store.users.get("acme", "auth0|bystander")
    assert bystander is not None
    assert bystander.nickname in {str(number) for number in range(POOL * 3)}


def cancel_now() -> None:
    """Cancel the running task, which interrupts its next wait: that for the statement it has just sent."""
    task = asyncio.current_task()
    assert task is not None
    task.cancel()


Step = Callable[[Adapters, str], Awaitable[object]]
STEPS: list[tuple[str, Step]] = [
    ("insert", lambda tx, name: tx.users.create("acme", user(name))),
    ("read", lambda tx, name: tx.users.get("acme", f"auth0|{name}")),
    ("update", lambda tx, name: tx.users.update("acme", f"auth0|{name}", {"nickname": "n", "login_count": 3})),
    ("several writes", lambda tx, name: tx.passwords.create("acme", {"user_id": f"auth0|{name}", "password": "second"})),
    ("list", lambda tx, _: tx.users.list("acme", include_totals=True)),
]


async def transaction(store: Adapters, name: str, cancelled_at: int) -> None:
    """Run all steps in one transaction and cancel the task at one of them. The last step is the commit."""
    async with store.transaction() as tx:
        for number, (_, step) in enumerate(STEPS):
            if number == cancelled_at:
                cancel_now()
            await step(tx, name)
        if cancelled_at == len(STEPS):
            cancel_now()


@pytest.mark.parametrize("at", range(len(STEPS) + 1), ids=[*(name for name, _ in STEPS), "commit"])
@pytest.mark.parametrize("times", [1, POOL + 1])
async def test_cancelled_in_each_statement_and_at_commit(store: Adapters, at: int, times: int) -> None:
    for number in range(times):
        task = asyncio.ensure_future(transaction(store, f"u{number}", at))
        with pytest.raises(asyncio.CancelledError):
            await task
    for number in range(times):
        assert await rows(store, f"u{number}") == 0
    await check_pool_usable(store)


async def test_cancelled_while_the_commit_is_on_its_way_is_whole(store: Adapters) -> None:
    loop = asyncio.get_running_loop()

    async def work(name: str, hops: int) -> None:
        task = asyncio.current_task()
        assert task is not None
        async with store.transaction() as tx:
            await tx.users.create("acme", user(name))

            def later(left: int) -> None:
                if left:
                    loop.call_soon(later, left - 1)
                else:
                    task.cancel()

            later(hops)

    for hops in range(1, 9):
        task = asyncio.ensure_future(work(f"u{hops}", hops))
        with suppress(asyncio.CancelledError):
            await task
        # Either both rows or none exist. If no cancellation was raised, both exist.
        assert await rows(store, f"u{hops}") in ((0, 2) if task.cancelled() else (2,))
    await check_pool_usable(store)


@pytest.mark.parametrize("seed", range(3))
async def test_cancelled_at_any_moment_is_all_or_nothing(store: Adapters, seed: int) -> None:
    chance = random.Random(seed)
    done = {0: 0, 3: 0}

    async def work(name: str) -> None:
        async with store.transaction() as tx:
            await tx.users.create("acme", user(name))
            await tx.users.update("acme", f"auth0|{name}", {"nickname": "n", "login_count": 3})
            async with tx.transaction() as inner:
                await inner.passwords.create("acme", {"user_id": f"auth0|{name}", "password": "second"})

    async def others() -> None:
        for number in range(3):
            async with store.transaction() as tx:
                await tx.users.update("acme", "auth0|bystander", {"nickname": str(number)})

    for number in range(30):
        name, moment = f"u{number}", chance.random() * 0.012
        async with anyio.create_task_group() as group:
            if number % 5 == 0:
                group.start_soon(others)
            if number % 2:
                with anyio.move_on_after(moment):
                    await work(name)
            else:
                with suppress(TimeoutError):
                    await asyncio.wait_for(work(name), moment)
        written = await rows(store, name)
        assert written in done
        done[written] += 1
    await check_pool_usable(store)


@pytest.mark.parametrize("seed", range(3))
async def test_several_writes_outside_a_transaction_are_all_or_nothing(store: Adapters, seed: int) -> None:
    chance = random.Random(seed)
    for number in range(30):
        with anyio.move_on_after(chance.random() * 0.004):
            await store.users.create("acme", user(f"u{number}"))
        assert await rows(store, f"u{number}") in (0, 2)
    await check_pool_usable(store)


async def test_cancelled_while_waiting_for_a_turn_leaks_nothing(store: Adapters) -> None:
    entered, leave = anyio.Event(), anyio.Event()

    async def hold() -> None:
        async with store.transaction() as tx:
            await tx.users.update("acme", "auth0|bystander", {"nickname": "held"})
            entered.set()
            await leave.wait()

    async with anyio.create_task_group() as group:
        group.start_soon(hold)
        await entered.wait()
        waiting = [asyncio.ensure_future(store.users.update("acme", "auth0|bystander", {"nickname": "waited"})) for _ in range(POOL * 2)]
        for _ in range(20):
            await anyio.lowlevel.checkpoint()
        for task in waiting:
            task.cancel()
        outcomes = await asyncio.gather(*waiting, return_exceptions=True)
        assert all(isinstance(outcome, asyncio.CancelledError) for outcome in outcomes)
        leave.set()
    bystander = await store.users.get("acme", "auth0|bystander")
    assert bystander is not None
    # A single statement that was sent may still be executed, because MySQL waits for the lock even after the client disconnects.
    assert bystander.nickname in {"held", "waited"}
    await check_pool_usable(store)


@pytest.fixture
async def narrow(migrated_url: str) -> AsyncIterator[Adapters]:
    """Yield adapters with a single connection and a short timeout for acquiring it."""
    options: dict[str, Any] = {"acquire_timeout": 3.0} | ({} if migrated_url.startswith("sqlite") else {"min_size": 1, "max_size": 1})
    async with connect(migrated_url, **options) as db:
        adapters = await create_adapters(db)
        await adapters.tenants.create({"id": "acme", "friendly_name": "Acme"})
        yield adapters


@pytest.mark.parametrize("how", ["task", "scope"])
@pytest.mark.parametrize("inside", ["a statement", "no statement"])
async def test_whoever_waits_gets_the_connection_of_one_that_was_cancelled(narrow: Adapters, how: str, inside: str) -> None:
    scope, entered = anyio.CancelScope(), anyio.Event()

    async def hold() -> None:
        with scope:
            async with narrow.transaction() as tx:
                await tx.users.create("acme", user("held"))
                entered.set()
                while inside == "a statement":
                    await tx.users.list("acme")
                await anyio.sleep_forever()

    holder = asyncio.ensure_future(hold())
    await entered.wait()
    waiting = [asyncio.ensure_future(narrow.users.create("acme", user(f"w{number}"))) for number in range(3)]
    await anyio.wait_all_tasks_blocked() if inside == "no statement" else await anyio.lowlevel.checkpoint()
    if how == "task":
        holder.cancel()
    else:
        scope.cancel()
    with suppress(asyncio.CancelledError):
        await holder
    await asyncio.gather(*waiting)
    assert await rows(narrow, "held") == 0
    assert [await rows(narrow, f"w{number}") for number in range(3)] == [2, 2, 2]


async def test_one_that_is_cancelled_as_its_turn_comes_hands_it_on(narrow: Adapters) -> None:
    for hops in range(8):
        leave = anyio.Event()
        entered = anyio.Event()

        async def hold(entered: anyio.Event = entered, leave: anyio.Event = leave) -> None:
            async with narrow.transaction():
                entered.set()
                await leave.wait()

        holder = asyncio.ensure_future(hold())
        await entered.wait()
        first = asyncio.ensure_future(narrow.users.create("acme", user(f"f{hops}")))
        second = asyncio.ensure_future(narrow.users.create("acme", user(f"s{hops}")))
        for _ in range(5):
            await anyio.lowlevel.checkpoint()
        leave.set()
        await holder
        for _ in range(hops):
            await asyncio.sleep(0)
        first.cancel()
        await asyncio.wait([first])
        await second
        assert await rows(narrow, f"f{hops}") in ((0, 2) if first.cancelled() else (2,))
        assert await rows(narrow, f"s{hops}") == 2


@pytest.mark.parametrize("at", ["insert", "several writes"])
async def test_a_cancellation_that_the_transaction_survives_leaves_nothing_half_written(store: Adapters, at: str) -> None:
    """Test a cancelled scope inside a transaction. The transaction continues, or reports that it has ended."""
    for hops in range(12):
        name, scope = f"u{hops}", anyio.CancelScope()
        try:
            async with store.transaction() as tx:
                if at == "several writes":
                    await tx.users.create("acme", user(name))
                with scope:
                    asyncio.get_running_loop().call_soon(cancel_later, scope, hops)
                    await dict(STEPS)[at](tx, name)
        except TransactionAbortedError:
            assert scope.cancelled_caught
            assert await rows(store, name) == 0
        else:
            assert await rows(store, name) in ((2, 3) if at == "several writes" else (0, 2))
    await check_pool_usable(store)


def cancel_later(scope: anyio.CancelScope, hops: int) -> None:
    """Cancel a scope after some iterations of the event loop."""
    if hops:
        asyncio.get_running_loop().call_soon(cancel_later, scope, hops - 1)
    else:
        scope.cancel()


@pytest.mark.engines("postgresql", "mysql")
@pytest.mark.parametrize("step", [name for name, _ in STEPS])
@pytest.mark.parametrize("chunk_size", [5, 65536], ids=["in pieces", "at once"])
async def test_whoever_comes_after_one_that_was_cancelled_reads_an_answer_of_its_own(migrated_url: str, step: str, chunk_size: int) -> None:
    """Test cancellations at different times on one connection, regardless of the data that were sent and read before."""
    async with open_proxy(migrated_url) as (proxy, url), connect(url, min_size=1, max_size=1) as db:
        store = await create_adapters(db)
        await store.tenants.create({"id": "acme", "friendly_name": "Acme"})
        await store.users.create("acme", user("there"))
        proxy.chunk_size = chunk_size
        finished = 0
        for turns in range(0, 400, 7):
            task = asyncio.ensure_future(dict(STEPS)[step](store, "there" if step != "insert" else f"u{turns}"))
            for _ in range(turns):
                await asyncio.sleep(0)
            task.cancel()
            await asyncio.wait([task])
            finished += not task.cancelled()
            assert await db.fetch(Call(f"SELECT 'mark {turns}', {turns}")) == [(f"mark {turns}", turns)]
        assert finished < 57, "some were cancelled"


@pytest.mark.parametrize("how", ["task", "scope"])
async def test_cancelled_while_another_transaction_holds_the_row(store: Adapters, engine: str, how: str) -> None:
    """Test a statement that is waiting in the server for a lock. On SQLite, the second transaction is waiting to begin."""
    await store.users.create("acme", user("wanted"))
    scope, ours = anyio.CancelScope(), anyio.Event()

    async def blocked() -> None:
        with scope:
            # Started inside the other transaction without being part of it.
            if engine != "sqlite":
                async with store.independent().transaction() as tx:
                    await tx.users.create("acme", user("undone"))
                    ours.set()
                    await tx.users.update("acme", "auth0|wanted", {"nickname": "undone"})
            else:
                ours.set()
                async with store.independent().transaction() as tx:
                    await tx.users.create("acme", user("undone"))

    async with store.transaction() as holder:
        await holder.users.update("acme", "auth0|wanted", {"nickname": "held"})
        task = asyncio.ensure_future(blocked())
        await ours.wait()
        for _ in range(5):
            await anyio.lowlevel.checkpoint()
        assert not task.done()
        if how == "task":
            task.cancel()
        else:
            scope.cancel()
        await asyncio.wait([task])
        assert task.cancelled() is (how == "task")
        await holder.users.update("acme", "auth0|wanted", {"name": "kept"})
    found = await store.users.get("acme", "auth0|wanted")
    assert found is not None
    assert (found.nickname, found.name) == ("held", "kept")
    assert await rows(store, "undone") == 0
    await check_pool_usable(store)
    await check_no_open_transaction(store, engine)


async def check_no_open_transaction(store: Adapters, engine: str) -> None:
    """Check that no connection is in a transaction, by taking a lock."""
    if engine == "sqlite":
        async with store.transaction():
            pass
        return
    query = {
        "postgresql": "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in transaction%'",
        "mysql": "SELECT count(*) FROM information_schema.innodb_trx AS t JOIN information_schema.processlist AS p"
        " ON p.id = t.trx_mysql_thread_id WHERE p.db = DATABASE() AND p.command = 'Sleep'",
    }[engine]
    assert await store.database.fetch(Call(query)) == [(0,)]
