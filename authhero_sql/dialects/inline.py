"""SQLite in memory, in the thread of the event loop: for tests, which want it at once and from any loop, and never wait for it."""

from __future__ import annotations

import sqlite3
from typing import TypeVar

from .lender import Lender
from .managed import reraise
from .sqlite import DIALECT, SQLiteDatabase
from .threads import Handle, Job, Work

T = TypeVar("T")


class InlineHandle(Handle):
    """A connection that works where it is called."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._raw = connection

    async def run(self, work: Work[T], *, bounded: bool = True, stoppable: bool = True) -> T:
        """Run now; nothing else runs meanwhile."""
        try:
            return work(self._raw)
        except Exception as error:
            reraise(DIALECT, error)

    async def close(self) -> None:
        """Close it."""
        self._raw.close()

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction is open on it."""
        return self._raw.in_transaction

    def interrupt(self, job: Job | None = None) -> None:
        """Nothing runs when this is called."""


class InlineDatabase(SQLiteDatabase):
    """A SQLite database over a connection of the standard library, open from the beginning, in any event loop.

    The connection needs ``isolation_level=None``. ``command_timeout`` has no effect.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        super().__init__(":memory:")
        connection.execute("PRAGMA foreign_keys = ON")
        self.raw = connection
        self._readers = None
        self._writers = Lender("the writer was busy", self._acquire_timeout)
        self._writers.give(InlineHandle(connection))
        self._opened = True

    def _require_open(self) -> None:
        # It belongs to no loop.
        self._require_not_closed()

    async def _close(self) -> None:
        self.raw.close()
