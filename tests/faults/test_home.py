"""A database only works in the process and the event loop that opened it. Elsewhere it raises an error immediately instead of hanging."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from authhero_sql import Adapters, ConfigurationError, connect, create_adapters
from authhero_sql.dialects.managed import ManagedDatabase

FORKED = """
import asyncio, os, sys
from authhero_sql import ConfigurationError, connect, create_adapters

loop = asyncio.new_event_loop()
db = loop.run_until_complete(connect(sys.argv[1]).open())
adapters = loop.run_until_complete(create_adapters(db))
child = os.fork()
if child:
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert loop.run_until_complete(adapters.tenants.get("acme")) is None, "the parent goes on"
    loop.run_until_complete(db.close())
    sys.exit(code)
for other in (loop, asyncio.new_event_loop()):
    for work in (lambda: adapters.tenants.get("acme"), lambda: adapters.tenants.remove("acme"), lambda: create_adapters(db)):
        try:
            other.run_until_complete(work())
        except ConfigurationError as error:
            print(error, flush=True)
os._exit(0)
"""


@contextmanager
def opened(url: str) -> Iterator[tuple[asyncio.AbstractEventLoop, ManagedDatabase, Adapters]]:
    """Yield a database and its adapters, with the event loop of both."""
    loop = asyncio.new_event_loop()
    db = loop.run_until_complete(connect(url).open())
    try:
        yield loop, db, loop.run_until_complete(create_adapters(db))
    finally:
        loop.run_until_complete(db.close())
        loop.close()


async def check_all_rejected(adapters: Adapters) -> None:
    """Check that each method that acquires a connection raises an error."""
    works: list[Any] = [
        adapters.tenants.get("acme"),
        adapters.tenants.create({"id": "acme", "friendly_name": "Acme"}),
        adapters.users.remove("acme", "auth0|ada"),
        create_adapters(adapters.database),
    ]
    if adapters.database.dialect.features.interactive_transactions:
        works.append(adapters.transaction().__aenter__())
    for work in works:
        with pytest.raises(ConfigurationError, match="event loop"):
            await asyncio.wait_for(work, 20)


def test_a_second_event_loop_is_told_so(migrated_url: str) -> None:
    with opened(migrated_url) as (loop, _, adapters):
        asyncio.run(check_all_rejected(adapters))
        assert loop.run_until_complete(adapters.tenants.get("acme")) is None, "it still works in its own event loop"


def test_a_forked_process_is_told_so(migrated_url: str) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "ignore::DeprecationWarning", "-c", FORKED, migrated_url],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == ["the database was opened in another process: open one after the fork"] * 6


def test_other_event_loops_than_those_of_asyncio_are_refused(migrated_url: str) -> None:
    """Test a coroutine without an event loop of asyncio, like in Trio and curio."""
    with opened(migrated_url) as (_, _, adapters):
        for work in (connect(migrated_url).open(), adapters.tenants.get("acme"), adapters.tenants.remove("acme")):
            with pytest.raises(ConfigurationError, match="asyncio only"):
                work.send(None)
