"""The texts of statements: built once, kept by shape, bound many times."""

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
"""How much memory the statements may take that are kept."""
FILTER_CACHE_BYTES = 4 << 20
"""The same for those with a filter of a caller's, of which there are as many as callers think of."""


class Bind(Term):
    """A value that is bound by name when the statement runs; never in the text."""

    def __init__(self, name: str) -> None:
        super().__init__(None)
        self.name = name

    def get_sql(self, **kwargs: Any) -> str:
        """The mark that the dialect's placeholder replaces: no SQL text may hold a NUL."""
        return f"\0{self.name}\0"


class DatabaseNowTerm(Term):
    """The database's own time in epoch milliseconds: :meth:`Dialect.now_ms`, which the finished text gets in its place."""

    MARK = "\0:now\0"
    """No name, so that no parameter can be taken for it."""

    def get_sql(self, **kwargs: Any) -> str:
        """The mark."""
        return self.MARK


class LiteralError(RuntimeError):
    """A statement was built with a value in its text. Bind it."""


def reject_literals(text: str, quote: str) -> None:
    """Refuse a text with a literal: what is no quoted name may hold neither a string nor a number.

    Raises:
        LiteralError: it does.
    """
    # No name follows a letter: b"'" is how bytes would look.
    bare = re.sub(rf"(?<!\w){quote}[^{quote}]*{quote}", "", MARK.sub("", text))
    if re.search(r"['\"`]|\b\d|\b(true|false)\b", bare, re.IGNORECASE):
        raise LiteralError


@dataclass(frozen=True, slots=True)
class CompiledStatement:
    """SQL text in one dialect and the names of its parameters in order."""

    sql: str
    names: tuple[str, ...]
    _pick: Callable[[Mapping[str, Any]], Any]
    prepared: bool = True
    """Whether the server may keep it prepared, with a plan that is for every value."""
    adds_row: bool = False
    """Whether it is an INSERT of one row and nothing else."""

    def bind(self, values: Mapping[str, Any]) -> Call:
        """The statement with its values; names that it does not have are ignored."""
        return Call(self.sql, self._pick(values), prepared=self.prepared, adds_row=self.adds_row)


def compile_statement(dialect: Dialect, builder: Any) -> CompiledStatement:
    """The statement of a PyPika builder."""
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
    """Statements by shape, in so many bytes; when there is no room left, the oldest goes."""

    def __init__(self, room: int) -> None:
        self.room: int = room
        self._kept: dict[Hashable, CompiledStatement] = {}

    def get(self, shape: Hashable) -> CompiledStatement | None:
        """The statement of a shape, if it is kept."""
        return self._kept.get(shape)

    def put(self, shape: Hashable, text: CompiledStatement) -> None:
        """Keep one that is not kept yet."""
        self._kept[shape] = text
        self.room -= _size(shape, text)
        while self.room < 0:
            oldest = next(iter(self._kept))
            self.room += _size(oldest, self._kept.pop(oldest))


def _size(*values: Any) -> int:
    """Bytes of memory, what is shared with others counted like what is not."""
    parts = [(value.sql, value.names) if isinstance(value, CompiledStatement) else value for value in values]
    return sum(getsizeof(part) + (_size(*part) if isinstance(part, tuple) else 0) for part in parts)


class StatementCache:
    """The statements of one database, by shape: (operation, table, …)."""

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect
        self.builds: int = 0
        """How many have been built; stands still when everything is warm."""
        self._own = BoundedCache(CACHE_BYTES)
        self._filters = BoundedCache(FILTER_CACHE_BYTES)
        self._made: dict[Hashable, Any] = {}

    def once(self, key: Hashable, make: Callable[[], T]) -> T:
        """What is made once for this database, such as the statements of an adapter's table."""
        if key not in self._made:
            self._made[key] = make()
        made: T = self._made[key]
        return made

    def get(
        self, shape: Hashable, build: Callable[[], Any], *, filtered: bool = False, planned: bool = False, adds_row: bool = False
    ) -> CompiledStatement:
        """The statement of a shape; ``build`` makes its PyPika builder the first time.

        A shape names everything that the text depends on and no value. One that is ``filtered`` by a caller has a shelf of its own,
        so that no caller's inventions drive out our own. One that is ``planned`` each time is not kept prepared by a server:
        PostgreSQL would make one plan for all values, and what is rare in one tenant is everywhere in another. ``adds_row`` says that
        it is an INSERT of one row and nothing else.
        """
        shelf = self._filters if filtered else self._own
        text = shelf.get(shape)
        if text is None:
            self.builds += 1
            text = replace(compile_statement(self.dialect, build()), prepared=not planned, adds_row=adds_row)
            shelf.put(shape, text)
        return text
