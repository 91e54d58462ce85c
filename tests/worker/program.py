"""The program that runs in Pyodide: the recorded workload over the binding, and a wrapped binding like in newer SDKs."""

from __future__ import annotations

import json
import sys
from typing import Any

from authhero_sql import Adapters, BatchRowNotFoundError, ConflictError, UnsupportedError, check_schema, create_adapters, migrate_to_latest
from tests.workload.replay import recorded, replay

DRIVERS = {"aiosqlite", "asyncpg", "aiomysql", "httpx"}


class Wrapped:
    """A binding with a Python interface."""

    def __init__(self, binding: Any) -> None:
        self.binding = binding

    def prepare(self, sql: str) -> WrappedStatement:
        """Prepare a statement."""
        return WrappedStatement(self.binding.prepare(sql))

    async def batch(self, statements: list[WrappedStatement]) -> Any:
        """Run all statements in a batch."""
        from pyodide.ffi import to_js  # type: ignore[import-not-found]  # Pyodide's own

        return (await self.binding.batch(to_js([statement.statement for statement in statements]))).to_py()


class WrappedStatement:
    """A statement with a Python interface."""

    def __init__(self, statement: Any) -> None:
        self.statement = statement

    def bind(self, *params: str) -> WrappedStatement:
        """Bind the parameters."""
        return WrappedStatement(self.statement.bind(*params))

    async def raw(self) -> Any:
        """Return the rows."""
        return (await self.statement.raw()).to_py()


async def a_bit_of_everything(adapters: Adapters) -> list[str]:
    """Run various calls and return the differences, which should be empty."""
    wrong = []
    await adapters.tenants.create({"id": "wrapped", "friendly_name": "W"})
    ada = {"user_id": "auth0|ada", "connection": "db", "email": None, "name": "Ada 🦉"}
    made = await adapters.users.create("wrapped", ada)
    if await adapters.users.get("wrapped", "auth0|ada") != made:
        wrong.append("get")
    try:
        await adapters.users.create("wrapped", ada)
        wrong.append("conflict")
    except ConflictError as error:
        if error.fields != ("user_id",):
            wrong.append("fields")
    try:
        async with adapters.batch() as batch:
            await batch.users.update("wrapped", "auth0|ada", {"name": "x"})
            await batch.users.remove("wrapped", "nobody")
        wrong.append("batch")
    except BatchRowNotFoundError:
        if await adapters.users.get("wrapped", "auth0|ada") != made:
            wrong.append("atomic")
    try:
        async with adapters.transaction():
            wrong.append("transaction")
    except UnsupportedError:
        pass
    if not await adapters.users.remove("wrapped", "auth0|ada"):
        wrong.append("remove")
    return wrong


async def main(binding: Any) -> str:
    """Run everything and return the outcome as JSON."""
    applied = await migrate_to_latest(binding)
    again = await migrate_to_latest(binding)
    usable = (await check_schema(binding)).usable
    now = await replay((await create_adapters(binding)).database)
    different = [(call, was, is_) for (call, was), (_, is_) in zip(recorded(), now, strict=True) if was != is_]
    wrong = await a_bit_of_everything(await create_adapters(Wrapped(binding)))
    return json.dumps(
        {
            "applied": applied,
            "again": again,
            "usable": usable,
            "calls": len(now),
            "different": different,
            "wrong": wrong,
            "platform": sys.platform,
            "drivers": sorted(DRIVERS & sys.modules.keys()),
        }
    )
