"""Fixtures of authhero_sql for pytest.

pytest loads this wherever the package is installed, so it imports nothing of it before a test asks for a fixture. The fixtures are
synchronous, and what they give works in every event loop: under pytest-asyncio, under anyio, and with ``asyncio.run``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from authhero_sql import Adapters
    from authhero_sql.testing import ManualClock, MigratedCopies


@pytest.fixture(scope="session")
def authhero_copies() -> Iterator[MigratedCopies]:
    """Make databases: ``with authhero_copies.adapters(clock, normalize_emails=True) as adapters``."""
    from authhero_sql.testing import MigratedCopies

    with MigratedCopies() as copies:
        yield copies


@pytest.fixture
def authhero_clock() -> ManualClock:
    """The clock of ``authhero_adapters``: it stands at 2026-01-31T10:00:00Z until the test turns it."""
    from authhero_sql.testing import ManualClock

    return ManualClock()


@pytest.fixture
def authhero_adapters(authhero_copies: MigratedCopies, authhero_clock: ManualClock) -> Iterator[Adapters]:
    """All adapters over a SQLite database of the test's own, in memory, with all tables and no rows."""
    with authhero_copies.adapters(authhero_clock) as adapters:
        yield adapters
