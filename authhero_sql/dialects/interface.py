"""The interface between the package and a database.

A :class:`Call` is a statement that is ready to run. An :class:`Executor` runs it. A :class:`Database` runs each call on its own or in a
transaction. The author of an adapter needs to know nothing else about a database.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from .dialect import Dialect
    from .transactions import Transaction

Row = Sequence[Any]
"""One row, with its values in the order of the select list."""


@dataclass(frozen=True, slots=True)
class Call:
    """A statement that is ready to run: its text with the placeholders of the dialect, and the bound parameters in their order."""

    sql: str
    args: tuple[Any, ...] = field(default=(), repr=False)
    has_timeout: bool = True
    """Whether ``command_timeout`` applies. It does not apply to the DDL and the data steps of migrations."""
    prepared: bool = True
    """Whether the server may keep the statement prepared. False for rare statements, and for those that need a plan for their values."""
    is_plain_insert: bool = False
    """Whether the statement is a plain INSERT of one row, which either adds exactly this row or fails."""


class Executor(Protocol):
    """An object that runs statements: a database runs them one by one, a transaction runs them inside itself."""

    async def fetch(self, call: Call) -> list[Row]:
        """Return all rows of a query."""
        ...

    async def fetch_many(self, calls: Sequence[Call]) -> list[list[Row]]:
        """Return the rows of several independent queries, in as few round trips as the engine allows."""
        ...

    async def execute(self, call: Call) -> int:
        """Run one write. Return the number of rows that it matched."""
        ...

    async def write(self, calls: Sequence[Call], *, unordered: bool = False) -> list[int]:
        """Run several writes in order, all or nothing. Return the number of rows that each of them matched.

        Adjacent writes with the same text may be sent together (see :mod:`.runs`). This changes neither the counts nor the stored data.

        Args:
            calls: The writes.
            unordered: Whether the engine may choose the order and combine the writes into one statement. No write may depend on the
                effect of another, and no two writes may change the same row.
        """
        ...


class Database(Executor, Protocol):
    """An open database, from ``connect(url)`` or over a caller's pool."""

    dialect: Dialect

    def transaction(self) -> AbstractAsyncContextManager[Transaction]:
        """Open a transaction. It commits at the end of the block, and rolls back on an exception or a cancellation.

        Raises:
            TransactionAbortedError: A statement in the transaction failed, so the transaction was rolled back.
            UnknownOutcomeError: The response to the COMMIT did not arrive.
            UnsupportedError: The engine has no interactive transactions.
        """
        ...

    async def close(self) -> None:
        """Release all resources that were opened here. A caller's pool stays open. Closing twice is allowed."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Features:
    """The capabilities of an engine. Code checks a feature, never the name of the engine."""

    interactive_transactions: bool = True
    transactional_ddl: bool = True
    online_ddl: bool = False
    """Whether tables can change while they are in use: a DDL statement queues for its lock, and an index can be built during writes."""
    row_locks: bool = True
    """Whether the engine has ``SELECT … FOR UPDATE``."""
    max_index_bytes: int | None = None
    """The maximum length of an index in bytes, on engines whose indexes all end with the primary key, declared or not. None elsewhere."""
    limit_stops_join: bool = True
    """Whether a join to an index in the sort order stops at its LIMIT, no matter how many rows there are."""
    row_value_keyset: bool = True
    """Whether ``(a, b) < (?, ?)`` is read as an index range."""
