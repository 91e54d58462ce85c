"""The statements of a list: an offset page, a segment of a checkpoint walk, or a count. Each may have a caller's filter."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal, TypeAlias

from pypika import Table as SQLTable
from pypika.functions import Count
from pypika.terms import Criterion, NullValue, Term

from ..dialects.interface import Call
from ..pagination import ESTIMATE_LIMIT, Cursor, Sort, Totals, Window
from ..row_mapping import RowReader
from ..schema import Column, Order
from . import filters
from .access import TENANT_ID, identifies_row, index_for, is_selective
from .cache import Bind, CompiledStatement, StatementCache
from .conditions import Where, columns, names, shape
from .filters import Filter, Target
from .table import AnyTable, JoinedTable, RelatedRows, Statements

Segment: TypeAlias = Literal["all", "after", "values", "nulls", "nulls after"]
"""A part of a walk: all rows, those after the cursor, those with a value, those with NULL, or the NULL rows after the cursor."""


@dataclass(frozen=True, slots=True)
class Walk:
    """A checkpoint walk over a list, in the order of a column and the key.

    Attributes:
        read: The columns that are read.
        column: The column that the list is sorted by.
        key: The key column that breaks ties.
        order: The order by both columns.
    """

    read: tuple[Column, ...]
    column: Column
    key: str
    order: tuple[Order, ...]

    @property
    def descending(self) -> bool:
        """Whether the greatest value comes first."""
        return self.order[0].descending

    def segments(self, after: Cursor | None) -> tuple[Segment, ...]:
        """Return the segments after a cursor, in order.

        NULL sorts before every value. A single condition for NULL and values could not use an index.
        """
        if after is None:
            return ("all",)
        if after.value is None:
            return ("nulls after",) if self.descending else ("nulls after", "values")
        return ("after", "nulls") if self.column.null and self.descending else ("after",)


class ListStatements(Statements):
    """The statements of a table whose rows callers list.

    Args:
        table: The table.
        cache: The cached statements of the database.
        joined: A table whose columns are joined.
        gathers: The related rows that are read with each row of a page.
        gatherer: The reader of the related rows.
        targets: Returns the columns of the fields that a filter may name.
    """

    def __init__(
        self,
        table: AnyTable,
        cache: StatementCache,
        joined: JoinedTable | None = None,
        gathers: RelatedRows | None = None,
        gatherer: RowReader[Any] | None = None,
        targets: Callable[[], Mapping[str, Target]] = dict,
    ) -> None:
        super().__init__(table, cache, joined)
        self.related = gathers
        self.gatherer = gatherer
        self.targets = targets
        self.orders: dict[tuple[Sort, ...], tuple[Order, ...]] = {}
        """The complete orders that :class:`Lists` has derived, by the requested sort."""

    def page(
        self, read: RowReader[Any], where: Where, order: Sequence[Order], window: Window, totals: Totals, filter: Filter | None = None
    ) -> Call:
        """Return the rows of a page. If totals are requested, the last column of each row is the number of all matching rows."""

        def build() -> Any:
            builder = self._sorted(read.columns, where, order, filter, lambda builder: builder.limit(Bind("limit")).offset(Bind("offset")))
            return builder.select(self._count(where, filter, totals).as_("total_count")) if totals else builder

        key = ("page", read, shape(where, self.dialect), tuple(order), totals)
        values = {**self._values(where, filter), "limit": window.per_page, "offset": window.start}
        return self._list_text(key, build, filter, planned=self._depends_on_joined(order, filter)).bind(values)

    def count(self, where: Where, totals: Totals = True, filter: Filter | None = None) -> Call:
        """Return the number of rows that meet the conditions. An estimate stops one row after the limit."""
        key = ("count", shape(where, self.dialect), totals)
        return self._list_text(key, lambda: self._count(where, filter, totals), filter).bind(self._values(where, filter))

    def count_distinct(self, column: Column, where: Where, totals: Totals = True) -> Call:
        """Return the number of distinct values of a column among the rows that meet the conditions; see :meth:`count`."""

        def build() -> Any:
            source = self._source(where)
            builder: Any = self.dialect.query.from_(source).where(self._criterion(source, where))
            if totals == "estimate":
                return self._limited_count(builder.select(source.field(column.name)).distinct())
            return builder.select(Count(source.field(column.name)).distinct())  # type: ignore[no-untyped-call]  # PyPika's

        key = ("count distinct", column, shape(where, self.dialect), totals)
        return self._list_text(key, build, None).bind(self._values(where, None))

    def segment(self, walk: Walk, where: Where, segment: Segment, after: Cursor | None, limit: int, filter: Filter | None = None) -> Call:
        """Return the rows of one segment of a walk. It is a range of an index, so that no other rows are read."""

        def build() -> Any:
            def within(builder: Any, source: Any) -> Any:
                return builder.where(Criterion.all(list(self._segment_criteria(source, walk, segment))))

            return self._sorted(walk.read, where, walk.order, filter, lambda builder: builder.limit(Bind("limit")), within)

        key = ("walk", walk.read, shape(where, self.dialect), walk.order, segment)
        position = {"after_value": after and after.value, "after_key": after and after.id}
        values = {**self._values(where, filter), **position, "limit": limit}
        return self._list_text(key, build, filter, planned=self._depends_on_joined(walk.order, filter)).bind(values)

    # Parts of the statements.

    def _list_text(
        self, key: tuple[Any, ...], build: Callable[[], Any], filter: Filter | None, *, planned: bool = False
    ) -> CompiledStatement:
        own = (self.table.name, *key) if filter is None else (self.table.name, *key, filter.shape)
        # A condition on an identifier, such as an email address, matches few rows for every value, so one plan fits all.
        named = filter is not None and filter.columns == filter.equal and identifies_row(self.table, filter.equal)
        return self.cache.get(own, build, filtered=filter is not None, planned=planned or (filter is not None and not named))

    def _values(self, where: Where, filter: Filter | None) -> dict[str, Any]:
        return {**self._operands(where), **(filter.values if filter else {}), "estimate_limit": ESTIMATE_LIMIT + 1}

    def _segment_criteria(self, source: Any, walk: Walk, segment: Segment) -> Iterator[Criterion]:
        value, identity = source.field(walk.column.name), source.field(walk.key)
        bound, last = Bind("after_value"), Bind("after_key")
        match segment:
            case "after":
                yield self.dialect.keyset((value, identity), (bound, last), walk.descending)
            case "values":
                yield value.isnotnull()
            case "nulls" | "nulls after":
                yield value.isnull()
        if segment == "nulls after":
            yield identity < last if walk.descending else identity > last

    def _list_source(self, where: Where, order: Sequence[Order], filter: Filter | None) -> Any:
        """Return the table, with the index to use for the conditions and the filter."""
        if filter is None:
            return self._source(where, order)
        if self._engine_chooses(where, filter):
            return SQLTable(self.table.name)
        return self._source(where, order, also=filter.equal, listed=filter.listed)

    def _engine_chooses(self, where: Where, filter: Filter) -> bool:
        """Return whether the engine chooses the index. An optional index for prefixes may not exist, so a statement cannot name it."""
        free = filter.begins or self._has_indexed_alternatives(filter)
        return free and not is_selective(self.table, columns(where, "equal", "listed") | filter.equal | filter.listed)

    def _stops_after_page(self, where: Where, order: Sequence[Order], filter: Filter | None) -> bool:
        """Return whether the engine reads in the requested order, joins row by row, and stops after a page."""
        if not self.dialect.features.limit_stops_join or (filter is not None and self._engine_chooses(where, filter)):
            return False
        equal, listed = (filter.equal, filter.listed) if filter else ((), ())
        access = self._access(where, order, self.table, equal, listed)
        return access is not None and access.ordered

    def _has_indexed_alternatives(self, filter: Filter | None) -> bool:
        """Return whether the filter is an OR of alternatives that each have an index, while no index covers them all."""
        if filter is None or not filter.alternatives or is_selective(self.table, filter.equal):
            return False
        return all(is_selective(self.table, equal) for equal in filter.alternatives)

    def _depends_on_joined(self, order: Sequence[Order], filter: Filter | None) -> bool:
        """Return whether the joined table determines which rows match, or their order."""
        named = {part.column for part in order} | (filter.columns if filter else frozenset())
        return any(name not in self.table for name in named)

    def _sorted(
        self,
        read: Sequence[Column],
        where: Where,
        order: Sequence[Order],
        filter: Filter | None,
        cut: Callable[[Any], Any],
        narrow: Callable[[Any, Any], Any] = lambda builder, _: builder,
    ) -> Any:
        """Return the rows of a list in order, limited by ``cut``.

        Unless the engine stops after a page on its own, the joined table is joined to the limited rows. Otherwise PostgreSQL might join all
        rows of a tenant before it applies the limit, because a cached plan is made for a tenant of average size.
        """

        def limited(builder: Any, source: Any) -> Any:
            plain = self._conditions_source(source, filter)
            builder = self._filtered(builder.where(self._criterion(plain, where)), source, filter, where)
            return cut(self._sorted_by(narrow(builder, plain), plain, order))

        source = self._list_source(where, order, filter)
        if self.joined is None or self._depends_on_joined(order, filter):
            return limited(self._joined(source).select(*(self._field(source, column) for column in read)), source)
        if self._stops_after_page(where, order, filter):
            return limited(self._joined(source).select(*self._page_columns(source, read)), source)
        own = [column.name for column in read if column.name in self.table]
        kept = dict.fromkeys([*own, *(part.column for part in order), *self.joined.on])
        rows = limited(self.dialect.query.from_(source).select(*(source.field(name) for name in kept)), source).as_(self.table.name)
        return self._sorted_by(self._joined(rows, few=True).select(*self._page_columns(rows, read)), rows, order)

    def _page_columns(self, source: Any, read: Sequence[Column]) -> list[Term]:
        """Return the columns of the limited rows, and the related rows that are gathered for each of them.

        It is not used if the joined table determines which rows match, because the related rows would then be read for every row of the
        tenant.
        """
        shown: list[Term] = [self._field(source, column) for column in read]
        if self.related is None or self.gatherer is None:
            return shown
        on = {self.table[theirs]: None for theirs in self.related.on}
        others = self._source(on, certain=True).as_("others")
        gathered = self.dialect.json_rows([(others.field(column.name), column.is_text) for column in self.gatherer.columns])
        found: Any = self.dialect.query.from_(others).select(gathered)
        checked = self._checked_columns(on, self.table)
        for theirs, ours in self.related.on.items():
            equal = self.dialect.equal_without_index if theirs in checked else self.dialect.equal
            found = found.where(equal(others.field(theirs), source.field(ours), text=self.table[theirs].is_text))
        return [*shown, found.as_("gathered")]

    def _conditions_source(self, source: Any, filter: Filter | None) -> Any:
        """Return the columns for the conditions and the order. If the filter's alternatives have indexes, no other index is used."""
        return self.dialect.without_indexes(source) if self._has_indexed_alternatives(filter) else source

    def _count(self, where: Where, filter: Filter | None, totals: Totals) -> Any:
        """Return the number of rows that meet the conditions, limited by the parameter ``estimate_limit`` for an estimate."""
        source: Any = self._list_source(where, (), filter)
        needs_join = filter is not None and any(name not in self.table for name in filter.columns)
        # The joined table has at most one row per row, so it does not change the count unless the filter names its columns.
        builder: Any = self._joined(source) if needs_join else self.dialect.query.from_(source)
        counted = Count("*") if totals is True else NullValue()
        builder = builder.select(counted).where(self._criterion(self._conditions_source(source, filter), where))
        builder = self._filtered(builder, source, filter, where)
        return builder if totals is True else self._limited_count(builder)

    def _limited_count(self, builder: Any) -> Any:
        """Return the number of rows of a query, limited by the parameter ``estimate_limit``."""
        return self.dialect.query.from_(builder.limit(Bind("estimate_limit")).as_("counted")).select(Count("*"))

    def _filtered(self, builder: Any, source: Any, filter: Filter | None, where: Where) -> Any:
        """Return the query with the caller's filter added to its conditions."""
        if filter is None:
            return builder
        guards: Sequence[Criterion | None] = ()
        if TENANT_ID in names(where) and self._conditions_source(source, filter) is not source:
            bind = Bind(f"where_{names(where).index(TENANT_ID)}")
            tenant = self.dialect.equal(source.field(TENANT_ID), bind, text=True)
            guards = [None if index_for(self.table, equal) else tenant for equal in filter.alternatives]
        return builder.where(filters.build_criterion(filter, self.targets(), self.dialect, partial(self._field, source), guards))
