"""Runs SQLite in the thread of the event loop: for databases in memory that tests use from any loop."""

from __future__ import annotations

import sqlite3
from typing import TypeVar

from .managed import reraise
from .sqlite import DIALECT, SQLiteDatabase
from .threads import Handle, Job, Work
from .wait_queue import ResourcePool

T = TypeVar("T")


class InlineHandle(Handle):
    """Runs work directly instead of on a thread of its own."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._raw = connection

    async def run(self, work: Work[T], *, bounded: bool = True, stoppable: bool = True) -> T:
        """Run the work at once."""
        try:
            return work(self._raw)
        except Exception as error:
            reraise(DIALECT, error)

    async def close(self) -> None:
        """Close the connection."""
        self._raw.close()

    @property
    def in_transaction(self) -> bool:
        """Return whether a transaction is open on the connection."""
        return self._raw.in_transaction

    def interrupt(self, job: Job | None = None) -> None:
        """Do nothing: no work is running when another call can be made."""


class InlineDatabase(SQLiteDatabase):
    """Wraps an open connection of the standard library, which belongs to no event loop.

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
        # Any event loop may use it.
        self._require_not_closed()

    async def _close(self) -> None:
        self.raw.close()
