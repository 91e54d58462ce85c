"""Work on the threads of SQLite connections: the one place that knows aiosqlite's inside.

aiosqlite's public methods are one statement a hop, and a cancellation leaves them in the middle of one. Here a function is sent to a
connection's thread, whatever it does there, and what comes of it is always waited for; a cancellation makes it come sooner.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from ..errors import DatabaseUnavailableError, PoolTimeoutError, StatementTimeoutError
from .dialect import Dialect
from .managed import reraise

if TYPE_CHECKING:
    # A Worker has no threads, and need not have these.
    import sqlite3
    from typing import TypeAlias

    import aiosqlite

    AiosqliteConnection: TypeAlias = aiosqlite.Connection

T = TypeVar("T")
Work = Callable[["sqlite3.Connection"], T]
Outcome = tuple[Any, BaseException | None]
"""A result, or what was raised instead."""

INTERRUPT_AGAIN = 0.05
"""Seconds between two interrupts of work that goes on: one that comes between two statements stops neither."""
GROW_AFTER = 0.02
"""Seconds that a read waits before another reader is opened for it: bursts of quick ones are served best by few."""


class Job(asyncio.Future[Any]):
    """Work for a thread. It ends when the thread is done with it, also when its waiter is cancelled meanwhile."""

    def __init__(self, work: Work[Any], *, stoppable: bool = True, withdraw: Callable[[Job], bool] | None = None) -> None:
        super().__init__(loop=asyncio.get_running_loop())
        self.work = work
        self.handle: Handle | None = None
        """The connection that does it, once it has begun."""
        self.began: float = 0.0
        self.withdrawn = False
        """Whether it is not to be done any more."""
        self._stoppable = stoppable
        self._withdraw = withdraw
        self._again: asyncio.TimerHandle | None = None

    def cancel(self, msg: object = None) -> bool:
        """Cancel what has not begun; of what has, only make the end come sooner."""
        if self._withdraw is not None and self._withdraw(self):
            return super().cancel(msg)
        self.stop()
        return False

    def stop(self) -> None:
        """Interrupt the work until it ends, where it may be interrupted; what has not begun never does."""
        if self.done() or not self._stoppable:
            return
        if self._withdraw is not None and self._withdraw(self):
            self.set_exception(StatementTimeoutError())
            return
        if self.handle is not None:
            self.handle.interrupt(self)
        self.again(INTERRUPT_AGAIN, self.stop)

    def again(self, seconds: float, look: Callable[..., None], *args: Any) -> None:
        """Look after it once more, so many seconds from now."""
        self.settle()
        self._again = self.get_loop().call_later(seconds, look, *args)

    def settle(self) -> None:
        """Look after it no more."""
        if self._again is not None:
            self._again.cancel()

    def perform(self, connection: sqlite3.Connection) -> Outcome:
        """Do the work, on the connection's thread."""
        try:
            return self.work(connection), None
        except BaseException as error:  # the waiter's to handle, whatever it is
            return None, error

    def deliver(self, outcome: Outcome) -> None:
        """Let the waiter know what came of it, where it still waits."""
        if self.done():
            return
        result, error = outcome
        if error is None:
            self.set_result(result)
        else:
            self.set_exception(error)


class Handle:
    """One SQLite connection and its thread."""

    def __init__(self, connection: aiosqlite.Connection, dialect: Dialect, timeout: float | None) -> None:
        self._connection = connection
        self._dialect = dialect
        self._timeout = timeout
        self._thread = WorkerThread.of(connection)
        self._lock = threading.Lock()
        self._current: Job | None = None
        """What its thread is doing."""

    @classmethod
    def for_path(cls, path: str, dialect: Dialect, timeout: float | None, busy_timeout: float, cached_statements: int) -> Handle:
        """Return a connection to a file, not yet open."""
        import aiosqlite

        connection = aiosqlite.connect(path, isolation_level=None, timeout=busy_timeout, cached_statements=cached_statements)
        return cls(connection, dialect, timeout)

    async def open(self) -> None:
        """Open it."""
        await self._connection

    async def close(self) -> None:
        """Close it."""
        await self._connection.close()

    async def discard(self) -> None:
        """Close what may never have been opened; its thread must end before the loop that it reports to."""
        await self._connection.close()
        await self._thread.join()

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction is open on it."""
        return bool(self._connection.in_transaction)

    async def run(self, work: Work[T], *, bounded: bool = True, stoppable: bool = True) -> T:
        """Run on the connection's thread, which nobody else uses meanwhile; return what that returned.

        Args:
            work: what to do there.
            bounded: interrupt it when it takes longer than ``command_timeout``.
            stoppable: interrupt it when that time is over, or when the caller is cancelled.

        Raises:
            StatementTimeoutError: it was interrupted.
        """
        job = Job(work, stoppable=stoppable, withdraw=self._withdrawn if stoppable else None)
        loop = job.get_loop()
        timer = loop.call_later(self._timeout, job.stop) if bounded and self._timeout is not None else None
        try:
            self.send(lambda connection: loop.call_soon_threadsafe(job.deliver, self.perform(job, connection)))
            done: T = await job
        except Exception as error:
            reraise(self._dialect, error)
        finally:
            if timer is not None:
                timer.cancel()
            job.settle()
        return done

    def send(self, work: Work[object]) -> None:
        """Have the thread do something, after what it was sent before.

        Raises:
            DatabaseUnavailableError: the connection is closed.
        """
        self._thread.send(work)

    def perform(self, job: Job, connection: sqlite3.Connection) -> Outcome:
        """Do a job, on the thread."""
        with self._lock:
            if job.withdrawn:
                return None, None
            self._current, job.handle, job.began = job, self, time.monotonic()
        try:
            return job.perform(connection)
        finally:
            # An interrupt that comes late must not hit what the connection's owner does next.
            with self._lock:
                self._current = None

    def _withdrawn(self, job: Job) -> bool:
        """Take back a job that has not begun."""
        with self._lock:
            job.withdrawn = job.handle is None
            return job.withdrawn

    def interrupt(self, job: Job | None = None) -> None:
        """Interrupt what the thread is doing, where it is that job, or whatever it is."""
        raw = self._thread.raw()
        with self._lock:
            if raw is not None and self._current is not None and job in (None, self._current):
                raw.interrupt()


class ReaderPool:
    """Connections that share one queue: whichever is idle takes the work that has waited longest."""

    def __init__(self, make: Callable[[], Awaitable[Handle]], size: int, acquire_timeout: float, command_timeout: float | None) -> None:
        self._make = make
        self._size = size
        self._acquire_timeout = acquire_timeout
        self._command_timeout = command_timeout
        self._handles: list[Handle] = []
        self._idle: list[Handle] = []
        self._queue: deque[Job] = deque()
        self._growth: asyncio.TimerHandle | None = None
        self._growing: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Open the first connection, so that what is wrong with the file shows now."""
        await self._grow()

    async def _grow(self) -> None:
        handle = await self._make()
        self._handles.append(handle)
        self._idle.append(handle)
        self._rouse()

    async def close(self) -> None:
        """Open no more; the connections are closed by whoever made them."""
        if self._growth is not None:
            self._growth.cancel()
        if self._growing is not None:
            self._growing.cancel()
            await asyncio.wait([self._growing])

    async def run(self, work: Work[T], *, bounded: bool = True) -> T:
        """Return what comes of the work on one of the connections.

        Raises:
            PoolTimeoutError: every connection was busy all the time.
            StatementTimeoutError: it took longer than ``command_timeout``.
        """
        job = Job(work, withdraw=self._withdrawn)
        waits = not self._idle
        self._queue.append(job)
        try:
            self._rouse()
        except DatabaseUnavailableError:
            self._withdrawn(job)
            raise
        limit = self._command_timeout if bounded else None
        if limit is not None or waits:
            job.again(min(limit or self._acquire_timeout, self._acquire_timeout), self._late, job, limit, time.monotonic())
        if waits:
            self._watch()
        try:
            done: T = await job
        except Exception as error:
            reraise(self._handles[0]._dialect, error)
        finally:
            job.settle()
        return done

    def _withdrawn(self, job: Job) -> bool:
        """Take a job out of the queue, unless it has begun."""
        try:
            self._queue.remove(job)
        except ValueError:
            return False
        return True

    def _late(self, job: Job, limit: float | None, queued: float) -> None:
        """End what has waited or worked for too long, and look again when it will have."""
        if job.done():
            return
        now = time.monotonic()
        waiting = not job.began
        left = queued + self._acquire_timeout - now if waiting else None if limit is None else job.began + limit - now
        if left is None:
            return
        if left > 0:
            # What waits may begin at any moment, and has the whole of its time from then on.
            job.again(min(left, limit or left), self._late, job, limit, queued)
        elif not waiting:
            job.stop()
        elif self._withdrawn(job):
            job.set_exception(PoolTimeoutError(f"every reader was busy for {self._acquire_timeout:g} seconds"))

    def _watch(self) -> None:
        """Look a moment later whether what waits longest still does, where there is room for another connection."""
        if self._queue and self._growth is None and self._growing is None and len(self._handles) < self._size:
            self._growth = self._queue[0].get_loop().call_later(GROW_AFTER, self._grow_for, self._queue[0])

    def _grow_for(self, job: Job) -> None:
        self._growth = None
        if job in self._queue:
            self._growing = asyncio.ensure_future(self._grow())
            self._growing.add_done_callback(self._grown)
        else:
            self._watch()

    def _grown(self, task: asyncio.Task[None]) -> None:
        self._growing = None
        # One that cannot be opened is no loss: the others go on with the queue.
        if not task.cancelled() and task.exception() is None:
            self._watch()

    def _rouse(self) -> None:
        """Set an idle connection to work, where there is some."""
        if self._queue and self._idle:
            handle = self._idle.pop()
            loop = asyncio.get_running_loop()
            try:
                handle.send(lambda connection: self._drain(handle, loop, connection))
            except BaseException:
                self._idle.append(handle)
                raise

    def _drain(self, handle: Handle, loop: asyncio.AbstractEventLoop, connection: sqlite3.Connection) -> None:
        """Do what is in the queue until it is empty, on a connection's thread."""
        job = self._next()
        while job is not None:
            outcome, following = handle.perform(job, connection), self._next()
            if following is None:
                # With the last one's outcome in one call: each wakes the loop.
                loop.call_soon_threadsafe(self._idle_again, handle, job, outcome)
                return
            loop.call_soon_threadsafe(job.deliver, outcome)
            job = following
        loop.call_soon_threadsafe(self._idle_again, handle, None, (None, None))

    def _next(self) -> Job | None:
        try:
            return self._queue.popleft()
        except IndexError:
            return None

    def _idle_again(self, handle: Handle, job: Job | None, outcome: Outcome) -> None:
        self._idle.append(handle)
        self._rouse()
        if job is not None:
            job.deliver(outcome)


class WorkerThread:
    """How a function gets onto the thread of an aiosqlite connection: by the queue that its own methods use."""

    def __init__(self, connection: aiosqlite.Connection) -> None:
        self._connection = connection

    @staticmethod
    def of(connection: aiosqlite.Connection) -> WorkerThread:
        """Return the short way to a connection's thread, or the public one where aiosqlite has changed inside."""
        known = all(hasattr(connection, name) for name in ("_tx", "_running", "_connection"))
        return WorkerThread(connection) if known else FallbackWorkerThread(connection)

    def raw(self) -> sqlite3.Connection | None:
        """Return the connection of the standard library, or None where it is closed or cannot be reached."""
        connection = self._connection
        return connection._connection if connection._running else None

    def send(self, work: Work[object]) -> None:
        """Have the thread do something.

        Raises:
            DatabaseUnavailableError: the connection is closed.
        """
        raw = self.raw()
        if raw is None:
            raise DatabaseUnavailableError("the connection is closed")
        # A closure, because aiosqlite logs what it runs at level DEBUG, the arguments of a partial included.
        self._connection._tx.put_nowait((None, lambda: work(raw)))

    async def join(self) -> None:
        """Wait for the end of the thread of a connection that has been closed."""
        thread = getattr(self._connection, "_thread", None)
        if thread is not None:
            await asyncio.to_thread(thread.join)


class FallbackWorkerThread(WorkerThread):
    """The same by aiosqlite's public methods: slower, because every statement is a hop of its own."""

    def raw(self) -> sqlite3.Connection | None:
        """Return None: the public methods do not give it."""
        return None

    def send(self, work: Work[object]) -> None:
        """Run on a thread of its own, over a stand-in for the connection that asks aiosqlite for each statement."""
        loop = asyncio.get_running_loop()
        stand_in: Any = _ConnectionProxy(self._connection, loop)
        loop.run_in_executor(None, work, stand_in)


class _ConnectionProxy:
    """As much of a ``sqlite3.Connection`` as this package uses, for another thread than the loop's."""

    def __init__(self, connection: aiosqlite.Connection, loop: asyncio.AbstractEventLoop) -> None:
        self._connection = connection
        self._loop = loop
        self.row_factory: Any = None
        self.rowcount = -1
        self._rows: list[Any] = []

    @property
    def in_transaction(self) -> bool:
        return self._connection.in_transaction

    @property
    def isolation_level(self) -> str | None:
        return self._connection.isolation_level

    @property
    def total_changes(self) -> int:
        return self._connection.total_changes

    @property
    def text_factory(self) -> Any:
        return self._connection.text_factory

    def cursor(self) -> _ConnectionProxy:
        return self

    def execute(self, sql: str, parameters: Sequence[Any] = ()) -> _ConnectionProxy:
        async def run() -> tuple[list[Any], int]:
            async with self._connection.execute(sql, parameters) as cursor:
                return [tuple(row) for row in await cursor.fetchall()], cursor.rowcount

        self._rows, self.rowcount = asyncio.run_coroutine_threadsafe(run(), self._loop).result()
        return self

    def executemany(self, sql: str, parameters: Sequence[Sequence[Any]]) -> _ConnectionProxy:
        async def run() -> int:
            async with self._connection.executemany(sql, parameters) as cursor:
                return cursor.rowcount

        self._rows, self.rowcount = [], asyncio.run_coroutine_threadsafe(run(), self._loop).result()
        return self

    def fetchall(self) -> list[Any]:
        return self._rows

    def fetchone(self) -> Any:
        return self._rows[0] if self._rows else None
