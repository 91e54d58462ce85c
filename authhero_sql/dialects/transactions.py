"""Transactions: blocks inside blocks, whose turn it is in them, what ends them, and what is seen to its end.

One rule holds on every engine: an error of the database ends the innermost block, and only a nested block survives it. A block has no
state but what stands in its object, so it may be entered in one task, used in another and left in a third.
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
"""At level WARNING: connections that had to be closed because they could not be given back."""

SETTLE = 0.5
"""Seconds that a task which has been cancelled waits for the database to settle; then it gives its connection up."""
_ENDS_ALL = (TransactionConflictError, DatabaseUnavailableError, StatementTimeoutError)
"""What ends the whole transaction, however deep the block in which it was raised."""


async def finish(awaitable: Awaitable[T], within: float | None = None) -> T:
    """Await to the end although the caller is cancelled meanwhile; the cancellation is raised afterwards.

    What has been sent to a database must be seen to its end, or its connection is left in a state that nobody knows.

    Args:
        awaitable: what must end.
        within: seconds that it has left when the caller is cancelled; then it is cancelled too. None: as long as it takes.
    """
    future = asyncio.ensure_future(awaitable)
    try:
        return await asyncio.shield(future)
    except asyncio.CancelledError:
        if future.cancelled():
            raise
        # Shielded from anyio's scopes, which would cancel every further await too.
        with anyio.CancelScope(shield=True):
            await _ended(future, within)
        if not future.cancelled():
            # Marks the outcome as seen; the cancellation is what the caller has to hear of.
            future.exception()
        raise


async def _ended(future: asyncio.Future[Any], within: float | None) -> None:
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
    """A connection on which a transaction runs. It does one thing at a time and raises errors of this package."""

    acquire_timeout: float
    """Seconds after which a task that waits for its turn gives up."""

    async def fetch(self, calls: Sequence[Call]) -> list[list[Row]]:
        """Return the rows of each query."""
        ...

    async def write(self, calls: Sequence[Call], *, unordered: bool = False) -> list[int]:
        """Run writes, in order unless they are apart; return the number of rows that each matched."""
        ...

    async def begin(self) -> None:
        """Begin the transaction."""
        ...

    async def commit(self) -> None:
        """Commit it.

        Raises:
            UnknownOutcomeError: the answer did not arrive.
        """
        ...

    async def rollback(self) -> None:
        """Roll it back."""
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
        """End the transaction at once, whatever runs on the connection: the database rolls it back."""
        ...

    def is_lost(self) -> bool:
        """Return whether nothing is left of the transaction on the database's side."""
        ...


class Transaction:
    """A transaction, or a part of one that is undone alone: the executor that ``transaction()`` gives its caller to hold.

    Tasks that share a block take turns. A nested block has its outer block's turn for as long as it is open, because undoing
    it would undo whatever else came after its savepoint.
    """

    def __init__(self, backend: TransactionBackend, database: object, parent: Transaction | None = None) -> None:
        self.database = database
        self.parent = parent
        self.before: Transaction | None = _innermost()
        """The block that was open here before this one, of whatever database."""
        self.task = asyncio.current_task()
        """The task that opened it, while it is open."""
        self.closed: bool = False
        self.committed = False
        self.failed: BaseException | None = None
        """The error that ended this block."""
        self.callbacks: list[Callable[[], object]] = []
        """What is called once the transaction has been committed."""
        self._backend = backend
        self._turn: ResourcePool[None] = ResourcePool("another task has been using this transaction", backend.acquire_timeout)
        self._turn.release(None)
        self._depth: int = 0 if parent is None else parent._depth + 1

    async def fetch(self, call: Call) -> list[Row]:
        """Return all rows of a query."""
        return (await self._do(self._backend.fetch, (call,)))[0]

    async def fetch_many(self, calls: Sequence[Call]) -> list[list[Row]]:
        """Return the rows of each query."""
        return await self._do(self._backend.fetch, calls)

    async def execute(self, call: Call) -> int:
        """Run one write; return the number of rows that it matched."""
        return (await self._do(self._backend.write, (call,)))[0]

    async def write(self, calls: Sequence[Call], *, unordered: bool = False) -> list[int]:
        """Run writes, in order unless they are apart; where one fails, the block is undone with all of them."""
        return await self._do(partial(self._backend.write, unordered=unordered), calls)

    @asynccontextmanager
    async def nested(self) -> AsyncIterator[Transaction]:
        """Open a part of this block that is undone alone when it raises, and kept with this block otherwise."""
        await self._turn.acquire()
        try:
            self._require_live()
            block = Transaction(self._backend, self.database, self)
            name = f"authhero_{block._depth}"

            async def keep() -> None:
                self._require_live()
                await self._noting(self._backend.release_savepoint(name))

            async def undo() -> None:
                # Nothing is left to undo where the whole transaction has ended: its connection may be somebody else's by now.
                if self.failed is None and self._is_live():
                    await self._backend.rollback_to_savepoint(name)

            await self._noting(self._backend.savepoint(name))
            async with block._opened(keep, undo):
                yield block
            self.callbacks += block.callbacks
        finally:
            self._turn.release(None)

    async def _do(self, work: Callable[[Sequence[Call]], Awaitable[T]], calls: Sequence[Call]) -> T:
        await self._turn.acquire()
        try:
            self._require_live()
            return await self._noting(work(calls))
        finally:
            self._turn.release(None)

    def _require_live(self) -> None:
        block: Transaction | None = self
        while block is not None:
            if block.closed:
                raise TransactionClosedError
            if block.failed is not None:
                raise TransactionAbortedError from block.failed
            block = block.parent

    def _is_live(self) -> bool:
        return not self.closed and (self.parent is None or self.parent._is_live())

    async def _noting(self, work: Awaitable[T]) -> T:
        try:
            return await work
        except BaseException as error:
            # What was refused before it was sent has changed nothing.
            if not isinstance(error, DatabaseError) or error.sent:
                self._fail(error)
            raise

    def _fail(self, error: BaseException) -> None:
        self.failed = self.failed or error
        if self.parent is not None and (isinstance(error, _ENDS_ALL) or self._backend.is_lost()):
            self.parent._fail(error)

    @asynccontextmanager
    async def _opened(self, keep: Callable[[], Awaitable[None]], undo: Callable[[], Awaitable[None]]) -> AsyncIterator[None]:
        """Keep what is done in the body; undo it when the body raises or a statement in it has failed."""
        with _entered(self):
            try:
                yield
                if self.failed is not None:
                    raise TransactionAbortedError from self.failed  # noqa: TRY301  # it is undone like after any other error
                # The last moment at which a cancellation still undoes everything.
                await asyncio.sleep(0)
                await self._turn.acquire()
            except BaseException as error:
                self._close()
                # Another task may still run a statement here.
                await self._undone(partial(self._in_turn, undo), hurried=_hurries(error))
                raise
            try:
                self._close()
                await keep()
            except BaseException as error:
                # Whoever is cancelled while a COMMIT is on its way does not wait for it twice.
                given_up = self.parent is None and _is_cancelled(error)
                if not self.committed:
                    await self._undone(self._backend.abort if given_up else undo, hurried=_hurries(error))
                raise
            finally:
                self._turn.release(None)

    def _close(self) -> None:
        self.closed, self.task = True, None

    async def _in_turn(self, undo: Callable[[], Awaitable[None]]) -> None:
        await self._turn.acquire()
        try:
            await undo()
        finally:
            self._turn.release(None)

    async def _undone(self, undo: Callable[[], Awaitable[None]], *, hurried: bool) -> None:
        """Undo in bounded time; where that fails give the connection up, and the whole transaction with it."""

        async def work() -> None:
            try:
                async with asyncio.timeout(SETTLE if hurried else self._backend.acquire_timeout):
                    await undo()
            except (TimeoutError, AuthHeroSQLError, asyncio.CancelledError) as error:
                if self.parent is not None and not self.parent._is_live():
                    # Whoever has ended the block around this one has given the connection up already.
                    return
                if self.parent is not None:
                    self.parent._fail(ConnectionLostError("the connection was given up because a savepoint could not be undone"))
                logger.warning("a transaction could not be undone in time, so its connection is given up (%s)", type(error).__name__)
                # The caller is to hear of what made it leave.
                with suppress(AuthHeroSQLError):
                    await self._backend.abort()

        await finish(work(), SETTLE)


def _is_cancelled(error: BaseException) -> bool:
    return isinstance(error, asyncio.CancelledError)


def _hurries(error: BaseException) -> bool:
    """Return whether a caller has waited long enough, or a database has stopped answering."""
    return _is_cancelled(error) or isinstance(error, StatementTimeoutError | DatabaseUnavailableError)


@asynccontextmanager
async def open_transaction(backend: TransactionBackend, database: object) -> AsyncIterator[Transaction]:
    """Run a transaction on a connection: commit at the end, roll back when the body raises or is cancelled."""
    block = Transaction(backend, database)

    async def commit() -> None:
        await finish(commit_and_know(), SETTLE)

    async def commit_and_know() -> None:
        await backend.commit()
        block.committed = True

    try:
        await backend.begin()
    except BaseException as error:
        # A BEGIN that was cancelled may have arrived all the same.
        await block._undone(backend.rollback, hurried=_hurries(error))
        raise
    async with block._opened(commit, backend.rollback):
        yield block


async def run_callbacks(callbacks: Sequence[Callable[[], object]]) -> None:
    """Call what was to be called once the transaction is committed: every callback, in order.

    Raises:
        ExceptionGroup: some of them failed; the transaction is committed all the same.
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


# Tasks that are started in a block inherit it.
_OPEN: ContextVar[Transaction | None] = ContextVar("authhero_sql_open_block", default=None)


def _innermost() -> Transaction | None:
    block = _OPEN.get()
    while block is not None and block.closed:
        block = block.before
    return block


def open_block(database: object) -> Transaction | None:
    """Return the innermost block of a database that is open where this is called, or None."""
    block = _OPEN.get()
    while block is not None and (block.closed or block.database is not database):
        block = block.before
    return block


@contextmanager
def _entered(block: Transaction) -> Iterator[None]:
    _OPEN.set(block)
    try:
        yield
    finally:
        # Left in another task, which has a context of its own: there it is not this block that is open.
        if _OPEN.get() is block:
            _OPEN.set(block.before)
