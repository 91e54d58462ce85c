"""The container of the adapters, and its transactions and batches."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

from ..clock import Clock
from ..context import Context
from ..dialects import Database, wrap
from ..ids import IdGenerator
from .properties import AdapterProperties

T = TypeVar("T")


class Adapters(AdapterProperties):
    """All adapters over one database, or over one transaction or batch."""

    def __repr__(self) -> str:
        return f"<Adapters of {self.context!r}>"

    @property
    def database(self) -> Database:
        """The database that the adapters work on."""
        return self.context.database

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Adapters]:
        """Open a transaction, and yield the same adapters bound to it: ``async with adapters.transaction() as tx``.

        The transaction is committed at the end of the block. An exception or a cancellation rolls it back. On every
        engine, a database error ends the block in which it occurs, even if the block catches it. To recover from an
        error, run the statements that may fail in a nested ``tx.transaction()``, which is a savepoint and is rolled
        back alone.

        Tasks can share ``tx``; their statements run one after the other. A cancellation that arrives after the COMMIT
        was sent is raised when the COMMIT has finished, or after half a second, when its outcome is unknown.

        If ``__aenter__`` runs in a separate task, as under ``asyncio.wait_for`` on Python 3.11, the open transaction
        cannot be detected. Using adapters from outside the transaction then does not raise TransactionMisuseError.

        Raises:
            PoolTimeoutError: No connection became free in time.
            TransactionConflictError: The transaction conflicted with another one. Use :meth:`run_transaction` to retry
                it.
            TransactionAbortedError: The block caught a database error, so the transaction was rolled back. The
                ``__cause__`` is that error.
            TransactionMisuseError: A transaction is open here, and these adapters do not belong to it.
            UnknownOutcomeError: The connection was lost before the COMMIT was acknowledged, so the transaction may have
                been committed.
            UnsupportedError: The engine has no interactive transactions (D1), or these adapters belong to a batch. Use
                :meth:`batch`, which works on every engine.
        """
        async with self.context.transaction() as context:
            yield Adapters(context)

    async def run_transaction(self, work: Callable[[Adapters], Awaitable[T]], *, attempts: int = 5, deadline: float | None = None) -> T:
        """Run ``async def work(tx)`` in a transaction, and retry it if it conflicts with another transaction.

        A short random delay separates two attempts. ``work`` may run several times, so side effects outside the
        database belong in ``tx.on_commit()``. The transaction is never retried if the outcome of the COMMIT is unknown.

        Args:
            work: A function that is called with the adapters of the transaction.
            attempts: The maximum number of attempts, at least 1.
            deadline: The time after which no further attempt is started, in seconds from the call. Unlimited by
                default.

        Returns:
            The return value of the attempt that was committed.

        Raises:
            PoolTimeoutError: No connection became free in time.
            TransactionAbortedError: ``work`` caught a database error, so the transaction was rolled back.
            TransactionConflictError: Every attempt failed with a conflict, or the deadline has passed.
            TransactionMisuseError: These adapters already belong to a transaction, or another transaction is open here.
            UnknownOutcomeError: The connection was lost before the COMMIT was acknowledged, so the transaction may have
                been committed.
            UnsupportedError: The engine has no interactive transactions (D1), or these adapters belong to a batch.
            ValueError: ``attempts`` is below 1.
        """
        return await self.context.run_transaction(lambda context: work(Adapters(context)), attempts, deadline)

    def on_commit(self, callback: Callable[[], object]) -> None:
        """Call a function or coroutine function after this transaction or batch has been committed.

        Every callback is called once, in the order of registration. Callbacks that were registered in a nested
        ``tx.transaction()`` are discarded if it is rolled back. If a callback raises, the remaining ones are still
        called. The errors are then raised together in an ExceptionGroup. If the process crashes after the COMMIT,
        the callbacks are not called: use the outbox for work that must not be lost.

        Args:
            callback: A function without parameters. If it returns an awaitable, the awaitable is awaited.

        Raises:
            TransactionMisuseError: These adapters do not belong to a transaction or batch.
        """
        self.context.on_commit(callback)

    def independent(self) -> Adapters:
        """Return adapters that work outside the open transaction, on another connection.

        Their writes are not rolled back with the transaction, which suits an audit log. They do not see the uncommitted
        writes of the transaction, and wait for its locks. SQLite allows only one writer, so on SQLite they can only
        read.
        """
        return Adapters(self.context.outside_transaction())

    @asynccontextmanager
    async def batch(self) -> AsyncIterator[Adapters]:
        """Collect writes in a block and send them together at its end: ``async with adapters.batch() as b``.

        Nothing is written before the end of the block. Then either all writes take effect or none does. An exception in
        the block discards the writes. Reads in the block do not see the collected writes.

        ``create`` returns the row that will be stored, with its generated ID, so that later writes can refer to it.
        A method that returns whether it found a row returns True in a batch. If the row does not exist, the whole batch
        is rolled back. Methods that need the result of their own write raise UnsupportedError. So do ``update`` with
        ``returning=True`` and ``create_many`` with an ``on_conflict`` other than ``"error"``.

        Raises:
            BatchRowNotFoundError: A write found no row, so nothing was written. This is also raised if a write depends
                on a value that was read before, such as the scopes of a consent, and that has changed since.
            ConflictError: A unique value is taken, so nothing was written.
            TransactionConflictError: Every attempt conflicted with another transaction. Inside a transaction there is only
                one attempt: retry the whole transaction.
            TransactionMisuseError: A transaction is open here, and these adapters do not belong to it.
            UnsupportedError: These adapters already belong to a batch.
        """
        async with self.context.collect_batch() as context:
            yield Adapters(context)


async def create_adapters(
    pool: object, *, clock: Clock | None = None, ids: IdGenerator | None = None, normalize_emails: bool = False
) -> Adapters:
    """Create the adapters over a database.

    Args:
        pool: A :class:`Database` from ``connect(url)``, or an existing pool: an ``asyncpg.Pool``, an ``aiomysql.Pool``,
            an ``asyncmy.Pool``, an ``aiosqlite.Connection`` or the D1 binding of a Worker. An existing pool is used with the default
            options, and is never closed by the adapters.
        clock: A function that returns the current time as an aware datetime. Defaults to the system clock.
        ids: The generator of IDs. IDs are random by default.
        normalize_emails: Store the email addresses of users in lower case, and convert the address to lower case in
            ``users.find`` and ``users.get_by_email``. Without it, ``Ada@acme.example`` and ``ada@acme.example`` are two
            users, as in AuthHero. Enable it only for a new database: existing users with upper-case letters in their
            address would no longer be found.

    Raises:
        TypeError: ``pool`` is none of these.
        ConfigurationError: The package cannot work with the configuration of the database.
        DatabaseUnavailableError: The database cannot be reached.
    """
    return Adapters(Context.of(await wrap(pool), clock=clock, ids=ids, normalize_emails=normalize_emails))
