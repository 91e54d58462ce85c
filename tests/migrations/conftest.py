"""An open database without tables, for tests that migrate it themselves."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from authhero_sql import Database, connect


@pytest.fixture
async def empty(database_url: str) -> AsyncIterator[Database]:
    """Open an empty database."""
    async with connect(database_url) as db:
        yield db
