"""The cache of statements. The text of a statement is built once per shape, and values are bound to it each time."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, replace
from operator import itemgetter
from sys import getsizeof
from typing import Any, TypeVar

from pypika.terms import Term

from ..dialects.dialect import Dialect
from ..dialects.interface import Call

T = TypeVar("T")

MARK = re.compile("\0(\\w+)\0")
CACHE_BYTES = 8 << 20
"""The maximum memory of the cached statements, in bytes."""
FILTER_CACHE_BYTES = 4 << 20
"""The maximum memory of the cached statements with a caller's filter, in bytes. Callers may produce any number of these."""


class Bind(Term):
    """A named bound parameter. Its value never becomes part of the SQL text."""

    def __init__(self, name: str) -> None:
        super().__init__(None)
        self.name = name

    def get_sql(self, **kwargs: Any) -> str:
        """Return the mark that the dialect replaces by its placeholder. SQL text cannot contain NUL, so the mark is unambiguous."""
        return f"\0{self.name}\0"


class DatabaseNowTerm(Term):
    """The current time of the database in epoch milliseconds. The finished text contains :meth:`Dialect.now_ms` instead."""

    MARK = "\0:now\0"
    """A mark that cannot be confused with a parameter, because it is not a valid parameter name."""

    def get_sql(self, **kwargs: Any) -> str:
        """Return the mark that stands for the expression."""
        return self.MARK


class LiteralError(RuntimeError):
    """The text of a statement contains a literal value: use a bound parameter."""


def reject_literals(text: str, quote: str) -> None:
    """Raise an error if the text contains a string or number outside of quoted names.

    Raises:
        LiteralError: The text contains a literal.
    """
    # A quoted name never follows a letter, but the literal of a bytes object does: b"'".
    bare = re.sub(rf"(?<!\w){quote}[^{quote}]*{quote}", "", MARK.sub("", text))
    if re.search(r"['\"`]|\b\d|\b(true|false)\b", bare, re.IGNORECASE):
        raise LiteralError


@dataclass(frozen=True, slots=True)
class CompiledStatement:
    """The SQL text of a statement in one dialect, and the names of its parameters in order."""

    sql: str
    names: tuple[str, ...]
    _pick: Callable[[Mapping[str, Any]], Any]
    prepared: bool = True
    """Whether the server may cache the prepared statement, with a plan for all values."""
    is_plain_insert: bool = False
    """Whether the statement is an INSERT of a single row and nothing else."""

    def bind(self, values: Mapping[str, Any]) -> Call:
        """Return the statement with its values. Names that are not parameters of the statement are ignored."""
        return Call(self.sql, self._pick(values), prepared=self.prepared, is_plain_insert=self.is_plain_insert)


def compile_statement(dialect: Dialect, builder: Any) -> CompiledStatement:
    """Return the compiled statement of a PyPika builder."""
    text = builder.get_sql()
    reject_literals(text, dialect.quote)
    text = text.replace(DatabaseNowTerm.MARK, dialect.now_ms())
    sql, names = dialect.placeholders(text, MARK)
    return CompiledStatement(sql, names, _picker(names))


def _picker(names: tuple[str, ...]) -> Callable[[Mapping[str, Any]], tuple[Any, ...]]:
    if len(names) > 1:
        return itemgetter(*names)
    return lambda values: tuple(values[name] for name in names)


class BoundedCache:
    """A cache of statements by shape with a memory limit. When it is full, the oldest statements are removed."""

    def __init__(self, max_bytes: int) -> None:
        self._free: int = max_bytes
        self._statements: dict[Hashable, CompiledStatement] = {}

    def get(self, shape: Hashable) -> CompiledStatement | None:
        """Return the statement with this shape, or None if it is not cached."""
        return self._statements.get(shape)

    def put(self, shape: Hashable, statement: CompiledStatement) -> None:
        """Add a statement that is not cached yet."""
        self._statements[shape] = statement
        self._free -= _size(shape, statement)
        while self._free < 0:
            oldest = next(iter(self._statements))
            self._free += _size(oldest, self._statements.pop(oldest))


def _size(*values: Any) -> int:
    """Return the memory of the values in bytes. Objects that are shared are counted each time."""
    parts = [(value.sql, value.names) if isinstance(value, CompiledStatement) else value for value in values]
    return sum(getsizeof(part) + (_size(*part) if isinstance(part, tuple) else 0) for part in parts)


class StatementCache:
    """The cached statements of one database, by shape: (operation, table, …)."""

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect
        self.builds: int = 0
        """The number of statements that were built. It no longer changes once every statement is cached."""
        self._unfiltered = BoundedCache(CACHE_BYTES)
        self._filtered = BoundedCache(FILTER_CACHE_BYTES)
        self._objects: dict[Hashable, Any] = {}

    def once(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return an object that is created once per database, such as the statements of an adapter's table."""
        if key not in self._objects:
            self._objects[key] = make()
        cached: T = self._objects[key]
        return cached

    def get(
        self, shape: Hashable, build: Callable[[], Any], *, filtered: bool = False, planned: bool = False, is_plain_insert: bool = False
    ) -> CompiledStatement:
        """Return the statement with this shape. ``build`` is only called if the statement is not cached.

        Args:
            shape: Everything that the text depends on, and no value.
            build: Returns the PyPika builder.
            filtered: Whether the statement has a caller's filter. Such statements have a separate cache, so that arbitrary filters cannot
                evict the other statements.
            planned: Whether the server must plan the statement for each set of values instead of caching it. PostgreSQL would otherwise
                use one plan for all values, but a value that is rare in one tenant may be frequent in another.
            is_plain_insert: Whether the statement is an INSERT of a single row and nothing else.
        """
        cache = self._filtered if filtered else self._unfiltered
        statement = cache.get(shape)
        if statement is None:
            self.builds += 1
            statement = replace(compile_statement(self.dialect, build()), prepared=not planned, is_plain_insert=is_plain_insert)
            cache.put(shape, statement)
        return statement
