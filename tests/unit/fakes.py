"""A database that keeps what it is sent, and one that counts what another is sent."""

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
"""Every dialect by name; the last one is for tables whose collation folds case."""


class FakeDatabase(Database):
    """Keeps the calls, and answers queries with what ``answers`` holds, in order, then with no rows."""

    def __init__(self, dialect: Dialect, *answers: list[Row]) -> None:
        self.dialect = dialect
        self.calls: list[Call] = []
        self.answers = list(answers)

    def _answer(self, call: Call) -> list[Row]:
        self.calls.append(call)
        return self.answers.pop(0) if self.answers else []

    async def fetch(self, call: Call) -> list[Row]:
        """The next answer."""
        return self._answer(call)

    async def fetch_many(self, calls: Sequence[Call]) -> list[list[Row]]:
        """The next answers."""
        return [self._answer(call) for call in calls]

    async def execute(self, call: Call) -> int:
        """Everything matches a row, and what is said again at once finds nothing more to do."""
        again = self.calls[-1:] == [call]
        self.calls.append(call)
        return int(not again)

    async def write(self, calls: Sequence[Call], *, unordered: bool = False) -> list[int]:
        """Everything matches a row."""
        self.calls += calls
        return [1 for _ in calls]

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        """A block whose statements are kept like all others."""
        async with open_transaction(FakeTransactionBackend(self), self) as block:
            yield block

    async def close(self) -> None:
        """Nothing to close."""


class FakeTransactionBackend:
    """The transaction backend of a database that records what it is sent. It does not record the begin and the end."""

    acquire_timeout = 1.0

    def __init__(self, database: FakeDatabase) -> None:
        self._database = database

    async def fetch(self, calls: Sequence[Call]) -> list[list[Row]]:
        """The next answers."""
        return await self._database.fetch_many(calls)

    async def write(self, calls: Sequence[Call], *, unordered: bool = False) -> list[int]:
        """Everything matches a row."""
        return await self._database.write(calls, unordered=unordered)

    async def begin(self) -> None:
        """Nothing to begin."""

    async def commit(self) -> None:
        """Nothing to commit."""

    async def rollback(self) -> None:
        """Nothing to undo."""

    async def savepoint(self, name: str) -> None:
        """Nothing to mark."""

    async def release_savepoint(self, name: str) -> None:
        """Nothing to keep."""

    async def rollback_to_savepoint(self, name: str) -> None:
        """Nothing to undo."""

    async def abort(self) -> None:
        """Nothing to end."""

    def is_lost(self) -> bool:
        """It never is."""
        return False


class CountingDatabase(Database):
    """Hands everything to another database and keeps the trips: the method and its statements."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.dialect = database.dialect
        self.trips: list[tuple[str, tuple[str, ...]]] = []

    def taken(self) -> list[tuple[str, tuple[str, ...]]]:
        """The trips since the last look."""
        trips, self.trips = self.trips, []
        return trips

    def _count(self, method: str, *calls: Call) -> None:
        self.trips.append((method, tuple(call.sql for call in calls)))

    async def fetch(self, call: Call) -> list[Row]:
        """One trip, one statement."""
        self._count("fetch", call)
        return await self._database.fetch(call)

    async def fetch_many(self, calls: Sequence[Call]) -> list[list[Row]]:
        """One call, several statements."""
        self._count("fetch_many", *calls)
        return await self._database.fetch_many(calls)

    async def execute(self, call: Call) -> int:
        """One trip, one statement."""
        self._count("execute", call)
        return await self._database.execute(call)

    async def write(self, calls: Sequence[Call], *, unordered: bool = False) -> list[int]:
        """One call, several statements."""
        self._count("write", *calls)
        return await self._database.write(calls, unordered=unordered)

    def transaction(self) -> AbstractAsyncContextManager[Any]:
        """The database's own, not counted."""
        return self._database.transaction()

    async def close(self) -> None:
        """The database's own."""
        await self._database.close()
