"""Transactions: whose turn it is on their connection, and what is seen to its end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from contextvars import ContextVar
from typing import TypeVar

import anyio

T = TypeVar("T")


async def finish(awaitable: Awaitable[T]) -> T:
    """Await to the end, whatever cancels the caller meanwhile; the cancellation is let through afterwards.

    What has been sent to a database must be seen to its end, or the connection is left in a state nobody knows.
    """
    future = asyncio.ensure_future(awaitable)
    try:
        return await asyncio.shield(future)
    except asyncio.CancelledError:
        if future.cancelled():
            raise
        # Shielded from anyio's scopes, which would cancel every further await too.
        with anyio.CancelScope(shield=True):
            while not future.done():
                try:
                    await asyncio.wait([future])
                except asyncio.CancelledError:
                    continue
        if not future.cancelled():
            # Marks the outcome as seen; the cancellation is what the caller has to hear of.
            future.exception()
        raise


class _Block:
    """The block of a savepoint, or the whole transaction."""

    def __init__(self, turns: Turns, depth: int, around: _Block | None) -> None:
        self.turns = turns
        self.depth = depth
        self.around = around
        self.lock = anyio.Lock(fast_acquire=True)
        self.ended = False


# Tasks that are started in a block inherit it.
_BLOCK: ContextVar[_Block | None] = ContextVar("authhero_sql_block", default=None)


class Turns:
    """Whose turn it is on a transaction's connection: one statement's, or one savepoint's with all that its block does.

    Undoing a savepoint undoes whatever came after it, so tasks outside its block wait until it has ended.
    """

    def __init__(self) -> None:
        self._whole = _Block(self, 0, None)

    def _block(self) -> _Block:
        block = _BLOCK.get()
        while block is not None and (block.turns is not self or block.ended):
            block = block.around
        return block or self._whole

    def statement(self) -> AbstractAsyncContextManager[None]:
        """One turn."""
        return self._block().lock

    @asynccontextmanager
    async def savepoint(self) -> AsyncIterator[int]:
        """One turn for a whole block; how deep it is nested."""
        outer, around = self._block(), _BLOCK.get()
        async with outer.lock:
            block = _Block(self, outer.depth + 1, around)
            _BLOCK.set(block)
            try:
                yield block.depth
            finally:
                block.ended = True
                _BLOCK.set(around)
