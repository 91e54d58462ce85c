"""A task that is cancelled leaves nothing half-written, no connection behind, and nobody else's work touched."""

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
from tests.faults.proxy import proxied

POOL = 3
"""Connections of the pool: one that is not given back is soon missed."""

pytestmark = pytest.mark.transactions


def user(name: str) -> dict[str, Any]:
    """A user that is written in two rows."""
    return {
        "user_id": f"auth0|{name}",
        "email": f"{name}@acme.example",
        "connection": "Username-Password-Authentication",
        "password": {"hash": "$argon2id$…", "algorithm": "argon2id"},
    }


@pytest.fixture
async def store(migrated_url: str) -> AsyncIterator[Adapters]:
    """Adapters over a small pool, with a tenant and a user that others work on."""
    options: dict[str, Any] = {"acquire_timeout": 5.0}
    if not migrated_url.startswith("sqlite"):
        # All open from the start: asyncpg, cancelled while it connects, leaves a future behind whose error asyncio reports.
        options |= {"min_size": POOL, "max_size": POOL}
    async with connect(migrated_url, **options) as db:
        adapters = await create_adapters(db)
        await adapters.tenants.create({"id": "acme", "friendly_name": "Acme"})
        await adapters.users.create("acme", user("bystander"))
        yield adapters


async def rows(store: Adapters, name: str) -> int:
    """How many rows of a user there are, its own and its passwords: at one moment, for what was cancelled may still be done."""
    own = f"WHERE tenant_id = 'acme' AND user_id = 'auth0|{name}'"
    [[count]] = await store.database.fetch(Call(f"SELECT (SELECT COUNT(*) FROM users {own}) + (SELECT COUNT(*) FROM passwords {own})"))
    return int(count)


async def usable(store: Adapters) -> None:
    """More transactions than the pool has connections, all at once."""

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
    """Cancel the running task: its next wait, which is for what it has just sent, is cut short."""
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
    """All steps in one transaction, the task being cancelled as it enters one of them; the last is the commit."""
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
    await usable(store)


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
        # Both rows or none; and when nobody was told of a cancellation, both.
        assert await rows(store, f"u{hops}") in ((0, 2) if task.cancelled() else (2,))
    await usable(store)


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
    await usable(store)


@pytest.mark.parametrize("seed", range(3))
async def test_several_writes_outside_a_transaction_are_all_or_nothing(store: Adapters, seed: int) -> None:
    chance = random.Random(seed)
    for number in range(30):
        with anyio.move_on_after(chance.random() * 0.004):
            await store.users.create("acme", user(f"u{number}"))
        assert await rows(store, f"u{number}") in (0, 2)
    await usable(store)


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
    # One statement by itself that has been sent may still be done: MySQL's server waits for the lock whoever has hung up.
    assert bystander.nickname in {"held", "waited"}
    await usable(store)


@pytest.fixture
async def narrow(migrated_url: str) -> AsyncIterator[Adapters]:
    """Adapters over a single connection, which everybody has to wait for; whoever waits in vain is told so soon."""
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
    """A scope inside the transaction is cancelled; the transaction goes on, or says that it has ended."""
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
    await usable(store)


def cancel_later(scope: anyio.CancelScope, hops: int) -> None:
    """Cancel a scope some turns of the loop from now."""
    if hops:
        asyncio.get_running_loop().call_soon(cancel_later, scope, hops - 1)
    else:
        scope.cancel()


@pytest.mark.engines("postgresql", "mysql")
@pytest.mark.parametrize("step", [name for name, _ in STEPS])
@pytest.mark.parametrize("piece", [5, 65536], ids=["in pieces", "at once"])
async def test_whoever_comes_after_one_that_was_cancelled_reads_an_answer_of_its_own(migrated_url: str, step: str, piece: int) -> None:
    """Whatever had been sent and read at the moment: on one connection, moments later and later."""
    async with proxied(migrated_url) as (proxy, url), connect(url, min_size=1, max_size=1) as db:
        store = await create_adapters(db)
        await store.tenants.create({"id": "acme", "friendly_name": "Acme"})
        await store.users.create("acme", user("there"))
        proxy.piece = piece
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
    """In the middle of a statement: the server has it, and cannot do it yet. (SQLite's second transaction waits to begin.)"""
    await store.users.create("acme", user("wanted"))
    scope, ours = anyio.CancelScope(), anyio.Event()

    async def blocked() -> None:
        with scope:
            # Started inside the other transaction, and not meant to be part of it.
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
    await usable(store)
    await no_transaction_is_open(store, engine)


async def no_transaction_is_open(store: Adapters, engine: str) -> None:
    """No connection was left in one: nothing of ours holds a lock any more."""
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
