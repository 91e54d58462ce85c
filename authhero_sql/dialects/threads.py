"""Work on the threads of SQLite connections. This is the only module that uses the internals of aiosqlite.

The public methods of aiosqlite run one statement per switch to the thread, and a cancellation leaves that statement running. This module
sends a whole function to the thread of a connection, and always waits until it ends. A cancellation interrupts it, so that it ends sooner.
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
    # A Cloudflare Worker has no threads, and these modules may be missing there.
    import sqlite3
    from typing import TypeAlias

    import aiosqlite

    AiosqliteConnection: TypeAlias = aiosqlite.Connection

T = TypeVar("T")
Work = Callable[["sqlite3.Connection"], T]
Outcome = tuple[Any, BaseException | None]
"""A result and None, or None and the exception that was raised."""

INTERRUPT_INTERVAL = 0.05
"""The number of seconds between interrupts. They are repeated, because an interrupt between two statements stops neither of them."""
GROW_AFTER = 0.02
"""The number of seconds that a read waits before another reader is opened. A few readers serve bursts of short reads best."""


class Job(asyncio.Future[Any]):
    """A future for work on a thread. If the thread has begun, the future stays pending until the work ends, even when it is cancelled.

    Args:
        work: The function to call with the connection.
        stoppable: Whether the work may be interrupted.
        withdraw: Called with the job to withdraw it. Returns whether the job had not begun.
    """

    def __init__(self, work: Work[Any], *, stoppable: bool = True, withdraw: Callable[[Job], bool] | None = None) -> None:
        super().__init__(loop=asyncio.get_running_loop())
        self.work = work
        self.handle: Handle | None = None
        """The connection that runs the work. None before the work begins."""
        self.began: float = 0.0
        self.withdrawn = False
        """Whether the work must not begin any more."""
        self._stoppable = stoppable
        self._withdraw = withdraw
        self._timer: asyncio.TimerHandle | None = None

    def cancel(self, msg: object = None) -> bool:
        """Cancel a job that has not begun. Interrupt one that has begun, and return False."""
        if self._withdraw is not None and self._withdraw(self):
            return super().cancel(msg)
        self.stop()
        return False

    def stop(self) -> None:
        """Interrupt the work repeatedly until it ends, if it may be interrupted. Withdraw it if it has not begun."""
        if self.done() or not self._stoppable:
            return
        if self._withdraw is not None and self._withdraw(self):
            self.set_exception(StatementTimeoutError())
            return
        if self.handle is not None:
            self.handle.interrupt(self)
        self.call_later(INTERRUPT_INTERVAL, self.stop)

    def call_later(self, seconds: float, callback: Callable[..., None], *args: Any) -> None:
        """Schedule a callback, replacing the one that is scheduled."""
        self.cancel_timer()
        self._timer = self.get_loop().call_later(seconds, callback, *args)

    def cancel_timer(self) -> None:
        """Cancel the scheduled callback."""
        if self._timer is not None:
            self._timer.cancel()

    def perform(self, connection: sqlite3.Connection) -> Outcome:
        """Do the work on the connection's thread."""
        try:
            return self.work(connection), None
        except BaseException as error:  # deliver() hands it to the waiting task
            return None, error

    def deliver(self, outcome: Outcome) -> None:
        """Set the result or the exception of the future, unless it is done already."""
        if self.done():
            return
        result, error = outcome
        if error is None:
            self.set_result(result)
        else:
            self.set_exception(error)


class Handle:
    """A SQLite connection and its thread.

    Args:
        connection: The connection of aiosqlite.
        dialect: The dialect that translates its errors.
        timeout: The ``command_timeout`` in seconds, or None.
    """

    def __init__(self, connection: aiosqlite.Connection, dialect: Dialect, timeout: float | None) -> None:
        self._connection = connection
        self._dialect = dialect
        self._timeout = timeout
        self._thread = WorkerThread.for_connection(connection)
        self._lock = threading.Lock()
        self._current: Job | None = None
        """The job that the thread is running."""

    @classmethod
    def for_path(cls, path: str, dialect: Dialect, timeout: float | None, busy_timeout: float, cached_statements: int) -> Handle:
        """Return a handle for a file. The connection is not open yet."""
        import aiosqlite

        connection = aiosqlite.connect(path, isolation_level=None, timeout=busy_timeout, cached_statements=cached_statements)
        return cls(connection, dialect, timeout)

    async def open(self) -> None:
        """Open the connection."""
        await self._connection

    async def close(self) -> None:
        """Close the connection."""
        await self._connection.close()

    async def discard(self) -> None:
        """Close a connection that may never have been opened, and wait for its thread, which must not outlive the event loop."""
        await self._connection.close()
        await self._thread.join()

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction is open on the connection."""
        return bool(self._connection.in_transaction)

    async def run(self, work: Work[T], *, bounded: bool = True, stoppable: bool = True) -> T:
        """Run a function on the connection's thread, which is blocked until it ends, and return its result.

        Args:
            work: The function to call with the connection.
            bounded: Whether ``command_timeout`` applies.
            stoppable: Whether the work may be interrupted, after the timeout or when the caller is cancelled.

        Raises:
            StatementTimeoutError: The work was interrupted.
        """
        job = Job(work, stoppable=stoppable, withdraw=self._withdraw if stoppable else None)
        loop = job.get_loop()
        timer = loop.call_later(self._timeout, job.stop) if bounded and self._timeout is not None else None
        try:
            self.send(lambda connection: loop.call_soon_threadsafe(job.deliver, self.perform(job, connection)))
            result: T = await job
        except Exception as error:
            reraise(self._dialect, error)
        finally:
            if timer is not None:
                timer.cancel()
            job.cancel_timer()
        return result

    def send(self, work: Work[object]) -> None:
        """Queue a function for the thread.

        Raises:
            DatabaseUnavailableError: The connection is closed.
        """
        self._thread.send(work)

    def perform(self, job: Job, connection: sqlite3.Connection) -> Outcome:
        """Run a job. This is called on the thread."""
        with self._lock:
            if job.withdrawn:
                return None, None
            self._current, job.handle, job.began = job, self, time.monotonic()
        try:
            return job.perform(connection)
        finally:
            # A delayed interrupt must not stop the next statement of the connection's owner.
            with self._lock:
                self._current = None

    def _withdraw(self, job: Job) -> bool:
        """Withdraw a job. Return whether it had not begun."""
        with self._lock:
            job.withdrawn = job.handle is None
            return job.withdrawn

    def interrupt(self, job: Job | None = None) -> None:
        """Interrupt the thread if it is running this job or, without an argument, any job."""
        raw = self._thread.raw()
        with self._lock:
            if raw is not None and self._current is not None and job in (None, self._current):
                raw.interrupt()


class ReaderPool:
    """A pool of connections for reads, which share one queue. An idle connection takes the job that has waited longest.

    Args:
        open_reader: Opens a connection.
        size: The maximum number of connections.
        acquire_timeout: How long a job may wait in the queue, in seconds.
        command_timeout: How long a job may run, in seconds. None means that there is no limit.
    """

    def __init__(
        self, open_reader: Callable[[], Awaitable[Handle]], size: int, acquire_timeout: float, command_timeout: float | None
    ) -> None:
        self._open_reader = open_reader
        self._size = size
        self._acquire_timeout = acquire_timeout
        self._command_timeout = command_timeout
        self._handles: list[Handle] = []
        self._idle: list[Handle] = []
        self._queue: deque[Job] = deque()
        self._growth_timer: asyncio.TimerHandle | None = None
        self._growth_task: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Open the first connection, so that a problem with the file is reported now."""
        await self._grow()

    async def _grow(self) -> None:
        handle = await self._open_reader()
        self._handles.append(handle)
        self._idle.append(handle)
        self._wake_reader()

    async def close(self) -> None:
        """Stop opening connections. The owner of the pool closes those that are open."""
        if self._growth_timer is not None:
            self._growth_timer.cancel()
        if self._growth_task is not None:
            self._growth_task.cancel()
            await asyncio.wait([self._growth_task])

    async def run(self, work: Work[T], *, bounded: bool = True) -> T:
        """Run a function on one of the connections, and return its result.

        Raises:
            PoolTimeoutError: No connection became free in time.
            StatementTimeoutError: The work took longer than ``command_timeout``.
        """
        job = Job(work, withdraw=self._withdraw)
        waits = not self._idle
        self._queue.append(job)
        try:
            self._wake_reader()
        except DatabaseUnavailableError:
            self._withdraw(job)
            raise
        limit = self._command_timeout if bounded else None
        if limit is not None or waits:
            job.call_later(min(limit or self._acquire_timeout, self._acquire_timeout), self._check_timeouts, job, limit, time.monotonic())
        if waits:
            self._schedule_growth()
        try:
            result: T = await job
        except Exception as error:
            reraise(self._handles[0]._dialect, error)
        finally:
            job.cancel_timer()
        return result

    def _withdraw(self, job: Job) -> bool:
        """Remove a job from the queue. Return False if it has begun."""
        try:
            self._queue.remove(job)
        except ValueError:
            return False
        return True

    def _check_timeouts(self, job: Job, limit: float | None, queued: float) -> None:
        """End a job that has waited or run for too long, or schedule the next check."""
        if job.done():
            return
        now = time.monotonic()
        waiting = not job.began
        left = queued + self._acquire_timeout - now if waiting else None if limit is None else job.began + limit - now
        if left is None:
            return
        if left > 0:
            # A waiting job may begin at any moment, and its time limit counts from then on.
            job.call_later(min(left, limit or left), self._check_timeouts, job, limit, queued)
        elif not waiting:
            job.stop()
        elif self._withdraw(job):
            job.set_exception(PoolTimeoutError(f"every reader was busy for {self._acquire_timeout:g} seconds"))

    def _schedule_growth(self) -> None:
        """Open another connection, up to the size of the pool, if the first job in the queue still waits after a moment."""
        if self._queue and self._growth_timer is None and self._growth_task is None and len(self._handles) < self._size:
            self._growth_timer = self._queue[0].get_loop().call_later(GROW_AFTER, self._grow_for, self._queue[0])

    def _grow_for(self, job: Job) -> None:
        self._growth_timer = None
        if job in self._queue:
            self._growth_task = asyncio.ensure_future(self._grow())
            self._growth_task.add_done_callback(self._on_grown)
        else:
            self._schedule_growth()

    def _on_grown(self, task: asyncio.Task[None]) -> None:
        self._growth_task = None
        # If the connection could not be opened, the others still process the queue.
        if not task.cancelled() and task.exception() is None:
            self._schedule_growth()

    def _wake_reader(self) -> None:
        """Start an idle connection if there are jobs in the queue."""
        if self._queue and self._idle:
            handle = self._idle.pop()
            loop = asyncio.get_running_loop()
            try:
                handle.send(lambda connection: self._drain(handle, loop, connection))
            except BaseException:
                self._idle.append(handle)
                raise

    def _drain(self, handle: Handle, loop: asyncio.AbstractEventLoop, connection: sqlite3.Connection) -> None:
        """Run jobs until the queue is empty. This is called on the thread of a connection."""
        job = self._next_job()
        while job is not None:
            outcome, following = handle.perform(job, connection), self._next_job()
            if following is None:
                # One call delivers the last outcome and marks the connection as idle, because each call wakes the event loop.
                loop.call_soon_threadsafe(self._on_idle, handle, job, outcome)
                return
            loop.call_soon_threadsafe(job.deliver, outcome)
            job = following
        loop.call_soon_threadsafe(self._on_idle, handle, None, (None, None))

    def _next_job(self) -> Job | None:
        try:
            return self._queue.popleft()
        except IndexError:
            return None

    def _on_idle(self, handle: Handle, job: Job | None, outcome: Outcome) -> None:
        self._idle.append(handle)
        self._wake_reader()
        if job is not None:
            job.deliver(outcome)


class WorkerThread:
    """The thread of an aiosqlite connection. Functions get there through the queue that aiosqlite's own methods use."""

    def __init__(self, connection: aiosqlite.Connection) -> None:
        self._connection = connection

    @staticmethod
    def for_connection(connection: aiosqlite.Connection) -> WorkerThread:
        """Return the thread of a connection, or the fallback if the internals of aiosqlite have changed."""
        known = all(hasattr(connection, name) for name in ("_tx", "_running", "_connection"))
        return WorkerThread(connection) if known else FallbackWorkerThread(connection)

    def raw(self) -> sqlite3.Connection | None:
        """Return the ``sqlite3`` connection, or None if it is closed or not accessible."""
        connection = self._connection
        return connection._connection if connection._running else None

    def send(self, work: Work[object]) -> None:
        """Queue a function for the thread.

        Raises:
            DatabaseUnavailableError: The connection is closed.
        """
        raw = self.raw()
        if raw is None:
            raise DatabaseUnavailableError("the connection is closed")
        # This is a closure, because aiosqlite logs the function at level DEBUG, and a partial would show its arguments.
        self._connection._tx.put_nowait((None, lambda: work(raw)))

    async def join(self) -> None:
        """Wait until the thread of a closed connection ends."""
        thread = getattr(self._connection, "_thread", None)
        if thread is not None:
            await asyncio.to_thread(thread.join)


class FallbackWorkerThread(WorkerThread):
    """A slower variant that uses only the public methods of aiosqlite. Each statement is a separate switch to the thread."""

    def raw(self) -> sqlite3.Connection | None:
        """Return None, because the public methods do not expose the connection."""
        return None

    def send(self, work: Work[object]) -> None:
        """Run a function on an executor thread, with a proxy that asks aiosqlite to run each statement."""
        loop = asyncio.get_running_loop()
        proxy: Any = _ConnectionProxy(self._connection, loop)
        loop.run_in_executor(None, work, proxy)


class _ConnectionProxy:
    """The part of the ``sqlite3.Connection`` interface that this package uses, for threads other than that of the event loop."""

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
