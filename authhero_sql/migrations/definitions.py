"""Definitions on tables that are in use: nobody queues behind them for long, and an index is built while others write."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import anyio

from ..context import Context
from ..dialects.interface import Call
from ..dialects.managed import jitter
from ..errors import AuthHeroSQLError, DatabaseError, DatabaseUnavailableError, DuplicateObjectError, TransactionConflictError
from .operations import CreateIndex

PATIENCE = 300.0
"""Seconds for which a definition is tried while somebody else uses its table."""
PAUSE = 0.1
"""Seconds between the first two tries; then they become rarer."""
LONGEST_PAUSE = 5.0
"""Seconds between two tries in the end."""


async def patiently(context: Context, work: Callable[[], Awaitable[None]]) -> None:
    """Do what needs the lock of a table, again and again while others have it.

    Each try waits in line for a moment only, because whoever comes behind a definition that waits has to wait too, readers included.

    Raises:
        AuthHeroSQLError: what ``work`` raised, for another reason or after :data:`PATIENCE`.
    """
    if not context.dialect.features.online_ddl:
        await work()
        return
    deadline = anyio.current_time() + PATIENCE
    pause = PAUSE
    while True:
        try:
            await work()
        except AuthHeroSQLError as error:
            conflict = isinstance(error, TransactionConflictError) or isinstance(error.__cause__, TransactionConflictError)
            if not conflict or anyio.current_time() >= deadline:
                raise
        else:
            return
        await anyio.sleep(pause / 2 + jitter(pause / 2))
        pause = min(pause * 2, LONGEST_PAUSE)


async def define(context: Context, text: str) -> None:
    """Run one definition by itself, however long it takes."""
    await patiently(context, lambda: context.dialect.define(context.database, Call(text, bounded=False)))


async def build_index(context: Context, step: CreateIndex, *, again: bool) -> None:
    """Build an index while others write.

    Args:
        context: where.
        step: the index.
        again: whether a run that was killed may have begun it: what that run has left is dropped, and built anew.

    Raises:
        DuplicateObjectError: there is an index of that name.
        DatabaseError: it cannot be built; nothing of it is left.
    """
    if await _leftover(context, step) is not None:
        if not again:
            raise DuplicateObjectError("an index of this name exists already, unfinished and of no use: drop it, and run again")
        await _drop_leftover(context, step)
    await patiently(context, lambda: _build(context, step))


async def _build(context: Context, step: CreateIndex) -> None:
    text = context.dialect.create_index(step.table, step.index, online=True)
    try:
        await context.dialect.define(context.database, Call(text, bounded=False))
    except DatabaseUnavailableError:
        # The server may still be building it: the next run looks.
        raise
    except DatabaseError as error:
        left = await _drop_leftover(context, step)
        if left and isinstance(error, DuplicateObjectError):
            # What it met was left by its own first attempt, which had conflicted with something.
            raise TransactionConflictError from error
        raise


async def _leftover(context: Context, step: CreateIndex) -> str | None:
    return await context.dialect.leftover_index(context.database, step.table, step.index.name)


async def _drop_leftover(context: Context, step: CreateIndex) -> bool:
    """Drop what an interrupted build has left; whether there was anything."""
    text = await _leftover(context, step)
    if text is None:
        return False
    await context.database.execute(Call(text, bounded=False))
    return True
