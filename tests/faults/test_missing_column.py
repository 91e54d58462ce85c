"""A missing column is an error on every engine, and never read as text or NULL."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress

from authhero_sql import Adapters, SchemaMismatchError, connect, create_adapters, migrate_to_latest
from authhero_sql.dialects import Call
from authhero_sql.where import startswith
from tests.contract.builders import tenant

RUTH = {"user_id": "auth0|ruth", "email": "ruth@acme.example", "connection": "db"}
CALLS: dict[str, Callable[[Adapters], Awaitable[object]]] = {
    "get": lambda store: store.users.get("acme", "auth0|ruth"),
    "get_by_email": lambda store: store.users.get_by_email("acme", "ruth@acme.example"),
    "list": lambda store: store.users.list("acme", include_totals=True),
    "checkpoint": lambda store: store.users.list("acme", take=2),
    "equal": lambda store: store.users.count("acme", where={"nickname": "nickname"}),
    "where": lambda store: store.users.count("acme", where={"nickname": startswith("nick")}),
    "create": lambda store: store.users.create("acme", {**RUTH, "user_id": "auth0|eve", "email": "eve@acme.example"}),
    "update": lambda store: store.users.update("acme", "auth0|ruth", {"nickname": "ada"}),
    "expect": lambda store: store.users.update("acme", "auth0|ruth", {"name": "Ada"}, expect={"nickname": "nickname"}),
}


async def test_a_missing_column_is_an_error(database_url: str) -> None:
    async with connect(database_url) as db:
        await migrate_to_latest(db)
        store = await create_adapters(db)
        await tenant(store, "acme")
        await store.users.create("acme", RUTH)
        await db.execute(Call(db.dialect.drop_column("users", "nickname")))
        refused = []
        for name, call in CALLS.items():
            with suppress(SchemaMismatchError):
                await call(store)
                continue
            refused.append(name)
        assert refused == list(CALLS)
