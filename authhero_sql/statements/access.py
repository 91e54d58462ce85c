"""By which index a statement reads, decided by its conditions and order alone.

PostgreSQL and MySQL choose well by the statistics that they keep. SQLite has none until somebody runs ANALYZE, and afterwards
takes an average for every value: of two indexes it may choose the one that reads a whole tenant. So it is told which one to use; see
:meth:`~authhero_sql.dialects.dialect.Dialect.read_by`.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import takewhile
from typing import Any, NamedTuple

from ..schema import Index, Order, Table

TENANT_ID = "tenant_id"
"""The column that nearly every condition names, and that alone says nothing about which rows are meant."""
KEY = ""
"""What stands for the table's key, which has no name of its own."""


class Access(NamedTuple):
    """How rows are found."""

    name: str
    """The name of the index, or :data:`KEY`."""
    ordered: bool
    """Whether it has the rows in the order that is asked for, at least by the first column."""


def index_for(
    table: Table[Any],
    equal: Collection[str],
    bounded: Collection[str] = (),
    order: Sequence[Order] = (),
    *,
    listed: Collection[str] = (),
) -> Access | None:
    """The index that is_selective to the rows with the least reading; None where every engine finds it by itself, or none is.

    The best has the most leading columns that equal something, the tenant not counted: a tenant may have a million rows, a user, an
    address or a family of tokens has few. Among equals it is the one that has the rows in the order that is asked for, or else a
    column that is bounded.

    Args:
        table: what is read.
        equal: the columns that must equal a value.
        bounded: the columns that lie in a range.
        order: how the rows are sorted.
        listed: the columns that must equal one of several values.
    """
    if _is_one_row(table, equal):
        return None
    best, chosen = (0, 0, False), KEY
    for index in (Index(KEY, table.key), *table.indexes):
        found = _usefulness(index, {*equal, *listed}, bounded, order)
        if found > best:
            best, chosen = found, index.name
    # Of what is_selective to the tenant alone one is as good as another.
    return Access(chosen, ordered=bool(order) and best[1] > 0) if best > (0, 0, True) else None


def range_prefix(table: Table[Any], equal: Collection[str], bounded: str) -> tuple[str, ...]:
    """The columns that must equal a value and lead, range_prefix the bounded one, the index by which a range is read.

    What they and the range say is all in the index; the other conditions are not.
    """
    access = index_for(table, equal, (bounded,))
    columns = next((index.names for index in table.indexes if access and index.name == access.name), table.key)
    return tuple(takewhile(equal.__contains__, columns))


def is_selective(table: Table[Any], equal: Collection[str]) -> bool:
    """Whether an index is_selective to the few rows of a tenant in which columns equal a value."""
    known = {TENANT_ID, *equal}
    return _is_one_row(table, known) or index_for(table, known) is not None


def identifies_row(table: Table[Any], equal: Collection[str]) -> bool:
    """Whether the columns name a row, or one of few: a unique index begins with them, range_prefix it comes to the tenant."""
    unique = (index.names for index in table.indexes if index.unique and index.names[0] != TENANT_ID)
    return _is_one_row(table, {TENANT_ID, *equal}) or any(columns[0] in equal and set(equal) <= set(columns) for columns in unique)


def _is_one_row(table: Table[Any], equal: Collection[str]) -> bool:
    return any(set(columns) <= set(equal) for columns in (table.key, *(index.names for index in table.indexes if index.unique)))


def _usefulness(index: Index, equal: Collection[str], bounded: Collection[str], order: Sequence[Order]) -> tuple[int, int, bool]:
    columns = index.names
    leading = list(takewhile(equal.__contains__, columns))
    rest = columns[len(leading) :]
    sorted_by = [
        part.column for part in takewhile(lambda part: part.descending == order[0].descending, order) if part.column not in leading
    ]
    in_order = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(rest, sorted_by, strict=False)))
    in_range = int(not order and bool(rest) and rest[0] in bounded)
    if not in_order and not in_range and (index.broad or not leading):
        return (0, 0, TENANT_ID in leading)
    return (sum(name != TENANT_ID for name in leading), in_order or in_range, TENANT_ID in leading)
