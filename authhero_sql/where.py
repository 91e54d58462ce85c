"""Conditions for lists, written as Python values: ``where=`` of every list, ``iterate`` and ``count``.

.. code-block:: python

    from authhero_sql.where import any_of, gt, startswith

    await adapters.users.list("acme", where={"email": given, "login_count": gt(5), "name": startswith("ada"), "blocked": False})
    await adapters.users.count("acme", where=any_of({"provider": "auth0"}, {"last_login": None}))

A plain value must be equal, text byte for byte; ``None`` asks for rows that have no value. All fields of a mapping must match. A value is
never read as part of a query language, so it needs no quoting. The conditions become the same tree as a ``q``, and mean the same: a
negated condition also matches rows that have no value.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Generic, Literal, TypeAlias, TypeVar

from .errors import InvalidQueryError, shown
from .lucene import MAX_CLAUSES, MAX_DEPTH, And, Compare, Equal, Exists, Match, Node, Not, OneOf, Or, Place, Range, require_searchable

__all__ = [
    "Alternatives",
    "Condition",
    "all_of",
    "any_of",
    "between",
    "contains",
    "endswith",
    "exists",
    "gt",
    "gte",
    "lt",
    "lte",
    "not_",
    "one_of",
    "startswith",
]

MAX_VALUES = 1000
"""The most values of :func:`one_of`."""

T = TypeVar("T")
W = TypeVar("W")
Value: TypeAlias = str | int | bool | datetime | date | None


@dataclass(frozen=True, slots=True)
class Condition(Generic[T]):
    """What a field must be like, where that is not to equal one value. The functions of this module make it."""

    operator: Literal["compare", "between", "match", "one_of", "exists", "not"]
    operands: tuple[Any, ...]

    def node(self, field: str) -> Node:
        """The clause for a field, in the tree that a ``q`` is parsed into."""
        match self.operator, self.operands:
            case "compare", (sign, value):
                return Compare(field, sign, _operand(field, value))
            case "between", (low, high):
                return Range(field, _operand(field, low), _operand(field, high))
            case "match", (place, text):
                return _match(field, place, text)
            case "one_of", values:
                return OneOf(field, tuple([_operand(field, value) for value in values]))
            case "not", (inside,):
                return Not(_clause(field, inside))
        return Exists(field)


@dataclass(frozen=True, slots=True)
class Alternatives(Generic[W]):
    """Several sets of conditions of which one must match, or all. :func:`any_of` and :func:`all_of` make it."""

    every: bool
    parts: tuple[W | Alternatives[W], ...]


def gt(value: T) -> Condition[T]:
    """The field is greater than the value, or later."""
    return Condition("compare", (">", value))


def gte(value: T) -> Condition[T]:
    """The field is the value or greater, or later."""
    return Condition("compare", (">=", value))


def lt(value: T) -> Condition[T]:
    """The field is less than the value, or earlier."""
    return Condition("compare", ("<", value))


def lte(value: T) -> Condition[T]:
    """The field is the value or less, or earlier."""
    return Condition("compare", ("<=", value))


def between(low: T, high: T) -> Condition[T]:
    """The field lies between two values or is one of them."""
    return Condition("between", (low, high))


def startswith(text: str) -> Condition[str]:
    """The field begins with the text, in upper or lower case."""
    return Condition("match", ("start", text))


def endswith(text: str) -> Condition[str]:
    """The field ends with the text, in upper or lower case."""
    return Condition("match", ("end", text))


def contains(text: str) -> Condition[str]:
    """The field contains the text, in upper or lower case."""
    return Condition("match", ("part", text))


def one_of(values: Iterable[T]) -> Condition[T]:
    """The field equals one of the values, of which there may be 1,000. No row matches where there are none."""
    return Condition("one_of", tuple(values))


def exists() -> Condition[Any]:
    """The field has a value. ``None`` asks for the opposite."""
    return Condition("exists", ())


def not_(value: T | Condition[T]) -> Condition[T]:
    """The opposite of a value or a condition. It also matches rows that have no value."""
    return Condition("not", (value,))


def any_of(*alternatives: W | Alternatives[W]) -> Alternatives[W]:
    """Rows that match at least one of several mappings of conditions."""
    return Alternatives(every=False, parts=alternatives)


def all_of(*parts: W | Alternatives[W]) -> Alternatives[W]:
    """Rows that match all of several mappings of conditions, such as a mapping and :func:`any_of`."""
    return Alternatives(every=True, parts=parts)


def tree(where: Any) -> Node | None:
    """The tree of the conditions, or None where there are none.

    Raises:
        InvalidQueryError: they are no mapping, hold a value of another kind, or are too many or nested too deeply.
    """
    node = None if where is None else _node(where, 0)
    if node is not None and sum(1 for _ in _clauses(node)) > MAX_CLAUSES:
        raise InvalidQueryError(f"where has more than {MAX_CLAUSES} conditions")
    return node


def _node(where: Any, depth: int) -> Node | None:
    if depth > MAX_DEPTH:
        raise InvalidQueryError(f"where is nested deeper than {MAX_DEPTH} levels")
    if isinstance(where, Alternatives):
        return _alternatives(where, depth)
    if not isinstance(where, Mapping):
        raise InvalidQueryError("where must be a mapping of fields to values, any_of(…) or all_of(…)")
    parts = []
    for field, value in where.items():
        if not isinstance(field, str):
            raise InvalidQueryError("the fields of where must be text")
        parts.append(_clause(field, value))
    return And(tuple(parts)) if len(parts) > 1 else parts[0] if parts else None


def _alternatives(given: Alternatives[Any], depth: int) -> Node | None:
    parts = [_node(part, depth + 1) for part in given.parts]
    found = tuple([part for part in parts if part is not None])
    if not given.every and (not parts or len(found) < len(parts)):
        raise InvalidQueryError("each alternative of any_of needs a condition")
    if len(found) < 2:
        return found[0] if found else None
    return And(found) if given.every else Or(found)


def _clause(field: str, value: Any) -> Node:
    if isinstance(value, Condition):
        return value.node(field)
    return Not(Exists(field)) if value is None else Equal(field, _operand(field, value), whole=True)


def _match(field: str, place: Place, text: Any) -> Node:
    text = _operand(field, text)
    if not isinstance(text, str):
        raise InvalidQueryError(f"{shown(field)}: only text has a beginning, an end and parts")
    # Everything begins with nothing.
    return Match(field, text, place) if text else Exists(field)


def _operand(field: str, value: Any) -> Any:
    if isinstance(value, str):
        require_searchable(value, f"{shown(field)}: the text")
        return value
    if isinstance(value, int | date):
        return value
    raise InvalidQueryError(f"{shown(field)}: a condition takes text, a whole number, True, False, a date or a time")


def _clauses(node: Node) -> Iterator[Node]:
    match node:
        case Not():
            yield from _clauses(node.part)
        case And() | Or():
            for part in node.parts:
                yield from _clauses(part)
        case OneOf():
            if len(node.values) > MAX_VALUES:
                raise InvalidQueryError(f"{shown(node.field)}: one_of takes at most {MAX_VALUES:,} values")
            yield node
        case _:
            yield node
