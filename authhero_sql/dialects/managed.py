"""The base class of all databases: opening and closing, translated driver errors, and retries of units of work."""

from __future__ import annotations

import asyncio
import os
import random
import re
from abc import abstractmethod
from collections.abc import AsyncIterator, Awaitable, Callable, Generator, Iterable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, NoReturn, Self, TypeVar

import anyio

from ..errors import (
    AuthHeroSQLError,
    ConfigurationError,
    ConnectionLostError,
    DatabaseError,
    DatabaseUnavailableError,
    StatementTimeoutError,
    TransactionAbortedError,
    TransactionConflictError,
    UnknownOutcomeError,
)
from .dialect import Dialect
from .interface import Database
from .transactions import Transaction, run_callbacks, run_to_completion

T = TypeVar("T")

COMMAND_TIMEOUT = 60.0
"""The default of ``command_timeout`` on every engine, in seconds."""
CLOSE_TIMEOUT = 5.0
"""The number of seconds that connections have to close before they are terminated."""


def translate_error(dialect: Dialect, error: Exception, *, lost: bool = False) -> Exception:
    """Return the error of this package for a driver's exception. Return any other exception unchanged.

    Args:
        dialect: The dialect of the driver.
        error: The exception that was raised.
        lost: Whether the connection is closed. A closed connection explains an exception that the dialect cannot classify.
    """
    if isinstance(error, AuthHeroSQLError):
        return error
    translated = dialect.translate(error)
    if lost and (translated is None or type(translated) is DatabaseError):
        translated = ConnectionLostError()
    if translated is None:
        return error
    translated.__cause__ = error
    return translated


def reraise(dialect: Dialect, error: Exception) -> NoReturn:
    """Raise the error of this package for a driver's exception. Raise any other exception unchanged."""
    translated = translate_error(dialect, error)
    raise translated from translated.__cause__


async def with_timeout(awaitable: Awaitable[T], seconds: float | None) -> T:
    """Return the result of an awaitable, or cancel it when its time is over.

    Raises:
        StatementTimeoutError: The awaitable took longer than ``seconds``.
    """
    try:
        async with asyncio.timeout(seconds):
            return await awaitable
    except TimeoutError as error:
        raise StatementTimeoutError from error


class OutcomeGuard:
    """A context manager for writes that commit: if the response is missing, the outcome of the write is unknown.

    Raises:
        UnknownOutcomeError: The connection was lost, or the timeout expired, before the response arrived.
    """

    __slots__ = ()

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        # A timeout with an error code comes from the server, which confirms that it stopped the statement.
        if isinstance(error, ConnectionLostError) or (isinstance(error, StatementTimeoutError) and error.code is None):
            raise UnknownOutcomeError(code=error.code) from error


def unknown_keyword(error: Exception) -> str | None:
    """Return the keyword argument that a function does not accept, or None if the error has another reason.

    Since Python 3.13, the message about an unexpected argument also suggests a similar name.
    """
    found = re.search(r"(?:unexpected keyword|multiple values for(?: keyword)?) argument '([^']*)'", str(error))
    return found[1] if found else None


def invalid_options_error(error: TypeError | ValueError) -> ConfigurationError:
    """Return the error for options that a driver rejects.

    The driver's own message is not repeated, because it may contain a part of the URL and therefore of the password.
    """
    name = unknown_keyword(error)
    if name is not None:
        return ConfigurationError(f'there is no option "{name}": correct or remove it')
    return ConfigurationError("the URL or one of the options is invalid: check the values of the options")


def reject_pool_options(options: Mapping[str, Any], names: Iterable[str]) -> None:
    """Reject options of the driver's own pool that have no meaning for the pool of this package.

    Raises:
        ConfigurationError: One of these options is present.
    """
    for name in sorted(options.keys() & set(names)):
        raise ConfigurationError(
            f"{name} is an option of the driver's own pool: create such a pool yourself, and pass it to create_adapters()"
        )


ATTEMPTS = 8
"""The maximum number of attempts for a unit of work that conflicts with other transactions."""


def jitter(longest: float) -> float:
    """Return a random delay in seconds, so that transactions that conflicted do not retry at the same time."""
    return random.uniform(0, longest)  # noqa: S311  # no secret depends on it


async def with_retries(work: Callable[[], Awaitable[T]], attempts: int = ATTEMPTS, deadline: float | None = None) -> T:
    """Return the result of a unit of work, retrying it after a deadlock or a serialization failure.

    Args:
        work: The unit of work. It must have rolled back everything when it raises.
        attempts: The maximum number of attempts.
        deadline: The event loop time after which no further attempt begins.

    Raises:
        TransactionConflictError: Every attempt failed with a conflict, or the deadline has passed.
        TransactionAbortedError: The same, if the unit of work caught the conflict.
    """
    for attempt in range(attempts - 1):
        try:
            return await work()
        except (TransactionConflictError, TransactionAbortedError) as error:
            pause = jitter(0.004 * 2**attempt)
            too_late = deadline is not None and asyncio.get_running_loop().time() + pause > deadline
            if too_late or not (isinstance(error, TransactionConflictError) or isinstance(error.__cause__, TransactionConflictError)):
                raise
        await anyio.sleep(pause)
    return await work()


class ManagedDatabase(Database):
    """The base class of all databases. It provides ``await connect(url)``, ``async with connect(url)`` and an idempotent ``close()``."""

    _opened: bool = False
    _closed: bool = False
    _opening: asyncio.Lock | None = None
    _process: int | None = None
    _loop: asyncio.AbstractEventLoop | None = None
    """The event loop that opened the database. Its connections are bound to this loop and to ``_process``."""

    @property
    def _location(self) -> str:
        """The location of the database without a password, for ``repr()``."""
        raise NotImplementedError

    @property
    def file(self) -> Path | None:
        """The absolute path of the file that opening creates if it is missing, or None if the database is not a file."""
        return None

    def __repr__(self) -> str:
        state = "closed" if self._closed else "open" if self._opened else "not opened"
        return f"<{type(self).__name__} {self._location} ({state})>"

    async def _open(self) -> None:
        """Connect. This is called once."""

    async def _close(self) -> None:
        """Disconnect. This is called once."""

    async def open(self) -> Self:
        """Connect, unless the database is open already. ``await db`` and ``async with db`` call this method.

        Raises:
            ConfigurationError: The event loop is not asyncio's, or the database was opened in another event loop or process.
            DatabaseUnavailableError: The database cannot be reached, or it has been closed.
        """
        if self._opened and not self._closed:
            self._require_open()
            return self
        process, loop = os.getpid(), _running_loop()
        if self._opening is None:
            self._opening = asyncio.Lock()
        # If several tasks open the database concurrently, only the first one connects.
        async with self._opening:
            self._require_not_closed()
            if not self._opened:
                try:
                    await self._open()
                    self._require_not_closed()
                except BaseException:
                    await run_to_completion(self._close())
                    raise
                self._opened, self._process, self._loop = True, process, loop
        return self

    def _require_not_closed(self) -> None:
        if self._closed:
            raise DatabaseUnavailableError("the database is closed")

    def _require_open(self) -> None:
        """Reject calls that would hang: on a closed database, or on one that another process or event loop opened.

        Raises:
            DatabaseUnavailableError: The database is not open.
            ConfigurationError: The connections belong to another process or event loop.
        """
        if self._closed or not self._opened:
            raise DatabaseUnavailableError("the database is not open")
        # The process comes first, because asyncio does not know the running loop of the parent in a forked child.
        if self._process != os.getpid():
            raise ConfigurationError("the database was opened in another process: open one after the fork")
        if self._loop is not _running_loop():
            raise ConfigurationError("the database was opened in another event loop: open one in each event loop")

    @abstractmethod
    def _open_transaction(self) -> AbstractAsyncContextManager[Transaction]:
        """Open a transaction on a connection that the database acquires."""

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        """Open a transaction. It commits at the end of the block, and rolls back on an exception or a cancellation."""
        transaction: Transaction | None = None
        try:
            async with self._open_transaction() as transaction:
                yield transaction
        except asyncio.CancelledError:
            # The cancellation may have arrived during the COMMIT. The callbacks run if the commit succeeded all the same.
            if transaction is not None and transaction.committed:
                await run_to_completion(run_callbacks(transaction.callbacks))
            raise
        await run_callbacks(transaction.callbacks)

    def __await__(self) -> Generator[Any, None, Self]:
        return self.open().__await__()

    async def __aenter__(self) -> Self:
        return await self.open()

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the connections that were opened here. A caller's pool stays open."""
        if not self._closed:
            self._closed = True
            await run_to_completion(self._close())


def _running_loop() -> asyncio.AbstractEventLoop:
    """Return the running event loop.

    Raises:
        ConfigurationError: Another library, such as trio, runs the event loop.
    """
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        raise ConfigurationError("asyncio only: the drivers run on no other event loop") from None
