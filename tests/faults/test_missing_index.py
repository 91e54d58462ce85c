"""Statements with index hints (SQLite, D1 and sorted lists on MySQL) also work without the index, and a warning is logged."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from authhero_sql import Adapters, connect, create_adapters, migrate_to_latest
from authhero_sql.dialects import Call
from tests.contract.builders import SOON, tenant

# In the order of the statements, because SQLite reports the first missing index.
INDEXES = ("idx_users_tenant_created_at", "unique_email_provider", "users_linked_to_index")
GONE = {"user_id": "auth0|gone", "connection": "db"}


async def reads(users: Any) -> list[Any]:
    """Return the results of all queries with index hints."""
    first = await users.list("acme", take=2)
    return [
        await users.get("acme", "auth0|u1"),
        await users.get_by_email("acme", "u2@acme.example"),
        await users.list("acme", per_page=3, include_totals=True),
        first,
        await users.list("acme", take=2, from_=first.next),
        [user async for user in users.iterate("acme", batch=2)],
    ]


async def answers(store: Adapters) -> list[Any]:
    """Return the results of the queries and of a write, run separately, in a batch and in a transaction."""
    await store.users.create("acme", GONE, import_metadata={"created_at": SOON})
    found = [*await reads(store.users), await store.users.remove("acme", "auth0|gone"), await store.users.remove("acme", "auth0|gone")]
    await store.users.create("acme", GONE, import_metadata={"created_at": SOON})
    async with store.batch() as batch:
        await batch.users.remove("acme", "auth0|gone")
    if store.database.dialect.features.interactive_transactions:
        async with store.transaction() as inside:
            found += [*await reads(inside.users), await inside.users.remove("acme", "auth0|gone")]
    return found


async def filled(store: Adapters) -> None:
    """Yield a tenant with users, one of which is linked to another."""
    await tenant(store, "acme")
    for number in range(6):
        linked = {"linked_to": "auth0|u1"} if number == 5 else {}
        account = {"user_id": f"auth0|u{number}", "email": f"u{number}@acme.example", "connection": "db", **linked}
        await store.users.create("acme", account)


@pytest.mark.engines("sqlite", "d1")
async def test_without_an_index_everything_works_and_the_log_says_so(database_url: str, caplog: pytest.LogCaptureFixture) -> None:
    async with connect(database_url) as db:
        await migrate_to_latest(db)
        store = await create_adapters(db)
        await filled(store)
        caplog.set_level(logging.WARNING, "authhero_sql")
        before = await answers(store)
        assert caplog.records == []
        for index in INDEXES:
            await db.execute(Call(f'DROP INDEX "{index}"'))
            caplog.clear()
            assert await answers(store) == before
            assert f"no such index: {index}" in caplog.text
            assert {record.levelname for record in caplog.records} == {"WARNING"}


@pytest.mark.engines("mysql")
async def test_without_the_index_of_an_order_mysql_goes_on(database_url: str, caplog: pytest.LogCaptureFixture) -> None:
    async with connect(database_url) as db:
        await migrate_to_latest(db)
        store = await create_adapters(db)
        await filled(store)
        caplog.set_level(logging.WARNING, "authhero_sql")
        before = await answers(store)
        assert caplog.records == []
        await db.execute(Call(db.dialect.drop_index("users", INDEXES[0])))
        assert await answers(store) == before
        assert f"Key '{INDEXES[0]}' doesn't exist" in caplog.text
