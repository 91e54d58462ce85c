"""How a public value becomes a stored one, and how a stored one is read.

Writing is a function here; reading is done by pydantic-core, so a codec says what the column holds and
:mod:`authhero_sql.rows` builds one validator for the whole row from that.
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
"""What a ``text`` column holds, in bytes of UTF-8: MySQL's TEXT, kept on every engine."""
MEDIUMTEXT_BYTES = 16_777_215
JSON_DEPTH = 200
"""How many brackets inside one another pydantic-core reads."""


@dataclass(frozen=True, slots=True)
class Codec:
    """One way to store a value.

    ``kind`` names it, ``sql`` is the column type where it is not text, ``encode`` takes a public value (never None) to the
    value that is bound and raises ``ValueError`` or ``TypeError`` with a reason that does not repeat the value.
    """

    kind: str
    encode: Callable[[Any], Any]
    sql: str | None = None


def storable(value: str) -> str:
    """The text itself, when every engine can store it; NUL and lone surrogates are refused."""
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
    # An enum member is a string too, but drivers differ in what they make of it.
    return storable(value if type(value) is str else str.__str__(value))


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
    """Compact JSON text; numbers that JSON has not (NaN, infinity) are refused, and what is nested too deeply to be read again."""
    try:
        text = _COMPACT.encode(value)
    except ValueError:
        raise ValueError("must be JSON: no NaN and no infinity") from None
    except RecursionError:
        raise ValueError("must be JSON that is not nested too deeply, and holds nothing inside itself") from None
    storable(text)
    if text.count("[") + text.count("{") > JSON_DEPTH:
        try:
            from_json(text)
        except ValueError:
            raise ValueError("is nested too deeply") from None
    return text


def _iso(value: Any) -> str:
    if not isinstance(value, datetime):
        raise TypeError("must be an instant")
    return to_iso(value)


def _epoch_ms(value: Any) -> int:
    if not isinstance(value, datetime):
        raise TypeError("must be an instant")
    return to_epoch_ms(value)


TEXT = Codec("text", _text)
INT = Codec("int", _int, "int")
BOOL = Codec("bool", _bool, "tinyint(1)")
FLAG = Codec("flag", _bool, "int")
"""A boolean in an ``int`` column."""
MARK = Codec("mark", _bool, "int")
"""A boolean in an ``int`` column that is either ``True`` or absent."""
SWITCH = Codec("switch", _bool, "int")
"""A boolean in an ``int`` column that is off where the column is NULL."""
JSON = Codec("json", dump_json)
JSON_OR_TEXT = Codec("json_or_text", dump_json)
"""JSON; what is stored and is no JSON is read as the text it is."""
INSTANT = Codec("instant", _iso)
"""ISO-8601 text, UTC, milliseconds."""
EPOCH_MS = Codec("epoch_ms", _epoch_ms, "bigint")
