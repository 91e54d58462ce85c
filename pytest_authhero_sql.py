"""The pytest plugin of authhero_sql.

pytest loads this module in every environment that has authhero_sql installed. The module therefore imports the package only when a test
requests a fixture. The fixtures are synchronous, and their values work in any event loop, with pytest-asyncio, anyio or ``asyncio.run``.
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
    """Yield a factory of adapters with options: ``authhero_copies.adapters(clock, normalize_emails=True)``."""
    from authhero_sql.testing import MigratedCopies

    with MigratedCopies() as copies:
        yield copies


@pytest.fixture
def authhero_clock() -> ManualClock:
    """Return the clock of ``authhero_adapters``, which starts at 2026-01-31T10:00:00Z and changes only when the test moves it."""
    from authhero_sql.testing import ManualClock

    return ManualClock()


@pytest.fixture
def authhero_adapters(authhero_copies: MigratedCopies, authhero_clock: ManualClock) -> Iterator[Adapters]:
    """Yield adapters for a separate in-memory SQLite database, which has all tables and no rows."""
    with authhero_copies.adapters(authhero_clock) as adapters:
        yield adapters
