"""Servers that stop responding and connections that break: every call ends in bounded time with the right exception and outcome."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from authhero_sql import (
    Adapters,
    AuthHeroSQLError,
    ConnectionLostError,
    DatabaseError,
    DatabaseUnavailableError,
    PoolTimeoutError,
    StatementTimeoutError,
    TransactionAbortedError,
    UnknownOutcomeError,
    connect,
    create_adapters,
)
from tests.faults.proxy import Proxy, open_proxy
from tests.faults.test_pools import asyncpg_pool, mysql_pool

SERVERS = pytest.mark.engines("postgresql", "mysql")
HANG = 20.0
"""The seconds after which a hanging test is stopped. No wait in these tests takes a tenth of that."""

COMMIT = {"postgresql": (b"COMMIT\0",), "mysql": (b"\3COMMIT", b"; COMMIT")}
"""The commit in the protocol, including the one after several writes. The name of the isolation level also contains this word."""


@pytest.fixture
async def proxy(migrated_url: str) -> AsyncIterator[tuple[Proxy, str]]:
    """Yield a proxy in front of the server, and its URL."""
    async with open_proxy(migrated_url) as found:
        yield found


async def create_user(url: str) -> None:
    """Create a tenant and a user directly on the server."""
    async with connect(url) as db:
        store = await create_adapters(db)
        await store.tenants.create({"id": "acme", "friendly_name": "Acme"})
        await store.users.create("acme", {"user_id": "auth0|ada", "connection": "db"})


async def nickname(url: str) -> str | None:
    """Read the written value directly from the server."""
    async with connect(url) as db:
        user = await (await create_adapters(db)).users.get("acme", "auth0|ada")
        assert user is not None
        return user.nickname


# --- a frozen server -----------------------------------------------------------------------------------------------------------


async def read(store: Adapters) -> object:
    return await store.users.get("acme", "auth0|ada")


async def write(store: Adapters) -> object:
    return await store.users.update("acme", "auth0|ada", {"nickname": "written"})


async def writes(store: Adapters) -> object:
    return await store.users.update("acme", "auth0|ada", {"nickname": "written", "login_count": 2})


async def transaction(store: Adapters) -> object:
    async with store.transaction() as tx:
        return await tx.users.update("acme", "auth0|ada", {"nickname": "written"})


WORK = {work.__name__: work for work in (read, write, writes, transaction)}


@SERVERS
@pytest.mark.parametrize("work", WORK)
async def test_a_server_that_has_stopped_answers_nobody_and_every_call_ends(
    migrated_url: str, proxy: tuple[Proxy, str], work: str, engine: str
) -> None:
    await create_user(migrated_url)
    between, url = proxy
    async with connect(url, command_timeout=0.2, acquire_timeout=0.4, max_size=4) as db:
        store = await create_adapters(db)
        await asyncio.gather(*(read(store) for _ in range(8)))
        between.freeze()
        async with asyncio.timeout(HANG):
            outcomes = await asyncio.gather(*(WORK[work](store) for _ in range(16)), return_exceptions=True)
        kinds = {type(outcome) for outcome in outcomes}
        # On MySQL, several writes and their COMMIT are one round trip.
        committing = work == "write" or (work == "writes" and engine == "mysql")
        stopped = UnknownOutcomeError if committing else StatementTimeoutError
        assert stopped in kinds, outcomes
        assert kinds <= {stopped, PoolTimeoutError}, outcomes
        between.thaw()
        async with asyncio.timeout(HANG):
            assert await WORK[work](store)


@SERVERS
@pytest.mark.parametrize("work", WORK)
async def test_a_callers_own_timeout_ends_a_call_to_a_server_that_has_stopped(
    migrated_url: str, proxy: tuple[Proxy, str], work: str
) -> None:
    await create_user(migrated_url)
    between, url = proxy
    async with connect(url, max_size=2) as db:
        store = await create_adapters(db)
        await read(store)
        between.freeze()
        for _ in range(3):
            # Far less than the timeout of a statement (60 s) and of a released connection (30 s).
            async with asyncio.timeout(HANG):
                with pytest.raises(TimeoutError):
                    async with asyncio.timeout(0.2):
                        await WORK[work](store)
        between.thaw()
        async with asyncio.timeout(HANG):
            assert await WORK[work](store)


@pytest.mark.engines("postgresql", "mysql")
async def test_a_pool_of_ones_own_is_bounded_too(migrated_url: str, proxy: tuple[Proxy, str], engine: str) -> None:
    await create_user(migrated_url)
    between, url = proxy
    opened = asyncpg_pool(url) if engine == "postgresql" else mysql_pool(url, charset="utf8mb4", autocommit=True)
    async with opened as pool:
        store = await create_adapters(pool)
        await read(store)
        between.freeze()
        async with asyncio.timeout(HANG):
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.2):
                    await read(store)
        between.thaw()
        async with asyncio.timeout(HANG):
            assert await write(store)


@pytest.mark.engines("sqlite")
async def test_a_statement_of_sqlite_that_takes_too_long_is_interrupted(migrated_url: str) -> None:
    await create_user(migrated_url)
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
    from authhero_sql.dialects import Call

    async with connect(migrated_url, command_timeout=0.1, readers=1) as db:
        store = await create_adapters(db)
        with pytest.raises(StatementTimeoutError):
            await db.fetch(Call(endless))
        with pytest.raises(StatementTimeoutError):
            await db.execute(Call(f"UPDATE users SET nickname = ({endless})"))

        async def inside() -> None:
            async with store.transaction() as tx:
                await tx.users.update("acme", "auth0|ada", {"nickname": "undone"})
                with pytest.raises(StatementTimeoutError):
                    await tx.context.executor.fetch(Call(endless))

        with pytest.raises(TransactionAbortedError):
            await inside()
        # A cancelled caller does not wait until the end either, and the connection serves the next caller.
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await db.fetch(Call(endless))
        assert await write(store)
    assert await nickname(migrated_url) == "written"


# --- a broken connection -------------------------------------------------------------------------------------------------------

# No connection is kept open (min_size=0), because asyncpg reconnects after it loses one. If it is closed
# during that, asyncio reports the error of an abandoned future.


@SERVERS
@pytest.mark.parametrize("work", ["writes", "transaction"])
async def test_a_connection_lost_after_the_commit_was_sent_is_an_unknown_outcome(
    migrated_url: str, proxy: tuple[Proxy, str], work: str, engine: str
) -> None:
    await create_user(migrated_url)
    between, url = proxy
    async with connect(url, min_size=0) as db:
        store = await create_adapters(db)
        between.cut_after = COMMIT[engine][-1 if work == "writes" else 0]
        with pytest.raises(UnknownOutcomeError) as caught:
            await WORK[work](store)
        assert isinstance(caught.value, DatabaseUnavailableError)
        assert caught.value.__cause__ is not None
        assert between.cut_connections == 1
        between.cut_after = None
        assert await read(store)
    assert await nickname(migrated_url) in {None, "written"}


@SERVERS
async def test_a_single_write_without_an_answer_is_an_unknown_outcome(migrated_url: str, proxy: tuple[Proxy, str]) -> None:
    await create_user(migrated_url)
    between, url = proxy
    async with connect(url, min_size=0) as db:
        store = await create_adapters(db)
        await write(store)
        between.cut_after = b"never-before"
        with pytest.raises(UnknownOutcomeError):
            await store.users.update("acme", "auth0|ada", {"nickname": "never-before"})
        assert between.cut_connections == 1
    assert await nickname(migrated_url) in {"written", "never-before"}


@SERVERS
async def test_a_connection_lost_before_the_commit_has_written_nothing_and_says_so(migrated_url: str, proxy: tuple[Proxy, str]) -> None:
    await create_user(migrated_url)
    between, url = proxy

    async def work(*, caught: bool) -> None:
        async with store.transaction() as tx:
            await tx.users.update("acme", "auth0|ada", {"nickname": "undone"})
            between.cut_after = b"never-before"
            try:
                async with tx.transaction() as inner:
                    await inner.users.update("acme", "auth0|ada", {"name": "never-before"})
            except ConnectionLostError:
                if not caught:
                    raise

    async with connect(url, min_size=0) as db:
        store = await create_adapters(db)
        with pytest.raises(ConnectionLostError):
            await work(caught=False)
        between.cut_after = None
        with pytest.raises(TransactionAbortedError) as aborted:
            await work(caught=True)
        assert isinstance(aborted.value.__cause__, ConnectionLostError)
    assert await nickname(migrated_url) is None


@pytest.mark.transactions
async def test_what_runs_again_after_a_conflict_does_not_after_an_unknown_outcome(adapters: Adapters) -> None:
    runs: list[int] = []

    async def work(_: Adapters) -> None:
        runs.append(1)
        raise UnknownOutcomeError

    with pytest.raises(UnknownOutcomeError):
        await adapters.run_transaction(work)
    assert len(runs) == 1


@SERVERS
async def test_connections_that_are_killed_under_load_are_typed_and_tell_their_outcome_truly(migrated_url: str, engine: str) -> None:
    await create_user(migrated_url)
    kill = {
        "postgresql": "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()",
        "mysql": "SELECT id FROM information_schema.processlist WHERE db = DATABASE() AND id <> CONNECTION_ID()",
    }[engine]
    from authhero_sql.dialects import Call

    done: dict[str, str] = {}
    over, enough = asyncio.Event(), asyncio.Event()

    async def worker(store: Adapters, number: int) -> None:
        turn = 0
        while not over.is_set():
            turn += 1
            name = f"auth0|w{number}_{turn}"
            try:
                if turn % 2:
                    await store.users.create("acme", {"user_id": name, "connection": "db"})
                else:
                    async with store.transaction() as tx:
                        await tx.users.create("acme", {"user_id": name, "connection": "db", "login_count": 1})
                done[name] = "kept"
                if turn % 3 == 0:
                    enough.set()
            except UnknownOutcomeError:
                done[name] = "unknown"
            except AuthHeroSQLError:
                done[name] = "nothing"

    async with connect(migrated_url, max_size=1) as killer, connect(migrated_url, min_size=0, max_size=4) as db:
        store = await create_adapters(db)
        group = [asyncio.ensure_future(worker(store, number)) for number in range(6)]
        for _ in range(8):
            enough.clear()
            await enough.wait()
            found = await killer.fetch(Call(kill))
            if engine == "mysql":
                for (connection,) in found:
                    await _killed(killer, connection)
        over.set()
        outcomes = await asyncio.gather(*group, return_exceptions=True)
        assert [outcome for outcome in outcomes if outcome is not None] == [], "every error is one of this package"
    async with connect(migrated_url) as db:
        there = {user.user_id async for user in (await create_adapters(db)).users.iterate("acme")}
    assert {name for name, outcome in done.items() if outcome == "kept"} <= there
    assert not {name for name, outcome in done.items() if outcome == "nothing"} & there


async def _killed(killer: Any, connection: int) -> None:
    from authhero_sql.dialects import Call

    try:
        await killer.execute(Call("KILL %s", (connection,)))
    except DatabaseError as error:
        # The connection has already ended.
        if error.code != "1094":
            raise
