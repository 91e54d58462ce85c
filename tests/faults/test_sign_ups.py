"""Many processes concurrently sign users up in one transaction each, without any conflict."""

from __future__ import annotations

import asyncio
import sys

import pytest

from authhero_sql import Adapters, connect, create_adapters

PROCESSES, TASKS, EACH = 4, 8, 16

pytestmark = pytest.mark.transactions


async def sign_up(url: str, process: int) -> None:
    """Run the tasks of one process, each of which creates several users."""
    async with connect(url) as db:
        store = await create_adapters(db)

        async def task(number: int) -> None:
            for turn in range(EACH):
                name = f"p{process}_{number}_{turn}"
                async with store.transaction() as tx:
                    await tx.users.create("acme", {"user_id": f"auth0|{name}", "email": f"{name}@acme.example", "connection": "db"})
                    await tx.users.update("acme", f"auth0|{name}", {"nickname": name, "login_count": 1})
                    await tx.passwords.create("acme", {"user_id": f"auth0|{name}", "password": "hash"})
                    entry = {"type": "ss", "user_id": f"auth0|{name}", "date": "2026-01-31T10:00:00.000Z", "isMobile": False}
                    await tx.logs.create("acme", entry)

        await asyncio.gather(*(task(number) for number in range(TASKS)))


async def test_sign_ups_of_many_processes_never_fail(adapters: Adapters, migrated_url: str) -> None:
    await adapters.tenants.create({"id": "acme", "friendly_name": "Acme"})
    processes = [
        await asyncio.create_subprocess_exec(sys.executable, "-m", "tests.faults.test_sign_ups", migrated_url, str(number))
        for number in range(PROCESSES)
    ]
    assert [await process.wait() for process in processes] == [0] * PROCESSES
    assert (await adapters.users.list("acme", per_page=1, include_totals=True)).total == PROCESSES * TASKS * EACH
    assert (await adapters.logs.list("acme", per_page=1, include_totals=True)).total == PROCESSES * TASKS * EACH
    found = await adapters.users.get("acme", "auth0|p3_7_15")
    assert found is not None
    assert (found.nickname, found.login_count) == ("p3_7_15", 1)


if __name__ == "__main__":
    asyncio.run(sign_up(sys.argv[1], int(sys.argv[2])))
