"""The whole interface between the package and a database: what an adapter's author has to know of it.

A :class:`Call` is a statement ready to run, an :class:`Executor` runs it, a :class:`Database` does so one by one or in a transaction.
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
"""One row, its values in the order of the select list."""


@dataclass(frozen=True, slots=True)
class Call:
    """A statement ready to run: text in the dialect's placeholders, and the values in its order."""

    sql: str
    args: tuple[Any, ...] = field(default=(), repr=False)
    bounded: bool = True
    """Whether ``command_timeout`` ends it; definitions and data steps of a migration may take as long as they need."""
    prepared: bool = True
    """Whether the server may keep it prepared: not what hardly comes again, or needs a plan for its values."""
    adds_row: bool = False
    """Whether it is an INSERT of one row and nothing else: it adds exactly this row, or fails."""


class Executor(Protocol):
    """Runs statements: a database one by one, a block of a transaction inside it."""

    async def fetch(self, call: Call) -> list[Row]:
        """All rows of a query."""
        ...

    async def fetch_many(self, calls: Sequence[Call]) -> list[list[Row]]:
        """The rows of several independent queries, in as few trips as the engine can."""
        ...

    async def execute(self, call: Call) -> int:
        """Run one write; the number of rows that matched."""
        ...

    async def write(self, calls: Sequence[Call], *, unordered: bool = False) -> list[int]:
        """Run several writes in order, all or nothing; the number of rows that each matched.

        Neighbours with the same text may be sent together (:mod:`.runs`): the counts and what is stored are the same.

        Args:
            calls: the writes.
            unordered: whether none of them needs to see what another has done, and no two write the same row: then the order is the
                engine's to choose, and it may make one statement of them.
        """
        ...


class Database(Executor, Protocol):
    """A database that is open: ``connect(url)`` or a caller's pool."""

    dialect: Dialect

    def transaction(self) -> AbstractAsyncContextManager[Transaction]:
        """Open a transaction: committed at the end, rolled back by an exception or a cancellation.

        Raises:
            TransactionAbortedError: a statement in it has failed, so nothing is kept.
            UnknownOutcomeError: the answer to the COMMIT did not arrive.
            UnsupportedError: the engine has no interactive transactions.
        """
        ...

    async def close(self) -> None:
        """Give back everything that is ours; a caller's pool stays open. May be called twice."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Features:
    """What an engine can do. Code asks the feature, never the engine's name."""

    interactive_transactions: bool = True
    transactional_ddl: bool = True
    online_ddl: bool = False
    """Tables change while others use them: a definition waits in line for the lock, and an index can be built while others write."""
    row_locks: bool = True
    """SELECT … FOR UPDATE."""
    index_bytes: int | None = None
    """How long an index may be, where it has the table's key behind its columns, in order, whether it is declared so or not."""
    joins_row_by_row: bool = True
    """A join to an index that has the rows in order ends with LIMIT, however many rows there are."""
    row_value_keyset: bool = True
    """``(a, b) < (?, ?)`` is an index range."""
