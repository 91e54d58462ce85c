"""The connections of all candidates to SQLite."""

from __future__ import annotations

import aiosqlite

PRAGMAS = ("journal_mode = WAL", "synchronous = NORMAL", "foreign_keys = ON", "busy_timeout = 5000")


async def open_sqlite(path: str) -> aiosqlite.Connection:
    """Open a connection in autocommit mode."""
    connection = await aiosqlite.connect(path, isolation_level=None)
    for pragma in PRAGMAS:
        await connection.execute_fetchall(f"PRAGMA {pragma}")
    return connection
