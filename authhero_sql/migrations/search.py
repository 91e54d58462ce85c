"""Optional indexes for searching users by the beginning of a name or an email address, or with ``pg_trgm`` by any part of it.

They make each write slower, so they are opt-in.
"""

from __future__ import annotations

import logging

from ..context import Context
from ..dialects import wrap
from ..dialects.interface import Call
from ..errors import DatabaseError, UnsupportedError
from ..schema import TRIGRAM_INDEX
from ..tables import REGISTRY
from .definitions import build_index, define
from .operations import CreateIndex
from .repair import is_done

STEPS = tuple(CreateIndex(table.name, index) for table in REGISTRY.values() for index in table.search)

logger: logging.Logger = logging.getLogger("authhero_sql.migrations")


async def create_search_indexes(pool: object) -> list[str]:
    """Build the indexes for user searches. This blocks writes, except on PostgreSQL.

    With these indexes, SQLite, PostgreSQL, MySQL and D1 can find a prefix, such as ``q="name:ada*"``, without scanning all users. On
    PostgreSQL with the extension ``pg_trgm``, this includes substrings such as ``q="name:*lovel*"`` and free text. Without them, such a
    search reads the users of the tenant until it has found a page of matches. For a prefix of one or two letters, which many users
    match, such a scan is faster. The results are the same on every engine, with or without the indexes. Migrations ignore them.

    Args:
        pool: Anything that ``create_adapters`` accepts.

    Returns:
        The names of the indexes that were built. Existing indexes are left unchanged.

    Raises:
        UnsupportedError: The engine does not support indexes on expressions, for example MariaDB.
        DatabaseError: An index cannot be built. The unfinished index has been dropped.
        TypeError: ``pool`` is not a supported database or pool.
    """
    context = Context.of(await wrap(pool))
    possible = [step for step in STEPS if context.dialect.supports_index(step.index)]
    if not possible:
        raise UnsupportedError(f"{context.dialect.no_expression_index_reason}: a prefix search scans the tenant's users")
    existing = await _existing_indexes(context)
    built = []
    for step in possible:
        if step.index.name not in existing and (step.index.extra != TRIGRAM_INDEX or await _has_trigrams(context)):
            await build_index(context, step, again=True)
            built.append(step.index.name)
    return built


async def drop_search_indexes(pool: object) -> list[str]:
    """Drop the indexes that :func:`create_search_indexes` built. No data is lost.

    Args:
        pool: Anything that ``create_adapters`` accepts.

    Returns:
        The names of the indexes that were dropped.

    Raises:
        DatabaseError: An index cannot be dropped.
        TypeError: ``pool`` is not a supported database or pool.
    """
    context = Context.of(await wrap(pool))
    live = await context.dialect.describe(context.database)
    # This includes unfinished indexes of an interrupted build.
    dropped = [step for step in STEPS if is_done(step, live)]
    for step in dropped:
        await define(context, step.inverse.sql(context.dialect))
    return [step.index.name for step in dropped]


async def _has_trigrams(context: Context) -> bool:
    try:
        await context.database.execute(Call(context.dialect.trigram_extension_sql))
    except DatabaseError as error:
        logger.warning("substring searches will not use an index: ask the database owner to run %s", context.dialect.trigram_extension_sql)
        logger.debug("the server reported: %s", error)
        return False
    return True


async def _existing_indexes(context: Context) -> set[str]:
    """Return the names of the search indexes in a database, except for unfinished ones of an interrupted build."""
    live = await context.dialect.describe(context.database)
    unfinished = [await context.dialect.drop_invalid_index(context.database, step.table, step.index.name) for step in STEPS]
    return {step.index.name for step, left in zip(STEPS, unfinished, strict=True) if is_done(step, live) and left is None}
