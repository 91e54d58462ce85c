"""The conversion between public values and stored values.

A codec encodes a public value with a function. Decoding is done by pydantic-core: a codec only states what the column contains, and
:mod:`authhero_sql.row_mapping` builds one validator for the whole row.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic_core import from_json, to_jsonable_python

from .clock import to_epoch_ms, to_iso

INT32 = 2**31
TEXT_BYTES = 65_535
"""The capacity of a ``text`` column in bytes of UTF-8. It is MySQL's limit, and applies to every engine."""
MEDIUMTEXT_BYTES = 16_777_215
JSON_DEPTH = 200
"""The maximum nesting depth that pydantic-core parses."""


@dataclass(frozen=True, slots=True)
class Codec:
    """A way to store a value.

    Attributes:
        kind: The name of the codec.
        encode: Returns the value to bind for a public value, which is never None. It raises ``ValueError`` or ``TypeError`` with a reason
            that does not repeat the value.
        sql: The column type, or None for text.
    """

    kind: str
    encode: Callable[[Any], Any]
    sql: str | None = None


def require_storable(value: str) -> str:
    """Return the text if every engine can store it.

    Raises:
        ValueError: The text contains NUL or a lone surrogate.
    """
    if "\0" in value:
        raise ValueError("a NUL character cannot be stored")
    if not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError:
            raise ValueError("a lone surrogate cannot be stored") from None
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("must be a string")
    # A member of a string enum is a string too, but drivers treat it differently.
    return require_storable(value if type(value) is str else str.__str__(value))


def _int(value: Any) -> int:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError("must be a whole number")
    if not -INT32 <= value < INT32:
        raise ValueError("must fit in 32 bits")
    return value


def _bool(value: Any) -> int:
    if not isinstance(value, bool):
        raise TypeError("must be true or false")
    return int(value)


def _default(value: Any) -> Any:
    return to_iso(value) if isinstance(value, datetime) else to_jsonable_python(value)


_COMPACT = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False, check_circular=False, default=_default)


def dump_json(value: Any) -> str:
    """Return a value as compact JSON text.

    Raises:
        ValueError: The value contains NaN or infinity, is nested too deeply to be parsed again, or contains itself.
    """
    try:
        text = _COMPACT.encode(value)
    except ValueError:
        raise ValueError("must be valid JSON, without NaN and infinity") from None
    except RecursionError:
        raise ValueError("must be valid JSON that is not nested too deeply and does not contain itself") from None
    require_storable(text)
    if text.count("[") + text.count("{") > JSON_DEPTH:
        try:
            from_json(text)
        except ValueError:
            raise ValueError("is nested too deeply") from None
    return text


def _iso(value: Any) -> str:
    if not isinstance(value, datetime):
        raise TypeError("must be a datetime")
    return to_iso(value)


def _epoch_ms(value: Any) -> int:
    if not isinstance(value, datetime):
        raise TypeError("must be a datetime")
    return to_epoch_ms(value)


TEXT = Codec("text", _text)
INT = Codec("int", _int, "int")
BOOL = Codec("bool", _bool, "tinyint(1)")
FLAG = Codec("flag", _bool, "int")
"""A boolean in an ``int`` column."""
MARK = Codec("mark", _bool, "int")
"""A boolean in an ``int`` column that is either ``True`` or absent."""
SWITCH = Codec("switch", _bool, "int")
"""A boolean in an ``int`` column. NULL is read as False."""
JSON = Codec("json", dump_json)
JSON_OR_TEXT = Codec("json_or_text", dump_json)
"""JSON. A stored value that is not valid JSON is read as text."""
INSTANT = Codec("instant", _iso)
"""ISO 8601 text in UTC with milliseconds."""
EPOCH_MS = Codec("epoch_ms", _epoch_ms, "bigint")
