"""What every adapter holds: where statements run, in which words, and the sources of time and ids."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime

from .clock import Clock, system_clock, truncate
from .dialects.base import Connection, Database, Dialect, Executor
from .ids import Ids
from .statements import Statements


@dataclass(frozen=True, slots=True, eq=False)
class Session:
    """A database, or one transaction of it, with all that the adapters need beside it."""

    database: Database
    executor: Executor
    statements: Statements
    clock: Clock
    ids: Ids
    connection: Connection | None = None
    """The transaction's connection; None outside a transaction."""

    @classmethod
    def of(cls, database: Database, *, clock: Clock | None = None, ids: Ids | None = None) -> Session:
        """The session of a database that is open."""
        return cls(database, database, Statements(database.dialect), clock or system_clock, ids or Ids())

    @property
    def dialect(self) -> Dialect:
        """The words of the engine."""
        return self.statements.dialect

    def now(self) -> datetime:
        """The present in UTC, cut to the millisecond."""
        return truncate(self.clock())

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Session]:
        """The same session inside a transaction; inside one already, inside a savepoint."""
        if self.connection is not None:
            async with self.connection.savepoint():
                yield self
        else:
            async with self.database.transaction() as connection:
                yield replace(self, executor=connection, connection=connection)
