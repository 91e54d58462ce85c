"""Indexes by which the beginning of a name or an address is found; an owner adds them who wants them, and pays for them at each write of a user."""

from __future__ import annotations

from ..dialects import wrap
from ..errors import UnsupportedError
from ..session import Session
from ..tables import REGISTRY
from .definitions import build_index, define
from .operations import CreateIndex
from .repair import is_done

STEPS = tuple(CreateIndex(table.name, index) for table in REGISTRY.values() for index in table.search)


async def create_search_indexes(pool: object) -> list[str]:
    """Build the indexes that searches for a beginning use, such as ``q="name:ada*"``, while others write; on MySQL these wait.

    Without them such a search reads the tenant's users until it has found a page of matches. Every engine gives the same answers with
    and without. Migrations do not touch them.

    Args:
        pool: what ``create_adapters`` takes.

    Returns:
        The names of the indexes that were built; those that are there already are left as they are.

    Raises:
        UnsupportedError: the engine has no indexes of expressions, as MariaDB.
        DatabaseError: one cannot be built; nothing of it is left.
        TypeError: ``pool`` is no database.
    """
    session = Session.of(await wrap(pool))
    if not session.dialect.lowered:
        raise UnsupportedError("MariaDB has no index of an expression: a search for a beginning reads the tenant's users there")
    there = await _there(session)
    missing = [step for step in STEPS if step.index.name not in there]
    for step in missing:
        await build_index(session, step, again=True)
    return [step.index.name for step in missing]


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
    session = Session.of(await wrap(pool))
    there = await _there(session)
    dropped = [step for step in STEPS if step.index.name in there]
    for step in dropped:
        await define(session, step.inverse.sql(session.dialect))
    return [step.index.name for step in dropped]


async def _there(session: Session) -> set[str]:
    """The names of the search indexes that a database has; one whose build was interrupted is none."""
    live = await session.dialect.describe(session.database)
    unfinished = [await session.dialect.leftover_index(session.database, step.table, step.index.name) for step in STEPS]
    return {step.index.name for step, left in zip(STEPS, unfinished, strict=True) if is_done(step, live) and left is None}
