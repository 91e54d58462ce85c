r"""The query language of ``q``, a subset of Lucene's as supported by Auth0. Parsing knows no fields or tables and returns a tree.

- Adjacent terms and terms joined by ``AND`` must all match. ``OR`` has the lowest precedence. ``NOT`` and ``-`` negate the clause that
  follows and have the highest precedence. Operators are upper case. Parentheses group clauses, also after a field: ``name:(ada OR bob)``.
- ``field:value`` and ``field=value`` test for equality. Put a value of several words in ``"…"``. Outside of quotes, ``pre*``, ``*mid*``
  and ``*suf`` match a part, and ``field:*`` means ``_exists_:field``. Inside quotes, ``*`` is a plain character.
- ``field:>x``, ``>=``, ``<`` and ``<=`` compare. ``field:[a TO b]`` is a range with its ends, ``{a TO b}`` without them. Both brackets may
  be mixed, and ``*`` is an open end.
- A term without a field is free text. A field name has the form ``[A-Za-z_][A-Za-z0-9_.]*``, so a time, a URL or an IPv6 address is free
  text.
- ``\`` escapes any character. ``?``, ``+``, ``~``, ``^``, ``&`` and ``|`` are plain characters.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from ipaddress import AddressValueError, IPv6Address
from typing import Literal, TypeAlias

from .errors import InvalidQueryError

MAX_BYTES = 8192
"""The maximum length of a ``q`` in bytes of UTF-8."""
MAX_CLAUSES = 64
"""The maximum number of clauses of a ``q``. A clause is a field with its operand, or a term of free text."""
MAX_DEPTH = 32
"""The maximum nesting depth of parentheses and negations."""
SHOWN = 64
"""The maximum number of characters of a field name that an error repeats."""

Place = Literal["part", "start", "end"]
Sign = Literal[">", ">=", "<", "<="]
Operand: TypeAlias = str | int | date
"""The operand of a clause. It is always text in a ``q``, where the field determines its type. Instants are dates and booleans are ints."""


@dataclass(frozen=True, slots=True)
class Text:
    """Free text: a word or a quoted phrase. ``starred`` says whether the word had a leading or trailing ``*``."""

    value: str
    starred: bool = False


@dataclass(frozen=True, slots=True)
class Equal:
    """``field:value``. With ``whole``, the value must equal the whole field, even if the list searches parts of it."""

    field: str
    value: Operand
    whole: bool = False


@dataclass(frozen=True, slots=True)
class OneOf:
    """The field equals one of several values. Without values, no row matches. The query language has no such clause."""

    field: str
    values: tuple[Operand, ...]


@dataclass(frozen=True, slots=True)
class Match:
    """``field:pre*`` (``start``), ``field:*mid*`` (``part``) or ``field:*suf`` (``end``). The value is never empty."""

    field: str
    value: str
    place: Place


@dataclass(frozen=True, slots=True)
class Compare:
    """``field:>value`` and the other comparisons."""

    field: str
    sign: Sign
    value: Operand


@dataclass(frozen=True, slots=True)
class Range:
    """``field:[low TO high]``. None is an open end."""

    field: str
    low: Operand | None
    high: Operand | None
    with_low: bool = True
    with_high: bool = True


@dataclass(frozen=True, slots=True)
class Exists:
    """``_exists_:field``."""

    field: str


@dataclass(frozen=True, slots=True)
class Not:
    """The negation of a clause."""

    part: Node


@dataclass(frozen=True, slots=True)
class And:
    """The conjunction of two or more clauses."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """The disjunction of two or more clauses."""

    parts: tuple[Node, ...]


Leaf = Text | Equal | OneOf | Match | Compare | Range | Exists
Node = Leaf | Not | And | Or


def parse(q: str) -> Node | None:
    """Return the tree of a filter, or None if the filter is blank.

    Raises:
        InvalidQueryError: The filter is not text, cannot be parsed, is too long, is nested too deeply, or has too many clauses.
    """
    if not isinstance(q, str):
        raise InvalidQueryError("q must be text")
    require_searchable(q, "q")
    return _Parser(q).parse() if q.strip() else None


def quote(value: str) -> str:
    """Return the value as an operand that matches exactly this text."""
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def require_searchable(text: str, subject: str) -> None:
    """Require that every engine can store and compare a text.

    Args:
        text: The text to search for.
        subject: What the error message calls it.

    Raises:
        InvalidQueryError: The text contains a lone surrogate or a NUL character, or exceeds ``MAX_BYTES`` in UTF-8.
    """
    try:
        size = len(text.encode())
    except UnicodeEncodeError:
        raise InvalidQueryError(f"{subject} contains a lone surrogate") from None
    if "\0" in text:
        raise InvalidQueryError(f"{subject} contains a NUL character")
    if size > MAX_BYTES:
        raise InvalidQueryError(f"{subject} is longer than {MAX_BYTES} bytes")


_KEYWORD = re.compile(r"(AND|OR|NOT)(?=[\s()]|$)")
_FIELD = re.compile(r"([A-Za-z_][A-Za-z0-9_.]*)[:=]")
_TOKEN = re.compile(r"[^\s()\"]*")
_SIGN = re.compile(r">=|<=|>|<")
_TO = re.compile(r"\s+TO(?=\s)")


@dataclass(frozen=True, slots=True)
class _Word:
    """A word without its escapes, and the positions of its unescaped ``*`` characters."""

    text: str
    stars: tuple[int, ...] = ()

    def strip_stars(self) -> tuple[str, bool, bool]:
        """Return the word without its leading and trailing ``*``, and whether each of them was present.

        Raises:
            InvalidQueryError: A ``*`` is at another position, or the word consists only of ``*``.
        """
        first, last = 0 in self.stars, len(self.text) - 1 in self.stars
        inner = self.text[int(first) : len(self.text) - int(last)]
        if not inner or len(self.stars) != int(first) + int(last):
            raise InvalidQueryError("a * is only allowed at the start or end of a word: escape a literal one as \\*")
        return inner, first, last


class _Parser:
    """A recursive descent parser with one method per level of precedence. ``field`` is the field before the enclosing parentheses."""

    def __init__(self, q: str) -> None:
        self.q = q
        self.at = 0
        self.clauses = 0

    def parse(self) -> Node:
        """Return the tree of the whole filter."""
        node = self._or_expression(0, None)
        if self.at < len(self.q):
            raise InvalidQueryError("q has an unmatched closing parenthesis")
        return node

    # Clauses.

    def _or_expression(self, depth: int, field: str | None) -> Node:
        parts = [self._and_expression(depth, field)]
        while self._accept_keyword("OR"):
            parts.append(self._and_expression(depth, field))
        return parts[0] if len(parts) == 1 else Or(tuple(parts))

    def _and_expression(self, depth: int, field: str | None) -> Node:
        parts = [self._not_expression(depth, field)]
        while self._accept_keyword("AND") or not self._at_end():
            parts.append(self._not_expression(depth, field))
        return parts[0] if len(parts) == 1 else And(tuple(parts))

    def _not_expression(self, depth: int, field: str | None) -> Node:
        if depth > MAX_DEPTH:
            raise InvalidQueryError(f"q is nested deeper than {MAX_DEPTH} levels")
        self._skip_spaces()
        if self._peek() == "-":
            self.at += 1
            if self._peek().isspace():
                raise InvalidQueryError("q has a - without a clause: put it directly before a clause, or quote it")
            return Not(self._not_expression(depth + 1, field))
        if self._accept_keyword("NOT"):
            return Not(self._not_expression(depth + 1, field))
        return self._clause(depth, field)

    def _clause(self, depth: int, field: str | None) -> Node:
        start = self._peek()
        if start in ("", ")") or _KEYWORD.match(self.q, self.at):
            raise InvalidQueryError("q has an operator or a parenthesis without a clause")
        if start == "(":
            return self._group(depth, field)
        named = self._field() if field is None else None
        if named is not None and named != "_exists_" and self._peek() == "(":
            return self._group(depth, named)
        self.clauses += 1
        if self.clauses > MAX_CLAUSES:
            raise InvalidQueryError(f"q has more than {MAX_CLAUSES} clauses")
        if named == "_exists_":
            return Exists(self._operand(named))
        about = field or named
        return self._text() if about is None else self._field_clause(about)

    def _group(self, depth: int, field: str | None) -> Node:
        self.at += 1
        node = self._or_expression(depth + 1, field)
        if self._peek() != ")":
            raise InvalidQueryError("q has an unclosed parenthesis")
        self.at += 1
        return node

    def _field(self) -> str | None:
        """Consume and return the field that a clause begins with, or return None if the clause only looks like it has a field."""
        found = _FIELD.match(self.q, self.at)
        if found is None or self.q.startswith("//", found.end()) or self._is_address():
            return None
        self.at = found.end()
        return found[1]

    def _is_address(self) -> bool:
        token = _TOKEN.match(self.q, self.at)
        try:
            IPv6Address(token[0] if token else "")
        except AddressValueError:
            return False
        return True

    # Operands.

    def _text(self) -> Leaf:
        if self._peek() == '"':
            return Text(self._phrase())
        if self._peek() in ("[", "{"):
            raise InvalidQueryError("q has a range without a field")
        word = self._word()
        if not word.stars:
            return Text(word.text)
        return Text(word.strip_stars()[0], starred=True)

    def _field_clause(self, field: str) -> Leaf:
        sign = _SIGN.match(self.q, self.at)
        if sign is not None:
            self.at = sign.end()
            operator: Sign = sign[0]  # type: ignore[assignment]  # the pattern matches nothing else
            return Compare(field, operator, self._operand(field))
        if self._peek() in ("[", "{"):
            return self._range(field)
        if self._peek() == '"':
            return Equal(field, self._phrase())
        return _wildcard(field, self._word())

    def _operand(self, field: str) -> str:
        """Return a single value without wildcards."""
        if self._peek() == '"':
            return self._phrase()
        word = self._word()
        if word.stars or not word.text:
            raise InvalidQueryError(f"{field[:SHOWN]} requires a value here: quote a literal *")
        return word.text

    def _range(self, field: str) -> Range:
        with_low = self._peek() == "["
        self.at += 1
        low = self._bound(field)
        to = _TO.match(self.q, self.at)
        if to is None:
            raise InvalidQueryError(f"the range of {field[:SHOWN]} must have the form [a TO b]")
        self.at = to.end()
        high = self._bound(field)
        self._skip_spaces()
        close = self._peek()
        if close not in ("]", "}"):
            raise InvalidQueryError(f"the range of {field[:SHOWN]} is not closed")
        self.at += 1
        self._require_boundary()
        return Range(field, low, high, with_low, close == "]")

    def _bound(self, field: str) -> str | None:
        self._skip_spaces()
        if self._peek() == '"':
            return self._phrase(ends=True)
        word = self._word("]}")
        if word == _Word("*", (0,)):
            return None
        if word.stars or not word.text:
            raise InvalidQueryError(f"an end of the range of {field[:SHOWN]} must be a value or *")
        return word.text

    def _phrase(self, *, ends: bool = False) -> str:
        """Return the text of a quoted phrase. With ``ends``, the end of a range may follow."""
        letters: list[str] = []
        self.at += 1
        while self._peek() != '"':
            letters.append(self._character("a quote"))
        self.at += 1
        if not ends:
            self._require_boundary()
        return "".join(letters)

    def _word(self, ends: str = "()") -> _Word:
        letters: list[str] = []
        stars = []
        while (letter := self._peek()) and letter not in ends and not letter.isspace():
            if letter == '"':
                raise InvalidQueryError("q has a quote inside a word: escape it, or quote the whole word")
            if letter == "*":
                stars.append(len(letters))
            letters.append(self._character("an escape"))
        return _Word("".join(letters), tuple(stars))

    # Characters.

    def _character(self, inside: str) -> str:
        """Consume and return the next character after resolving an escape."""
        if self._peek() == "\\":
            self.at += 1
            inside = "an escape"
        letter = self._peek()
        if not letter:
            raise InvalidQueryError(f"q ends inside {inside}")
        self.at += 1
        return letter

    def _peek(self) -> str:
        return self.q[self.at : self.at + 1]

    def _skip_spaces(self) -> None:
        while self._peek().isspace():
            self.at += 1

    def _at_end(self) -> bool:
        """Return whether the sequence of adjacent clauses ends here."""
        self._skip_spaces()
        found = _KEYWORD.match(self.q, self.at)
        return self._peek() in ("", ")") or (found is not None and found[1] == "OR")

    def _accept_keyword(self, keyword: str) -> bool:
        """Consume the keyword if it comes next, and return whether it did."""
        self._skip_spaces()
        found = _KEYWORD.match(self.q, self.at)
        if found is None or found[1] != keyword:
            return False
        self.at = found.end()
        return True

    def _require_boundary(self) -> None:
        if self._peek() not in ("", "(", ")") and not self._peek().isspace():
            raise InvalidQueryError("q requires a space after a closing quote or bracket")


def _wildcard(field: str, word: _Word) -> Leaf:
    if not word.text:
        raise InvalidQueryError(f'{field[:SHOWN]} requires a value: write "" for an empty one')
    if not word.stars:
        return Equal(field, word.text)
    if word.text == "*":
        return Exists(field)
    value, before, behind = word.strip_stars()
    return Match(field, value, "part" if before and behind else "end" if before else "start")
