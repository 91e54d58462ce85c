"""How every candidate sets up its connections to SQLite."""

from __future__ import annotations

import aiosqlite

PRAGMAS = ("journal_mode = WAL", "synchronous = NORMAL", "foreign_keys = ON", "busy_timeout = 5000")


async def open_sqlite(path: str) -> aiosqlite.Connection:
    """A connection that commits each statement unless a transaction is begun."""
    connection = await aiosqlite.connect(path, isolation_level=None)
    for pragma in PRAGMAS:
        await connection.execute_fetchall(f"PRAGMA {pragma}")
    return connection
