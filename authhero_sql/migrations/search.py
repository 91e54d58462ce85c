"""Indexes by which users are found by a part of a name or an address. An owner adds them who wants them: each write pays for them."""

from __future__ import annotations

import logging

from ..context import Context
from ..dialects import wrap
from ..dialects.interface import Call
from ..errors import DatabaseError, UnsupportedError
from ..schema import TRIGRAMS
from ..tables import REGISTRY
from .definitions import build_index, define
from .operations import CreateIndex
from .repair import is_done

STEPS = tuple(CreateIndex(table.name, index) for table in REGISTRY.values() for index in table.search)

logger: logging.Logger = logging.getLogger("authhero_sql.migrations")


async def create_search_indexes(pool: object) -> list[str]:
    """Build the indexes that searches for users use, while others write; on MySQL these wait.

    By them a beginning such as ``q="name:ada*"`` is found on SQLite, PostgreSQL, MySQL and D1, and on PostgreSQL, where the extension
    ``pg_trgm`` can be had, a part such as ``q="name:*lovel*"`` or free text, too. Without them such a search reads the tenant's users
    until it has found a page of matches; a beginning of one or two letters, which many have, is found sooner so. Every engine gives the
    same answers with and without. Migrations do not touch them.

    Args:
        pool: what ``create_adapters`` takes.

    Returns:
        The names of the indexes that were built; those that are there already are left as they are.

    Raises:
        UnsupportedError: the engine has no indexes of expressions, as MariaDB.
        DatabaseError: one cannot be built; nothing of it is left.
        TypeError: ``pool`` is no database.
    """
    context = Context.of(await wrap(pool))
    possible = [step for step in STEPS if context.dialect.can_index(step.index)]
    if not possible:
        raise UnsupportedError(f"{context.dialect.unlowered}: a search for a beginning reads the tenant's users there")
    there = await _there(context)
    built = []
    for step in possible:
        if step.index.name not in there and (step.index.extra != TRIGRAMS or await _has_trigrams(context)):
            await build_index(context, step, again=True)
            built.append(step.index.name)
    return built


async def drop_search_indexes(pool: object) -> list[str]:
    """Drop what :func:`create_search_indexes` has built; nothing else is lost.

    Args:
        pool: what ``create_adapters`` takes.

    Returns:
        The names of the indexes that were dropped.

    Raises:
        DatabaseError: one cannot be dropped.
        TypeError: ``pool`` is no database.
    """
    context = Context.of(await wrap(pool))
    live = await context.dialect.describe(context.database)
    # What an interrupted build has left as well.
    dropped = [step for step in STEPS if is_done(step, live)]
    for step in dropped:
        await define(context, step.inverse.sql(context.dialect))
    return [step.index.name for step in dropped]


async def _has_trigrams(context: Context) -> bool:
    try:
        await context.database.execute(Call(context.dialect.trigrams))
    except DatabaseError as error:
        logger.warning("parts of names are found without an index: %s; ask the database's owner to run it", context.dialect.trigrams)
        logger.debug("the server says %s", error)
        return False
    return True


async def _there(context: Context) -> set[str]:
    """The names of the search indexes that a database has; one whose build was interrupted is none."""
    live = await context.dialect.describe(context.database)
    unfinished = [await context.dialect.leftover_index(context.database, step.table, step.index.name) for step in STEPS]
    return {step.index.name for step, left in zip(STEPS, unfinished, strict=True) if is_done(step, live) and left is None}
