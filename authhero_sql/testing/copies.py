"""Migrated in-memory databases for tests."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from types import TracebackType
from typing import Self

from ..adapters import Adapters
from ..clock import Clock
from ..context import Context
from ..dialects.inline import InlineDatabase
from ..ids import IdGenerator
from ..migrations import migrate_to_latest
from .secrets import Recorder


class MigratedCopies:
    """A factory of in-memory SQLite databases, which migrates one database and copies it for each test.

    The copies are not bound to an event loop. A synchronous fixture can provide them to tests that run with pytest-asyncio, anyio or
    ``asyncio.run``.
    """

    def __init__(self) -> None:
        self._template = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
        # An event loop may be running in the current thread.
        with ThreadPoolExecutor(1) as thread:
            thread.submit(asyncio.run, self._migrate()).result()

    async def _migrate(self) -> None:
        await migrate_to_latest(InlineDatabase(self._template))

    @contextmanager
    def adapters(self, clock: Clock | None = None, *, ids: IdGenerator | None = None, normalize_emails: bool = False) -> Iterator[Adapters]:
        """Open adapters for a new copy, which has all tables and no rows.

        The arguments are those of ``create_adapters``.
        """
        connection = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False, factory=Recorder)
        try:
            self._template.backup(connection)
            database = InlineDatabase(connection)
            yield Adapters(Context.of(database, clock=clock, ids=ids, normalize_emails=normalize_emails))
        finally:
            connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Close the migrated database. Open copies are not affected."""
        self._template.close()
