"""The pool behind ``connect()``, whatever the driver: connections that are lent, come back, and are opened when they are missed.

Where a connection is idle, borrowing it and giving it back are plain code: no task, no timer, no wait. What takes time, as opening,
reviving and closing, is done by tasks of the pool's own, which nobody's cancellation ends; so nothing that was opened gets lost, and
whoever waits is served by whatever connection comes first.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from functools import partial
from typing import Any, Generic, Protocol, TypeVar

from ..errors import ConfigurationError, DatabaseError, DatabaseUnavailableError, PoolTimeoutError
from .managed import CLOSE_TIMEOUT
from .transactions import SETTLE, logger
from .wait_queue import WaitQueue

C = TypeVar("C")
T = TypeVar("T")

RESET_TIMEOUT = 5.0
"""Seconds in which a connection of which nobody knows the state has to become usable before it is cut."""


class Driver(Protocol[C]):
    """What a pool has to know of its driver."""

    async def open(self) -> C:
        """Open a connection, in bounded time; errors are those of this package."""
        ...

    def is_open(self, connection: C) -> bool:
        """Whether a connection is open, as far as this side has heard."""
        ...

    def in_transaction(self, connection: C) -> bool:
        """Whether a transaction is open on a connection."""
        ...

    async def reset(self, connection: C) -> None:
        """Bring a connection of which nobody knows the state to where it can be lent, or raise."""
        ...

    async def close(self, connection: C) -> None:
        """Close a connection as the server likes it."""
        ...

    def terminate(self, connection: C) -> None:
        """Close a connection at once; may be called twice."""
        ...


class PoolInterface(Protocol[C]):
    """Where connections come from: a pool of our own, or a caller's."""

    async def acquire(self) -> C:
        """Borrow a connection.

        Raises:
            PoolTimeoutError: none became free in time.
            DatabaseUnavailableError: none could be opened, or the pool is closed.
        """
        ...

    async def release(self, connection: C, error: BaseException | None = None) -> None:
        """Give a connection back; raises nothing but the caller's cancellation.

        Args:
            connection: what was borrowed.
            error: what a statement outside a transaction has raised on it.
        """
        ...

    def expire_connections(self) -> None:
        """Have what the connections know of the schema forgotten: it has changed."""
        ...

    async def close(self) -> None:
        """Close what has been opened here."""
        ...


class Pool(Generic[C]):
    """Connections of one kind, at most so many of them: the one that came back last is lent first, to those who wait in their order.

    Args:
        driver: opens and closes them.
        min_size: how many :meth:`open` opens, and how many stay open however long they are idle.
        max_size: how many there are at most, those that are being opened or closed included.
        acquire_timeout: seconds that one may wait for a connection; None: as long as it takes.
        max_idle: seconds after which one that is idle is closed; None: never.
        reset_after_idle: seconds after which one that was idle is revived before it is lent.

    Raises:
        ConfigurationError: there cannot be a pool of these sizes.
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
            raise ConfigurationError("the sizes of a pool must be 0 <= min_size <= max_size, and max_size 1 or more")
        self._driver = driver
        self._min_size = min_size
        self._max_size = max_size
        self._acquire_timeout = acquire_timeout
        self._max_idle = max_idle
        self._reset_after_idle = reset_after_idle
        self._loop = asyncio.get_running_loop()
        self._waiters: WaitQueue[C] = WaitQueue(acquire_timeout, self._late, self._returned)
        self._idle: list[tuple[C, float]] = []
        """Those that are not lent, and since when; the one that came last is at the end."""
        self._open: set[C] = set()
        """Those that have been opened and not closed yet, wherever they are."""
        self._size = 0
        """How many there are, those that are being opened included."""
        self._coming = 0
        """How many are being opened or revived for somebody who waits."""
        self._tasks: set[asyncio.Task[Any]] = set()
        """The loop itself keeps no hold on a task."""
        self._openings: set[asyncio.Task[C]] = set()
        self._sweeping: asyncio.TimerHandle | None = None
        self._outdated: set[C] = set()
        """Those that are closed instead of lent again."""
        self._closed = False
        self._cut = False
        """Whether nobody waits any more for connections to be closed politely."""
        self._none_left: asyncio.Future[None] = self._loop.create_future()

    # --- borrowing and giving back -------------------------------------------------------------------------------------------

    async def acquire(self) -> C:
        """Borrow a connection.

        Raises:
            PoolTimeoutError: none became free in time.
            DatabaseUnavailableError: none could be opened, or the pool is closed.
        """
        connection = self._ready()
        if connection is not None:
            return connection
        self._require_open()
        served = self._waiters.wait()
        self._grow()
        return await served

    async def release(self, connection: C, error: BaseException | None = None) -> None:
        """Give a connection back; never waits.

        Args:
            connection: what was borrowed.
            error: what a statement outside a transaction has raised on it.
        """
        self._returned(connection, error)

    def _ready(self) -> C | None:
        """Take the idle connection that came back last, where it can be used at once."""
        while self._idle:
            connection, since = self._idle.pop()
            if not self._driver.is_open(connection):
                self._forget(connection)
            elif self._loop.time() - since <= self._reset_after_idle:
                return connection
            else:
                self._idle.append((connection, since))
                return None
        return None

    def _returned(self, connection: C, error: BaseException | None = None) -> None:
        if not self._driver.is_open(connection):
            self._forget(connection)
        elif self._driver.in_transaction(connection) or (error is not None and not _was_answered(error)):
            self._revive(connection)
        else:
            self._arrived(connection)

    def _arrived(self, connection: C) -> None:
        """Lend a connection to whoever waits longest, or keep it."""
        if self._cut:
            self._forget(connection)
        elif self._closed or connection in self._outdated:
            self._part(connection)
        elif not self._waiters.deliver(connection):
            self._idle.append((connection, self._loop.time()))
            if self._sweeping is None:
                self._watch()

    def _forget(self, connection: C) -> None:
        """Count no longer what is closed; its room is for whoever waits."""
        self._open.remove(connection)
        self._outdated.discard(connection)
        self._driver.terminate(connection)
        self._leave_room()

    def _leave_room(self) -> None:
        self._size -= 1
        self._grow()
        if self._closed and self._size == 0 and not self._none_left.done():
            self._none_left.set_result(None)

    def _late(self) -> Exception:
        state = f"{len(self._open)} of {self._max_size} open, {len(self._idle)} idle"
        return PoolTimeoutError(f"no connection became free in {self._acquire_timeout:g} seconds ({state})")

    def _require_open(self) -> None:
        if self._closed:
            raise DatabaseUnavailableError("the database is closed")

    # --- what takes time -----------------------------------------------------------------------------------------------------

    # What comes of a task is settled by its callback, which also runs where the task was cancelled before it began.

    def _start(self, work: Coroutine[Any, Any, T], settle: Callable[[asyncio.Task[T]], object]) -> asyncio.Task[T]:
        task = self._loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        task.add_done_callback(settle)
        return task

    def _grow(self) -> None:
        """Have a connection come for each that waits, as far as there is room."""
        while self._coming < len(self._waiters) and not self._closed:
            if self._idle:
                # It has been idle for too long to be lent as it is, and those below it for longer.
                coming: asyncio.Task[Any] = self._come_again(*self._idle.pop())
            elif self._size < self._max_size:
                coming = self._come()
            else:
                return
            self._coming += 1
            coming.add_done_callback(self._came)

    def _came(self, task: asyncio.Task[Any]) -> None:
        self._coming -= 1
        self._grow()

    def _come(self) -> asyncio.Task[C]:
        """Open another connection."""
        self._size += 1
        task = self._start(self._driver.open(), self._opened)
        self._openings.add(task)
        return task

    def _opened(self, task: asyncio.Task[C]) -> None:
        self._openings.discard(task)
        error = _error(task)
        if error is None:
            self._open.add(task.result())
            self._arrived(task.result())
        else:
            # Whoever waits longest hears of it, and the others have the room.
            self._waiters.fail(error)
            self._leave_room()

    def _come_again(self, connection: C, since: float) -> asyncio.Task[None]:
        too_long = self._max_idle is not None and self._loop.time() - since > self._max_idle
        return self._part(connection) if too_long else self._revive(connection)

    def _revive(self, connection: C) -> asyncio.Task[None]:
        """Make a connection usable again."""
        reviving = _within(RESET_TIMEOUT, self._driver.reset, connection)
        return self._start(reviving, partial(self._revived, connection))

    def _revived(self, connection: C, task: asyncio.Task[None]) -> None:
        error = _error(task)
        if error is None:
            self._arrived(connection)
        else:
            self._give_up(connection, error)

    def _part(self, connection: C) -> asyncio.Task[None]:
        """Close a connection as the server likes it."""
        closing = _within(CLOSE_TIMEOUT, self._driver.close, connection)
        return self._start(closing, partial(self._parted, connection))

    def _parted(self, connection: C, task: asyncio.Task[None]) -> None:
        error = _error(task)
        if error is None:
            self._forget(connection)
        else:
            self._give_up(connection, error)

    def _give_up(self, connection: C, error: BaseException) -> None:
        # One that the server has closed meanwhile is nobody's trouble.
        if self._driver.is_open(connection):
            logger.warning("a connection could not be given back, so it was closed (%s)", type(error).__name__)
        self._forget(connection)

    def _watch(self) -> None:
        """Look after what is idle when the first may have been so for too long."""
        if self._max_idle is not None and self._idle and self._size > self._min_size:
            since = self._idle[0][1]
            self._sweeping = self._loop.call_at(since + self._max_idle, self._sweep, since)

    def _sweep(self, before: float) -> None:
        """Close what has been idle since before then, but for the smallest number."""
        self._sweeping = None
        surplus = self._size - self._min_size
        while surplus > 0 and self._idle and self._idle[0][1] <= before:
            self._part(self._idle.pop(0)[0])
            surplus -= 1
        if surplus > 0:
            self._watch()

    def expire_connections(self) -> None:
        """Lend none again of the connections that are open now."""
        self._outdated = set(self._open)
        while self._idle:
            self._part(self._idle.pop()[0])

    # --- the beginning and the end -------------------------------------------------------------------------------------------

    async def open(self) -> None:
        """Open the first ``min_size`` connections, one of them before the others: what is wrong shows once.

        Raises:
            Exception: what the driver raised.
        """
        for many in (min(self._min_size, 1), self._min_size - 1):
            # A driver that is cancelled while it connects may leave something behind, so what has begun goes on.
            await asyncio.gather(*[asyncio.shield(self._come()) for _ in range(many)])

    async def close(self) -> None:
        """Close all connections: those that are lent have a few seconds to come back. Whoever waits is told so at once."""
        self._closed = True
        if self._sweeping is not None:
            self._sweeping.cancel()
        while self._waiters.fail(DatabaseUnavailableError("the database is closed")):
            pass
        while self._idle:
            self._part(self._idle.pop()[0])
        impatience = self._loop.call_later(SETTLE, _cancel, self._openings)
        try:
            if self._size:
                async with asyncio.timeout(CLOSE_TIMEOUT):
                    await self._none_left
        except TimeoutError:
            logger.warning("%d connections were not given back before the close, so they were cut", len(self._open))
        finally:
            impatience.cancel()
            self._cut = True
            _cancel(self._tasks)
            for connection in list(self._open):
                self._driver.terminate(connection)
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=SETTLE)


def _cancel(tasks: Iterable[asyncio.Task[Any]]) -> None:
    for task in list(tasks):
        task.cancel()


async def _within(seconds: float, work: Callable[[C], Awaitable[None]], connection: C) -> None:
    async with asyncio.timeout(seconds):
        await work(connection)


def _error(task: asyncio.Task[Any]) -> BaseException | None:
    """What a task has raised; marks it as seen."""
    return asyncio.CancelledError() if task.cancelled() else task.exception()


def _was_answered(error: BaseException) -> bool:
    """Whether an error leaves its connection as it was: the server's own, or of what was never sent."""
    return isinstance(error, DatabaseError) and (error.code is not None or not error.sent)
