"""The list layer: offset and checkpoint pagination, totals, and iteration over all pages."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Any, Generic, TypeVar

from pydantic import BaseModel

from . import lucene
from . import where as conditions
from .dialects.interface import Row
from .errors import InvalidQueryError
from .models.base import Page
from .pagination import MAX_PAGE, ROWS, Cursor, ListRules, Sort, Total, Totals, Window, is_checkpoint_request, parse_count, parse_totals
from .row_mapping import RowReader
from .runner import Runner
from .schema import Column, Order
from .statements import filters
from .statements.access import TENANT_ID
from .statements.conditions import Where
from .statements.filters import Filter
from .statements.lists import ListStatements, Walk

M = TypeVar("M", bound=BaseModel)
N = TypeVar("N", bound=BaseModel)
A = TypeVar("A")


class Lists(Generic[M]):
    """The lists of one table.

    Args:
        sql: The statements of the table.
        run: Executes the statements.
        reader: Reads the rows.
        rules: What the lists support, or None if the table has no sortable lists.
        complete: Returns the models of a page's rows, given the conditions.
        walked: Conditions that apply to checkpoint pagination only.
    """

    def __init__(
        self,
        sql: ListStatements,
        run: Runner,
        reader: RowReader[M],
        rules: ListRules | None,
        complete: Callable[[Where, Sequence[Row]], Awaitable[list[M]]],
        walked: Where,
    ) -> None:
        self.sql = sql
        self.run = run
        self.reader = reader
        self._rules = rules
        self._complete = complete
        self._walked = walked

    @property
    def rules(self) -> ListRules:
        """What the lists support."""
        if self._rules is None:
            raise TypeError(f"{self.sql.table.name} has no list rules")
        return self._rules

    async def page(
        self,
        where: Where,
        *,
        page: int | None,
        per_page: int | None,
        include_totals: Totals,
        sort: str | Sort | None,
        q: str | None = None,
        also: Any = None,
        from_: str | None = None,
        take: int | None = None,
    ) -> Page[M]:
        """Return a page of a list. It is a checkpoint page if ``from_`` or ``take`` is set, and an offset page otherwise.

        Args:
            where: The conditions of the list itself.
            page: The zero-based number of an offset page.
            per_page: The size of an offset page.
            include_totals: Whether to count the matching rows.
            sort: The order.
            q: The caller's filter in the query language.
            also: The caller's ``where``.
            from_: The cursor of a checkpoint page.
            take: The size of a checkpoint page.
        """
        filter = self.filter(q, also)
        if is_checkpoint_request(from_, take, page, per_page):
            return await self.walk({**where, **self._walked}, sort, from_, take, filter)
        window = Window.parse(page, per_page)
        order = self.order(self.rules.order, *self.rules.then_by) if sort is None else self.order(self.public(Sort.parse(sort)))
        return await self._offset_page(where, order, window, include_totals, filter)

    async def count(self, where: Where, q: str | None, also: Any, *, estimate: bool) -> int:
        """Return the number of rows that meet the conditions. An estimate counts at most 10,000."""
        totals: Totals = "estimate" if estimate else True
        counted = await self.run.fetch(self.sql.count(where, totals, self.filter(q, also)))
        return Total.of(counted[0][0], totals).rows or 0

    def filter(self, q: str | None, where: Any) -> Filter | None:
        """Return the conjunction of a caller's ``q`` and ``where``, or None if there are no conditions.

        Raises:
            InvalidQueryError: The conditions cannot be parsed, the list cannot be filtered by a field, or a value does not fit its field.
        """
        if q is None and where is None:
            return None
        given = (None if q is None else lucene.parse(q), conditions.to_tree(where))
        parts = tuple([part for part in given if part is not None])
        if not parts:
            return None
        tree = parts[0] if len(parts) == 1 else lucene.And(parts)
        return filters.compile_filter(tree, self.rules, self.sql.targets(), self.sql.dialect)

    async def by_offset(self, where: Where, order: Sequence[Order], page: int, per_page: int, include_totals: Totals) -> Page[M]:
        """Return an offset page of the rows that meet the conditions."""
        return await self._offset_page(where, order, Window.of(page, per_page), include_totals, None)

    async def _offset_page(
        self, where: Where, order: Sequence[Order], window: Window, include_totals: Totals, filter: Filter | None
    ) -> Page[M]:
        rows, total = await self.rows(where, order, window, include_totals, filter)
        return self.paged(await self._complete(where, rows), window, total)

    async def list_or_page(
        self,
        read: RowReader[N],
        where: Where,
        order: Sequence[Order],
        *,
        page: int | None,
        per_page: int | None,
        include_totals: Totals,
        sort: str | Sort | None,
    ) -> list[N] | Page[N]:
        """Return all rows that meet the conditions, or a page of them if the caller requests one."""
        order = order if sort is None else self.order(self.public(Sort.parse(sort)))
        if page is None and per_page is None and not include_totals:
            return [read.read(row) for row in await self.run.fetch(self.sql.select(read, where, order))]
        window = Window.parse(page, per_page)
        rows, total = await self.rows(where, order, window, include_totals, read=read)
        return self.paged([read.read(row) for row in rows], window, total)

    async def rows(
        self,
        where: Where,
        order: Sequence[Order],
        window: Window,
        include_totals: Totals,
        filter: Filter | None = None,
        read: RowReader[Any] | None = None,
    ) -> tuple[list[Row], Total]:
        """Return the rows of an offset page and, if requested, the total in the same round trip."""
        totals = parse_totals(include_totals)
        rows = await self.run.fetch(self.sql.page(read or self.reader, where, order, window, totals, filter))
        if not totals:
            return rows, Total()
        if rows:
            return [row[:-1] for row in map(tuple, rows)], Total.of(rows[0][-1], totals)
        counted = await self.run.fetch(self.sql.count(where, totals, filter))
        return [], Total.of(counted[0][0], totals)

    def paged(self, items: list[A], window: Window, total: Total, wire: str | None = None) -> Page[A]:
        """Return an offset page of items. The default wire name is that of the list's rules."""
        return Page.of(
            items,
            wire=self.rules.wire if wire is None else wire,
            limit=window.per_page,
            start=window.start,
            total=total.rows,
            total_is_estimate=total.is_estimate,
        )

    async def walk(
        self, where: Where, sort: str | Sort | None, from_: str | None, take: int | None, filter: Filter | None = None
    ) -> Page[M]:
        """Return a checkpoint page. Its cost does not depend on its position in the list."""
        direction = self.rules.walk(sort)
        limit = min(parse_count("take", ROWS if take is None else take), MAX_PAGE)
        walk = self._walk(direction)
        kind = f"{direction.sort_by}:{direction.sort_order}" if self.rules.bidirectional else None
        after = Cursor.after(from_, kind, walk.column)
        rows: list[Row] = []
        for segment in walk.segments(after):
            rows += await self.run.fetch(self.sql.segment(walk, where, segment, after, limit + 1 - len(rows), filter))
            if len(rows) > limit:
                break
        following = None
        if len(rows) > limit > 0:
            last = {part.name: value for part, value in zip(walk.read, rows[limit - 1], strict=False)}
            following = Cursor(last[walk.column.name], last[walk.key], kind).encode()
        own = len(self.reader.columns)
        shown = [(*row[:own], *row[len(walk.read) :]) for row in rows[:limit]] if len(walk.read) > own else rows[:limit]
        return Page.of(await self._complete(where, shown), wire=self.rules.wire, limit=limit, next=following)

    def _walk(self, direction: Sort) -> Walk:
        # The rules may sort by a column that is not a public field, because the cursor is opaque.
        column = next(column for column in self.sql.table.columns if column.public == direction.sort_by)
        read = self.reader.columns if column in self.reader.columns else (*self.reader.columns, column)
        key = next(name for name in self.sql.table.key if name != TENANT_ID)
        return Walk(read, column, key, self.order(direction))

    async def iterate(self, read: Callable[[str | None], Awaitable[Page[M]]], batch: int) -> AsyncIterator[M]:
        """Yield the rows of all checkpoint pages."""
        if parse_count("batch", batch) == 0:
            raise InvalidQueryError("batch must be at least 1")
        cursor: str | None = None
        while True:
            page = await read(cursor)
            for item in page.items:
                yield item
            cursor = page.next
            if cursor is None:
                return

    # Orders.

    def public(self, sort: Sort) -> Sort:
        """Return the sort after checking that callers may use its field.

        Raises:
            InvalidQueryError: The field does not exist, or it is secret, so that the order would reveal its values.
        """
        joined, table = self.sql.joined, self.sql.table
        in_joined = joined is not None and any(column.public == sort.sort_by for column in joined.read)
        if not in_joined and table.sortable(sort.sort_by).secret and sort.sort_by not in self.rules.fields:
            raise InvalidQueryError(f"{self.rules.wire} cannot be sorted by {sort.sort_by}")
        return sort

    def order(self, *sorts: Sort) -> tuple[Order, ...]:
        """Return the order by fields. The key is appended, so that pages never overlap or skip a row."""
        orders = self.sql.orders
        if sorts not in orders:
            orders[sorts] = tuple(self._order(sorts))
        return orders[sorts]

    def _order(self, sorts: Sequence[Sort]) -> Sequence[Order]:
        table = self.sql.table
        parts = [self._order_by(sort) for sort in sorts]
        named = {part.column for part in parts}
        unique = (index.names for index in table.indexes if index.unique and not any(table[name].null for name in index.names))
        if any(set(names) <= {*named, TENANT_ID} for names in unique):
            # The order is already unique within a tenant. With the key appended, the index would no longer provide it.
            return parts
        descending = parts[-1].descending
        rest = [name for name in table.key if name not in named and name != TENANT_ID]
        if self._exceeds_index([part.column for part in parts], rest):
            rest.pop()
        return [*parts, *(Order(name, descending) for name in rest)]

    def _order_by(self, sort: Sort) -> Order:
        joined: tuple[Column, ...] = self.sql.joined.read if self.sql.joined else ()
        column = next(column for column in (*self.sql.table.columns, *joined) if column.public == sort.sort_by)
        return Order(column.name, sort.descending, column.null or column.name not in self.sql.table)

    def _exceeds_index(self, named: Sequence[str], rest: Sequence[str]) -> bool:
        """Return whether the last key column would make an index too long that contains all preceding columns.

        Such an index is declared without it. The engine appends the primary key to the entries anyway, so the order is the same.
        """
        table = self.sql.table
        longest = self.sql.dialect.features.max_index_bytes
        leading = (TENANT_ID, *named, *rest[:-1])
        if longest is None or not rest or not any(index.names == leading for index in table.indexes):
            return False
        return sum((table[name].size or 2) * 4 for name in (*leading, rest[-1])) > longest
