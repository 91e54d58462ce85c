"""Conditions of statements: a mapping of columns to required values or to operators.

.. code-block:: python

    c = CODES.c
    {c.tenant_id: tenant_id, c.code_id: code_id, c.used_at: NULL}
    {c.tenant_id: tenant_id, c.date: gte(since) & lt(until), c.type: one_of(types)}

The column must equal a plain value. Values are public ones and are encoded like stored values. A type checker finds a misspelled column
or operator. An operator knows the part of a statement's shape that it determines, its SQL, and the values to bind.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Literal, TypeAlias

from pypika.terms import Criterion, Field, Term

from ..dialects.dialect import Dialect
from ..schema import Column, Table
from .cache import Bind, DatabaseNowTerm

Sign = Literal["<", "<=", ">", ">=", "<>"]
Role = Literal["equal", "bounded", "listed", "null", ""]
"""What an index can do for a condition: find one value, a range, several values or NULL, or nothing."""
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
    """The current time of the database's clock, optionally with an offset, in epoch milliseconds.

    It serves as an operand of a condition and as a value to store. Use it for times that several hosts must agree on, because the clocks of
    the hosts differ.
    """

    plus: timedelta = timedelta(0)

    @property
    def milliseconds(self) -> int:
        """The offset in milliseconds."""
        return self.plus // timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class StoredValue:
    """An operand that was read from a column and needs no encoding."""

    value: Any


class Operator:
    """A condition on a column other than equality with a value."""

    __slots__ = ()

    @property
    def role(self) -> Role:
        """What an index can do for the condition."""
        return ""

    def shape(self, dialect: Dialect) -> Hashable:
        """Return everything that the text of the condition depends on."""
        raise NotImplementedError

    def criterion(self, scope: Scope, column: Column, bind: str) -> Criterion:
        """Return the SQL. The names of its bound parameters begin with ``bind``."""
        raise NotImplementedError

    def operands(self, scope: Scope, column: Column, bind: str) -> dict[str, Any]:
        """Return the values to bind."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Scope:
    """The table, the SQL dialect and the source in a statement that conditions refer to."""

    table: Table[Any]
    dialect: Dialect
    source: Any = None
    checked: Collection[str] = ()
    """The names of the columns whose conditions must not be evaluated by an index."""
    subquery: Callable[[Subquery, str], Any] | None = None
    """Returns the SELECT of a :class:`Subquery`."""

    def field(self, column: Column) -> Field:
        """Return the column of the source.

        Raises:
            KeyError: The column belongs to another table.
        """
        if self.table[column.name] is not column:
            raise KeyError(f"{self.table.name}: the column {column.name} belongs to another table")
        field: Field = self.source.field(column.name)
        return field

    def operand(self, column: Column, value: Any) -> Any:
        """Return the value to bind for a public value."""
        if isinstance(value, DatabaseNow):
            return value.milliseconds
        return value.value if isinstance(value, StoredValue) else self.table.encode_operand(column.name, value)


def _term(value: Any, bind: str) -> Term:
    """Return the term of a value: its bound parameter, added to the database's time for a :class:`DatabaseNow`."""
    return DatabaseNowTerm() + Bind(bind) if isinstance(value, DatabaseNow) else Bind(bind)


@dataclass(frozen=True, slots=True)
class Compared(Operator):
    """A comparison with a value: less, greater or not equal. ``or_null`` also accepts NULL."""

    sign: Sign
    value: Any
    or_null: bool = False

    @property
    def role(self) -> Role:
        """A range, unless NULL is accepted as well."""
        return "" if self.or_null or self.sign == "<>" else "bounded"

    def shape(self, dialect: Dialect) -> Hashable:
        """Return the sign, whether NULL is accepted, and whether the database's clock is used."""
        return (self.sign, self.or_null, isinstance(self.value, DatabaseNow))

    def criterion(self, scope: Scope, column: Column, bind: str) -> Criterion:
        """Return the comparison."""
        field = scope.field(column)
        compared = _SIGNS[self.sign](field, _term(self.value, bind))
        return field.isnull() | compared if self.or_null else compared

    def operands(self, scope: Scope, column: Column, bind: str) -> dict[str, Any]:
        """Return the value."""
        return {bind: scope.operand(column, self.value)}

    def __and__(self, other: Compared) -> Both:
        return Both(self, other)


@dataclass(frozen=True, slots=True)
class Both(Operator):
    """Two comparisons that must both hold, such as the two ends of a range."""

    first: Compared
    second: Compared

    @property
    def role(self) -> Role:
        """A range."""
        return "bounded"

    def shape(self, dialect: Dialect) -> Hashable:
        """Return both shapes."""
        return (self.first.shape(dialect), self.second.shape(dialect))

    def criterion(self, scope: Scope, column: Column, bind: str) -> Criterion:
        """Return both comparisons."""
        first, second = (part.criterion(scope, column, f"{bind}_{at}") for at, part in enumerate((self.first, self.second)))
        return Criterion.all([first, second])

    def operands(self, scope: Scope, column: Column, bind: str) -> dict[str, Any]:
        """Return both values."""
        return {**self.first.operands(scope, column, f"{bind}_0"), **self.second.operands(scope, column, f"{bind}_1")}


@dataclass(frozen=True, slots=True)
class Null(Operator):
    """A test for NULL or for NOT NULL."""

    wanted: bool

    @property
    def role(self) -> Role:
        """NULL entries are adjacent in an index, so an index can find them."""
        return "null" if self.wanted else ""

    def shape(self, dialect: Dialect) -> Hashable:
        """Return whether NULL is required."""
        return self.wanted

    def criterion(self, scope: Scope, column: Column, bind: str) -> Criterion:
        """Return IS NULL or IS NOT NULL."""
        field = scope.field(column)
        return field.isnull() if self.wanted else field.isnotnull()

    def operands(self, scope: Scope, column: Column, bind: str) -> dict[str, Any]:
        """Return no values."""
        return {}


@dataclass(frozen=True, slots=True)
class OneOf(Operator):
    """A condition that the column equals one of several text values. There is at least one value."""

    values: Collection[str]

    @property
    def role(self) -> Role:
        """Several values."""
        return "listed"

    def shape(self, dialect: Dialect) -> Hashable:
        """Return the number of parameters of the list."""
        return ("in", dialect.list_size(len(self.values)))

    def criterion(self, scope: Scope, column: Column, bind: str) -> Criterion:
        """Return IN in the SQL dialect of the engine."""
        return scope.dialect.in_list(scope.field(column), Bind, bind, scope.dialect.list_size(len(self.values)))

    def operands(self, scope: Scope, column: Column, bind: str) -> dict[str, Any]:
        """Return the values of the list."""
        return scope.dialect.list_values(bind, [scope.operand(column, value) for value in self.values])


@dataclass(frozen=True, slots=True)
class PairIn(Operator):
    """A condition that this column and another one equal one of several pairs of text values. There is at least one pair."""

    other: Column
    pairs: Collection[tuple[str, str]]

    @property
    def role(self) -> Role:
        """Several values."""
        return "listed"

    def shape(self, dialect: Dialect) -> Hashable:
        """Return the other column and the number of parameters of the list."""
        return (self.other, dialect.list_size(len(self.pairs)))

    def criterion(self, scope: Scope, column: Column, bind: str) -> Criterion:
        """Return IN for pairs in the SQL dialect of the engine."""
        fields = (scope.field(column), scope.field(self.other))
        return scope.dialect.in_pairs(fields, Bind, bind, scope.dialect.list_size(len(self.pairs)))

    def operands(self, scope: Scope, column: Column, bind: str) -> dict[str, Any]:
        """Return the values of the pairs."""
        pairs = [(scope.operand(column, first), scope.operand(self.other, second)) for first, second in self.pairs]
        return scope.dialect.pair_values(bind, pairs)


@dataclass(frozen=True, slots=True)
class Subquery(Operator):
    """The value of a column in the row of a table that meets conditions. With ``several``, any value in the rows that meet them."""

    table: Table[Any]
    column: Column
    where: Where
    several: bool = False

    @property
    def role(self) -> Role:
        """One value or a list of values."""
        return "listed" if self.several else "equal"

    def shape(self, dialect: Dialect) -> Hashable:
        """Return the shape of the subquery."""
        return (self.table.name, self.column.name, self.several, shape(self.where, dialect))

    def criterion(self, scope: Scope, column: Column, bind: str) -> Criterion:
        """Return IN or equality with the subquery."""
        if scope.subquery is None:
            raise TypeError("a subquery is not supported here")
        field, subquery = scope.field(column), scope.subquery(self, bind)
        return field.isin(subquery) if self.several else field == subquery

    def operands(self, scope: Scope, column: Column, bind: str) -> dict[str, Any]:
        """Return the values of the subquery."""
        return operands(self.where, Scope(self.table, scope.dialect), bind)


NULL, NOT_NULL = Null(True), Null(False)


def lt(value: Any) -> Compared:
    """Require a smaller value."""
    return Compared("<", value)


def lte(value: Any) -> Compared:
    """Require a value that is smaller or equal."""
    return Compared("<=", value)


def gt(value: Any) -> Compared:
    """Require a greater value."""
    return Compared(">", value)


def gte(value: Any) -> Compared:
    """Require a value that is greater or equal."""
    return Compared(">=", value)


def other_than(value: Any) -> Compared:
    """Require a different value."""
    return Compared("<>", value)


def null_or(compared: Compared) -> Compared:
    """Accept NULL in addition to the values that satisfy the comparison."""
    return replace(compared, or_null=True)


def one_of(values: Collection[str]) -> OneOf:
    """Require one of several text values. There must be at least one."""
    return OneOf(values)


def pair_in(other: Column, pairs: Collection[tuple[str, str]]) -> PairIn:
    """Require that this column and another one equal one of several pairs of text values. There must be at least one pair."""
    return PairIn(other, pairs)


# Functions of all conditions of a statement.


def shape(where: Where, dialect: Dialect) -> tuple[Any, ...]:
    """Return everything that the text of the conditions depends on."""
    return tuple([(column, value.shape(dialect)) if isinstance(value, Operator) else column for column, value in where.items()])


def operands(where: Where, scope: Scope, prefix: str = "where") -> dict[str, Any]:
    """Return the values of the conditions, named ``where_0``, ``where_1`` and so on."""
    values: dict[str, Any] = {}
    for position, (column, value) in enumerate(where.items()):
        bind = f"{prefix}_{position}"
        if isinstance(value, Operator):
            values.update(value.operands(scope, column, bind))
        else:
            values[bind] = scope.operand(column, value)
    return values


def criterion(where: Where, scope: Scope, prefix: str = "where") -> Criterion:
    """Return the conjunction of the conditions. Its bound parameters have the names that :func:`operands` returns."""
    return Criterion.all(list(_criteria(where, scope, prefix)))


def _criteria(where: Where, scope: Scope, prefix: str) -> Iterator[Criterion]:
    for position, (column, value) in enumerate(where.items()):
        bind = f"{prefix}_{position}"
        if isinstance(value, Operator):
            yield value.criterion(scope, column, bind)
        else:
            equal = scope.dialect.equal_without_index if column.name in scope.checked else scope.dialect.equal
            yield equal(scope.field(column), _term(value, bind), text=column.is_text)


def columns(where: Where, *roles: Role) -> set[str]:
    """Return the names of the columns whose conditions have one of the roles."""
    found = {column.name for column, value in where.items() if (value.role if isinstance(value, Operator) else "equal") in roles}
    pairs = {value.other.name for value in where.values() if isinstance(value, PairIn) and value.role in roles}
    return found | pairs


def names(where: Where) -> list[str]:
    """Return the names of the columns, in order."""
    return [column.name for column in where]
