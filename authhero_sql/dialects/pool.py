"""The connection pool of ``connect()``, which works with any driver and opens connections on demand.

While a connection is idle, acquiring and releasing it is plain code without a task, a timer or a switch to the event loop. Opening,
resetting and closing take time, so tasks of the pool do this. The cancellation of a caller does not cancel these tasks. Therefore no
connection is lost, and a waiting task gets the first connection that becomes available.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from functools import partial
from typing import Any, Generic, Protocol, TypeVar

from ..errors import ConfigurationError, DatabaseError, DatabaseUnavailableError, PoolTimeoutError
from .managed import CLOSE_TIMEOUT
from .transactions import SETTLE_TIMEOUT, logger
from .wait_queue import WaitQueue

C = TypeVar("C")
T = TypeVar("T")

RESET_TIMEOUT = 5.0
"""The number of seconds that the reset of a connection in an unknown state may take before the connection is terminated."""


class Driver(Protocol[C]):
    """The operations that a pool needs from a driver."""

    async def open(self) -> C:
        """Open a connection within the connect timeout. All errors are those of this package."""
        ...

    def is_open(self, connection: C) -> bool:
        """Return whether a connection is open, as far as the client knows."""
        ...

    def in_transaction(self, connection: C) -> bool:
        """Return whether a transaction is open on a connection."""
        ...

    async def reset(self, connection: C) -> None:
        """Check a connection in an unknown state and roll back its transaction, or raise an exception."""
        ...

    async def close(self, connection: C) -> None:
        """Close a connection gracefully, as the protocol of the server asks for."""
        ...

    def terminate(self, connection: C) -> None:
        """Close a connection immediately. Calling this twice is allowed."""
        ...


class PoolInterface(Protocol[C]):
    """A source of connections: the pool of this package, or a caller's pool."""

    async def acquire(self) -> C:
        """Acquire a connection, waiting until one is free.

        Raises:
            PoolTimeoutError: No connection became free in time.
            DatabaseUnavailableError: No connection could be opened, or the pool is closed.
        """
        ...

    async def release(self, connection: C, error: BaseException | None = None) -> None:
        """Release a connection. The only exception that this raises is the caller's cancellation.

        Args:
            connection: The connection that was acquired.
            error: The exception that a statement outside a transaction raised on this connection.
        """
        ...

    def expire_connections(self) -> None:
        """Make sure that no connection uses cached information about the schema any more, because the schema has changed."""
        ...

    async def close(self) -> None:
        """Close the connections that were opened here."""
        ...


class Pool(Generic[C]):
    """A connection pool of limited size.

    The connection that was released last is acquired first. Tasks that wait are served in order.

    Args:
        driver: Opens, resets and closes the connections.
        min_size: The number of connections that :meth:`open` opens and that stay open no matter how long they are idle.
        max_size: The maximum number of connections, including those that are being opened or closed.
        acquire_timeout: How long a task waits for a connection, in seconds. None means that there is no limit.
        max_idle: How long a connection may be idle before it is closed, in seconds. None means that there is no limit.
        reset_after_idle: How long a connection may be idle, in seconds, before it must be reset when it is acquired.

    Raises:
        ConfigurationError: The sizes contradict each other.
    """

    def __init__(
        self,
        driver: Driver[C],
        *,
        min_size: int,
        max_size: int,
        acquire_timeout: float | None,
        max_idle: float | None = None,
        reset_after_idle: float = math.inf,
    ) -> None:
        if not 0 <= min_size <= max_size or max_size < 1:
            raise ConfigurationError("invalid pool sizes: min_size must be from 0 to max_size, and max_size must be 1 or more")
        self._driver = driver
        self._min_size = min_size
        self._max_size = max_size
        self._acquire_timeout = acquire_timeout
        self._max_idle = max_idle
        self._reset_after_idle = reset_after_idle
        self._loop = asyncio.get_running_loop()
        self._waiters: WaitQueue[C] = WaitQueue(acquire_timeout, self._timeout_error, self._take_back)
        self._idle: list[tuple[C, float]] = []
        """The idle connections, each with the time of its release. The one that was released last is at the end."""
        self._open: set[C] = set()
        """All connections that have been opened and not closed yet, idle or in use."""
        self._size = 0
        """The number of connections, including those that are being opened."""
        self._preparing = 0
        """The number of connections that are being opened, reset or closed on behalf of waiting tasks."""
        self._tasks: set[asyncio.Task[Any]] = set()
        """Strong references, because the event loop only holds weak references to its tasks."""
        self._openings: set[asyncio.Task[C]] = set()
        self._sweep_timer: asyncio.TimerHandle | None = None
        self._expired: set[C] = set()
        """The connections that are closed instead of acquired again."""
        self._closed = False
        self._terminating = False
        """Whether the graceful part of :meth:`close` is over."""
        self._all_closed: asyncio.Future[None] = self._loop.create_future()

    # --- acquire and release ---------------------------------------------------------------------------------------------------

    async def acquire(self) -> C:
        """Acquire a connection, waiting until one is free.

        Raises:
            PoolTimeoutError: No connection became free in time.
            DatabaseUnavailableError: No connection could be opened, or the pool is closed.
        """
        connection = self._pop_idle()
        if connection is not None:
            return connection
        self._require_open()
        waiter = self._waiters.wait()
        self._serve_waiters()
        return await waiter

    async def release(self, connection: C, error: BaseException | None = None) -> None:
        """Release a connection without waiting.

        Args:
            connection: The connection that was acquired.
            error: The exception that a statement outside a transaction raised on this connection.
        """
        self._take_back(connection, error)

    def _pop_idle(self) -> C | None:
        """Return the idle connection that was released last, or None if no idle connection can be used without a reset."""
        while self._idle:
            connection, since = self._idle.pop()
            if not self._driver.is_open(connection):
                self._discard(connection)
            elif self._loop.time() - since <= self._reset_after_idle:
                return connection
            else:
                self._idle.append((connection, since))
                return None
        return None

    def _take_back(self, connection: C, error: BaseException | None = None) -> None:
        if not self._driver.is_open(connection):
            self._discard(connection)
        elif self._driver.in_transaction(connection) or (error is not None and not _is_state_known(error)):
            self._start_reset(connection)
        else:
            self._make_available(connection)

    def _make_available(self, connection: C) -> None:
        """Hand a connection to the task that has waited longest, or store it as idle."""
        if self._terminating:
            self._discard(connection)
        elif self._closed or connection in self._expired:
            self._start_close(connection)
        elif not self._waiters.deliver(connection):
            self._idle.append((connection, self._loop.time()))
            if self._sweep_timer is None:
                self._schedule_sweep()

    def _discard(self, connection: C) -> None:
        """Remove a connection from the pool, so that another one can be opened for a task that waits."""
        self._open.remove(connection)
        self._expired.discard(connection)
        self._driver.terminate(connection)
        self._shrink()

    def _shrink(self) -> None:
        self._size -= 1
        self._serve_waiters()
        if self._closed and self._size == 0 and not self._all_closed.done():
            self._all_closed.set_result(None)

    def _timeout_error(self) -> Exception:
        state = f"{len(self._open)} of {self._max_size} open, {len(self._idle)} idle"
        return PoolTimeoutError(f"no connection became free in {self._acquire_timeout:g} seconds ({state})")

    def _require_open(self) -> None:
        if self._closed:
            raise DatabaseUnavailableError("the database is closed")

    # --- background tasks ------------------------------------------------------------------------------------------------------

    # Callbacks handle the results of these tasks, because a callback runs even if its task was cancelled before it began.

    def _start(self, work: Coroutine[Any, Any, T], callback: Callable[[asyncio.Task[T]], object]) -> asyncio.Task[T]:
        task = self._loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        task.add_done_callback(callback)
        return task

    def _serve_waiters(self) -> None:
        """Prepare one connection for each task that waits, up to the maximum size of the pool."""
        while self._preparing < len(self._waiters) and not self._closed:
            if self._idle:
                # This connection must be reset, and the other idle ones have been idle for longer.
                task: asyncio.Task[Any] = self._start_refresh(*self._idle.pop())
            elif self._size < self._max_size:
                task = self._start_open()
            else:
                return
            self._preparing += 1
            task.add_done_callback(self._on_prepared)

    def _on_prepared(self, task: asyncio.Task[Any]) -> None:
        self._preparing -= 1
        self._serve_waiters()

    def _start_open(self) -> asyncio.Task[C]:
        """Open another connection."""
        self._size += 1
        task = self._start(self._driver.open(), self._on_opened)
        self._openings.add(task)
        return task

    def _on_opened(self, task: asyncio.Task[C]) -> None:
        self._openings.discard(task)
        error = _task_error(task)
        if error is None:
            self._open.add(task.result())
            self._make_available(task.result())
        else:
            # Only the task that has waited longest gets the error. The others can try to open a connection again.
            self._waiters.fail(error)
            self._shrink()

    def _start_refresh(self, connection: C, since: float) -> asyncio.Task[None]:
        too_old = self._max_idle is not None and self._loop.time() - since > self._max_idle
        return self._start_close(connection) if too_old else self._start_reset(connection)

    def _start_reset(self, connection: C) -> asyncio.Task[None]:
        """Make a connection usable again."""
        work = _with_timeout(RESET_TIMEOUT, self._driver.reset, connection)
        return self._start(work, partial(self._on_reset, connection))

    def _on_reset(self, connection: C, task: asyncio.Task[None]) -> None:
        error = _task_error(task)
        if error is None:
            self._make_available(connection)
        else:
            self._give_up(connection, error)

    def _start_close(self, connection: C) -> asyncio.Task[None]:
        """Close a connection gracefully."""
        work = _with_timeout(CLOSE_TIMEOUT, self._driver.close, connection)
        return self._start(work, partial(self._on_closed, connection))

    def _on_closed(self, connection: C, task: asyncio.Task[None]) -> None:
        error = _task_error(task)
        if error is None:
            self._discard(connection)
        else:
            self._give_up(connection, error)

    def _give_up(self, connection: C, error: BaseException) -> None:
        # If the server has closed the connection in the meantime, there is nothing to warn about.
        if self._driver.is_open(connection):
            logger.warning("a connection could not be released, so it was closed (%s)", type(error).__name__)
        self._discard(connection)

    def _schedule_sweep(self) -> None:
        """Schedule a sweep for the time at which the first idle connection will have been idle for too long."""
        if self._max_idle is not None and self._idle and self._size > self._min_size:
            since = self._idle[0][1]
            self._sweep_timer = self._loop.call_at(since + self._max_idle, self._sweep, since)

    def _sweep(self, before: float) -> None:
        """Close the connections that have been idle since this time or longer, down to the minimum size of the pool."""
        self._sweep_timer = None
        surplus = self._size - self._min_size
        while surplus > 0 and self._idle and self._idle[0][1] <= before:
            self._start_close(self._idle.pop(0)[0])
            surplus -= 1
        if surplus > 0:
            self._schedule_sweep()

    def expire_connections(self) -> None:
        """Close all idle connections, and those in use when they are released."""
        self._expired = set(self._open)
        while self._idle:
            self._start_close(self._idle.pop()[0])

    # --- open and close --------------------------------------------------------------------------------------------------------

    async def open(self) -> None:
        """Open the first ``min_size`` connections. The first one is opened alone, so that a wrong setting fails only once.

        Raises:
            Exception: The driver could not open a connection.
        """
        for count in (min(self._min_size, 1), self._min_size - 1):
            # A driver that is cancelled while it connects may leak a connection, so each attempt is completed.
            await asyncio.gather(*[asyncio.shield(self._start_open()) for _ in range(count)])

    async def close(self) -> None:
        """Close all connections. Those in use have a few seconds to be released, and tasks that wait fail immediately."""
        self._closed = True
        if self._sweep_timer is not None:
            self._sweep_timer.cancel()
        while self._waiters.fail(DatabaseUnavailableError("the database is closed")):
            pass
        while self._idle:
            self._start_close(self._idle.pop()[0])
        cancel_openings = self._loop.call_later(SETTLE_TIMEOUT, _cancel, self._openings)
        try:
            if self._size:
                async with asyncio.timeout(CLOSE_TIMEOUT):
                    await self._all_closed
        except TimeoutError:
            logger.warning("%d connections were not released before the pool was closed, so they were terminated", len(self._open))
        finally:
            cancel_openings.cancel()
            self._terminating = True
            _cancel(self._tasks)
            for connection in list(self._open):
                self._driver.terminate(connection)
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=SETTLE_TIMEOUT)


def _cancel(tasks: Iterable[asyncio.Task[Any]]) -> None:
    for task in list(tasks):
        task.cancel()


async def _with_timeout(seconds: float, work: Callable[[C], Awaitable[None]], connection: C) -> None:
    async with asyncio.timeout(seconds):
        await work(connection)


def _task_error(task: asyncio.Task[Any]) -> BaseException | None:
    """Return the exception of a task, or None. This also marks the exception as retrieved."""
    return asyncio.CancelledError() if task.cancelled() else task.exception()


def _is_state_known(error: BaseException) -> bool:
    """Return whether the connection is in a known state after an error: the server reported it, or nothing was sent."""
    return isinstance(error, DatabaseError) and (error.code is not None or not error.sent)
