"""SQLite on the thread of the event loop, for in-memory databases that tests use from any loop."""

from __future__ import annotations

import sqlite3
from typing import TypeVar

from .managed import reraise
from .sqlite import DIALECT, SQLiteDatabase
from .threads import Handle, Job, Work
from .wait_queue import ResourcePool

T = TypeVar("T")


class InlineHandle(Handle):
    """A handle that runs work directly instead of on a worker thread."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._raw = connection

    async def run(self, work: Work[T], *, bounded: bool = True, stoppable: bool = True) -> T:
        """Run the work without leaving the current thread."""
        try:
            return work(self._raw)
        except Exception as error:
            reraise(DIALECT, error)

    async def close(self) -> None:
        """Close the connection."""
        self._raw.close()

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction is open on the connection."""
        return self._raw.in_transaction

    def interrupt(self, job: Job | None = None) -> None:
        """Do nothing: while work runs, no other call can be made."""


class InlineDatabase(SQLiteDatabase):
    """A database over an open ``sqlite3`` connection that belongs to no event loop.

    The connection must have ``isolation_level=None``. ``command_timeout`` has no effect.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        super().__init__(":memory:")
        connection.execute("PRAGMA foreign_keys = ON")
        self.raw = connection
        self._readers = None
        self._writers = ResourcePool("the writer was busy", self._acquire_timeout)
        self._writers.release(InlineHandle(connection))
        self._opened = True

    def _require_open(self) -> None:
        # The database is not bound to the event loop or the process that opened it.
        self._require_not_closed()

    async def _close(self) -> None:
        self.raw.close()
