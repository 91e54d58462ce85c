"""The compilation of a ``q`` or a ``where`` for one list. Fields become columns, operands stored values, and clauses predicates.

A filter consists of a shape and values. The shape is a nested tuple of operators, column names and counts, and is part of the key of the
cached statement. The values are bound as ``q_0``, ``q_1`` and so on, in the order of the shape's leaves. Negation is part of the leaves:
a positive leaf is never true if the column is NULL, and a negated leaf always is, unless NULL represents a value of the column
(:attr:`Target.absent`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from itertools import count, islice
from typing import Any, get_args

from pydantic import BaseModel
from pypika.terms import Criterion, Field, Term

from .. import lucene
from ..codecs import BOOL, EPOCH_MS, FLAG, INSTANT, INT, MARK, SWITCH, TEXT
from ..dialects.dialect import Dialect, Fragment, Place, combine_conditions
from ..errors import InvalidQueryError, did_you_mean, printable
from ..pagination import ListRules
from ..row_mapping import default_of, wire_fields, without_none
from ..schema import Column
from .cache import Bind

Shape = tuple[Any, ...]
_PLACES = get_args(Place)


@dataclass(frozen=True, slots=True)
class Target:
    """The column of a field.

    Attributes:
        column: The column.
        absent: The stored value that NULL represents, or None if NULL means that the field is absent.
        searched: Whether an optional index may exist that finds the beginning of the column's values.
    """

    column: Column
    absent: Any = None
    searched: bool = False

    @property
    def nullable(self) -> bool:
        """Whether the field can be absent."""
        return self.column.null and self.absent is None


@dataclass(frozen=True, slots=True)
class Filter:
    """The conditions of a caller for one list.

    Attributes:
        shape: Everything that the text of the predicate depends on.
        values: The values to bind, by name.
        columns: The names of all columns in the conditions.
        equal: The names of the columns that must equal a value.
        listed: The names of the columns that must equal one of several values.
        begins: Whether the filter searches for the beginning of a column that may have an index for this.
        alternatives: For each alternative of an OR that every row must satisfy, the names of the columns that must equal a value.
    """

    shape: Shape
    values: Mapping[str, Any]
    columns: frozenset[str]
    equal: frozenset[str]
    listed: frozenset[str]
    begins: bool
    alternatives: tuple[frozenset[str], ...] = ()


def build_targets(
    rules: ListRules, columns: tuple[Column, ...], model: type[BaseModel], searched: Collection[str] = ()
) -> dict[str, Target]:
    """Return the columns of the fields that a list can be filtered by. Public names take precedence over column names.

    Raises:
        KeyError: A declared field has no column or cannot be compared, so the declaration is wrong.
    """
    public = {column.public: column for column in columns if not column.hidden}
    own = {column.name: column for column in columns}
    found = {field: public.get(field) or own[field] for field in rules.fields}
    for field in (*rules.search, *rules.exact, *rules.parts):
        if found[field].codec is not TEXT:
            raise KeyError(field)
    return {field: Target(column, _absent(column, model), column.name in searched) for field, column in found.items()}


def _absent(column: Column, model: type[BaseModel]) -> Any:
    """Return the stored value that a NULL is read as, in agreement with :class:`~authhero_sql.row_mapping.RowReader`."""
    if column.codec not in _READ:
        raise KeyError(column.name)
    if not column.null:
        return None
    if column.codec in (MARK, SWITCH):
        return 0
    _, info = wire_fields(model).get(column.public, (None, None))
    if info is None or info.is_required() or without_none(info.annotation)[1]:
        return None
    default = default_of(info)
    return None if default is None else column.encode(default)


def compile_filter(tree: lucene.Node, rules: ListRules, known: Mapping[str, Target], dialect: Dialect) -> Filter:
    """Return the filter for a caller's tree of conditions.

    Raises:
        InvalidQueryError: The list cannot be filtered by a field, or a value does not fit its field.
    """
    compiler = _Compiler(rules, known, dialect)
    shape = compiler.node(tree, negated=False)
    values = {f"q_{number}": value for number, value in enumerate(compiler.values)}
    return Filter(
        shape,
        values,
        frozenset(compiler.columns),
        frozenset(_columns(shape, known, "=")),
        frozenset(_columns(shape, known, "in")),
        _begins(shape),
        _alternatives(shape, known),
    )


def _begins(shape: Shape) -> bool:
    return shape[0] == "begins" or (shape[0] == "and" and any(map(_begins, shape[1:])))


def _alternatives(shape: Shape, known: Mapping[str, Target]) -> tuple[frozenset[str], ...]:
    """Return the columns that equal a value in each alternative of the first OR."""
    operator, *rest = shape
    if operator == "and":
        return next((found for part in rest if (found := _alternatives(part, known))), ())
    return tuple([frozenset(_columns(part, known, "=")) for part in rest]) if operator == "or" else ()


def _columns(shape: Shape, known: Mapping[str, Target], wanted: str) -> Iterator[str]:
    """Yield the columns that equal a value, or one of several, in every row that satisfies a shape."""
    operator, *rest = shape
    if operator == "and":
        for part in rest:
            yield from _columns(part, known, wanted)
    elif operator == wanted:
        name, negated, _ = rest
        if not negated and any(target.column.name == name and target.absent is None for target in known.values()):
            yield name


class _Compiler:
    """Builds the shape of a tree, and collects its values in the same order."""

    def __init__(self, rules: ListRules, known: Mapping[str, Target], dialect: Dialect) -> None:
        self.rules = rules
        self.known = known
        self.dialect = dialect
        self.values: list[Any] = []
        self.columns: set[str] = set()

    def node(self, node: lucene.Node, *, negated: bool) -> Shape:
        """Return the shape of a node or of its negation."""
        match node:
            case lucene.Not():
                return self.node(node.part, negated=not negated)
            case lucene.And() | lucene.Or():
                every = isinstance(node, lucene.And) is not negated
                # The deepest node comes first: the parser stack of an engine is limited and grows with each term before a parenthesis.
                parts = sorted(node.parts, key=_depth, reverse=True)
                return ("and" if every else "or", *(self.node(part, negated=negated) for part in parts))
            case lucene.Text():
                return self._text(node, negated)
        return self._clause(node, self._target(node.field), negated)

    def _target(self, field: str) -> Target:
        try:
            return self.known[field]
        except KeyError:
            name, supported = printable(field[: lucene.SHOWN]), ", ".join(self.known) or "none"
            problem = f'{self.rules.wire} cannot be filtered by "{name}" (supported: {supported})'
            raise InvalidQueryError(problem + did_you_mean(field, self.known)) from None

    def _text(self, text: lucene.Text, negated: bool) -> Shape:
        """Return the shape of free text. It matches if one of the searched fields contains it, or one of the exact fields equals it."""
        if not text.value:
            raise InvalidQueryError("q has an empty phrase")
        # A wildcard does not change a search for a part of the text, and an exact comparison does not support it.
        exact = () if text.starred else self.rules.exact
        if not (self.rules.search or exact):
            unsupported = "wildcards without a field" if self.rules.exact else "free text"
            raise InvalidQueryError(f"{self.rules.wire} do not support {unsupported}: use field:value")
        search = [self.known[field] for field in self.rules.search]
        leaves = [self._match_any(search, "part", text.value, negated)] if search else []
        leaves += [self._leaf("=", self.known[field], negated, text.value) for field in exact]
        return leaves[0] if len(leaves) == 1 else ("and" if negated else "or", *leaves)

    def _clause(self, node: lucene.Leaf, target: Target, negated: bool) -> Shape:
        codec = target.column.codec
        match node:
            case lucene.Exists(field):
                return self._leaf("=", target, negated, 1) if codec is MARK else self._leaf("exists", target, negated)
            case lucene.Equal(field, str(value), whole=False) if codec is TEXT and field in self.rules.parts:
                return self._match_any([target], "part", value, negated)
            case lucene.Equal(field, value):
                return self._equal(field, target, value, negated)
            case lucene.OneOf(field, values):
                return self._one_of(field, target, values, negated)
            case lucene.Match(field, value, place):
                if codec is not TEXT:
                    raise InvalidQueryError(f"{field} is not text: it supports comparisons but no wildcards")
                return self._match_one(target, place, value, negated)
            case lucene.Compare(field, sign, value):
                return self._leaf(sign, target, negated, self._bound(field, target, value, last=sign in (">", "<=")))
            case lucene.Range():
                return self._range(node, target, negated)
        raise TypeError(type(node).__name__)

    def _one_of(self, field: str, target: Target, values: Sequence[lucene.Operand], negated: bool) -> Shape:
        """Return the shape of a list of values. Text is bound as one list; other types have few values and become alternatives."""
        if values and target.column.codec is TEXT and target.absent is None:
            name = self._column_name(target)
            self.values += self.dialect.list_values("", [_read(field, target.column, value)[0] for value in values]).values()
            return ("in", name, negated, self.dialect.list_size(len(values)))
        parts = [self._equal(field, target, value, negated) for value in dict.fromkeys(values)]
        if not parts:
            # A field that exists and does not exist matches no row or, if negated, every row.
            parts = [self._leaf("exists", target, negated), self._leaf("exists", target, not negated)]
            return ("or" if negated else "and", *parts)
        return parts[0] if len(parts) == 1 else ("and" if negated else "or", *parts)

    def _equal(self, field: str, target: Target, value: lucene.Operand, negated: bool) -> Shape:
        low, high = _read(field, target.column, value)
        if target.column.codec in _INSTANT_CODECS:
            return self._leaf("range", target, negated, low, high, signs=(">=", "<="))
        return self._leaf("=", target, negated, low)

    def _range(self, node: lucene.Range, target: Target, negated: bool) -> Shape:
        bounds = [
            (sign, self._bound(node.field, target, value, last=sign in (">", "<=")))
            for sign, value in ((">=" if node.with_low else ">", node.low), ("<=" if node.with_high else "<", node.high))
            if value is not None
        ]
        if not bounds:
            return self._clause(lucene.Exists(node.field), target, negated)
        return self._leaf("range", target, negated, *(value for _, value in bounds), signs=tuple(sign for sign, _ in bounds))

    def _bound(self, field: str, target: Target, value: lucene.Operand, *, last: bool) -> Any:
        """Return the first or the last stored value that an operand represents."""
        if target.column.codec in _BOOLEAN_CODECS:
            raise InvalidQueryError(f"{field} is true or false: it cannot be compared by order")
        return _read(field, target.column, value)[last]

    def _match_one(self, target: Target, place: Place, text: str, negated: bool) -> Shape:
        """Return the shape for a column that contains, begins with or ends with the text."""
        bounds = self.dialect.prefix_bounds(text) if place == "start" and target.searched and not negated else ()
        if not bounds:
            return self._match_any([target], place, text, negated)
        return ("and", self._leaf("begins", target, negated, *bounds), self._match_any([target], place, text, negated))

    def _match_any(self, targets: Sequence[Target], place: Place, text: str, negated: bool) -> Shape:
        """Return the shape of a search in several columns. It is a single leaf, because an engine may search the columns together."""
        names = tuple([self._column_name(target) for target in targets])
        values = self.dialect.match_values(place, text)
        self.values += (*values, False) if negated else values
        return (place, names, negated, len(values))

    def _leaf(self, operator: str, target: Target, negated: bool, *values: Any, signs: tuple[str, ...] = ()) -> Shape:
        name = self._column_name(target)
        self.values += values
        return (operator, name, negated, signs or len(values))

    def _column_name(self, target: Target) -> str:
        """Return the name of the column. If its NULL represents a value, that value precedes the other values of the leaf."""
        self.columns.add(target.column.name)
        if target.absent is not None:
            self.values.append(target.absent)
        return target.column.name


def _depth(node: lucene.Node) -> int:
    match node:
        case lucene.Not():
            return _depth(node.part)
        case lucene.And() | lucene.Or():
            return 1 + max(map(_depth, node.parts))
    return 0


def build_criterion(
    filter: Filter, known: Mapping[str, Target], dialect: Dialect, field: Callable[[Column], Field], guards: Sequence[Criterion | None] = ()
) -> Criterion:
    """Return the predicate of a filter's shape.

    Args:
        filter: The filter.
        known: The targets of the list, by field.
        dialect: The SQL dialect.
        field: Returns a column in the form in which the statement refers to it.
        guards: For each of :attr:`Filter.alternatives`, a further condition that its index needs, or None.
    """
    return _Predicates(known, dialect, field, guards).build(filter.shape)


class _Predicates:
    """Builds the predicates of shapes, and binds the values in the order in which :class:`_Compiler` collected them."""

    def __init__(
        self, known: Mapping[str, Target], dialect: Dialect, field: Callable[[Column], Field], guards: Sequence[Criterion | None]
    ) -> None:
        self.guards = guards
        self.known = {target.column.name: target for target in known.values()}
        self.dialect = dialect
        self.field = field
        self.binds = (Bind(f"q_{number}") for number in count())

    def build(self, shape: Shape) -> Criterion:
        """Return the predicate of a node or a leaf."""
        operator = shape[0]
        if operator == "or" and self.guards:
            guards, self.guards = self.guards, ()
            pairs = [(guard, self.build(part)) for guard, part in zip(guards, shape[1:], strict=True)]
            return combine_conditions("OR", [part if guard is None else Fragment("({0} AND {1})", guard, part) for guard, part in pairs])
        if operator in ("and", "or"):
            return combine_conditions("AND" if operator == "and" else "OR", [self.build(part) for part in shape[1:]])
        _, named, negated, size = shape
        if operator in _PLACES:
            return self._match(operator, named, negated, size)
        return self._compare(operator, self.known[named], negated, size)

    def _match(self, place: Place, names: Sequence[str], negated: bool, size: int) -> Criterion:
        found = self.dialect.match([self._value(self.known[name]) for name in names], place, self._take(size))
        return Fragment("(NOT COALESCE({0},{1}))", found, next(self.binds)) if negated else found

    def _compare(self, operator: str, target: Target, negated: bool, size: Any) -> Criterion:
        value = self._value(target)
        if operator == "exists":
            return Fragment(f"({{0}} IS {'' if negated else 'NOT '}NULL)", value)
        found = self._comparison(operator, value, size, text=target.column.is_text)
        if not negated:
            return found
        return Fragment("({0} IS NULL OR NOT ({1}))", value, found) if target.nullable else Fragment("(NOT ({0}))", found)

    def _comparison(self, operator: str, value: Any, size: Any, *, text: bool) -> Criterion:
        if operator == "begins":
            return self.dialect.prefix_range(value, self._take(size))
        if operator == "in":
            return self.dialect.in_list(value, lambda _: next(self.binds), "", size)
        if operator == "=":
            return self.dialect.equal(value, next(self.binds), text=text)
        signs = size if operator == "range" else (operator,)
        holes = [f"{{0}} {sign} {{{position}}}" for position, sign in enumerate(signs, 1)]
        return Fragment(f"({' AND '.join(holes)})", value, *self._take(len(signs)))

    def _value(self, target: Target) -> Any:
        """Return the column, wrapped in COALESCE if its NULL represents a value."""
        column = self.field(target.column)
        return column if target.absent is None else Fragment("COALESCE({0},{1})", column, next(self.binds))

    def _take(self, size: int) -> list[Term]:
        return list(islice(self.binds, size))


# --- operands --------------------------------------------------------------------------------------------------------------------

_INSTANT_CODECS = (INSTANT, EPOCH_MS)
_BOOLEAN_CODECS = (BOOL, FLAG, MARK, SWITCH)
_WHOLE = re.compile(r"-?[0-9]{1,20}")
_DATE = r"([0-9]{4})-([0-9]{2})-([0-9]{2})"
_TIME = r"T([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]{1,9}))?(Z|[+-][0-9]{2}:?[0-5][0-9])?"
_INSTANT = re.compile(f"{_DATE}(?:{_TIME})?")


def _read(field: str, column: Column, value: lucene.Operand) -> tuple[Any, Any]:
    """Return the first and the last stored value that an operand represents. They only differ for instants.

    Raises:
        InvalidQueryError: The operand does not fit the column. The message does not repeat it.
    """
    try:
        low, high = _READ[column.codec](value)
        return column.operand(low), column.operand(high)
    except (ValueError, TypeError, OverflowError) as error:
        raise InvalidQueryError(f"{field}: {error}") from None


def _text(value: lucene.Operand) -> tuple[str, str]:
    if not isinstance(value, str):
        raise TypeError("must be text")
    return value, value


def _whole(value: lucene.Operand) -> tuple[int, int]:
    if isinstance(value, str) and _WHOLE.fullmatch(value):
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError("must be a whole number")
    return value, value


def _boolean(value: lucene.Operand) -> tuple[bool, bool]:
    if isinstance(value, str) and value in ("true", "false"):
        value = value == "true"
    if not isinstance(value, bool):
        raise TypeError("must be true or false")
    return value, value


def _instant_range(value: lucene.Operand) -> tuple[datetime, datetime]:
    """Return the first and the last millisecond of a day, second or instant. This is how Elasticsearch rounds dates."""
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError("must have a time zone")
        return value, value
    found = _INSTANT.fullmatch(value if isinstance(value, str) else value.isoformat() if isinstance(value, date) else "")
    if found is None:
        raise ValueError("must be a date such as 2026-01-31 or a time such as 2026-01-31T10:00:00Z")
    year, month, day, hour, minute, second, fraction, zone = found.groups()
    micro = int((fraction or "").ljust(6, "0")[:6])
    try:
        local = datetime(int(year), int(month), int(day), int(hour or 0), int(minute or 0), int(second or 0), micro, _zone(zone))
        start = local.astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError("must be a valid date or time") from None
    length = timedelta(days=1) if hour is None else timedelta(seconds=1) if fraction is None else timedelta(milliseconds=1)
    return start, start + (length - timedelta(milliseconds=1))


def _zone(text: str | None) -> timezone:
    if text is None or text == "Z":
        return UTC
    offset = timedelta(hours=int(text[1:3]), minutes=int(text[-2:]))
    return timezone(-offset if text[0] == "-" else offset)


_READ: Mapping[Any, Callable[[lucene.Operand], tuple[Any, Any]]] = {
    TEXT: _text,
    INT: _whole,
    BOOL: _boolean,
    FLAG: _boolean,
    SWITCH: _boolean,
    MARK: _boolean,
    INSTANT: _instant_range,
    EPOCH_MS: _instant_range,
}
"""The function that reads an operand for a column, by codec. Columns with other codecs cannot be filtered by."""
