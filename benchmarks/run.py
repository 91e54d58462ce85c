"""How much the adapters cost over the same SQL by hand: ratios against the bare driver, in one run.

    python benchmarks/run.py sqlite postgresql mysql d1

The hand-written side is one connection of the driver that stays open, the same statements with their values written down, and
the rows as tuples: no pool, no models, no checks. Ours is the public API. Each figure is the median of several rounds, taken in
turn so that both sides see the same machine. Servers come from ``AUTHHERO_TEST_POSTGRESQL`` and ``AUTHHERO_TEST_MYSQL``, or
are started. Importing the package is measured first, beside importing pydantic's models alone.
"""

from __future__ import annotations

import asyncio
import json
import logging
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

sys.path.insert(0, str(Path(__file__).parent.parent))

from authhero_sql import Adapters, connect, create_adapters, migrate_to_latest
from authhero_sql.dialects import Call
from tests import engines

ROUNDS = 7
CALLS = 200
Run = Callable[[Sequence[Call], bool], Awaitable[object]]


class Recorder:
    """Stands before a database and keeps what goes by, so that the bare driver can do the same."""

    def __init__(self, executor: Any) -> None:
        self.executor = executor
        self.calls: list[Call] = []

    async def fetch_many(self, calls: Sequence[Call]) -> Any:
        """Keep and pass on."""
        self.calls += calls
        return await self.executor.fetch_many(calls)

    async def execute(self, call: Call) -> Any:
        """Keep and pass on."""
        self.calls.append(call)
        return await self.executor.execute(call)

    async def write(self, calls: Sequence[Call]) -> Any:
        """Keep and pass on."""
        self.calls += calls
        return await self.executor.write(calls)


async def recorded(adapters: Adapters, work: Callable[[], Awaitable[object]]) -> list[Call]:
    """The statements of one call."""
    session = adapters.users.session
    recorder = Recorder(session.executor)
    object.__setattr__(session, "executor", recorder)
    try:
        await work()
    finally:
        object.__setattr__(session, "executor", recorder.executor)
    return recorder.calls


async def bare(name: str, url: str) -> tuple[Run, Callable[[], Awaitable[object]]]:
    """The bare driver: runs statements, as one transaction when they write; and how to close it."""
    if name == "sqlite":
        import aiosqlite

        connection = await aiosqlite.connect(url.removeprefix("sqlite:///"), isolation_level=None)
        for pragma in ("journal_mode = WAL", "synchronous = NORMAL", "foreign_keys = ON"):
            await connection.execute(f"PRAGMA {pragma}")

        async def sqlite(calls: Sequence[Call], write: bool) -> None:  # noqa: ARG001  # it makes no difference here
            for call in calls:
                await connection.execute_fetchall(call.sql, call.args)

        return sqlite, connection.close
    if name == "postgresql":
        import asyncpg

        pg = await asyncpg.connect(url)

        async def postgresql(calls: Sequence[Call], write: bool) -> None:
            for call in calls:
                await pg.execute(call.sql, *call.args) if write else await pg.fetch(call.sql, *call.args)

        return postgresql, pg.close
    if name == "d1":
        import httpx

        given = urlsplit(url)
        client = httpx.AsyncClient(
            base_url=f"{parse_qs(given.query)['endpoint'][0]}/d1/database{given.path}/",
            headers={"Authorization": f"Bearer {given.password}"},
            verify=False,  # the address is this machine's, without TLS
        )

        async def d1(calls: Sequence[Call], write: bool) -> None:
            bodies = [{"sql": call.sql, "params": [json.dumps(call.args)]} for call in calls]
            response = await client.post("query" if write else "raw", json={"batch": bodies})
            response.raise_for_status()
            response.json()

        return d1, client.aclose
    import aiomysql

    parts = urlsplit(url)
    my = await aiomysql.connect(
        host=parts.hostname, port=parts.port, user=unquote(parts.username or ""), password=unquote(parts.password or ""),
        db=parts.path[1:], autocommit=True, charset="utf8mb4",
    )  # fmt: skip

    async def mysql(calls: Sequence[Call], write: bool) -> None:  # noqa: ARG001  # it makes no difference here
        for call in calls:
            async with my.cursor() as cursor:
                await cursor.execute(call.sql, call.args)
                await cursor.fetchall()

    async def close() -> None:
        my.close()

    return mysql, close


async def timed(work: Callable[[int], Awaitable[object]], offset: int) -> float:
    """Microseconds a call."""
    started = time.perf_counter()
    for number in range(offset, offset + CALLS):
        await work(number)
    return (time.perf_counter() - started) / CALLS * 1e6


def _user(number: int, side: str) -> dict[str, Any]:
    return {
        "user_id": f"auth0|{side}{number:06}",
        "email": f"{side}{number}@acme.example",
        "name": "Ada Lovelace",
        "connection": "Username-Password-Authentication",
        "provider": "auth0",
        "is_social": False,
        "app_metadata": {"roles": ["admin", "staff"], "plan": "pro"},
        "user_metadata": {"theme": "dark"},
    }


def importing(module: str) -> float:
    """Milliseconds that importing a module takes in a process of its own."""
    program = f"import time; begun = time.perf_counter(); import {module}; print(time.perf_counter() - begun)"
    root = Path(__file__).parents[1]
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True, cwd=root)
    return float(done.stdout) * 1e3


async def measure(name: str, url: str) -> None:
    """Print both figures and their ratio, for get and create."""
    async with connect(url) as db:
        await migrate_to_latest(db)
        adapters = await create_adapters(db)
        await adapters.tenants.create({"id": "acme", "friendly_name": "Acme"})
        for number in range(CALLS):
            await adapters.users.create("acme", _user(number, "seed"))
        get_calls = await recorded(adapters, lambda: adapters.users.get("acme", "auth0|seed000007"))
        create_calls = await recorded(adapters, lambda: adapters.users.create("acme", _user(0, "one")))
        insert = create_calls[0]
        places = [place for place, value in enumerate(insert.args) if value in ("auth0|one000000", "one0@acme.example")]
        builds = adapters.session.texts.builds
        run, close = await bare(name, url)

        def by_hand(number: int) -> Awaitable[object]:
            fresh = {"auth0|one000000": f"auth0|hand{number:06}", "one0@acme.example": f"hand{number}@acme.example"}
            args = tuple(fresh[value] if place in places else value for place, value in enumerate(insert.args))
            return run([Call(insert.sql, args)], True)

        def get(number: int) -> Awaitable[object]:
            return adapters.users.get("acme", f"auth0|seed{number % CALLS:06}")

        def get_by_hand(_: int) -> Awaitable[object]:
            return run(get_calls, False)

        def create(number: int) -> Awaitable[object]:
            return adapters.users.create("acme", _user(number, "ours"))

        for title, ours, theirs in (("users.get", get, get_by_hand), ("users.create", create, by_hand)):
            mine, others = [], []
            for turn in range(ROUNDS):
                mine.append(await timed(ours, turn * CALLS))
                others.append(await timed(theirs, turn * CALLS))
            ratio = statistics.median(mine) / statistics.median(others)
            print(f"{name:11} {title:13} {statistics.median(mine):7.0f} µs, by hand {statistics.median(others):7.0f} µs: {ratio:.2f} ×")
        print(f"{name:11} PyPika builds after warm-up: {adapters.session.texts.builds - builds}")
        await close()


def main() -> None:
    """Measure the engines that are named, all of them by default."""
    logging.basicConfig(level=logging.WARNING)
    mine, others = (statistics.median(importing(module) for _ in range(ROUNDS)) for module in ("authhero_sql", "pydantic.main"))
    print(f"import      authhero_sql {mine:8.0f} ms, pydantic alone {others:4.0f} ms: {mine / others:.2f} ×")
    for name in sys.argv[1:] or ("sqlite", *engines.KINDS):
        if name == "sqlite":
            with tempfile.TemporaryDirectory() as folder:
                asyncio.run(measure(name, f"sqlite:///{folder}/bench.db"))
            continue
        server = engines.start(name)
        url = engines.create_database(server)
        try:
            asyncio.run(measure(name, url))
        finally:
            engines.drop_database(server, url)
            server.stop()


if __name__ == "__main__":
    main()
