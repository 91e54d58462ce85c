"""How every candidate sets up its connections to MySQL and MariaDB."""

from __future__ import annotations

import importlib
from typing import Any, Literal
from urllib.parse import unquote, urlsplit

from .protocol import Place

Driver = Literal["aiomysql", "asyncmy"]
FOUND_ROWS = 2
"""A client flag: an UPDATE tells how many rows it found, not how many it changed."""
READ_COMMITTED = "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED"


def settings(place: Place) -> dict[str, Any]:
    """Where the server is, and how transactions see one another."""
    parts = urlsplit(place.url)
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


async def connection_of(driver: Driver, place: Place) -> Any:
    """A connection that commits each statement unless a transaction is begun."""
    return await importlib.import_module(driver).connect(**settings(place), autocommit=True)


async def pool_of(driver: Driver, place: Place) -> Any:
    """A pool of such connections."""
    return await importlib.import_module(driver).create_pool(**settings(place), autocommit=True, minsize=place.pool, maxsize=place.pool)
