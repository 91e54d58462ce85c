"""Validation of the parameters of lists: pages, cursors and sort orders."""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from .errors import InvalidQueryError
from .schema import Column

MAX_PAGE = 1000
"""The maximum number of rows of a page."""
ROWS = 50
"""The default number of rows of a page."""
MAX_LIMIT = 2**53
"""The greatest LIMIT that every engine supports."""
MAX_OFFSET = 1_000_000
"""The maximum number of rows before an offset page. Every engine reads all of them."""
ESTIMATE_LIMIT = 10_000
"""The number up to which an estimate counts."""
Totals: TypeAlias = bool | Literal["estimate"]
"""Whether to count the matching rows: not at all, all of them, or the first 10,000."""


INVALID_CURSOR = "invalid cursor: pass the `next` of a previous page"

_DIRECTIONS: dict[str, Literal["asc", "desc"]] = {"": "asc", "asc": "asc", "1": "asc", "desc": "desc", "-1": "desc"}


@dataclass(frozen=True, slots=True)
class Sort:
    """A sort order: the name of a public field, and ``"asc"`` or ``"desc"``."""

    sort_by: str
    sort_order: Literal["asc", "desc"] = "asc"

    @property
    def descending(self) -> bool:
        """Whether the greatest value comes first."""
        return self.sort_order == "desc"

    @classmethod
    def parse(cls, given: str | Sort) -> Sort:
        """Return the sort for ``"created_at:desc"``, ``"created_at:-1"`` or ``"-created_at"``. The default direction is ascending.

        Raises:
            InvalidQueryError: The sort is not valid.
        """
        if isinstance(given, Sort):
            direction: Any = given.sort_order
            field = given.sort_by
        elif isinstance(given, str):
            field, _, direction = f"{given[1:]}:desc".partition(":") if given.startswith("-") else given.partition(":")
        else:
            raise InvalidQueryError("sort must be a Sort or text such as created_at:desc")
        order = _DIRECTIONS.get(str(direction).lower())
        if order is None or not field:
            raise InvalidQueryError("invalid sort: use the form created_at:desc, created_at:-1 or -created_at")
        return cls(str(field), order)


@dataclass(frozen=True, slots=True)
class ListRules:
    """What a list supports. Each adapter declares its own rules.

    Attributes:
        wire: The name of the rows on the wire.
        fields: The public fields that ``q`` may name.
        search: The fields that free text searches for a part.
        exact: The fields that free text must equal.
        parts: The fields for which ``field:value`` matches a part.
        order: The default order.
        then: Further fields of the default order.
        checkpoint: The field of checkpoint pagination, newest first, or None if it is not supported.
        bidirectional: Whether the caller may choose the direction of checkpoint pagination. Cursors then contain the direction.
    """

    wire: str
    fields: tuple[str, ...] = ()
    search: tuple[str, ...] = ()
    exact: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    order: Sort = Sort("created_at", "desc")
    then_by: tuple[Sort, ...] = ()
    checkpoint: str | None = "created_at"
    bidirectional: bool = False

    def walk(self, sort: str | Sort | None) -> Sort:
        """Return the order of checkpoint pagination.

        Raises:
            InvalidQueryError: The list does not support checkpoint pagination, or not in this order.
        """
        if self.checkpoint is None:
            raise InvalidQueryError(f"{self.wire} do not support checkpoint pagination: use page and per_page")
        if sort is None:
            return Sort(self.checkpoint, "desc")
        wanted = Sort.parse(sort)
        if wanted.sort_by != self.checkpoint or not (self.bidirectional or wanted.descending):
            directions = "asc or desc" if self.bidirectional else "desc"
            raise InvalidQueryError(f"checkpoint pagination of {self.wire} requires a sort by {self.checkpoint}, {directions}")
        return wanted


@dataclass(frozen=True, slots=True)
class Cursor:
    """The position of a checkpoint page: after the row with this sort value and ID.

    On the wire, it is unpadded base64url of ``{"s": sort value, "i": id, "k": "field:direction"}``, as AuthHero encodes it.
    """

    value: Any
    id: str
    kind: str | None = None

    def encode(self) -> str:
        """Return the opaque text of the cursor."""
        data = {"s": self.value, "i": self.id}
        if self.kind is not None:
            data["k"] = self.kind
        text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
        return base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()

    @classmethod
    def after(cls, text: str | None, kind: str | None, column: Column) -> Cursor | None:
        """Return the cursor for a caller's ``from_``, or None for the first page.

        Raises:
            InvalidQueryError: The cursor is invalid or belongs to another sort.
        """
        return None if text is None or text == "" else cls.decode(text, kind, column)

    @classmethod
    def decode(cls, text: str, kind: str | None, column: Column) -> Cursor:
        """Return the cursor that a text encodes.

        Args:
            text: The text of the caller.
            kind: The field and direction that the cursor must have been created for, or None if the list has a single order.
            column: The column that the list is sorted by.

        Raises:
            InvalidQueryError: The cursor is invalid or belongs to another sort.
        """
        try:
            padded = text.encode("ascii") + b"=" * (-len(text) % 4)
            data = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True).decode())
        except (ValueError, binascii.Error, AttributeError, RecursionError):
            raise InvalidQueryError(INVALID_CURSOR) from None
        value, key = (data.get("s"), data.get("i")) if isinstance(data, dict) else (None, None)
        if not isinstance(key, str) or not _fits(value, column) or not _storable(key):
            raise InvalidQueryError(INVALID_CURSOR)
        if data.get("k") != kind:
            raise InvalidQueryError("the cursor belongs to another sort: use the sort of the previous page")
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
    """An offset page."""

    page: int
    per_page: int

    @property
    def start(self) -> int:
        """The number of rows before the page."""
        return self.page * self.per_page

    @classmethod
    def of(cls, page: Any, per_page: Any) -> Window:
        """Return the page for a caller's ``page`` and ``per_page``, with at most 1,000 rows.

        Raises:
            InvalidQueryError: A number is not an integer or is negative, or more than 1,000,000 rows precede the page.
        """
        window = cls(parse_count("page", page), min(parse_count("per_page", per_page), MAX_PAGE))
        if window.start > MAX_OFFSET:
            raise InvalidQueryError(
                f"page is too large: at most {MAX_OFFSET:,} rows may precede a page; use from and take if the list supports them"
            )
        return window

    @classmethod
    def parse(cls, page: int | None, per_page: int | None) -> Window:
        """Return the page for a caller's ``page`` and ``per_page``, with the first page and 50 rows as the defaults; see :meth:`of`.

        Raises:
            InvalidQueryError: See :meth:`of`.
        """
        return cls.of(0 if page is None else page, ROWS if per_page is None else per_page)


@dataclass(frozen=True, slots=True)
class Total:
    """The number of matching rows, if it was requested.

    Attributes:
        rows: The number of rows, or None if it was not requested.
        is_estimate: Whether there may be more rows than this.
    """

    rows: int | None = None
    is_estimate: bool = False

    @classmethod
    def of(cls, counted: int, totals: Totals) -> Total:
        """Return the total for the result of a count. An estimate counts one row beyond its limit to find out whether there are more."""
        more = totals == "estimate" and counted > ESTIMATE_LIMIT
        return cls(ESTIMATE_LIMIT if more else counted, more)


def is_checkpoint_request(from_: str | None, take: int | None, page: int | None, per_page: int | None) -> bool:
    """Return whether a caller requests a checkpoint page.

    Raises:
        InvalidQueryError: The caller requests an offset page as well.
    """
    asked = from_ is not None or take is not None
    if asked and (page is not None or per_page is not None):
        raise InvalidQueryError("page and per_page cannot be combined with from and take: use one pair or the other")
    return asked


def parse_totals(given: Any) -> Totals:
    """Return a caller's ``include_totals``. Any other true value than ``"estimate"`` requests an exact count."""
    return "estimate" if isinstance(given, str) and given == "estimate" else bool(given)


def parse_count(name: str, value: Any) -> int:
    """Return a caller's number of rows or pages.

    Raises:
        InvalidQueryError: The value is not an integer, or it is negative.
    """
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise InvalidQueryError(f"{name} must be a whole number that is at least 0")
    return value
