"""What serves one at a time is lent, and those who wait get it in their order."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

from ..errors import PoolTimeoutError

L = TypeVar("L")


class WaitQueue(Generic[L]):
    """Those who wait for things that are alike, in their order. It belongs to no task: whoever has one serves whoever waits.

    Args:
        acquire_timeout: the seconds after which one that waits leaves; None: never.
        late: the error that it leaves with.
        back: what takes a thing whose waiter was cancelled in the very moment in which it was served.
    """

    def __init__(self, timeout: float | None, make_error: Callable[[], Exception], take_back: Callable[[L], None]) -> None:
        self._timeout = timeout
        self._make_error = make_error
        self._take_back = take_back
        self._waiting: deque[asyncio.Future[L]] = deque()

    def __len__(self) -> int:
        return len(self._waiting)

    def wait(self) -> Awaitable[L]:
        """Stand in line from now on; what is returned must be awaited, and gives the thing."""
        future: asyncio.Future[L] = asyncio.get_running_loop().create_future()
        self._waiting.append(future)
        return self._served(future)

    async def _served(self, future: asyncio.Future[L]) -> L:
        timer = None if self._timeout is None else future.get_loop().call_later(self._timeout, self._leave, future)
        try:
            return await future
        except asyncio.CancelledError:
            self._cancelled(future)
            raise
        finally:
            if timer is not None:
                timer.cancel()

    def _leave(self, future: asyncio.Future[L]) -> None:
        if not future.done():
            self._waiting.remove(future)
            future.set_exception(self._make_error())

    def _cancelled(self, future: asyncio.Future[L]) -> None:
        if future.cancelled():
            if future in self._waiting:
                self._waiting.remove(future)
        elif future.exception() is None:
            self._take_back(future.result())

    def deliver(self, thing: L) -> bool:
        """Give a thing to whoever has waited longest; False where nobody waits."""
        future = self._first()
        if future is None:
            return False
        future.set_result(thing)
        return True

    def fail(self, error: BaseException) -> bool:
        """Have the wait of whoever has waited longest end with an error; False where nobody waits."""
        future = self._first()
        if future is None:
            return False
        future.set_exception(error)
        return True

    def _first(self) -> asyncio.Future[L] | None:
        while self._waiting:
            future = self._waiting.popleft()
            # One that has been cancelled in this moment has not left yet.
            if not future.done():
                return future
        return None


class ResourcePool(Generic[L]):
    """Lends things of which each serves one at a time: the one that came back last first, to those who wait in their order.

    It belongs to no task: what one task has borrowed another may give back.
    """

    def __init__(self, what: str, timeout: float) -> None:
        self._what = what
        self._timeout = timeout
        self._idle: list[L] = []
        self._waiters: WaitQueue[L] = WaitQueue(timeout, self._late, self.release)

    def _late(self) -> Exception:
        return PoolTimeoutError(f"{self._what} for {self._timeout:g} seconds")

    async def acquire(self) -> L:
        """Borrow one.

        Raises:
            PoolTimeoutError: none came back in time.
        """
        return self._idle.pop() if self._idle else await self._waiters.wait()

    def release(self, thing: L) -> None:
        """Give one back, or a new one in."""
        if not self._waiters.deliver(thing):
            self._idle.append(thing)
