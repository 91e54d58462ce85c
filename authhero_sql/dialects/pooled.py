"""What the databases on servers share: each call borrows a connection, and a transaction keeps one until it ends."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import Generic, TypeVar

from ..errors import DatabaseUnavailableError
from .interface import Call, Row
from .managed import ManagedDatabase, retried
from .pool import PoolInterface
from .transactions import Transaction, TransactionBackend, open_transaction

C = TypeVar("C")
G = TypeVar("G")
T = TypeVar("T")


class PooledDatabase(ManagedDatabase, Generic[C]):
    """A database that is reached by connections, which a pool lends."""

    _pool: PoolInterface[C] | None = None

    @abstractmethod
    async def _fetch_rows(self, connection: C, calls: Sequence[Call]) -> list[list[Row]]:
        """Return the rows of each query."""

    @abstractmethod
    async def _execute_write(self, connection: C, call: Call) -> int:
        """Run one write, a transaction by itself; return the number of rows that it matched."""

    @abstractmethod
    def _transaction_backend(self, connection: C) -> TransactionBackend:
        """Return the connection as a transaction uses it."""

    async def _close(self) -> None:
        pool, self._pool = self._pool, None
        if pool is not None:
            await pool.close()

    async def _acquire(self) -> tuple[PoolInterface[C], C]:
        """Borrow a connection of the pool, which has to get it back."""
        self._require_open()
        pool = self._pool
        if pool is None:
            raise DatabaseUnavailableError("the database is closed")
        connection = await pool.acquire()
        if self._closed:
            # Whoever waited has been overtaken by close().
            await pool.release(connection)
            raise DatabaseUnavailableError("the database is closed")
        return pool, connection

    async def run_on_connection(self, work: Callable[[C, G], Awaitable[T]], given: G) -> T:
        """Return what comes of work on a connection that it has for itself."""
        pool, connection = await self._acquire()
        try:
            done = await work(connection, given)
        except BaseException as error:
            await pool.release(connection, error)
            raise
        await pool.release(connection)
        return done

    async def fetch(self, call: Call) -> list[Row]:
        """Return all rows of a query."""
        return (await self.run_on_connection(self._fetch_rows, (call,)))[0]

    async def fetch_many(self, calls: Sequence[Call]) -> list[list[Row]]:
        """Return the rows of each query, all of them read on one connection."""
        return await self.run_on_connection(self._fetch_rows, calls)

    async def execute(self, call: Call) -> int:
        """Run one write, a transaction by itself; return the number of rows that it matched."""
        return await retried(partial(self.run_on_connection, self._execute_write, call))

    async def write(self, calls: Sequence[Call], *, unordered: bool = False) -> list[int]:
        """Run several writes as one transaction; return the number of rows that each matched."""
        return (
            [await self.execute(calls[0])]
            if len(calls) == 1
            else await retried(partial(self._write_transaction, calls, unordered=unordered))
        )

    async def _write_transaction(self, calls: Sequence[Call], *, unordered: bool) -> list[int]:
        async with self._open_transaction() as block:
            return await block.write(calls)

    def _invalidates_connections(self, error: BaseException) -> bool:
        """Whether an error says that connections know a schema that there is no more."""
        return False

    @asynccontextmanager
    async def _open_transaction(self) -> AsyncIterator[Transaction]:
        pool, connection = await self._acquire()
        block: Transaction | None = None
        try:
            async with open_transaction(self._transaction_backend(connection), self) as block:
                yield block
        finally:
            if block is not None and block.failed is not None and self._invalidates_connections(block.failed):
                pool.expire_connections()
            # However it was left, the transaction has ended on it, or it has been closed.
            await pool.release(connection)
