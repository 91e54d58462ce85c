"""A fake database that records its calls, and a database that records the round trips to another one."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

from authhero_sql import Database
from authhero_sql.dialects import Call, Dialect
from authhero_sql.dialects.d1 import D1Dialect
from authhero_sql.dialects.interface import Row
from authhero_sql.dialects.mysql import MySQLDialect
from authhero_sql.dialects.postgresql import PostgreSQLDialect
from authhero_sql.dialects.sqlite import SQLiteDialect
from authhero_sql.dialects.transactions import Transaction, open_transaction

DIALECTS: dict[str, Dialect] = {
    "sqlite": SQLiteDialect(),
    "d1": D1Dialect(),
    "postgresql": PostgreSQLDialect(),
    "mysql": MySQLDialect(),
    "mysql_folding": MySQLDialect(exact=False),
}
"""Every dialect by name. The last one is for tables with a case-insensitive collation."""


class FakeDatabase(Database):
    """A database that records its calls. Queries return the given answers in order, and then no rows."""

    def __init__(self, dialect: Dialect, *answers: list[Row]) -> None:
        self.dialect = dialect
        self.calls: list[Call] = []
        self.answers = list(answers)

    def _answer(self, call: Call) -> list[Row]:
        self.calls.append(call)
        return self.answers.pop(0) if self.answers else []

    async def fetch(self, call: Call) -> list[Row]:
        """Return the next answer."""
        return self._answer(call)

    async def fetch_many(self, calls: Sequence[Call]) -> list[list[Row]]:
        """Return the next answers."""
        return [self._answer(call) for call in calls]

    async def execute(self, call: Call) -> int:
        """Return 1 row, or 0 if the same call is repeated, so that loops end."""
        again = self.calls[-1:] == [call]
        self.calls.append(call)
        return int(not again)

    async def write(self, calls: Sequence[Call], *, unordered: bool = False) -> list[int]:
        """Return 1 row for each call."""
        self.calls += calls
        return [1 for _ in calls]

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        """Open a transaction whose statements are recorded, too."""
        async with open_transaction(FakeTransactionBackend(self), self) as block:
            yield block

    async def close(self) -> None:
        """Do nothing."""


class FakeTransactionBackend:
    """The transaction backend of a fake database. It does not record the begin and the end."""

    acquire_timeout = 1.0

    def __init__(self, database: FakeDatabase) -> None:
        self._database = database

    async def fetch(self, calls: Sequence[Call]) -> list[list[Row]]:
        """Return the next answers."""
        return await self._database.fetch_many(calls)

    async def write(self, calls: Sequence[Call], *, unordered: bool = False) -> list[int]:
        """Return 1 row for each call."""
        return await self._database.write(calls, unordered=unordered)

    async def begin(self) -> None:
        """Do nothing."""

    async def commit(self) -> None:
        """Do nothing."""

    async def rollback(self) -> None:
        """Do nothing."""

    async def savepoint(self, name: str) -> None:
        """Do nothing."""

    async def release_savepoint(self, name: str) -> None:
        """Do nothing."""

    async def rollback_to_savepoint(self, name: str) -> None:
        """Do nothing."""

    async def abort(self) -> None:
        """Do nothing."""

    def is_lost(self) -> bool:
        """Return False."""
        return False


class CountingDatabase(Database):
    """A proxy of another database that records each round trip: the method and its statements."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.dialect = database.dialect
        self.trips: list[tuple[str, tuple[str, ...]]] = []

    def pop_trips(self) -> list[tuple[str, tuple[str, ...]]]:
        """Return the round trips since the last call of this method."""
        trips, self.trips = self.trips, []
        return trips

    def _count(self, method: str, *calls: Call) -> None:
        self.trips.append((method, tuple(call.sql for call in calls)))

    async def fetch(self, call: Call) -> list[Row]:
        """Count a round trip with one statement."""
        self._count("fetch", call)
        return await self._database.fetch(call)

    async def fetch_many(self, calls: Sequence[Call]) -> list[list[Row]]:
        """Count a round trip with several statements."""
        self._count("fetch_many", *calls)
        return await self._database.fetch_many(calls)

    async def execute(self, call: Call) -> int:
        """Count a round trip with one statement."""
        self._count("execute", call)
        return await self._database.execute(call)

    async def write(self, calls: Sequence[Call], *, unordered: bool = False) -> list[int]:
        """Count a round trip with several statements."""
        self._count("write", *calls)
        return await self._database.write(calls, unordered=unordered)

    def transaction(self) -> AbstractAsyncContextManager[Any]:
        """Open a transaction of the other database, which is not counted."""
        return self._database.transaction()

    async def close(self) -> None:
        """Close the other database."""
        await self._database.close()
