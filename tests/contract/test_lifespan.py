"""The lifespan of an application with each kind of argument: a URL, an open database, or a pool of a driver."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from authhero_sql import connect
from authhero_sql.contrib.http import Source, lifespan
from authhero_sql.testing import build


async def start_twice(source: Source) -> None:
    """Start an application twice. The second start has nothing to migrate."""
    for expected in (0, 1):
        app = SimpleNamespace(state=SimpleNamespace())
        async with lifespan(source, migrate=True, normalize_emails=True)(app):
            assert await app.state.adapters.tenants.count() == expected
            if not expected:
                await app.state.adapters.tenants.create(build.tenant())
                user = await app.state.adapters.users.create("acme", build.user(email="Ada@acme.example"))
                assert user.email == "ada@acme.example"


async def test_a_url(database_url: str) -> None:
    await start_twice(database_url)


async def test_a_database_of_ours(database_url: str) -> None:
    await start_twice(lambda: connect(database_url, acquire_timeout=5))


@pytest.mark.engines("postgresql")
async def test_a_pool_of_asyncpg(database_url: str) -> None:
    import asyncpg

    await start_twice(lambda: asyncpg.create_pool(database_url, min_size=1))
