"""A statement is a value: text and the order of its names. Built once, kept, bound many times."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from pypika.terms import Term

from .dialects.dialect import Dialect
from .dialects.interface import Call

MARK = re.compile("\0(\\w+)\0")
KEPT = 4096
"""How many statements are kept; the oldest goes when a caller's own filters have made more shapes than that."""


class Bind(Term):
    """A value that is bound by name when the statement runs; never in the text."""

    def __init__(self, name: str) -> None:
        super().__init__(None)
        self.name = name

    def get_sql(self, **kwargs: Any) -> str:
        """The mark that the dialect's placeholder replaces: no SQL text may hold a NUL."""
        return f"\0{self.name}\0"


class LiteralError(RuntimeError):
    """A statement was built with a value in its text. Bind it."""


def guard(text: str, quote: str) -> None:
    """Refuse a text with a literal: what is no quoted name may hold neither a string nor a number.

    Raises:
        LiteralError: it does.
    """
    # No name follows a letter: b"'" is how bytes would look.
    bare = re.sub(rf"(?<!\w){quote}[^{quote}]*{quote}", "", MARK.sub("", text))
    if re.search(r"['\"`]|\b\d|\b(true|false)\b", bare, re.IGNORECASE):
        raise LiteralError


@dataclass(frozen=True, slots=True)
class Statement:
    """SQL text in one dialect and the names of its parameters in order."""

    sql: str
    names: tuple[str, ...]
    _pick: Callable[[Mapping[str, Any]], Any]

    def bind(self, values: Mapping[str, Any]) -> Call:
        """The statement with its values; names that it does not have are ignored."""
        return Call(self.sql, self._pick(values))


def compiled(dialect: Dialect, builder: Any) -> Statement:
    """The statement of a PyPika builder."""
    text = builder.get_sql()
    guard(text, dialect.quote)
    sql, names = dialect.placeholders(text, MARK)
    return Statement(sql, names, _picker(names))


def _picker(names: tuple[str, ...]) -> Callable[[Mapping[str, Any]], tuple[Any, ...]]:
    if len(names) > 1:
        return itemgetter(*names)
    return lambda values: tuple(values[name] for name in names)


class Statements:
    """The statements of one database, by shape: (operation, table, …)."""

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect
        self.builds = 0
        """How many have been built; stands still when everything is warm."""
        self._kept: dict[Hashable, Statement] = {}

    def get(self, shape: Hashable, build: Callable[[], Any]) -> Statement:
        """The statement of a shape; ``build`` makes its PyPika builder the first time.

        A shape names everything that the text depends on and no value.
        """
        statement = self._kept.get(shape)
        if statement is None:
            self.builds += 1
            statement = compiled(self.dialect, build())
            if len(self._kept) >= KEPT:
                del self._kept[next(iter(self._kept))]
            self._kept[shape] = statement
        return statement
