"""What rows must be like: columns with the values that they must have, or with an operator.

.. code-block:: python

    c = CODES.c
    {c.tenant_id: tenant_id, c.code_id: code_id, c.used_at: NULL}
    {c.tenant_id: tenant_id, c.date: gte(since) & lt(until), c.type: one_of(types)}

A plain value is what the column must equal. The values are public ones and are encoded like what is stored. A misspelt column or
operator is found by the type checker. Everything here is pure: an operator knows what the text of a statement depends on (its shape),
its SQL, and the values that are bound.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Literal, TypeAlias

from pypika.terms import Criterion, Field, Term

from ..dialects.dialect import Dialect
from ..schema import Column, Table
from .texts import Bind, DatabaseNowTerm

Sign = Literal["<", "<=", ">", ">=", "<>"]
Role = Literal["equal", "bounded", "listed", "null", ""]
"""What an index can do for a condition: lead to one value, to a range, to several values, to NULL; or nothing."""
Where: TypeAlias = Mapping[Column, Any]

_SIGNS: Mapping[Sign, Callable[[Field, Term], Criterion]] = {
    "<": lambda field, bind: field < bind,
    "<=": lambda field, bind: field <= bind,
    ">": lambda field, bind: field > bind,
    ">=": lambda field, bind: field >= bind,
    "<>": lambda field, bind: field != bind,
}


@dataclass(frozen=True, slots=True)
class DatabaseNow:
    """The present by the database's own clock, or an instant so much later, in epoch milliseconds.

    An operand of a condition and a value to store. What several hosts must agree on is compared with this, because their clocks differ.
    """

    plus: timedelta = timedelta(0)

    @property
    def milliseconds(self) -> int:
        """How much later."""
        return self.plus // timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class StoredValue:
    """An operand as it was read from a column, whatever it may mean there."""

    value: Any


class Operator:
    """What a column is asked for, where that is not to equal a value."""

    __slots__ = ()

    @property
    def role(self) -> Role:
        """What an index can do for it."""
        return ""

    def shape(self, dialect: Dialect) -> Hashable:
        """What the text depends on."""
        raise NotImplementedError

    def criterion(self, scope: Scope, column: Column, bind: str) -> Criterion:
        """The SQL; values are bound under names that begin with ``bind``."""
        raise NotImplementedError

    def operands(self, scope: Scope, column: Column, bind: str) -> dict[str, Any]:
        """The values to bind."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Scope:
    """Where conditions stand: the table, in one dialect, and the source by which a statement reads it."""

    table: Table[Any]
    dialect: Dialect
    source: Any = None
    checked: Collection[str] = ()
    """The columns by which no index is to be read."""
    subquery: Callable[[Subquery, str], Any] | None = None
    """The SELECT of what is picked elsewhere."""

    def field(self, column: Column) -> Field:
        """The column of the source.

        Raises:
            KeyError: it is another table's.
        """
        if self.table[column.name] is not column:
            raise KeyError(f"{self.table.name} has no such column {column.name}")
        field: Field = self.source.field(column.name)
        return field

    def operand(self, column: Column, value: Any) -> Any:
        """The value to bind for a public one."""
        if isinstance(value, DatabaseNow):
            return value.milliseconds
        return value.value if isinstance(value, StoredValue) else self.table.operand(column.name, value)


def _term(value: Any, bind: str) -> Term:
    """What stands in a statement for a value: its parameter, added to the database's time for a :class:`DatabaseNow`."""
    return DatabaseNowTerm() + Bind(bind) if isinstance(value, DatabaseNow) else Bind(bind)


@dataclass(frozen=True, slots=True)
class Compared(Operator):
    """Less or greater than a value, or another one; ``or_null`` lets NULL through as well."""

    sign: Sign
    value: Any
    or_null: bool = False

    @property
    def role(self) -> Role:
        """A range, where NULL is not in it."""
        return "" if self.or_null or self.sign == "<>" else "bounded"

    def shape(self, dialect: Dialect) -> Hashable:
        """The sign, and whose clock."""
        return (self.sign, self.or_null, isinstance(self.value, DatabaseNow))

    def criterion(self, scope: Scope, column: Column, bind: str) -> Criterion:
        """The comparison."""
        field = scope.field(column)
        compared = _SIGNS[self.sign](field, _term(self.value, bind))
        return field.isnull() | compared if self.or_null else compared

    def operands(self, scope: Scope, column: Column, bind: str) -> dict[str, Any]:
        """The value."""
        return {bind: scope.operand(column, self.value)}

    def __and__(self, other: Compared) -> Both:
        return Both(self, other)


@dataclass(frozen=True, slots=True)
class Both(Operator):
    """Two comparisons: a range with two ends."""

    first: Compared
    second: Compared

    @property
    def role(self) -> Role:
        """A range."""
        return "bounded"

    def shape(self, dialect: Dialect) -> Hashable:
        """Both shapes."""
        return (self.first.shape(dialect), self.second.shape(dialect))

    def criterion(self, scope: Scope, column: Column, bind: str) -> Criterion:
        """Both comparisons."""
        first, second = (part.criterion(scope, column, f"{bind}_{at}") for at, part in enumerate((self.first, self.second)))
        return Criterion.all([first, second])

    def operands(self, scope: Scope, column: Column, bind: str) -> dict[str, Any]:
        """Both values."""
        return {**self.first.operands(scope, column, f"{bind}_0"), **self.second.operands(scope, column, f"{bind}_1")}


@dataclass(frozen=True, slots=True)
class Null(Operator):
    """Whether there is a value at all."""

    wanted: bool

    @property
    def role(self) -> Role:
        """NULL stands in one place of an index."""
        return "null" if self.wanted else ""

    def shape(self, dialect: Dialect) -> Hashable:
        """Which of both."""
        return self.wanted

    def criterion(self, scope: Scope, column: Column, bind: str) -> Criterion:
        """IS NULL, or IS NOT NULL."""
        field = scope.field(column)
        return field.isnull() if self.wanted else field.isnotnull()

    def operands(self, scope: Scope, column: Column, bind: str) -> dict[str, Any]:
        """Nothing."""
        return {}


@dataclass(frozen=True, slots=True)
class OneOf(Operator):
    """One of a list of texts, never empty."""

    values: Collection[str]

    @property
    def role(self) -> Role:
        """Several values."""
        return "listed"

    def shape(self, dialect: Dialect) -> Hashable:
        """How many parameters the list takes."""
        return ("in", dialect.list_size(len(self.values)))

    def criterion(self, scope: Scope, column: Column, bind: str) -> Criterion:
        """IN, in the engine's words."""
        return scope.dialect.in_list(scope.field(column), Bind, bind, scope.dialect.list_size(len(self.values)))

    def operands(self, scope: Scope, column: Column, bind: str) -> dict[str, Any]:
        """The list."""
        return scope.dialect.list_values(bind, [scope.operand(column, value) for value in self.values])


@dataclass(frozen=True, slots=True)
class PairIn(Operator):
    """Together with another column one of a list of pairs of texts, never empty."""

    other: Column
    pairs: Collection[tuple[str, str]]

    @property
    def role(self) -> Role:
        """Several values."""
        return "listed"

    def shape(self, dialect: Dialect) -> Hashable:
        """The other column, and how many parameters the list takes."""
        return (self.other, dialect.list_size(len(self.pairs)))

    def criterion(self, scope: Scope, column: Column, bind: str) -> Criterion:
        """IN, in the engine's words."""
        fields = (scope.field(column), scope.field(self.other))
        return scope.dialect.in_pairs(fields, Bind, bind, scope.dialect.list_size(len(self.pairs)))

    def operands(self, scope: Scope, column: Column, bind: str) -> dict[str, Any]:
        """The pairs."""
        pairs = [(scope.operand(column, first), scope.operand(self.other, second)) for first, second in self.pairs]
        return scope.dialect.pair_values(bind, pairs)


@dataclass(frozen=True, slots=True)
class Subquery(Operator):
    """The value of a column in the row of a table that meets conditions, or one of those in ``several`` rows."""

    table: Table[Any]
    column: Column
    where: Where
    several: bool = False

    @property
    def role(self) -> Role:
        """As a value or as a list."""
        return "listed" if self.several else "equal"

    def shape(self, dialect: Dialect) -> Hashable:
        """The shape of the query."""
        return (self.table.name, self.column.name, self.several, shape(self.where, dialect))

    def criterion(self, scope: Scope, column: Column, bind: str) -> Criterion:
        """IN a subquery, or equal to it."""
        if scope.subquery is None:
            raise TypeError("a subquery needs somebody who builds it")
        field, chosen = scope.field(column), scope.subquery(self, bind)
        return field.isin(chosen) if self.several else field == chosen

    def operands(self, scope: Scope, column: Column, bind: str) -> dict[str, Any]:
        """The values of the query."""
        return operands(self.where, Scope(self.table, scope.dialect), bind)


NULL, NOT_NULL = Null(True), Null(False)


def lt(value: Any) -> Compared:
    """Less than a value."""
    return Compared("<", value)


def lte(value: Any) -> Compared:
    """Less than a value, or equal to it."""
    return Compared("<=", value)


def gt(value: Any) -> Compared:
    """Greater than a value."""
    return Compared(">", value)


def gte(value: Any) -> Compared:
    """Greater than a value, or equal to it."""
    return Compared(">=", value)


def other_than(value: Any) -> Compared:
    """Any value but this one."""
    return Compared("<>", value)


def null_or(compared: Compared) -> Compared:
    """NULL, or what the comparison says."""
    return replace(compared, or_null=True)


def one_of(values: Collection[str]) -> OneOf:
    """One of several texts, at least one."""
    return OneOf(values)


def pair_in(other: Column, pairs: Collection[tuple[str, str]]) -> PairIn:
    """Together with another column one of several pairs of texts, at least one."""
    return PairIn(other, pairs)


# What is made of all the conditions of a statement.


def shape(where: Where, dialect: Dialect) -> tuple[Any, ...]:
    """What the text of the conditions depends on."""
    return tuple([(column, value.shape(dialect)) if isinstance(value, Operator) else column for column, value in where.items()])


def operands(where: Where, scope: Scope, prefix: str = "where") -> dict[str, Any]:
    """The values of the conditions, under the names ``where_0``, ``where_1`` and so on."""
    values: dict[str, Any] = {}
    for position, (column, value) in enumerate(where.items()):
        bind = f"{prefix}_{position}"
        if isinstance(value, Operator):
            values.update(value.operands(scope, column, bind))
        else:
            values[bind] = scope.operand(column, value)
    return values


def criterion(where: Where, scope: Scope, prefix: str = "where") -> Criterion:
    """All of the conditions; the values are bound under the names that :func:`operands` gives them."""
    return Criterion.all(list(_criteria(where, scope, prefix)))


def _criteria(where: Where, scope: Scope, prefix: str) -> Iterator[Criterion]:
    for position, (column, value) in enumerate(where.items()):
        bind = f"{prefix}_{position}"
        if isinstance(value, Operator):
            yield value.criterion(scope, column, bind)
        else:
            equal = scope.dialect.checked if column.name in scope.checked else scope.dialect.equal
            yield equal(scope.field(column), _term(value, bind), text=column.is_text)


def columns(where: Where, *roles: Role) -> set[str]:
    """The names of the columns for which an index can do one of these things."""
    found = {column.name for column, value in where.items() if (value.role if isinstance(value, Operator) else "equal") in roles}
    pairs = {value.other.name for value in where.values() if isinstance(value, PairIn) and value.role in roles}
    return found | pairs


def names(where: Where) -> list[str]:
    """The names of the columns, in order."""
    return [column.name for column in where]
