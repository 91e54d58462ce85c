"""What a transaction survives, what ends it, and whose turn it is: the same on every engine."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any

import anyio
import pytest

from authhero_sql import (
    Adapters,
    AuthHeroSQLError,
    ConfigurationError,
    ConflictError,
    Database,
    PoolTimeoutError,
    TransactionClosedError,
    TransactionConflictError,
    connect,
    create_adapters,
)
from authhero_sql.dialects import Call
from authhero_sql.dialects.mysql import MySQL8Dialect

pytestmark = pytest.mark.transactions


@pytest.fixture
async def store(adapters: Adapters) -> Adapters:
    """A tenant with two users."""
    await adapters.tenants.create({"id": "acme", "friendly_name": "Acme"})
    for name in ("one", "two"):
        await adapters.users.create("acme", user(name))
    return adapters


def user(name: str, **fields: Any) -> dict[str, Any]:
    """A user to be inserted."""
    return {"user_id": f"auth0|{name}", "connection": "db", **fields}


async def values(store: Adapters, field: str) -> dict[str, Any]:
    """A field of all users."""
    return {found.user_id: getattr(found, field) for found in (await store.users.list("acme")).items}


async def test_a_failed_read_that_was_caught_does_not_lose_the_writes_in_silence(store: Adapters) -> None:
    kept = True
    try:
        async with store.transaction() as tx:
            await tx.users.update("acme", "auth0|one", {"nickname": "written"})
            with suppress(AuthHeroSQLError):
                await tx.session.executor.fetch(Call("SELECT nothing FROM nowhere"))
    except TransactionClosedError:
        kept = False
    assert (await values(store, "nickname"))["auth0|one"] == ("written" if kept else None)


async def test_a_failed_read_is_undone_with_its_savepoint(store: Adapters) -> None:
    async with store.transaction() as tx:
        await tx.users.update("acme", "auth0|one", {"nickname": "written"})
        with suppress(AuthHeroSQLError):
            async with tx.transaction() as inner:
                await inner.session.executor.fetch(Call("SELECT nothing FROM nowhere"))
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
                with pytest.raises(TransactionClosedError):
                    await tx.users.get("acme", "auth0|one")
                with pytest.raises(TransactionClosedError):
                    await tx.users.update("acme", f"auth0|{first}", {"given_name": "after the conflict"})
                with pytest.raises(TransactionClosedError):
                    async with tx.transaction():
                        pass
        return first

    outcomes = await asyncio.gather(work("one", "two"), work("two", "one"), return_exceptions=True)
    won = [outcome for outcome in outcomes if isinstance(outcome, str)]
    lost = [outcome for outcome in outcomes if isinstance(outcome, TransactionClosedError)]
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
    """Each task's part is kept or undone alone, whatever the others do meanwhile."""

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


async def test_tasks_started_inside_a_savepoint_are_part_of_it(store: Adapters) -> None:
    async with store.transaction() as tx:
        with suppress(KeyError):
            async with tx.transaction() as inner:
                async with anyio.create_task_group() as group:
                    for number in range(4):
                        group.start_soon(inner.users.create, "acme", user(f"s{number}"))
                await tx.users.update("acme", "auth0|one", {"nickname": "undone"})
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
                    pytest.fail("there is such a user")
            found = await inner.users.get("acme", "auth0|one")
            assert found is not None
            assert found.nickname == "inner"
        with suppress(KeyError):
            async with tx.transaction() as inner, inner.transaction() as innermost:
                await innermost.users.update("acme", "auth0|two", {"nickname": "undone with its outer one"})
                raise KeyError
    assert await values(store, "nickname") == {"auth0|one": "inner", "auth0|two": None}


@pytest.mark.engines("sqlite")
@pytest.mark.parametrize("memory", [False, True])
async def test_the_outer_adapters_inside_a_transaction_of_the_same_task(migrated_url: str, memory: bool) -> None:
    from authhero_sql import migrate_to_latest

    async with connect("sqlite://:memory:" if memory else migrated_url) as db:
        await migrate_to_latest(db)
        store = await create_adapters(db)
        async with store.transaction() as tx:
            await tx.tenants.create({"id": "acme", "friendly_name": "Acme"})
            for work in (store.tenants.create({"id": "b", "friendly_name": "B"}), store.users.remove("acme", "x")):
                with pytest.raises(ConfigurationError, match="transaction's own adapters"):
                    await work
            with pytest.raises(ConfigurationError, match="transaction's own adapters"):
                async with store.transaction():
                    pass
            if memory:
                with pytest.raises(ConfigurationError, match="transaction's own adapters"):
                    await store.tenants.get("acme")
            else:
                assert await store.tenants.get("acme") is None, "not committed yet"
        assert await store.tenants.get("acme") is not None


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
    """As after a full disk: what came later would be committed by itself."""

    async def work() -> None:
        async with store.transaction() as tx:
            await tx.users.update("acme", "auth0|one", {"nickname": "lost"})
            with pytest.raises(ConflictError):
                await tx.session.executor.execute(Call("INSERT OR ROLLBACK INTO tenants SELECT * FROM tenants"))
            with pytest.raises(TransactionClosedError):
                await tx.users.update("acme", "auth0|two", {"nickname": "lost"})

    with pytest.raises(TransactionClosedError):
        await work()
    assert set((await values(store, "nickname")).values()) == {None}


@pytest.mark.engines("mysql")
async def test_mariadbs_snapshot_conflict_is_a_conflict(store: Adapters, db: Database) -> None:
    """Error 1020, which MariaDB 11.6 and later raise by default, and after which nothing of the transaction is left."""

    if isinstance(db.dialect, MySQL8Dialect):
        pytest.skip("Oracle's MySQL has no such error")

    async def work() -> None:
        async with store.transaction() as tx:
            await tx.session.executor.execute(Call("SET SESSION innodb_snapshot_isolation = ON"))
            await tx.users.create("acme", user("lost"))
            await tx.users.list("acme")
            await store.users.update("acme", "auth0|one", {"nickname": "first"})
            with pytest.raises(TransactionConflictError):
                await tx.users.update("acme", "auth0|one", {"nickname": "second"})
            with pytest.raises(TransactionClosedError):
                await tx.users.create("acme", user("by itself"))

    with pytest.raises(TransactionClosedError):
        await work()
    assert await values(store, "nickname") == {"auth0|one": "first", "auth0|two": None}
