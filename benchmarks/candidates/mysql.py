"""The connections of all candidates to MySQL and MariaDB."""

from __future__ import annotations

import importlib
from typing import Any, Literal
from urllib.parse import unquote, urlsplit

from .protocol import Target

Driver = Literal["aiomysql", "asyncmy"]
FOUND_ROWS = 2
"""A client flag: the row count of an UPDATE is the number of matched rows instead of changed rows."""
READ_COMMITTED = "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED"


def settings(target: Target) -> dict[str, Any]:
    """Return the address of the server, the account and the session settings."""
    parts = urlsplit(target.url)
    return {
        "host": parts.hostname,
        "port": parts.port,
        "user": unquote(parts.username or ""),
        "password": unquote(parts.password or ""),
        "db": parts.path[1:],
        "charset": "utf8mb4",
        "init_command": READ_COMMITTED,
        "client_flag": FOUND_ROWS,
    }


async def connection_of(driver: Driver, target: Target) -> Any:
    """Open a connection in autocommit mode."""
    return await importlib.import_module(driver).connect(**settings(target), autocommit=True)


async def pool_of(driver: Driver, target: Target) -> Any:
    """Open a pool of connections in autocommit mode."""
    return await importlib.import_module(driver).create_pool(**settings(target), autocommit=True, minsize=target.pool, maxsize=target.pool)
