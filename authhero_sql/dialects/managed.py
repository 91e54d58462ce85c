"""What the databases of all drivers share: opening and closing, errors in our words, and units of work that are tried again."""

from __future__ import annotations

import random
import re
from collections.abc import Awaitable, Callable, Generator
from types import TracebackType
from typing import Any, NoReturn, Self, TypeVar

import anyio

from ..errors import AuthHeroSQLError, ConfigurationError, DatabaseUnavailableError, TransactionConflictError
from .dialect import Dialect
from .interface import Database
from .transactions import finish

T = TypeVar("T")


def reraise(dialect: Dialect, error: Exception) -> NoReturn:
    """Raise our error for a driver's; what is no driver error is raised as it is."""
    ours = None if isinstance(error, AuthHeroSQLError) else dialect.translate(error)
    if ours is None:
        raise error
    raise ours from error


def misconfigured(error: TypeError | ValueError) -> ConfigurationError:
    """Our error for options that a driver refuses: its own words may repeat a part of the URL, and that of a password."""
    found = re.search(r"keyword argument '(\w+)'$", str(error))
    return ConfigurationError(f"no such option: {found[1]}" if found else "the URL or one of the options cannot be read")


ATTEMPTS = 8
"""How often a unit of work is tried when other transactions get in its way."""


def jitter(longest: float) -> float:
    """Some seconds to wait: chance keeps those that met from meeting again."""
    return random.uniform(0, longest)  # noqa: S311  # no secret depends on it


async def retried(work: Callable[[], Awaitable[T]]) -> T:
    """The outcome of a whole unit of work, begun again after a deadlock or a serialization failure.

    Raises:
        TransactionConflictError: it failed that way every time.
    """
    for attempt in range(ATTEMPTS - 1):
        try:
            return await work()
        except TransactionConflictError:
            await anyio.sleep(jitter(0.004 * 2**attempt))
    return await work()


class ManagedDatabase(Database):
    """What the databases of all drivers share: ``await connect(url)``, ``async with connect(url)``, one close."""

    _opened: bool = False
    _closed: bool = False
    _opening: anyio.Lock | None = None

    async def _open(self) -> None:
        """Connect; called once."""

    async def _close(self) -> None:
        """Disconnect; called once."""

    async def open(self) -> Self:
        """Connect, unless that has been done. ``await db`` and ``async with db`` call it.

        Raises:
            DatabaseUnavailableError: the database cannot be reached, or it has been closed.
        """
        if self._opening is None:
            self._opening = anyio.Lock(fast_acquire=True)
        # Two tasks that open it at once open it once.
        async with self._opening:
            if self._closed:
                raise DatabaseUnavailableError("the database is closed")
            if not self._opened:
                try:
                    await self._open()
                except BaseException:
                    await finish(self._close())
                    raise
                self._opened = True
        return self

    def __await__(self) -> Generator[Any, None, Self]:
        return self.open().__await__()

    async def __aenter__(self) -> Self:
        return await self.open()

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        await self.close()

    async def close(self) -> None:
        """Close what was opened here; a caller's pool stays open."""
        if not self._closed:
            self._closed = True
            await self._close()
