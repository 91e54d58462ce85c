"""What serves one at a time is lent, and those who wait get it in their order."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Generic, TypeVar

from ..errors import PoolTimeoutError

L = TypeVar("L")


class Lender(Generic[L]):
    """Lends things of which each serves one at a time: the one that came back last first, to those who wait in their order.

    It belongs to no task: what one task has borrowed another may give back.
    """

    def __init__(self, what: str, timeout: float) -> None:
        self._what = what
        self._timeout = timeout
        self._idle: list[L] = []
        self._waiting: deque[asyncio.Future[L]] = deque()

    async def take(self) -> L:
        """Borrow one.

        Raises:
            PoolTimeoutError: none came back in time.
        """
        if self._idle:
            return self._idle.pop()
        future: asyncio.Future[L] = asyncio.get_running_loop().create_future()
        self._waiting.append(future)
        try:
            async with asyncio.timeout(self._timeout):
                return await future
        except BaseException as error:
            self._left(future)
            if isinstance(error, TimeoutError):
                raise PoolTimeoutError(f"{self._what} was busy for {self._timeout:g} seconds") from None
            raise

    def _left(self, future: asyncio.Future[L]) -> None:
        if future.done() and not future.cancelled():
            # It came just as its borrower left.
            self.give(future.result())
        elif future in self._waiting:
            self._waiting.remove(future)

    def give(self, item: L) -> None:
        """Give one back, or a new one in."""
        while self._waiting:
            future = self._waiting.popleft()
            if not future.done():
                future.set_result(item)
                return
        self._idle.append(item)
