"""Statements that count rows in groups."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pypika import analytics
from pypika.functions import Coalesce, Count, Max, Min, Sum
from pypika.terms import Case, Star

from ..dialects.interface import Call
from ..schema import Order
from .cache import Bind
from .conditions import Where, shape
from .table import Statements


@dataclass(frozen=True, slots=True)
class Bucketed:
    """The number of the bucket that contains a column's value, starting at 1. ``starts`` are stored values in ascending order."""

    column: str
    starts: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Relabeled:
    """A column's value replaced by a label: the one in ``names``, or ``other`` for an unlisted value. NULL stays NULL."""

    column: str
    names: tuple[tuple[str, str], ...]
    other: str


@dataclass(frozen=True, slots=True)
class Latest:
    """The later of two columns, or the second one if the first is NULL."""

    first: str
    second: str


Dimension = str | Bucketed | Relabeled
"""An expression to group by: a column, or a value derived from one."""


class Aggregates(Statements):
    """Statements that count rows. Groups are formed in a subquery, so that each expression occurs only once in the text."""

    def grouped(
        self,
        where: Where,
        dimensions: Mapping[str, Dimension],
        *,
        distinct: str | None,
        order: Sequence[Order],
        limit: int,
        offset: int,
        also: Mapping[str, tuple[Relabeled, Sequence[str]]] = {},
    ) -> Call:
        """Return the number of rows of each group.

        Each row contains the dimensions, the count (as ``value``) and the total number of groups.

        Args:
            where: The conditions for the rows to count.
            dimensions: The expressions to group by, by name.
            distinct: The column whose distinct values are counted instead of rows, or None.
            order: The order of the groups.
            limit: The maximum number of groups.
            offset: The number of groups to skip.
            also: Further conditions, by name: an expression derived from a column must equal one of several values.
        """
        values = {**self._operands(where), "limit": limit, "offset": offset}
        for name, part in dimensions.items():
            values.update(self._dimension_values(f"by_{name}", part))
        for name, (part, wanted) in also.items():
            values.update(self._dimension_values(f"also_{name}", part))
            values.update(self.dialect.list_values(f"in_{name}", wanted))
        size = self.dialect.list_size
        key = (
            "grouped",
            tuple((name, self._dimension_shape(part)) for name, part in dimensions.items()),
            distinct,
            tuple(order),
            shape(where, self.dialect),
            tuple((name, size(len(wanted))) for name, (_, wanted) in also.items()),
        )

        def build() -> Any:
            source = self._source(where)
            dialect = self.dialect
            inner: Any = dialect.query.from_(source).where(self._criterion(source, where))
            for name, (part, wanted) in also.items():
                made = self._expression(source, f"also_{name}", part)
                inner = inner.where(dialect.in_list(made, Bind, f"in_{name}", dialect.list_size(len(wanted))))
            counted = source.field(distinct) if distinct else source.field(self.table.key[-1])
            inner = inner.select(counted.as_("counted"), *(self._expression(source, f"by_{n}", p).as_(n) for n, p in dimensions.items()))
            groups = inner.as_("groups")
            number: Any = Count(groups.field("counted"))
            value = number.distinct() if distinct else number
            by = [groups.field(name) for name in dimensions]
            counts: Any = dialect.query.from_(groups).select(*by, value.as_("value"))
            counts = counts.groupby(*by) if by else counts
            rows = counts.as_("counts")
            # The window function counts the groups, which are few, instead of the rows.
            total = analytics.Count(Star()).over()  # type: ignore[no-untyped-call]  # PyPika's
            outer: Any = dialect.query.from_(rows).select(*(rows.field(name) for name in dimensions), rows.field("value"), total)
            for place in order:
                outer = dialect.order(outer, rows.field(place.column), place)
            return outer.limit(Bind("limit")).offset(Bind("offset"))

        return self._text(key, build).bind(values)

    def _expression(self, source: Any, name: str, part: Dimension) -> Any:
        """Return the SQL expression of a dimension."""
        dialect = self.dialect
        if isinstance(part, Bucketed):
            return dialect.bucket(
                source.field(part.column), Bind, name, dialect.bucket_size(len(part.starts)), text=self.table[part.column].is_text
            )
        if isinstance(part, Relabeled):
            column = source.field(part.column)
            case: Any = Case().when(column.isnull(), column)
            for number, _ in enumerate(part.names):
                label = dialect.cast(Bind(f"{name}_to_{number}"), "varchar(255)")
                case = case.when(dialect.equal(column, Bind(f"{name}_from_{number}"), text=True), label)
            return case.else_(dialect.cast(Bind(f"{name}_other"), "varchar(255)"))
        return source.field(part)

    def _dimension_values(self, name: str, part: Dimension) -> dict[str, Any]:
        if isinstance(part, Bucketed):
            return self.dialect.bucket_values(name, part.starts)
        if isinstance(part, Relabeled):
            pairs = enumerate(part.names)
            labels = {f"{name}_{word}_{number}": value for number, pair in pairs for word, value in zip(("from", "to"), pair, strict=True)}
            return {**labels, f"{name}_other": part.other}
        return {}

    def _dimension_shape(self, part: Dimension) -> Any:
        if isinstance(part, Bucketed):
            return ("bucket", part.column, self.dialect.bucket_size(len(part.starts)))
        return ("named", part.column, len(part.names)) if isinstance(part, Relabeled) else part

    def cohorts(self, where: Where, first: str, last: Latest, starts: Sequence[int], family: str | None = None) -> Call:
        """Return the number of objects for each pair of buckets: the one of their creation and the one of their last use.

        With ``family``, rows with the same value in that column count as one object, from the first creation to the last use. A row
        without a value there is an object of its own.
        """
        dialect = self.dialect
        size = dialect.bucket_size(len(starts))
        values = {**self._operands(where), **dialect.bucket_values("began", starts), **dialect.bucket_values("used", starts)}

        def build() -> Any:
            source = self._source(where)
            one, two = source.field(last.first), source.field(last.second)
            used: Any = Case().when(one >= two, one).else_(Coalesce(two, one))  # type: ignore[no-untyped-call]  # PyPika's
            inner: Any = dialect.query.from_(source).where(self._criterion(source, where))
            if family is None:
                inner = inner.select(source.field(first).as_("began"), used.as_("used"))
            else:
                thing = Coalesce(source.field(family), source.field(self.table.key[-1]))  # type: ignore[no-untyped-call]  # PyPika's
                inner = inner.select(Min(source.field(first)).as_("began"), Max(used).as_("used")).groupby(thing)
            things = inner.as_("things")
            numbers = [dialect.bucket(things.field(name), Bind, name, size, text=False) for name in ("began", "used")]
            weeks = dialect.query.from_(things).select(numbers[0].as_("began"), numbers[1].as_("used")).as_("weeks")
            by = [weeks.field("began"), weeks.field("used")]
            return dialect.query.from_(weeks).select(*by, Count("*")).groupby(*by)

        key = ("cohorts", first, last, size, family, shape(where, self.dialect))
        return self._text(key, build).bind(values)

    def daily(self, where: Where, column: str, starts: Sequence[str], kinds: Mapping[str, str], kind: str) -> Call:
        """Return a row for each bucket: its number, the number of rows of each kind, and the first and last value of the column."""
        dialect = self.dialect
        size = dialect.bucket_size(len(starts))
        named = {f"kind_{name}": value for name, value in kinds.items()}
        values = {**self._operands(where), **dialect.bucket_values("day", starts), **named, "one": 1, "none": 0}

        def build() -> Any:
            source = self._source(where)
            number = dialect.bucket(source.field(column), Bind, "day", size, text=self.table[column].is_text)
            inner: Any = dialect.query.from_(source).where(self._criterion(source, where))
            days = inner.select(number.as_("day"), source.field(kind).as_("kind"), source.field(column).as_("at")).as_("days")
            one, none = (dialect.cast(Bind(name), "int") for name in ("one", "none"))
            sums = [Sum(Case().when(dialect.equal(days.field("kind"), Bind(f"kind_{name}"), text=True), one).else_(none)) for name in kinds]
            day = days.field("day")
            ends = [Min(days.field("at")), Max(days.field("at"))]
            return dialect.query.from_(days).select(day, *sums, *ends).groupby(day).orderby(day)

        key = ("daily", column, kind, tuple(kinds), size, shape(where, self.dialect))
        return self._text(key, build).bind(values)
