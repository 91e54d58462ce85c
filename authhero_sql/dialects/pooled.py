"""The base class of databases on servers: each call acquires a connection, and a transaction holds one until it ends."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import Generic, TypeVar

from ..errors import DatabaseUnavailableError
from .interface import Call, Row
from .managed import ManagedDatabase, with_retries
from .pool import PoolInterface
from .transactions import Transaction, TransactionBackend, open_transaction

C = TypeVar("C")
A = TypeVar("A")
T = TypeVar("T")


class PooledDatabase(ManagedDatabase, Generic[C]):
    """A database whose connections come from a pool."""

    _pool: PoolInterface[C] | None = None

    @abstractmethod
    async def _fetch_rows(self, connection: C, calls: Sequence[Call]) -> list[list[Row]]:
        """Return the rows of each query."""

    @abstractmethod
    async def _execute_write(self, connection: C, call: Call) -> int:
        """Run one write in its own transaction. Return the number of rows that it matched."""

    @abstractmethod
    def _transaction_backend(self, connection: C) -> TransactionBackend:
        """Return the backend for a transaction on a connection."""

    async def _close(self) -> None:
        pool, self._pool = self._pool, None
        if pool is not None:
            await pool.close()

    async def _acquire(self) -> tuple[PoolInterface[C], C]:
        """Acquire a connection. Return it with the pool to which the caller must release it."""
        self._require_open()
        pool = self._pool
        if pool is None:
            raise DatabaseUnavailableError("the database is closed")
        connection = await pool.acquire()
        if self._closed:
            # The database was closed while this task waited.
            await pool.release(connection)
            raise DatabaseUnavailableError("the database is closed")
        return pool, connection

    async def run_on_connection(self, work: Callable[[C, A], Awaitable[T]], argument: A) -> T:
        """Call a function with a connection that it uses exclusively, and return its result."""
        pool, connection = await self._acquire()
        try:
            result = await work(connection, argument)
        except BaseException as error:
            await pool.release(connection, error)
            raise
        await pool.release(connection)
        return result

    async def fetch(self, call: Call) -> list[Row]:
        """Return all rows of a query."""
        return (await self.run_on_connection(self._fetch_rows, (call,)))[0]

    async def fetch_many(self, calls: Sequence[Call]) -> list[list[Row]]:
        """Return the rows of each query. All queries run on the same connection."""
        return await self.run_on_connection(self._fetch_rows, calls)

    async def execute(self, call: Call) -> int:
        """Run one write in its own transaction. Return the number of rows that it matched."""
        return await with_retries(partial(self.run_on_connection, self._execute_write, call))

    async def write(self, calls: Sequence[Call], *, unordered: bool = False) -> list[int]:
        """Run several writes as one transaction. Return the number of rows that each of them matched."""
        if len(calls) == 1:
            return [await self.execute(calls[0])]
        return await with_retries(partial(self._write_transaction, calls, unordered=unordered))

    async def _write_transaction(self, calls: Sequence[Call], *, unordered: bool) -> list[int]:
        async with self._open_transaction() as transaction:
            return await transaction.write(calls)

    def _invalidates_connections(self, error: BaseException) -> bool:
        """Return whether an error shows that connections have cached an outdated schema."""
        return False

    @asynccontextmanager
    async def _open_transaction(self) -> AsyncIterator[Transaction]:
        pool, connection = await self._acquire()
        transaction: Transaction | None = None
        try:
            async with open_transaction(self._transaction_backend(connection), self) as transaction:
                yield transaction
        finally:
            if transaction is not None and transaction.failed is not None and self._invalidates_connections(transaction.failed):
                pool.expire_connections()
            # In every case the transaction has ended, or its connection has been closed.
            await pool.release(connection)
