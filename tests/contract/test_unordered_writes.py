"""Several independent writes give the same counts and rows whether or not the engine combines them in one statement."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest

from authhero_sql import (
    Adapters,
    ConflictError,
    Database,
    ForeignKeyError,
    SchemaMismatchError,
    TransactionAbortedError,
    UnknownOutcomeError,
    connect,
    create_adapters,
)
from authhero_sql.dialects import Call
from tests.faults.proxy import open_proxy


@pytest.fixture
async def store(adapters: Adapters) -> Adapters:
    """Return adapters with a tenant and two users."""
    await adapters.tenants.create({"id": "acme", "friendly_name": "Acme"})
    for name in ("one", "two"):
        await adapters.users.create("acme", {"user_id": f"auth0|{name}", "connection": "db"})
    return adapters


def nickname(db: Database, name: str, value: str) -> Call:
    """Return a write to a user."""
    first, second = {"postgresql": ("$1", "$2"), "mysql": ("%s", "%s"), "d1": ("(?1->>0)", "(?1->>1)")}.get(db.dialect.name, ("?", "?"))
    return Call(f"UPDATE users SET nickname = {first} WHERE user_id = {second}", (value, f"auth0|{name}"))


def password(name: str) -> Call:
    """Return a write to another table, with a reference."""
    columns = "id, tenant_id, user_id, password, algorithm, is_current, created_at, updated_at"
    return Call(
        f"INSERT INTO passwords ({columns}) SELECT 'p_{name}', 'acme', 'auth0|{name}', 'h', 'argon2id', 1, 'x', 'x' FROM tenants"
        " WHERE id = 'acme'"
    )


async def written_values(store: Adapters) -> dict[str, Any]:
    """Return the written values."""
    return {user.user_id: user.nickname for user in (await store.users.list("acme")).items}


async def test_the_counts_and_the_rows_are_the_same(store: Adapters) -> None:
    db = store.database
    calls = [
        nickname(db, "one", "a"),
        password("one"),
        nickname(db, "nobody", "b"),
        Call("DELETE FROM users WHERE user_id = 'auth0|two'"),
    ]
    assert await db.write(calls, unordered=True) == [1, 1, 0, 1]
    assert await written_values(store) == {"auth0|one": "a"}
    assert len(await db.fetch(Call("SELECT id FROM passwords"))) == 1


async def test_one_that_fails_takes_the_others_with_it(store: Adapters) -> None:
    db = store.database
    assert await db.write([nickname(db, "one", "kept"), password("one")], unordered=True) == [1, 1]
    with pytest.raises(ConflictError):
        await db.write([nickname(db, "one", "undone"), password("one")], unordered=True)
    with pytest.raises(ForeignKeyError):
        await db.write([nickname(db, "one", "undone"), password("nobody")], unordered=True)
    with pytest.raises(SchemaMismatchError):
        await db.write([nickname(db, "one", "undone"), Call("DELETE FROM nowhere")], unordered=True)
    assert await written_values(store) == {"auth0|one": "kept", "auth0|two": None}


@pytest.mark.transactions
async def test_in_a_transaction_they_are_part_of_it(store: Adapters) -> None:
    db = store.database
    with suppress(KeyError):
        async with db.transaction() as block:
            assert await block.write([nickname(db, "one", "undone"), nickname(db, "two", "undone")], unordered=True) == [1, 1]
            raise KeyError

    async def caught() -> None:
        async with db.transaction() as block:
            with suppress(SchemaMismatchError):
                await block.write([nickname(db, "one", "undone"), Call("DELETE FROM nowhere")], unordered=True)

    with pytest.raises(TransactionAbortedError):
        await caught()
    async with db.transaction() as block:
        assert await block.write([nickname(db, "one", "kept"), nickname(db, "two", "kept")], unordered=True) == [1, 1]
    assert set((await written_values(store)).values()) == {"kept"}


@pytest.mark.engines("postgresql", "mysql")
async def test_they_are_one_trip(store: Adapters, migrated_url: str) -> None:
    async with open_proxy(migrated_url) as (proxy, url), connect(url, max_size=1, min_size=0) as db:
        calls = [nickname(db, "one", "a"), nickname(db, "two", "a")]
        # PostgreSQL prepares the statement the first time.
        await db.write(calls, unordered=True)
        before = proxy.trips
        assert await db.write(calls, unordered=True) == [1, 1]
        assert proxy.trips - before == 1
        before = proxy.trips
        async with db.transaction() as block:
            assert await block.write(calls, unordered=True) == [1, 1]
        assert proxy.trips - before == 3
        proxy.cut_after = b"never-before"
        with pytest.raises(UnknownOutcomeError):
            await db.write([nickname(db, "one", "never-before"), nickname(db, "two", "a")], unordered=True)
    assert (await written_values(await create_adapters(store.database)))["auth0|one"] in {"a", "never-before"}
