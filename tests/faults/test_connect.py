"""Opening databases by URL: all formats, all errors, and no password in any message."""

from __future__ import annotations

import asyncio
import traceback
from pathlib import Path
from typing import Any
from urllib.parse import quote

import anyio
import pytest

from authhero_sql import Adapters, ConfigurationError, DatabaseUnavailableError, connect, create_adapters
from authhero_sql.dialects import Call
from tests.faults.proxy import open_proxy

SECRET = "s3cret-value"


async def opened(url: str, **options: Any) -> None:
    """Open and close a database."""
    async with connect(url, **options):
        pass


@pytest.mark.parametrize(
    ("url", "options"),
    [
        ("postgresql://u:s3cret-value@h:port/x", {}),
        ("postgresql://u:s3cret-value/rest@h/x", {}),
        ("postgresql://u:s3cret-value[@h/x", {}),
        ("postgresql://u:s3cret-value@127.0.0.1:1/x", {"nonsense": SECRET}),
        ("postgresql://u:s3cret-value@127.0.0.1:1/x", {"max_size": 0}),
        ("postgresql://u:s3cret-value@127.0.0.1:1/x?max_size=s3cret-value", {}),
        ("postgres://u:s3cret-value@127.0.0.1:1/x?max_size=1&min_size=2", {}),
        ("mysql://u:s3cret-value@h:port/x", {}),
        ("mysql://u:s3cret-value/rest@h/x", {}),
        ("mysql://u:s3cret-value[@h/x", {}),
        ("mysql://u:s3cret-value@127.0.0.1:1/x", {"nonsense": SECRET}),
        ("mysql+asyncmy://u:s3cret-value@127.0.0.1:1/x", {"nonsense": SECRET}),
        ("mysql+asyncmy://u:s3cret-value@127.0.0.1:1/x?charset=latin1", {}),
        ("mysql://u:s3cret-value@127.0.0.1:1/x?charset=latin1", {}),
        ("mysql://u:s3cret-value@127.0.0.1:1/x?connect_timeout=s3cret-value", {}),
        ("mariadb://u:s3cret-value@127.0.0.1:1/x", {"min_size": -1}),
        ("sqlite:///auth.db?nonsense=s3cret-value", {}),
        ("sqlite:///auth.db", {"nonsense": SECRET}),
        ("oracle://u:s3cret-value@h/x", {}),
        ("u:s3cret-value@h", {}),
    ],
)
async def test_a_mistake_is_a_configuration_error_that_keeps_the_password(url: str, options: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError) as caught:
        await opened(url, **options)
    said = "".join(traceback.format_exception(caught.value))
    # A traceback shows lines of this file.
    assert SECRET not in "\n".join(line for line in said.splitlines() if not line.startswith("    "))


@pytest.mark.parametrize(
    ("url", "named"),
    [
        ("postgresql://127.0.0.1:1/x", "nonsense"),
        ("mysql://127.0.0.1:1/x", "nonsense"),
        ("mysql+asyncmy://127.0.0.1:1/x", "nonsense"),
        ("sqlite:///x", "nonsense"),
    ],
)
async def test_an_unknown_option_is_named(url: str, named: str) -> None:
    with pytest.raises(ConfigurationError, match=named):
        await opened(url, nonsense=1)


async def test_a_password_with_reserved_characters_is_written_in_percent_form(migrated_url: str) -> None:
    if not migrated_url.startswith("sqlite"):
        scheme, _, rest = migrated_url.partition("://")
        user, _, host = rest.rpartition("@")
        name, _, word = user.partition(":")
        await opened(f"{scheme}://{quote(name)}:{''.join(f'%{ord(letter):02X}' for letter in word)}@{host}")
    else:
        path = Path(migrated_url.removeprefix("sqlite:///")).with_name("with space %.db")
        await opened(f"sqlite:///{quote(str(path))}")
        assert path.exists()


async def test_options_in_the_query_and_as_keywords(migrated_url: str) -> None:
    query = "readers=1&busy_timeout=0.5" if migrated_url.startswith("sqlite") else "max_size=2&connect_timeout=5"
    url = f"{migrated_url}{'&' if '?' in migrated_url else '?'}{query}"
    async with connect(f"{url}&acquire_timeout=7") as db:
        assert (await (await create_adapters(db)).tenants.list()).length == 0
    await opened(url, acquire_timeout=3.0)


async def test_await_and_async_with_open_once(migrated_url: str) -> None:
    db = connect(migrated_url)
    assert await db is db
    assert await db is db
    async with db as same:
        assert same is db
        assert await (await create_adapters(db)).tenants.get("acme") is None
    await db.close()


async def test_after_the_close_everything_says_so(migrated_url: str) -> None:
    db = connect(migrated_url)
    adapters = await create_adapters(db)
    await db.close()
    await db.close()
    with pytest.raises(DatabaseUnavailableError):
        await adapters.tenants.get("acme")
    with pytest.raises(DatabaseUnavailableError):
        await adapters.tenants.create({"id": "acme", "friendly_name": "Acme"})
    for again in (db.open(), create_adapters(db)):
        with pytest.raises(DatabaseUnavailableError):
            await again


async def test_closed_before_it_was_opened_stays_closed(migrated_url: str) -> None:
    db = connect(migrated_url)
    await db.close()
    with pytest.raises(DatabaseUnavailableError):
        await db


async def test_an_opening_that_is_cancelled_leaves_nothing_open(migrated_url: str) -> None:
    for hops in range(0, 40, 3):
        task = asyncio.ensure_future(connect(migrated_url).open())
        for _ in range(hops):
            await asyncio.sleep(0)
        task.cancel()
        try:
            db = await task
        except asyncio.CancelledError:
            continue
        await db.close()


@pytest.mark.engines("postgresql", "mysql")
async def test_a_server_that_ends_our_connections_is_survived(migrated_url: str, engine: str) -> None:
    """Test that a restart, or an administrator who ends connections, only affects the running calls."""
    async with connect(migrated_url) as db:
        adapters = await create_adapters(db)
        await adapters.tenants.create({"id": "acme", "friendly_name": "Acme"})
        async with connect(migrated_url) as other:

            async def lost(*, at_commit: bool) -> None:
                async with adapters.transaction() as tx:
                    await tx.tenants.update("acme", {"friendly_name": "Lost"})
                    await terminate_connection(tx, other, engine)
                    if not at_commit:
                        await tx.tenants.get("acme")

            for at_commit in (False, True):
                with pytest.raises(DatabaseUnavailableError) as caught:
                    await lost(at_commit=at_commit)
                assert caught.value.__cause__ is not None
        found = await adapters.tenants.get("acme")
        assert found is not None
        assert found.friendly_name == "Acme"
        assert await adapters.tenants.update("acme", {"friendly_name": "Found"})


KILL = {
    "postgresql": "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()",
    "mysql": "SELECT id FROM information_schema.processlist WHERE db = DATABASE() AND id <> CONNECTION_ID()",
}


@pytest.mark.engines("postgresql", "mysql")
async def test_a_server_that_ends_idle_connections_costs_nobody_anything(migrated_url: str, engine: str) -> None:
    async with connect(migrated_url, min_size=3, max_size=3) as db, connect(migrated_url) as other:
        adapters = await create_adapters(db)
        for row in await other.fetch(Call(KILL[engine])):
            if engine == "mysql":
                await other.execute(Call("KILL %s", tuple(row)))
        inside: Any = db
        pool = inside._pool
        # Until the client has noticed.
        while any(pool._driver.is_open(connection) for connection, _ in pool._idle):  # noqa: ASYNC110  # there is no event for it
            await asyncio.sleep(0)
        await adapters.tenants.create({"id": "acme", "friendly_name": "Acme"})
        await asyncio.gather(*(adapters.tenants.update("acme", {"friendly_name": str(number)}) for number in range(9)))


@pytest.mark.engines("mysql")
async def test_mysql_is_asked_for_a_sign_of_life_after_a_long_silence(migrated_url: str) -> None:
    async with open_proxy(migrated_url) as (proxy, url), connect(url, max_size=1) as db:
        adapters = await create_adapters(db)
        inside: Any = db
        pool = inside._pool
        for reset_after_idle, trips in ((pool._reset_after_idle, 1), (-1.0, 2)):
            pool._reset_after_idle = reset_after_idle
            before = proxy.trips
            assert await adapters.tenants.get("acme") is None
            assert proxy.trips - before == trips


@pytest.mark.engines("postgresql")
async def test_what_asyncpgs_own_pool_takes_is_taken_or_refused(migrated_url: str) -> None:
    import asyncpg

    seen: list[str] = []

    async def connecting(*given: Any, **options: Any) -> Any:
        seen.append("connect")
        return await asyncpg.connect(*given, **options)

    async def initialised(connection: Any) -> None:
        seen.append("init")
        await connection.execute("SET lock_timeout = 1234")

    async def set_up(connection: Any) -> None:
        seen.append("setup")
        assert await connection.fetchval("SHOW lock_timeout") == "1234ms"

    given: dict[str, Any] = {"connect": connecting, "init": initialised, "setup": set_up, "max_inactive_connection_lifetime": 0}
    async with connect(migrated_url, max_size=1, server_settings={"application_name": "ours"}, **given) as db:
        assert await db.fetch(Call("SHOW application_name")) == [("ours",)]
        async with db.transaction() as block:
            assert await block.fetch(Call("SHOW lock_timeout")) == [("1234ms",)]
    assert seen == ["connect", "init", "setup", "setup"]
    for name in ("init_size", "loop", "max_queries", "reset"):
        with pytest.raises(ConfigurationError, match=name):
            connect(migrated_url, **{name: 1})


@pytest.mark.engines("postgresql")
@pytest.mark.parametrize("hook", ["init", "setup"])
async def test_a_hook_that_fails_leaves_no_connection_behind(migrated_url: str, hook: str) -> None:
    async def failing(connection: Any) -> None:
        if (await connection.fetchval("SELECT count(*) FROM tenants")) == 0:
            raise KeyError(hook)

    async with connect(migrated_url, min_size=0, max_size=1, **{hook: failing}) as db, connect(migrated_url) as other:
        for _ in range(3):
            with pytest.raises(KeyError, match=hook):
                await db.fetch(Call("SELECT 1"))
        await (await create_adapters(other)).tenants.create({"id": "acme", "friendly_name": "Acme"})
        assert await db.fetch(Call("SELECT 1")) == [(1,)]


@pytest.mark.engines("mysql")
async def test_the_names_of_aiomysqls_own_pool_are_known_too(migrated_url: str) -> None:
    async with connect(migrated_url, minsize=0, maxsize=2, pool_recycle=-1, program_name="ours") as db:
        found = await asyncio.gather(*(db.fetch(Call("SELECT CONNECTION_ID() FROM (SELECT SLEEP(0.01)) AS s")) for _ in range(6)))
        assert len({row[0] for rows in found for row in rows}) == 2
    with pytest.raises(ConfigurationError, match="loop"):
        connect(migrated_url, loop=None)  # type: ignore[call-arg]  # it is no option of ours


async def terminate_connection(tx: Adapters, other: Any, engine: str) -> None:
    """Terminate the connection of a transaction from another connection."""
    of = {"postgresql": "SELECT pg_backend_pid()", "mysql": "SELECT CONNECTION_ID()"}[engine]
    [[number]] = await tx.context.executor.fetch(Call(of))
    if engine == "postgresql":
        await other.fetch(Call("SELECT pg_terminate_backend($1)", (number,)))
    else:
        await other.execute(Call("KILL %s", (number,)))
    await anyio.lowlevel.checkpoint()
