"""An existing pool with any settings gives the same results, is never closed by this package, and stays usable."""

from __future__ import annotations

import asyncio
import importlib
import json
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from functools import partial
from typing import Any
from urllib.parse import unquote, urlsplit

import anyio
import pytest

from authhero_sql import (
    Adapters,
    ConfigurationError,
    ConflictError,
    Database,
    DatabaseError,
    DatabaseUnavailableError,
    PoolTimeoutError,
    connect,
    create_adapters,
)
from authhero_sql.dialects import Call
from authhero_sql.dialects.mysql import MySQLDatabase
from authhero_sql.dialects.mysql_drivers import AsyncmyDriver, MySQLDriver
from authhero_sql.dialects.postgresql import PostgreSQLDatabase

ADA = {"user_id": "auth0|ada", "email": "ada@acme.example", "connection": "db", "password": {"hash": "h", "algorithm": "argon2id"}}


@asynccontextmanager
async def asyncpg_pool(url: str, **options: Any) -> AsyncIterator[Any]:
    """Create a pool of asyncpg."""
    import asyncpg

    async with asyncpg.create_pool(url, **{"min_size": 1, "max_size": 4, **options}) as pool:
        yield pool


@asynccontextmanager
async def mysql_pool(url: str, **options: Any) -> AsyncIterator[Any]:
    """Create a pool of the driver in the URL."""
    parts = urlsplit(url)
    driver: Any = importlib.import_module(parts.scheme.partition("+")[2] or "aiomysql")
    pool = await driver.create_pool(
        host=parts.hostname, port=parts.port, user=unquote(parts.username or ""), password=unquote(parts.password or ""),
        db=parts.path[1:], **{"minsize": 1, "maxsize": 4, **options},
    )  # fmt: skip
    try:
        yield pool
    finally:
        pool.close()
        await pool.wait_closed()


@asynccontextmanager
async def aiosqlite_connection(url: str, **options: Any) -> AsyncIterator[Any]:
    """Open a connection of aiosqlite."""
    import aiosqlite

    async with aiosqlite.connect(url.removeprefix("sqlite:///"), **options) as connection:
        yield connection


async def with_json_codecs(connection: Any) -> None:
    """Register JSON codecs, as many applications do."""
    for name in ("json", "jsonb"):
        await connection.set_type_codec(name, encoder=json.dumps, decoder=json.loads, schema="pg_catalog")


async def run_all_calls(adapters: Adapters) -> None:
    """Run the calls that must work with every pool."""
    await adapters.tenants.create({"id": "acme", "friendly_name": "Acme"})
    # The clock stops, so that a second update does not change any value.
    frozen = await create_adapters(adapters.database, clock=lambda: datetime(2026, 1, 31, tzinfo=UTC))
    created = await adapters.users.create("acme", {**ADA, "app_metadata": {"text": 'O\'Brien \\ "x" % _ 🔐'}})
    assert await adapters.users.get("acme", "auth0|ada") == created
    assert await frozen.users.update("acme", "auth0|ada", {"nickname": "ada"})
    assert await frozen.users.update("acme", "auth0|ada", {"nickname": "ada"})
    assert await adapters.client_connections.update_by_client("acme", "none", []) is False
    assert await adapters.users.update("acme", "auth0|nobody", {"nickname": "x"}) is False
    with suppress(KeyError):
        async with adapters.transaction() as tx:
            await tx.users.update("acme", "auth0|ada", {"nickname": "undone"})
            raise KeyError
    async with adapters.transaction() as tx:
        await tx.users.update("acme", "auth0|ada", {"name": "Ada"})

    async def work(number: int) -> None:
        async with adapters.transaction() as tx:
            await tx.users.create("acme", {"user_id": f"auth0|{number}", "connection": "db"})
        await adapters.users.get("acme", f"auth0|{number}")

    async with anyio.create_task_group() as group:
        for number in range(32):
            group.start_soon(work, number)
    page = await adapters.users.list("acme", include_totals=True)
    assert page.total == 33


async def check_committed(url: str) -> None:
    """Check that the writes are committed."""
    async with connect(url) as db:
        adapters = await create_adapters(db)
        user = await adapters.users.get("acme", "auth0|ada")
        assert user is not None
        assert (user.nickname, user.name) == ("ada", "Ada")


@pytest.mark.engines("postgresql")
@pytest.mark.parametrize(
    "options",
    [
        {"statement_cache_size": 0},
        {"server_settings": {"default_transaction_isolation": "serializable"}},
        {"init": with_json_codecs},
        {"command_timeout": 30},
    ],
    ids=["no statement cache", "serializable", "json codecs", "plain"],
)
async def test_an_asyncpg_pool(migrated_url: str, options: dict[str, Any]) -> None:
    async with asyncpg_pool(migrated_url, **options) as pool:
        adapters = await create_adapters(pool)
        await run_all_calls(adapters)
        await adapters.database.close()
        assert await pool.fetchval("SELECT count(*) FROM users") == 33
        async with pool.acquire() as connection:
            assert not connection.is_in_transaction()
    await check_committed(migrated_url)


@pytest.mark.engines("mysql")
@pytest.mark.parametrize(
    "options",
    [
        {"autocommit": False},
        {"autocommit": True},
        {"autocommit": True, "client_flag": 2},
        {"autocommit": False, "cursor": "dict"},
        {"autocommit": True, "stmt_cache_size": 50},
        {"autocommit": True, "sql_mode": "'ANSI_QUOTES,NO_BACKSLASH_ESCAPES,STRICT_ALL_TABLES'"},
    ],
    ids=["no autocommit", "no FOUND_ROWS", "FOUND_ROWS", "DictCursor", "prepared statements", "ANSI_QUOTES and NO_BACKSLASH_ESCAPES"],
)
async def test_a_mysql_pool(migrated_url: str, options: dict[str, Any]) -> None:
    driver: Any = importlib.import_module("asyncmy.cursors" if "asyncmy" in migrated_url else "aiomysql")
    given = dict(options)
    if "asyncmy" not in migrated_url:
        # aiomysql has no prepared statements.
        given.pop("stmt_cache_size", None)
    if given.pop("cursor", None):
        given["cursor_cls" if "asyncmy" in migrated_url else "cursorclass"] = driver.DictCursor
    async with mysql_pool(migrated_url, charset="utf8mb4", **given) as pool:
        adapters = await create_adapters(pool)
        await run_all_calls(adapters)
        await adapters.database.close()
        async with pool.acquire() as connection:
            assert connection.get_autocommit() is options["autocommit"]
            async with connection.cursor(driver.Cursor) as cursor:
                await cursor.execute("SELECT count(*) FROM users")
                assert await cursor.fetchone() == (33,)
    await check_committed(migrated_url)


@pytest.mark.engines("mysql")
async def test_an_aiomysql_pool_in_another_character_set_is_refused(migrated_url: str) -> None:
    async with mysql_pool(migrated_url, charset="latin1") as pool:
        with pytest.raises(ConfigurationError, match="utf8mb4"):
            await create_adapters(pool)


@pytest.mark.engines("sqlite")
@pytest.mark.parametrize(
    "options", [{}, {"isolation_level": None}, {"isolation_level": "IMMEDIATE"}], ids=["legacy", "autocommit", "immediate"]
)
async def test_an_aiosqlite_connection(migrated_url: str, options: dict[str, Any]) -> None:
    async with aiosqlite_connection(migrated_url, **options) as connection:
        connection.row_factory = sqlite3.Row
        adapters = await create_adapters(connection)
        await run_all_calls(adapters)
        await adapters.database.close()
        assert not connection.in_transaction
        rows = await connection.execute_fetchall("SELECT count(*) AS many FROM users")
        assert [row["many"] for row in rows] == [33]
    await check_committed(migrated_url)


@pytest.mark.engines("sqlite")
async def test_a_transaction_of_the_users_own_stays_the_users_own(migrated_url: str) -> None:
    async with aiosqlite_connection(migrated_url, isolation_level=None) as connection:
        adapters = await create_adapters(connection)
        await connection.execute("BEGIN")
        await adapters.tenants.create({"id": "acme", "friendly_name": "Acme"})
        async with adapters.transaction() as tx:
            await tx.users.create("acme", ADA)
        with suppress(KeyError):
            async with adapters.transaction() as tx:
                await tx.users.remove("acme", "auth0|ada")
                raise KeyError
        assert connection.in_transaction
        assert await adapters.users.get("acme", "auth0|ada") is not None
        await connection.rollback()
        assert await adapters.tenants.get("acme") is None


@pytest.mark.engines("sqlite")
async def test_references_that_cannot_be_switched_on_are_said(migrated_url: str) -> None:
    async with aiosqlite_connection(migrated_url, isolation_level=None) as connection:
        await connection.execute("BEGIN")
        with pytest.raises(ConfigurationError, match="foreign_keys"):
            await create_adapters(connection)


@pytest.mark.parametrize("given", [None, "sqlite:///auth.db", sqlite3.connect, object()])
async def test_anything_else_is_a_type_error(given: object) -> None:
    with pytest.raises(TypeError, match=r"asyncpg\.Pool, aiomysql\.Pool") as caught:
        await create_adapters(given)
    assert "aiosqlite.Connection" in str(caught.value)


@pytest.mark.engines("mysql")
@pytest.mark.parametrize("options", [{}, {"init_command": "SET lc_messages = 'de_DE'"}], ids=["English", "German"])
async def test_rows_that_stay_as_they_are_have_matched(migrated_url: str, options: dict[str, Any]) -> None:
    """Test a server that counts changed rows, because FOUND_ROWS is not set.

    The number of matched rows is only in a message, which may be localized.
    """
    async with mysql_pool(migrated_url, charset="utf8mb4", autocommit=True, **options) as pool:
        adapters = await create_adapters(pool)
        for name in ("a", "b", "c"):
            await adapters.tenants.create({"id": name, "friendly_name": "same" if name == "a" else name})
        rename = Call("UPDATE tenants SET friendly_name = %s", ("same",))
        executor = adapters.context.executor
        assert [await executor.execute(rename), await executor.execute(rename)] == [3, 3]
        assert await executor.write([rename, Call("UPDATE tenants SET friendly_name = 'x' WHERE id = 'none'")]) == [3, 0]


TEXTS = ("\\", "\\'", "'", '"', "''; DROP TABLE users; --", "%s %% %(x)s", "`", "\\0\\n\\Z", "\n\t\x1a", "é🔐", "\\\\", "' OR ''='")


@pytest.mark.engines("mysql")
@pytest.mark.parametrize("modes", ["", "NO_BACKSLASH_ESCAPES", "ANSI_QUOTES", "ANSI_QUOTES,NO_BACKSLASH_ESCAPES", "ANSI,TRADITIONAL"])
async def test_text_survives_every_sql_mode(migrated_url: str, modes: str) -> None:
    async with mysql_pool(migrated_url, charset="utf8mb4", autocommit=True, sql_mode=f"'{modes}'") as pool:
        adapters = await create_adapters(pool)
        await adapters.tenants.create({"id": "acme", "friendly_name": "Acme"})
        for number, text in enumerate(TEXTS):
            user_id = f"auth0|{text}"
            given = {**ADA, "user_id": user_id, "email": f"{number}@x", "name": text, "app_metadata": {"k": text}}
            assert (await adapters.users.create("acme", given)).name == text
            assert await adapters.users.update("acme", user_id, {"nickname": text})
            found = await adapters.users.get("acme", user_id)
            assert found is not None
            assert (found.user_id, found.name, found.nickname, found.app_metadata) == (user_id, text, text, {"k": text})
        assert (await adapters.users.list("acme", include_totals=True)).total == len(TEXTS)
        async with adapters.transaction() as tx:
            for text in TEXTS:
                assert await tx.users.remove("acme", f"auth0|{text}")
        assert (await adapters.users.list("acme", include_totals=True)).total == 0


@pytest.mark.engines("postgresql")
@pytest.mark.parametrize("own", [True, False], ids=["a pool of ours", "a pool of the user's own"])
async def test_a_table_that_changes_costs_one_transaction(database_url: str, own: bool) -> None:
    """Test that prepared statements fail in one transaction after a change of the table, and are then discarded on all connections."""
    read = Call("SELECT a FROM changing")

    async def both(db: Database) -> list[Any]:
        here: list[int] = []
        both_here = anyio.Event()

        async def one() -> list[Any]:
            async with db.transaction() as block:
                here.append(1)
                if len(here) == 2:
                    both_here.set()
                await both_here.wait()
                return list(await block.fetch(read))

        return list(await asyncio.gather(one(), one(), return_exceptions=True))

    async with connect(database_url, max_size=2) if own else asyncpg_pool(database_url, max_size=2) as given:
        db = (await create_adapters(given)).database
        await db.execute(Call("CREATE TABLE changing (a integer)"))
        assert await both(db) == [[], []]
        await db.execute(Call("ALTER TABLE changing ALTER COLUMN a TYPE text"))
        with pytest.raises(DatabaseError) as caught:
            async with db.transaction() as block:
                await block.fetch(read)
        assert caught.value.code == "0A000"
        assert await both(db) == [[], []]


@pytest.mark.engines("postgresql")
async def test_an_asyncpg_pool_that_is_not_open_says_so(migrated_url: str) -> None:
    import asyncpg

    pool = asyncpg.create_pool(migrated_url, min_size=1)
    adapters = await create_adapters(pool)
    with pytest.raises(DatabaseUnavailableError):
        await adapters.tenants.get("acme")
    async with pool:
        assert await adapters.tenants.get("acme") is None
    with pytest.raises(DatabaseUnavailableError):
        await adapters.tenants.get("acme")


@pytest.mark.engines("postgresql", "mysql")
async def test_a_pool_without_a_free_connection_is_a_timeout(migrated_url: str) -> None:
    mysql = migrated_url.startswith("mysql")
    async with (mysql_pool if mysql else asyncpg_pool)(migrated_url, **{"maxsize" if mysql else "max_size": 1}) as pool:
        driver = AsyncmyDriver if "asyncmy" in migrated_url else MySQLDriver
        kind: Any = partial(MySQLDatabase, driver=driver) if mysql else PostgreSQLDatabase
        async with kind(pool=pool, acquire_timeout=0.05) as db, db.transaction():
            with pytest.raises(PoolTimeoutError, match=r"no connection became free in 0\.05 seconds"):
                await read_outside(db)
        # The user has the connection back.
        async with kind(pool=pool) as db:
            assert await read_outside(db) == [(1,)]


async def read_outside(db: Any) -> list[tuple[Any, ...]]:
    """Read in a task that is in no transaction."""
    return [tuple(row) for row in await db.fetch(Call("SELECT 1"))]


@pytest.mark.engines("sqlite")
async def test_a_connection_whose_text_is_not_str_is_refused(migrated_url: str) -> None:
    async with aiosqlite_connection(migrated_url) as connection:
        connection.text_factory = bytes
        with pytest.raises(ConfigurationError, match="text_factory"):
            await create_adapters(connection)


@pytest.mark.engines("sqlite")
async def test_a_legacy_connection_with_the_users_writes_pending(migrated_url: str) -> None:
    """Test a transaction that Python started implicitly: the writes of this package are committed or rolled back with it."""
    async with aiosqlite_connection(migrated_url) as connection:
        adapters = await create_adapters(connection)
        assert list(await connection.execute_fetchall("PRAGMA foreign_keys")) == [(1,)]
        await adapters.tenants.create({"id": "acme", "friendly_name": "Acme"})
        for keep in (False, True):
            await connection.execute("UPDATE tenants SET friendly_name = 'the user''s'")
            await adapters.users.create("acme", ADA)
            with pytest.raises(ConflictError):
                await adapters.users.create("acme", ADA)
            async with adapters.transaction() as tx, tx.transaction() as inner:
                await inner.users.update("acme", "auth0|ada", {"nickname": "ada", "name": "Ada"})
            assert connection.in_transaction
            await (connection.commit() if keep else connection.rollback())
            assert (await adapters.users.get("acme", "auth0|ada") is not None) is keep
    await check_committed(migrated_url)
