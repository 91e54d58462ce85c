"""Transactions and nested transactions: who may use them, which errors end them, and how their commit or rollback is completed.

One rule holds on every engine: a database error ends the innermost transaction, and only a nested transaction survives it. All state is
stored in the transaction object, so a transaction may be entered in one task, used in another and left in a third.
"""

from __future__ import annotations

import asyncio
import inspect
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from contextvars import ContextVar
from functools import partial
from typing import Any, Protocol, TypeVar

import anyio

from ..errors import (
    AuthHeroSQLError,
    ConnectionLostError,
    DatabaseError,
    DatabaseUnavailableError,
    StatementTimeoutError,
    TransactionAbortedError,
    TransactionClosedError,
    TransactionConflictError,
)
from .interface import Call, Row
from .wait_queue import ResourcePool

T = TypeVar("T")

logger: logging.Logger = logging.getLogger("authhero_sql.pool")
"""At level WARNING, it logs the connections that were closed because they could not be released in a clean state."""

SETTLE_TIMEOUT = 0.5
"""The number of seconds that a cancelled task waits for a pending database operation before it aborts the connection."""
_FATAL_ERRORS = (TransactionConflictError, DatabaseUnavailableError, StatementTimeoutError)
"""The errors that end the whole transaction, no matter how deeply nested the transaction is in which they were raised."""


async def run_to_completion(awaitable: Awaitable[T], within: float | None = None) -> T:
    """Await an operation to its end even if the caller is cancelled. The cancellation is raised afterwards.

    An operation that has been sent to a database must be completed, or the state of its connection is unknown.

    Args:
        awaitable: The operation.
        within: How long the operation may still take after the caller is cancelled, in seconds. Then it is cancelled, too. None means
            that there is no limit.
    """
    future = asyncio.ensure_future(awaitable)
    try:
        return await asyncio.shield(future)
    except asyncio.CancelledError:
        if future.cancelled():
            raise
        # Without the shield, a cancelled scope of anyio would cancel every further await as well.
        with anyio.CancelScope(shield=True):
            await _wait_until_done(future, within)
        raise


async def _wait_until_done(future: asyncio.Future[Any], within: float | None) -> None:
    loop = asyncio.get_running_loop()
    deadline = None if within is None else loop.time() + within
    while not future.done():
        try:
            await asyncio.wait([future], timeout=None if deadline is None else max(0.0, deadline - loop.time()))
        except asyncio.CancelledError:
            continue
        if deadline is not None and loop.time() >= deadline:
            future.cancel()
            deadline = None


class TransactionBackend(Protocol):
    """The connection that a transaction runs on. It runs one operation at a time and raises the errors of this package."""

    acquire_timeout: float
    """The number of seconds that a task waits until no other task uses the transaction."""

    async def fetch(self, calls: Sequence[Call]) -> list[list[Row]]:
        """Return the rows of each query."""
        ...

    async def write(self, calls: Sequence[Call], *, unordered: bool = False) -> list[int]:
        """Run writes, in order unless ``unordered`` is set. Return the number of rows that each of them matched."""
        ...

    async def begin(self) -> None:
        """Begin the transaction."""
        ...

    async def commit(self) -> None:
        """Commit the transaction.

        Raises:
            UnknownOutcomeError: The response did not arrive.
        """
        ...

    async def rollback(self) -> None:
        """Roll the transaction back."""
        ...

    async def savepoint(self, name: str) -> None:
        """Set a savepoint."""
        ...

    async def release_savepoint(self, name: str) -> None:
        """Release a savepoint."""
        ...

    async def rollback_to_savepoint(self, name: str) -> None:
        """Roll back to a savepoint, and release it."""
        ...

    async def abort(self) -> None:
        """End the transaction immediately, even if a statement is running. The database rolls it back."""
        ...

    def is_lost(self) -> bool:
        """Return whether the transaction no longer exists in the database."""
        ...


class Transaction:
    """An executor that runs inside a transaction or, if it has a parent, inside a savepoint.

    Tasks that share a transaction take turns. An open nested transaction locks its parent, because rolling it back would undo every
    later statement of the parent as well.
    """

    def __init__(self, backend: TransactionBackend, database: object, parent: Transaction | None = None) -> None:
        self.database = database
        self.parent = parent
        self.previous: Transaction | None = _innermost()
        """The innermost transaction that was already open in this context, of any database."""
        self.task = asyncio.current_task()
        """The task that opened the transaction. None after the transaction has been closed."""
        self.closed: bool = False
        self.committed = False
        self.failed: BaseException | None = None
        """The error that ended the transaction."""
        self.callbacks: list[Callable[[], object]] = []
        """The functions to call after the outermost transaction commits."""
        self._backend = backend
        self._lock: ResourcePool[None] = ResourcePool("another task has been using this transaction", backend.acquire_timeout)
        self._lock.release(None)
        self._depth: int = 0 if parent is None else parent._depth + 1

    async def fetch(self, call: Call) -> list[Row]:
        """Return all rows of a query."""
        return (await self._run(self._backend.fetch, (call,)))[0]

    async def fetch_many(self, calls: Sequence[Call]) -> list[list[Row]]:
        """Return the rows of each query."""
        return await self._run(self._backend.fetch, calls)

    async def execute(self, call: Call) -> int:
        """Run one write. Return the number of rows that it matched."""
        return (await self._run(self._backend.write, (call,)))[0]

    async def write(self, calls: Sequence[Call], *, unordered: bool = False) -> list[int]:
        """Run writes, in order unless ``unordered`` is set. If one fails, the transaction is rolled back with all of them."""
        return await self._run(partial(self._backend.write, unordered=unordered), calls)

    @asynccontextmanager
    async def nested(self) -> AsyncIterator[Transaction]:
        """Open a nested transaction. It is rolled back alone when its body raises, and commits with its parent otherwise."""
        await self._lock.acquire()
        try:
            self._require_active()
            nested = Transaction(self._backend, self.database, self)
            name = f"authhero_{nested._depth}"

            async def release() -> None:
                self._require_active()
                await self._record_failure(self._backend.release_savepoint(name))

            async def rollback() -> None:
                # If the whole transaction has ended, its savepoint is gone, and another task may already use the connection.
                if self.failed is None and self._is_active():
                    await self._backend.rollback_to_savepoint(name)

            await self._record_failure(self._backend.savepoint(name))
            async with nested._scope(release, rollback):
                yield nested
            self.callbacks += nested.callbacks
        finally:
            self._lock.release(None)

    async def _run(self, work: Callable[[Sequence[Call]], Awaitable[T]], calls: Sequence[Call]) -> T:
        await self._lock.acquire()
        try:
            self._require_active()
            return await self._record_failure(work(calls))
        finally:
            self._lock.release(None)

    def _require_active(self) -> None:
        transaction: Transaction | None = self
        while transaction is not None:
            if transaction.closed:
                raise TransactionClosedError
            if transaction.failed is not None:
                raise TransactionAbortedError from transaction.failed
            transaction = transaction.parent

    def _is_active(self) -> bool:
        return not self.closed and (self.parent is None or self.parent._is_active())

    async def _record_failure(self, work: Awaitable[T]) -> T:
        try:
            return await work
        except BaseException as error:
            # A statement that was rejected before it was sent has not changed the state of the transaction.
            if not isinstance(error, DatabaseError) or error.sent:
                self._fail(error)
            raise

    def _fail(self, error: BaseException) -> None:
        self.failed = self.failed or error
        if self.parent is not None and (isinstance(error, _FATAL_ERRORS) or self._backend.is_lost()):
            self.parent._fail(error)

    @asynccontextmanager
    async def _scope(self, commit: Callable[[], Awaitable[None]], rollback: Callable[[], Awaitable[None]]) -> AsyncIterator[None]:
        """Run the body, then commit. Roll back if the body raises or one of its statements has failed."""
        with _as_current(self):
            try:
                yield
                if self.failed is not None:
                    raise TransactionAbortedError from self.failed  # noqa: TRY301  # the handler below rolls back for every error
                # This is the last point at which a cancellation still rolls everything back.
                await asyncio.sleep(0)
                await self._lock.acquire()
            except BaseException as error:
                self._close()
                # Another task may still be running a statement in this transaction.
                await self._roll_back(partial(self._with_lock, rollback), urgent=_is_urgent(error))
                raise
            try:
                self._close()
                await commit()
            except BaseException as error:
                # A task that was cancelled during the COMMIT has waited for it already, so it aborts instead of waiting for a ROLLBACK.
                gave_up = self.parent is None and _is_cancelled(error)
                if not self.committed:
                    await self._roll_back(self._backend.abort if gave_up else rollback, urgent=_is_urgent(error))
                raise
            finally:
                self._lock.release(None)

    def _close(self) -> None:
        self.closed, self.task = True, None

    async def _with_lock(self, rollback: Callable[[], Awaitable[None]]) -> None:
        await self._lock.acquire()
        try:
            await rollback()
        finally:
            self._lock.release(None)

    async def _roll_back(self, rollback: Callable[[], Awaitable[None]], *, urgent: bool) -> None:
        """Roll back within a timeout. If that fails, abort the connection, and with it the whole transaction."""

        async def work() -> None:
            try:
                async with asyncio.timeout(SETTLE_TIMEOUT if urgent else self._backend.acquire_timeout):
                    await rollback()
            except (TimeoutError, AuthHeroSQLError, asyncio.CancelledError) as error:
                if self.parent is not None and not self.parent._is_active():
                    # The parent has ended already and has dealt with the connection.
                    return
                if self.parent is not None:
                    self.parent._fail(ConnectionLostError("the connection was closed because a savepoint could not be rolled back"))
                logger.warning("a transaction could not be rolled back in time, so its connection is closed (%s)", type(error).__name__)
                # The caller gets the error that ended the body, not the error of the abort.
                with suppress(AuthHeroSQLError):
                    await self._backend.abort()

        await run_to_completion(work(), SETTLE_TIMEOUT)


def _is_cancelled(error: BaseException) -> bool:
    return isinstance(error, asyncio.CancelledError)


def _is_urgent(error: BaseException) -> bool:
    """Return whether a rollback must be quick: the caller was cancelled, a statement timed out, or the database does not respond."""
    return _is_cancelled(error) or isinstance(error, StatementTimeoutError | DatabaseUnavailableError)


@asynccontextmanager
async def open_transaction(backend: TransactionBackend, database: object) -> AsyncIterator[Transaction]:
    """Open a transaction on a connection. It commits at the end, and rolls back when the body raises or is cancelled."""
    transaction = Transaction(backend, database)

    async def commit() -> None:
        await run_to_completion(commit_and_record(), SETTLE_TIMEOUT)

    async def commit_and_record() -> None:
        await backend.commit()
        transaction.committed = True

    try:
        await backend.begin()
    except BaseException as error:
        # A BEGIN that was cancelled may have reached the database all the same.
        await transaction._roll_back(backend.rollback, urgent=_is_urgent(error))
        raise
    async with transaction._scope(commit, backend.rollback):
        yield transaction


async def run_callbacks(callbacks: Sequence[Callable[[], object]]) -> None:
    """Run all on_commit callbacks in order, even if some of them fail.

    Raises:
        ExceptionGroup: Some callbacks failed. The transaction is committed nevertheless.
    """
    errors: list[Exception] = []
    for callback in callbacks:
        try:
            result = callback()
            if inspect.isawaitable(result):
                await result
        except Exception as error:
            errors.append(error)
    if errors:
        raise ExceptionGroup("the transaction is committed, but on_commit callbacks failed", errors)


# Tasks that are started inside a transaction inherit this variable.
_CURRENT: ContextVar[Transaction | None] = ContextVar("authhero_sql_current_transaction", default=None)


def _innermost() -> Transaction | None:
    transaction = _CURRENT.get()
    while transaction is not None and transaction.closed:
        transaction = transaction.previous
    return transaction


def current_transaction(database: object) -> Transaction | None:
    """Return the innermost transaction of a database that is open in the current context, or None."""
    transaction = _CURRENT.get()
    while transaction is not None and (transaction.closed or transaction.database is not database):
        transaction = transaction.previous
    return transaction


@contextmanager
def _as_current(transaction: Transaction) -> Iterator[None]:
    _CURRENT.set(transaction)
    try:
        yield
    finally:
        # If the transaction is left in another task, that task has its own context, with another current transaction.
        if _CURRENT.get() is transaction:
            _CURRENT.set(transaction.previous)
