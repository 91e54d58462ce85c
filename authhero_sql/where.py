"""Filter conditions for lists, as Python values: the ``where`` argument of every list, ``iterate`` and ``count``.

.. code-block:: python

    from authhero_sql.where import any_of, gt, startswith

    await adapters.users.list("acme", where={"email": given, "login_count": gt(5), "name": startswith("ada"), "blocked": False})
    await adapters.users.count("acme", where=any_of({"provider": "auth0"}, {"last_login": None}))

A plain value must be equal to the field; text is compared byte for byte. ``None`` matches rows without a value. All fields of a mapping
must match. A value is never parsed as a query, so it needs no quoting. Conditions are converted to the same tree as a ``q`` and have the
same meaning. For example, a negated condition also matches rows without a value.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Generic, Literal, TypeAlias, TypeVar

from .errors import InvalidQueryError, printable
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
"""The maximum number of values of :func:`one_of`."""

T = TypeVar("T")
W = TypeVar("W")
Value: TypeAlias = str | int | bool | datetime | date | None


@dataclass(frozen=True, slots=True)
class Condition(Generic[T]):
    """A condition on one field other than equality with a single value. The functions of this module create it."""

    operator: Literal["compare", "between", "match", "one_of", "exists", "not"]
    operands: tuple[Any, ...]

    def node(self, field: str) -> Node:
        """Return the clause for a field, as a node of the tree that a ``q`` is parsed into."""
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
    """Several sets of conditions. Either one or all of them must match. :func:`any_of` and :func:`all_of` create it."""

    every: bool
    parts: tuple[W | Alternatives[W], ...]


def gt(value: T) -> Condition[T]:
    """Require that the field is greater or later than the value."""
    return Condition("compare", (">", value))


def gte(value: T) -> Condition[T]:
    """Require that the field is equal to, greater than or later than the value."""
    return Condition("compare", (">=", value))


def lt(value: T) -> Condition[T]:
    """Require that the field is less or earlier than the value."""
    return Condition("compare", ("<", value))


def lte(value: T) -> Condition[T]:
    """Require that the field is equal to, less than or earlier than the value."""
    return Condition("compare", ("<=", value))


def between(low: T, high: T) -> Condition[T]:
    """Require that the field lies between two values, inclusive."""
    return Condition("between", (low, high))


def startswith(text: str) -> Condition[str]:
    """Require that the field begins with the text, ignoring case."""
    return Condition("match", ("start", text))


def endswith(text: str) -> Condition[str]:
    """Require that the field ends with the text, ignoring case."""
    return Condition("match", ("end", text))


def contains(text: str) -> Condition[str]:
    """Require that the field contains the text, ignoring case."""
    return Condition("match", ("part", text))


def one_of(values: Iterable[T]) -> Condition[T]:
    """Require that the field equals one of at most 1,000 values. If there are no values, no row matches."""
    return Condition("one_of", tuple(values))


def exists() -> Condition[Any]:
    """Require that the field has a value. Use ``None`` for the opposite."""
    return Condition("exists", ())


def not_(value: T | Condition[T]) -> Condition[T]:
    """Negate a value or a condition. The result also matches rows without a value."""
    return Condition("not", (value,))


def any_of(*alternatives: W | Alternatives[W]) -> Alternatives[W]:
    """Match rows that satisfy at least one of several mappings of conditions."""
    return Alternatives(every=False, parts=alternatives)


def all_of(*parts: W | Alternatives[W]) -> Alternatives[W]:
    """Match rows that satisfy all of several mappings of conditions, such as a mapping and an :func:`any_of`."""
    return Alternatives(every=True, parts=parts)


def to_tree(where: Any) -> Node | None:
    """Return the conditions as a tree, or None if there are no conditions.

    Raises:
        InvalidQueryError: The conditions are not a mapping, contain an unsupported value, are too many, or are nested too deeply.
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
            raise InvalidQueryError("the keys of where must be strings")
        parts.append(_clause(field, value))
    return And(tuple(parts)) if len(parts) > 1 else parts[0] if parts else None


def _alternatives(alternatives: Alternatives[Any], depth: int) -> Node | None:
    parts = [_node(part, depth + 1) for part in alternatives.parts]
    found = tuple([part for part in parts if part is not None])
    if not alternatives.every and (not parts or len(found) < len(parts)):
        raise InvalidQueryError("each alternative of any_of must have at least one condition")
    if len(found) < 2:
        return found[0] if found else None
    return And(found) if alternatives.every else Or(found)


def _clause(field: str, value: Any) -> Node:
    if isinstance(value, Condition):
        return value.node(field)
    return Not(Exists(field)) if value is None else Equal(field, _operand(field, value), whole=True)


def _match(field: str, place: Place, text: Any) -> Node:
    text = _operand(field, text)
    if not isinstance(text, str):
        raise InvalidQueryError(f"{printable(field)}: startswith, endswith and contains require text")
    # Every text contains the empty text.
    return Match(field, text, place) if text else Exists(field)


def _operand(field: str, value: Any) -> Any:
    if isinstance(value, str):
        require_searchable(value, f"{printable(field)}: the text")
        return value
    if isinstance(value, int | date):
        return value
    raise InvalidQueryError(f"{printable(field)}: the value of a condition must be text, an integer, a boolean, a date or a datetime")


def _clauses(node: Node) -> Iterator[Node]:
    match node:
        case Not():
            yield from _clauses(node.part)
        case And() | Or():
            for part in node.parts:
                yield from _clauses(part)
        case OneOf():
            if len(node.values) > MAX_VALUES:
                raise InvalidQueryError(f"{printable(node.field)}: one_of accepts at most {MAX_VALUES:,} values")
            yield node
        case _:
            yield node
