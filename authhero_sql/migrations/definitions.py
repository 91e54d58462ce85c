"""DDL on tables that are in use, without blocking other statements for long and with concurrent index builds."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import anyio

from ..context import Context
from ..dialects.interface import Call
from ..dialects.managed import jitter
from ..errors import AuthHeroSQLError, DatabaseError, DatabaseUnavailableError, DuplicateObjectError, TransactionConflictError
from .operations import CreateIndex

LOCK_RETRY_TIMEOUT = 300.0
"""How long to retry a definition whose table is locked, in seconds."""
INITIAL_BACKOFF = 0.1
"""The delay before the first retry, in seconds. It doubles after each retry."""
MAX_BACKOFF = 5.0
"""The longest delay between two retries, in seconds."""


async def with_lock_retries(context: Context, work: Callable[[], Awaitable[None]]) -> None:
    """Run work that needs a table lock, and retry it while another session holds the lock.

    Each attempt waits only briefly for the lock. All later statements on the table, even reads, wait behind a pending lock request.

    Raises:
        AuthHeroSQLError: ``work`` failed for another reason, or the lock was not available within :data:`LOCK_RETRY_TIMEOUT`.
    """
    if not context.dialect.features.online_ddl:
        await work()
        return
    deadline = anyio.current_time() + LOCK_RETRY_TIMEOUT
    backoff = INITIAL_BACKOFF
    while True:
        try:
            await work()
        except AuthHeroSQLError as error:
            conflict = isinstance(error, TransactionConflictError) or isinstance(error.__cause__, TransactionConflictError)
            if not conflict or anyio.current_time() >= deadline:
                raise
        else:
            return
        await anyio.sleep(backoff / 2 + jitter(backoff / 2))
        backoff = min(backoff * 2, MAX_BACKOFF)


async def define(context: Context, text: str) -> None:
    """Run one definition outside a transaction, without a time limit."""
    await with_lock_retries(context, lambda: context.dialect.execute_ddl(context.database, Call(text, has_timeout=False)))


async def build_index(context: Context, step: CreateIndex, *, again: bool) -> None:
    """Build an index without blocking writes.

    Args:
        context: The database.
        step: The index to create.
        again: Whether an interrupted run may have started the build. If so, an unfinished index is dropped and built again.

    Raises:
        DuplicateObjectError: An index with that name exists.
        DatabaseError: The build failed. The unfinished index has been dropped.
    """
    if await _leftover(context, step) is not None:
        if not again:
            raise DuplicateObjectError("an unfinished index with this name exists: drop it and try again")
        await _drop_leftover(context, step)
    await with_lock_retries(context, lambda: _build(context, step))


async def _build(context: Context, step: CreateIndex) -> None:
    text = context.dialect.create_index(step.table, step.index, online=True)
    try:
        await context.dialect.execute_ddl(context.database, Call(text, has_timeout=False))
    except DatabaseUnavailableError:
        # The server may still be building the index. The next run checks.
        raise
    except DatabaseError as error:
        dropped = await _drop_leftover(context, step)
        if dropped and isinstance(error, DuplicateObjectError):
            # The duplicate was the unfinished index of an earlier attempt that hit a lock conflict.
            raise TransactionConflictError from error
        raise


async def _leftover(context: Context, step: CreateIndex) -> str | None:
    return await context.dialect.drop_invalid_index(context.database, step.table, step.index.name)


async def _drop_leftover(context: Context, step: CreateIndex) -> bool:
    """Drop the index that an interrupted build left behind. Return whether there was one."""
    text = await _leftover(context, step)
    if text is None:
        return False
    await context.database.execute(Call(text, has_timeout=False))
    return True
