r"""The language of ``q``, a subset of Lucene's as Auth0 has it: text in, a tree out. Knows no field and no table.

- Terms stand side by side or with ``AND`` between them: all of them hold. ``OR`` binds less. ``NOT`` and ``-`` negate the
  clause that follows, and bind most. Operators are upper case. Parentheses group, also behind a field: ``name:(ada OR bob)``.
- ``field:value`` or ``field=value`` is equality, with ``"…"`` around a value of several words. ``pre*``, ``*mid*`` and ``*suf``
  without quotes match a part; ``field:*`` is ``_exists_:field``. Between quotes a star is a star.
- ``field:>x``, ``>=``, ``<``, ``<=``; ``field:[a TO b]`` with the ends, ``{a TO b}`` without them, mixed as well; ``*`` is an open end.
- What has no field is free text. A name is ``[A-Za-z_][A-Za-z0-9_.]*``: a time, a URL or an IPv6 address is free text.
- ``\`` takes from any character its meaning. ``?``, ``+``, ``~``, ``^``, ``&`` and ``|`` are plain characters.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from ipaddress import AddressValueError, IPv6Address
from typing import Literal, TypeAlias

from .errors import InvalidQueryError

MAX_BYTES = 8192
"""The longest ``q``, in bytes of UTF-8."""
MAX_CLAUSES = 64
"""The most clauses of a ``q``: fields with their operands, and free words."""
MAX_DEPTH = 32
"""How many parentheses and negations may stand inside one another."""
SHOWN = 64
"""How much of a field's name an error repeats."""

Place = Literal["part", "start", "end"]
Sign = Literal[">", ">=", "<", "<="]
Operand: TypeAlias = str | int | date
"""What a clause compares with: always text in a ``q``, in which the field says what it means. An instant is a date, a bool is an int."""


@dataclass(frozen=True, slots=True)
class Text:
    """Free text: a word, or what stood between quotes. ``starred`` where a star stood before or behind it."""

    value: str
    starred: bool = False


@dataclass(frozen=True, slots=True)
class Equal:
    """``field:value``. ``whole`` where no part of the field will do, also of one that lists look through for parts."""

    field: str
    value: Operand
    whole: bool = False


@dataclass(frozen=True, slots=True)
class OneOf:
    """The field equals one of several values, or nothing where there are none. No ``q`` says this."""

    field: str
    values: tuple[Operand, ...]


@dataclass(frozen=True, slots=True)
class Match:
    """``field:pre*`` (``start``), ``field:*mid*`` (``part``) or ``field:*suf`` (``end``); the value is never empty."""

    field: str
    value: str
    place: Place


@dataclass(frozen=True, slots=True)
class Compare:
    """``field:>value`` and the like."""

    field: str
    sign: Sign
    value: Operand


@dataclass(frozen=True, slots=True)
class Range:
    """``field:[low TO high]``; None is an open end."""

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
    """The opposite of a clause."""

    part: Node


@dataclass(frozen=True, slots=True)
class And:
    """All of two clauses or more."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Any of two clauses or more."""

    parts: tuple[Node, ...]


Leaf = Text | Equal | OneOf | Match | Compare | Range | Exists
Node = Leaf | Not | And | Or


def parse(q: str) -> Node | None:
    """The tree of a filter, None of one that is blank.

    Raises:
        InvalidQueryError: it is no text, cannot be read, or is too long, too deep or of too many clauses.
    """
    if not isinstance(q, str):
        raise InvalidQueryError("q must be text")
    require_searchable(q, "q")
    return _Parser(q).parse() if q.strip() else None


def quoted(value: str) -> str:
    """The value as an operand that means exactly this text."""
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
    """A word without its escapes, and where in it a star stands that was not escaped."""

    text: str
    stars: tuple[int, ...] = ()

    def strip_stars(self) -> tuple[str, bool, bool]:
        """The word between its stars, and whether one stands before and behind it.

        Raises:
            InvalidQueryError: a star stands elsewhere, or there is nothing else.
        """
        first, last = 0 in self.stars, len(self.text) - 1 in self.stars
        inner = self.text[int(first) : len(self.text) - int(last)]
        if not inner or len(self.stars) != int(first) + int(last):
            raise InvalidQueryError("a * may stand before or behind a word; escape it as \\* where it means itself")
        return inner, first, last


class _Parser:
    """Recursive descent: a method for each level of precedence. ``field`` is the one before the parentheses around."""

    def __init__(self, q: str) -> None:
        self.q = q
        self.at = 0
        self.clauses = 0

    def parse(self) -> Node:
        """All of it."""
        node = self._or_expression(0, None)
        if self.at < len(self.q):
            raise InvalidQueryError("q has a closing parenthesis without an opening one")
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
                raise InvalidQueryError("q has a - that stands alone; it goes directly before a clause, or between quotes")
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
            raise InvalidQueryError("q has a parenthesis that is not closed")
        self.at += 1
        return node

    def _field(self) -> str | None:
        """The field that a clause begins with, its colon included, unless it only looks like one."""
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

    # What stands in a clause.

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
            operator: Sign = sign[0]  # type: ignore[assignment]  # the pattern has no other
            return Compare(field, operator, self._operand(field))
        if self._peek() in ("[", "{"):
            return self._range(field)
        if self._peek() == '"':
            return Equal(field, self._phrase())
        return _wildcard(field, self._word())

    def _operand(self, field: str) -> str:
        """One value, in which a star has no meaning."""
        if self._peek() == '"':
            return self._phrase()
        word = self._word()
        if word.stars or not word.text:
            raise InvalidQueryError(f"{field[:SHOWN]} needs a value here, and a * between quotes")
        return word.text

    def _range(self, field: str) -> Range:
        with_low = self._peek() == "["
        self.at += 1
        low = self._bound(field)
        to = _TO.match(self.q, self.at)
        if to is None:
            raise InvalidQueryError(f"the range of {field[:SHOWN]} must be like [a TO b]")
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
        """What stands between quotes; inside a range its end may follow."""
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
                raise InvalidQueryError("q has a quote inside a word; escape it, or quote all of it")
            if letter == "*":
                stars.append(len(letters))
            letters.append(self._character("an escape"))
        return _Word("".join(letters), tuple(stars))

    # Characters.

    def _character(self, inside: str) -> str:
        """The next character as it is meant."""
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
        """Whether this is the end of what stands side by side."""
        self._skip_spaces()
        found = _KEYWORD.match(self.q, self.at)
        return self._peek() in ("", ")") or (found is not None and found[1] == "OR")

    def _accept_keyword(self, keyword: str) -> bool:
        """Whether the keyword is next; then it is passed."""
        self._skip_spaces()
        found = _KEYWORD.match(self.q, self.at)
        if found is None or found[1] != keyword:
            return False
        self.at = found.end()
        return True

    def _require_boundary(self) -> None:
        if self._peek() not in ("", "(", ")") and not self._peek().isspace():
            raise InvalidQueryError("q has something directly behind a closing quote or bracket")


def _wildcard(field: str, word: _Word) -> Leaf:
    if not word.text:
        raise InvalidQueryError(f'{field[:SHOWN]} needs a value; an empty one is ""')
    if not word.stars:
        return Equal(field, word.text)
    if word.text == "*":
        return Exists(field)
    value, before, behind = word.strip_stars()
    return Match(field, value, "part" if before and behind else "end" if before else "start")
