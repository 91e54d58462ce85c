"""Pages of lists: what a caller may ask for, checked; cursors; sort."""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from .errors import InvalidQueryError
from .schema import Column

MAX_PAGE = 1000
"""The most rows of one page."""
ROWS = 50
"""The rows of a page where a caller does not say how many."""
MAX_LIMIT = 2**53
"""What every engine takes as a LIMIT."""
MAX_OFFSET = 1_000_000
"""The most rows before a page: every engine reads them all."""
ESTIMATE_LIMIT = 10_000
"""As far as an estimate counts."""
Totals: TypeAlias = bool | Literal["estimate"]
"""Whether the rows that match are counted: not at all, all of them, or the first 10,000."""


_DIRECTIONS: dict[str, Literal["asc", "desc"]] = {"": "asc", "asc": "asc", "1": "asc", "desc": "desc", "-1": "desc"}


@dataclass(frozen=True, slots=True)
class Sort:
    """An order: a public field name and ``"asc"`` or ``"desc"``."""

    sort_by: str
    sort_order: Literal["asc", "desc"] = "asc"

    @property
    def descending(self) -> bool:
        """Whether the greatest comes first."""
        return self.sort_order == "desc"

    @classmethod
    def parse(cls, given: str | Sort) -> Sort:
        """``"created_at:desc"``, ``"created_at:-1"`` or ``"-created_at"`` as a sort; ascending where no direction is named.

        Raises:
            InvalidQueryError: it is no sort.
        """
        if isinstance(given, Sort):
            direction: Any = given.sort_order
            field = given.sort_by
        elif isinstance(given, str):
            field, _, direction = f"{given[1:]}:desc".partition(":") if given.startswith("-") else given.partition(":")
        else:
            raise InvalidQueryError("sort must be a Sort or text like created_at:desc")
        order = _DIRECTIONS.get(str(direction).lower())
        if order is None or not field:
            raise InvalidQueryError("sort must be like created_at:desc, created_at:-1 or -created_at")
        return cls(str(field), order)


@dataclass(frozen=True, slots=True)
class ListRules:
    """What a list offers, declared beside its adapter.

    Attributes:
        wire: the name of the rows on the wire.
        fields: the public fields that ``q`` may name.
        search: the fields that free text searches in parts.
        exact: the fields that free text must equal.
        parts: the fields of which ``field:value`` matches a part.
        order: the default order.
        then: what the default order goes on with.
        checkpoint: the field by which a walk goes, newest first; None where there is none.
        both_ways: whether the caller may choose the walk's direction; its cursors then carry it.
    """

    wire: str
    fields: tuple[str, ...] = ()
    search: tuple[str, ...] = ()
    exact: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    order: Sort = Sort("created_at", "desc")
    then: tuple[Sort, ...] = ()
    checkpoint: str | None = "created_at"
    both_ways: bool = False

    def walk(self, sort: str | Sort | None) -> Sort:
        """The order of a checkpoint walk.

        Raises:
            InvalidQueryError: the list has no walk, or none in that order.
        """
        if self.checkpoint is None:
            raise InvalidQueryError(f"{self.wire} cannot be read by checkpoint: use page and per_page")
        if sort is None:
            return Sort(self.checkpoint, "desc")
        wanted = Sort.parse(sort)
        if wanted.sort_by != self.checkpoint or not (self.both_ways or wanted.descending):
            ways = "asc or desc" if self.both_ways else "desc"
            raise InvalidQueryError(f"by checkpoint {self.wire} are sorted by {self.checkpoint}, {ways}")
        return wanted


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a checkpoint walk goes on: behind the row with this sort value and id.

    On the wire, as AuthHero writes it: unpadded base64url of ``{"s": sort value, "i": id, "k": "field:direction"}``.
    """

    value: Any
    id: str
    kind: str | None = None

    def encode(self) -> str:
        """The opaque text."""
        data = {"s": self.value, "i": self.id}
        if self.kind is not None:
            data["k"] = self.kind
        text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
        return base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()

    @classmethod
    def after(cls, text: str | None, kind: str | None, column: Column) -> Cursor | None:
        """Where a walk goes on by a caller's ``from_``: nowhere yet where it is not given, or empty.

        Raises:
            InvalidQueryError: it is broken, or belongs to another sort.
        """
        return None if text is None or text == "" else cls.decode(text, kind, column)

    @classmethod
    def decode(cls, text: str, kind: str | None, column: Column) -> Cursor:
        """The cursor behind a caller's text, for a walk of that kind over that column.

        Raises:
            InvalidQueryError: it is broken, or belongs to another sort.
        """
        try:
            padded = text.encode("ascii") + b"=" * (-len(text) % 4)
            data = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True).decode())
        except (ValueError, binascii.Error, AttributeError, RecursionError):
            raise InvalidQueryError("the cursor is broken") from None
        value, key = (data.get("s"), data.get("i")) if isinstance(data, dict) else (None, None)
        if not isinstance(key, str) or not _fits(value, column) or not _storable(key):
            raise InvalidQueryError("the cursor is broken")
        if data.get("k") != kind:
            raise InvalidQueryError("the cursor belongs to another sort")
        return cls(value, key, kind)


def _fits(value: Any, column: Column) -> bool:
    if value is None:
        return column.null
    if column.is_text:
        return isinstance(value, str) and _storable(value)
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**63


def _storable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return "\0" not in text


@dataclass(frozen=True, slots=True)
class Window:
    """Which rows of a list: a page by offset."""

    page: int
    per_page: int

    @property
    def start(self) -> int:
        """How many rows stand before it."""
        return self.page * self.per_page

    @classmethod
    def of(cls, page: Any, per_page: Any) -> Window:
        """A caller's ``page`` and ``per_page``; more than 1,000 rows become 1,000.

        Raises:
            InvalidQueryError: one is no whole number or below 0, or more than 1,000,000 rows stand before the page.
        """
        window = cls(count("page", page), min(count("per_page", per_page), MAX_PAGE))
        if window.start > MAX_OFFSET:
            raise InvalidQueryError(
                f"page is too large: by page a list is read no deeper than {MAX_OFFSET:,} rows; use from_ and take where it has them"
            )
        return window

    @classmethod
    def asked(cls, page: int | None, per_page: int | None) -> Window:
        """:meth:`of`, where what a caller leaves out stands for the first page, and for 50 rows.

        Raises:
            InvalidQueryError: as :meth:`of`.
        """
        return cls.of(0 if page is None else page, ROWS if per_page is None else per_page)


@dataclass(frozen=True, slots=True)
class Total:
    """How many rows match, as far as that was asked for.

    Attributes:
        rows: their number; None where it was not asked for.
        is_estimate: whether there are that many or more.
    """

    rows: int | None = None
    is_estimate: bool = False

    @classmethod
    def of(cls, counted: int, totals: Totals) -> Total:
        """What a count says: an estimate has counted one row more than it tells of, to know whether there are more."""
        more = totals == "estimate" and counted > ESTIMATE_LIMIT
        return cls(ESTIMATE_LIMIT if more else counted, more)


def by_checkpoint(from_: str | None, take: int | None, page: int | None, per_page: int | None) -> bool:
    """Whether a caller asks for a page by checkpoint.

    Raises:
        InvalidQueryError: it asks for one by number as well.
    """
    asked = from_ is not None or take is not None
    if asked and (page is not None or per_page is not None):
        raise InvalidQueryError("page and per_page cannot be combined with from_ and take: use one pair or the other")
    return asked


def asked_totals(given: Any) -> Totals:
    """A caller's ``include_totals``: what is true and no estimate asks for all."""
    return "estimate" if isinstance(given, str) and given == "estimate" else bool(given)


def count(name: str, value: Any) -> int:
    """A caller's number of rows or pages.

    Raises:
        InvalidQueryError: it is no whole number, or below 0.
    """
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise InvalidQueryError(f"{name} must be a whole number, 0 or more")
    return value
