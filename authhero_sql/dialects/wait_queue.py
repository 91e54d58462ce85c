"""Queues of tasks that wait for a resource, and a pool of resources that serves them in order."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

from ..errors import PoolTimeoutError

R = TypeVar("R")


class WaitQueue(Generic[R]):
    """A first-in, first-out queue of tasks that wait for interchangeable resources.

    The queue itself starts no task. The code that frees a resource delivers it.

    Args:
        timeout: How long a task waits, in seconds. None means that it waits without a limit.
        make_error: Called for the exception to raise when the timeout expires.
        take_back: Called with a resource whose waiter was cancelled just after the resource had been delivered to it.
    """

    def __init__(self, timeout: float | None, make_error: Callable[[], Exception], take_back: Callable[[R], None]) -> None:
        self._timeout = timeout
        self._make_error = make_error
        self._take_back = take_back
        self._waiting: deque[asyncio.Future[R]] = deque()

    def __len__(self) -> int:
        return len(self._waiting)

    def wait(self) -> Awaitable[R]:
        """Join the queue immediately and return an awaitable of the resource. The caller must await it."""
        future: asyncio.Future[R] = asyncio.get_running_loop().create_future()
        self._waiting.append(future)
        return self._await_resource(future)

    async def _await_resource(self, future: asyncio.Future[R]) -> R:
        timer = None if self._timeout is None else future.get_loop().call_later(self._timeout, self._expire, future)
        try:
            return await future
        except asyncio.CancelledError:
            self._handle_cancellation(future)
            raise
        finally:
            if timer is not None:
                timer.cancel()

    def _expire(self, future: asyncio.Future[R]) -> None:
        if not future.done():
            self._waiting.remove(future)
            future.set_exception(self._make_error())

    def _handle_cancellation(self, future: asyncio.Future[R]) -> None:
        if future.cancelled():
            if future in self._waiting:
                self._waiting.remove(future)
        elif future.exception() is None:
            self._take_back(future.result())

    def deliver(self, resource: R) -> bool:
        """Hand a resource to the task that has waited longest. Return False if no task waits."""
        future = self._pop()
        if future is None:
            return False
        future.set_result(resource)
        return True

    def fail(self, error: BaseException) -> bool:
        """Raise an exception in the task that has waited longest. Return False if no task waits."""
        future = self._pop()
        if future is None:
            return False
        future.set_exception(error)
        return True

    def _pop(self) -> asyncio.Future[R] | None:
        while self._waiting:
            future = self._waiting.popleft()
            # A waiter that has just been cancelled is still in the queue until its task runs again.
            if not future.done():
                return future
        return None


class ResourcePool(Generic[R]):
    """A pool of resources, each of which serves one task at a time.

    The resource that was released last is acquired first. Tasks that wait are served in order. A resource may be released by another
    task than the one that acquired it.

    Args:
        timeout_message: What to say when no resource becomes free in time. The number of seconds is appended.
        timeout: How long :meth:`acquire` waits, in seconds.
    """

    def __init__(self, timeout_message: str, timeout: float) -> None:
        self._timeout_message = timeout_message
        self._timeout = timeout
        self._idle: list[R] = []
        self._waiters: WaitQueue[R] = WaitQueue(timeout, self._timeout_error, self.release)

    def _timeout_error(self) -> Exception:
        return PoolTimeoutError(f"{self._timeout_message} for {self._timeout:g} seconds")

    async def acquire(self) -> R:
        """Acquire a resource, waiting until one is free.

        Raises:
            PoolTimeoutError: No resource became free in time.
        """
        return self._idle.pop() if self._idle else await self._waiters.wait()

    def release(self, resource: R) -> None:
        """Release a resource, or add a new one."""
        if not self._waiters.deliver(resource):
            self._idle.append(resource)
