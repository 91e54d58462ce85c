"""Creates migrated databases in memory, a new one for each test."""

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
from ..ids import Ids
from ..migrations import migrate_to_latest
from .secrets import Recorder


class MigratedCopies:
    """Migrates one SQLite database in memory and copies it for each test.

    The copies belong to no event loop, so a synchronous fixture can provide them, and tests use them under pytest-asyncio, under
    anyio and with ``asyncio.run``.
    """

    def __init__(self) -> None:
        self._template = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
        # A separate thread, because an event loop may be running in this one.
        with ThreadPoolExecutor(1) as thread:
            thread.submit(asyncio.run, self._migrate()).result()

    async def _migrate(self) -> None:
        await migrate_to_latest(InlineDatabase(self._template))

    @contextmanager
    def adapters(self, clock: Clock | None = None, *, ids: Ids | None = None, normalize_emails: bool = False) -> Iterator[Adapters]:
        """Yield adapters over a copy, which has all tables and no rows; the options are those of ``create_adapters``."""
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
        """Close the migrated database; open copies are not affected."""
        self._template.close()
