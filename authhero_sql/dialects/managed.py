"""What the databases of all drivers share: opening and closing, errors in our words, and units of work that are tried again."""

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
from .transactions import Transaction, finish, run_callbacks

T = TypeVar("T")

COMMAND_TIMEOUT = 60.0
"""Seconds that a statement may take by default, on every engine."""
CLOSE_TIMEOUT = 5.0
"""Seconds that connections may take to close before they are cut."""


def translate_error(dialect: Dialect, error: Exception, *, lost: bool = False) -> Exception:
    """Return the error of this package for a driver's; what is no driver's error is returned as it is.

    Args:
        dialect: whose driver it is.
        error: what was raised.
        lost: whether the connection is closed, which explains whatever else the driver may have raised.
    """
    if isinstance(error, AuthHeroSQLError):
        return error
    ours = dialect.translate(error)
    if lost and (ours is None or type(ours) is DatabaseError):
        ours = ConnectionLostError()
    if ours is None:
        return error
    ours.__cause__ = error
    return ours


def reraise(dialect: Dialect, error: Exception) -> NoReturn:
    """Raise our error for a driver's; what is no driver error is raised as it is."""
    ours = translate_error(dialect, error)
    raise ours from ours.__cause__


async def with_timeout(awaitable: Awaitable[T], seconds: float | None) -> T:
    """Await what may take so many seconds.

    Raises:
        StatementTimeoutError: it took longer, and has been cancelled.
    """
    try:
        async with asyncio.timeout(seconds):
            return await awaitable
    except TimeoutError as error:
        raise StatementTimeoutError from error


class OutcomeGuard:
    """Tells the outcome of a write that commits by itself truly, ``with OutcomeGuard():``, for without an answer nobody knows it.

    Raises:
        UnknownOutcomeError: the connection was lost or the time was over before the answer came.
    """

    __slots__ = ()

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        # A time that is over with a code is the server's own word that it has stopped the statement.
        if isinstance(error, ConnectionLostError) or (isinstance(error, StatementTimeoutError) and error.code is None):
            raise UnknownOutcomeError(code=error.code) from error


def invalid_options_error(error: TypeError | ValueError) -> ConfigurationError:
    """Our error for options that a driver refuses: its own words may repeat a part of the URL, and that of a password."""
    found = re.search(r"keyword argument '(\w+)'$", str(error))
    if found:
        return ConfigurationError(f'there is no option "{found[1]}": correct or remove it')
    return ConfigurationError("the URL or one of the options cannot be read: check the values of the options")


def reject_pool_options(options: Mapping[str, Any], names: Iterable[str]) -> None:
    """Refuse options of a driver's own pool that mean nothing to ours.

    Raises:
        ConfigurationError: one of them is given.
    """
    for name in sorted(options.keys() & set(names)):
        raise ConfigurationError(f"{name} is an option of the driver's own pool: make one with it, and hand that to create_adapters()")


ATTEMPTS = 8
"""How often a unit of work is tried when other transactions get in its way."""


def jitter(longest: float) -> float:
    """Return some seconds to wait: chance keeps those that met from meeting again."""
    return random.uniform(0, longest)  # noqa: S311  # no secret depends on it


async def retried(work: Callable[[], Awaitable[T]], attempts: int = ATTEMPTS, deadline: float | None = None) -> T:
    """Return the outcome of a whole unit of work, begun again after a deadlock or a serialization failure.

    Args:
        work: the unit; it must have undone everything when it raises.
        attempts: how often it is tried.
        deadline: the time of the event loop after which it is not begun again.

    Raises:
        TransactionConflictError: it failed that way every time, or the deadline has passed.
        TransactionAbortedError: the same, where the unit had caught the conflict.
    """
    for attempt in range(attempts - 1):
        try:
            return await work()
        except (TransactionConflictError, TransactionAbortedError) as error:
            pause = jitter(0.004 * 2**attempt)
            late = deadline is not None and asyncio.get_running_loop().time() + pause > deadline
            if late or not (isinstance(error, TransactionConflictError) or isinstance(error.__cause__, TransactionConflictError)):
                raise
        await anyio.sleep(pause)
    return await work()


class ManagedDatabase(Database):
    """What the databases of all drivers share: ``await connect(url)``, ``async with connect(url)``, one close."""

    _opened: bool = False
    _closed: bool = False
    _opening: asyncio.Lock | None = None
    _process: int | None = None
    _loop: asyncio.AbstractEventLoop | None = None
    """The process and the event loop that opened it: its connections belong to them."""

    @property
    def _location(self) -> str:
        """Where the database is, without a password; for the ``repr``."""
        raise NotImplementedError

    @property
    def file(self) -> Path | None:
        """The absolute path of the file that opening creates if it is missing; None if the database is not a file."""
        return None

    def __repr__(self) -> str:
        state = "closed" if self._closed else "open" if self._opened else "not opened"
        return f"<{type(self).__name__} {self._location} ({state})>"

    async def _open(self) -> None:
        """Connect; called once."""

    async def _close(self) -> None:
        """Disconnect; called once."""

    async def open(self) -> Self:
        """Connect, unless that has been done. ``await db`` and ``async with db`` call it.

        Raises:
            ConfigurationError: this is not asyncio's event loop, or not the one or the process in which it was opened.
            DatabaseUnavailableError: the database cannot be reached, or it has been closed.
        """
        if self._opened and not self._closed:
            self._require_open()
            return self
        process, loop = os.getpid(), _running_loop()
        if self._opening is None:
            self._opening = asyncio.Lock()
        # Two tasks that open it at once open it once.
        async with self._opening:
            self._require_not_closed()
            if not self._opened:
                try:
                    await self._open()
                    self._require_not_closed()
                except BaseException:
                    await finish(self._close())
                    raise
                self._opened, self._process, self._loop = True, process, loop
        return self

    def _require_not_closed(self) -> None:
        if self._closed:
            raise DatabaseUnavailableError("the database is closed")

    def _require_open(self) -> None:
        """Refuse what would hang: a database that is closed, or that another process or event loop has opened.

        Raises:
            DatabaseUnavailableError: the database is not open.
            ConfigurationError: its connections belong to another process or event loop.
        """
        if self._closed or not self._opened:
            raise DatabaseUnavailableError("the database is not open")
        # The process first: in a forked child asyncio no longer knows the loop that runs.
        if self._process != os.getpid():
            raise ConfigurationError("the database was opened in another process: open one after the fork")
        if self._loop is not _running_loop():
            raise ConfigurationError("the database was opened in another event loop: open one in each")

    @abstractmethod
    def _open_transaction(self) -> AbstractAsyncContextManager[Transaction]:
        """Open a transaction on a connection of the database's own choice."""

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        """Open a transaction: committed at the end, rolled back by an exception or a cancellation."""
        block: Transaction | None = None
        try:
            async with self._open_transaction() as block:
                yield block
        except asyncio.CancelledError:
            # One that came when the COMMIT was on its way: what is committed is told of all the same.
            if block is not None and block.committed:
                await finish(run_callbacks(block.callbacks))
            raise
        await run_callbacks(block.callbacks)

    def __await__(self) -> Generator[Any, None, Self]:
        return self.open().__await__()

    async def __aenter__(self) -> Self:
        return await self.open()

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        await self.close()

    async def close(self) -> None:
        """Close what was opened here; a caller's pool stays open."""
        if not self._closed:
            self._closed = True
            await finish(self._close())


def _running_loop() -> asyncio.AbstractEventLoop:
    """Return the event loop that runs this.

    Raises:
        ConfigurationError: it is another kind of loop, such as trio's.
    """
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        raise ConfigurationError("asyncio only: the drivers run on no other event loop") from None
