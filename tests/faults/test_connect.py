"""From a URL to a database and back: every form, every mistake, and no password in what is said about it."""

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

SECRET = "s3cret-value"


async def opened(url: str, **options: Any) -> None:
    """Open and close."""
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
    # The lines of code that a traceback shows are this file's.
    assert SECRET not in "\n".join(line for line in said.splitlines() if not line.startswith("    "))


@pytest.mark.parametrize(
    ("url", "named"), [("postgresql://127.0.0.1:1/x", "nonsense"), ("mysql://127.0.0.1:1/x", "nonsense"), ("sqlite:///x", "nonsense")]
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
    """A restart or an impatient administrator costs what was under way and nothing else."""
    async with connect(migrated_url) as db:
        adapters = await create_adapters(db)
        await adapters.tenants.create({"id": "acme", "friendly_name": "Acme"})
        async with connect(migrated_url) as other:

            async def lost(*, at_commit: bool) -> None:
                async with adapters.transaction() as tx:
                    await tx.tenants.update("acme", {"friendly_name": "Lost"})
                    await end(tx, other, engine)
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


async def end(tx: Adapters, other: Any, engine: str) -> None:
    """End the connection of a transaction from elsewhere."""
    of = {"postgresql": "SELECT pg_backend_pid()", "mysql": "SELECT CONNECTION_ID()"}[engine]
    [[number]] = await tx.session.executor.fetch(Call(of))
    if engine == "postgresql":
        await other.fetch(Call("SELECT pg_terminate_backend($1)", (number,)))
    else:
        await other.execute(Call("KILL %s", (number,)))
    await anyio.lowlevel.checkpoint()
