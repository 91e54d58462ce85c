"""The choice of the index that a statement uses. It depends only on the statement's conditions and order.

PostgreSQL and MySQL choose well on the basis of the statistics that they maintain. SQLite has no statistics until ANALYZE is run, and
then assumes the average number of rows for every value. Of two indexes it may therefore choose the one that reads all rows of a tenant.
Statements for SQLite name the index; see :meth:`~authhero_sql.dialects.dialect.Dialect.with_index`.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import takewhile
from typing import Any, NamedTuple

from ..schema import Index, Order, Table

TENANT_ID = "tenant_id"
"""The column that nearly every condition contains. On its own it does not narrow down the rows of a tenant."""
KEY = ""
"""The name used for the primary key in place of an index name."""


class Access(NamedTuple):
    """The way in which a statement finds its rows."""

    name: str
    """The name of the index, or :data:`KEY`."""
    ordered: bool
    """Whether the index provides the requested order, at least for its first column."""


def index_for(
    table: Table[Any],
    equal: Collection[str],
    bounded: Collection[str] = (),
    order: Sequence[Order] = (),
    *,
    listed: Collection[str] = (),
) -> Access | None:
    """Return the index that finds the rows with the least reading, or None if the engine needs no hint or no index helps.

    The best index has the most leading columns with an equality condition. The tenant does not count, because a tenant may have a million
    rows, while a user, an email address or a token family has few. Among equal candidates, an index that provides the requested order wins,
    or else one whose next column has a range condition.

    Args:
        table: The table that is read.
        equal: The columns that must equal a value.
        bounded: The columns with a range condition.
        order: The order of the rows.
        listed: The columns that must equal one of several values.
    """
    if _is_one_row(table, equal):
        return None
    best, chosen = (0, 0, False), KEY
    for index in (Index(KEY, table.key), *table.indexes):
        found = _usefulness(index, {*equal, *listed}, bounded, order)
        if found > best:
            best, chosen = found, index.name
    # An index that only narrows the rows down to the tenant is no better than any other.
    return Access(chosen, ordered=bool(order) and best[1] > 0) if best > (0, 0, True) else None


def range_prefix(table: Table[Any], equal: Collection[str], bounded: str) -> tuple[str, ...]:
    """Return the columns with an equality condition that precede the bounded column in the index by which a range is read.

    The index alone can evaluate the conditions on these columns and the range. It cannot evaluate the other conditions.
    """
    access = index_for(table, equal, (bounded,))
    columns = next((index.names for index in table.indexes if access and index.name == access.name), table.key)
    return tuple(takewhile(equal.__contains__, columns))


def is_selective(table: Table[Any], equal: Collection[str]) -> bool:
    """Return whether an index finds the few rows of a tenant in which these columns equal a value."""
    known = {TENANT_ID, *equal}
    return _is_one_row(table, known) or index_for(table, known) is not None


def identifies_row(table: Table[Any], equal: Collection[str]) -> bool:
    """Return whether the columns identify a row, or one of few.

    This is the case if a unique index contains them all and begins with one of them rather than with the tenant.
    """
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
    if not in_order and not in_range and (index.unselective or not leading):
        return (0, 0, TENANT_ID in leading)
    return (sum(name != TENANT_ID for name in leading), in_order or in_range, TENANT_ID in leading)
