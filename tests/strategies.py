"""Hypothesis strategies for the input of the adapters, derived from their insert models and the registry.

Every value is one that the contract stores unchanged, however unusual. :func:`invalid_values` has the values that must be rejected. If
``CI`` is set in the environment, the examples are the same in every run. ``AUTHHERO_TEST_EXAMPLES`` multiplies their number.
"""

from __future__ import annotations

import json
import math
import os
import types
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from functools import cache
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import annotated_types
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from pydantic import AwareDatetime, BaseModel, StringConstraints
from pydantic.fields import FieldInfo

from authhero_sql.schema import Column, Table
from tests.kinds import insert_of

FACTOR = int(os.environ.get("AUTHHERO_TEST_EXAMPLES", "1"))


def examples(number: int) -> settings:
    """Return the settings of a test with this many examples. They share its fixtures, and each example creates its own tenant."""
    checks = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
    return settings(max_examples=number * FACTOR, deadline=None, derandomize="CI" in os.environ, suppress_health_check=checks)


# --- plain values --------------------------------------------------------------------------------------------------------------

AWKWARD_TEXTS = (
    "", " ", "a", "A", "a ", " a", "\t", "\n", "\r\n", "\x01", "\x7f", "\x80", "\xa0", "é", "e\u0301", "ß", "İ", "漢字", "😀", "👩\u200d👧",
    "𝔘",
    "\u202eabc\u202c", "שלום", "مرحبا", "\ufeff", "\uffff", "\U0010ffff", "\u2028", "'", "''", '"', "`", "\\", "\\\\", "\\'", "%", "_",
    "%s",
    "%%", "?", "$1", ":a", ";", "--", "/*", "{}", "[]", "null", "0", "-0", "1e5", "true", "NaN", "x" * 20,
)  # fmt: skip
"""Text that databases, drivers and encoders often handle incorrectly."""
NUL = "a\0b"
"""Text with NUL. No column can store it, but JSON can escape it."""
FILLER = "😀"
"""The character that fills a column. It has four bytes, even in utf8mb4 of MySQL."""
MAX_FILLED = 300
"""Columns up to this size are sometimes filled completely."""
NUMBERS = (0, 1, -1, 2**31, 2**53 + 1, 2**63, 2**70, -(2**70), 10**400, -0.0, 0.1, 1e16, 1.0, 1e300, 5e-324, -1.7976931348623157e308)


def texts(most: int | None = None, least: int = 0) -> SearchStrategy[str]:
    """Generate text of at most ``most`` characters that every engine must store unchanged."""
    characters = st.characters(codec="utf-8", exclude_characters="\0")
    parts = st.lists(st.sampled_from(AWKWARD_TEXTS) | characters, max_size=6).map("".join)
    truncated = parts.map(lambda text: text[:most].ljust(least, "x"))
    if most is None or most > MAX_FILLED:
        return truncated
    return st.one_of(truncated, truncated, truncated, st.just(FILLER * most))


class FreeObject(dict[str, Any]):
    """An object without a model, for which the order of the keys is stored, too."""


def numbers() -> SearchStrategy[int | float]:
    """Generate JSON numbers."""
    return st.one_of(st.sampled_from(NUMBERS), st.integers(), st.floats(allow_nan=False, allow_infinity=False))


@cache
def json_values() -> SearchStrategy[Any]:
    """Generate any JSON value."""
    leaves = st.one_of(st.none(), st.booleans(), numbers(), texts(), st.just(NUL))
    return st.recursive(leaves, lambda inner: st.lists(inner, max_size=3) | objects(inner), max_leaves=6)


def objects(inner: SearchStrategy[Any]) -> SearchStrategy[FreeObject]:
    """Generate JSON objects with any keys."""
    return st.dictionaries(texts(), inner, max_size=3).map(FreeObject)


def instants() -> SearchStrategy[datetime]:
    """Generate times with microseconds, in any time zone. In UTC, they are within the years 1 to 9999."""
    zones = st.sampled_from([0, 0, 60, -480, 345, 840, -840]).map(lambda minutes: timezone(timedelta(minutes=minutes)))
    near = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=zones)  # noqa: DTZ001  # the zone is drawn beside
    far = st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=zones)  # noqa: DTZ001
    return near | far


def truncated(instant: datetime) -> datetime:
    """Return a time truncated to milliseconds, without using the library."""
    milliseconds = (instant - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=milliseconds)


# --- values of models ----------------------------------------------------------------------------------------------------------

EXTRA_KEYS = ("other", "x y", "copy", "model_extra", "self", "__class__", "größe", "a.b", "a'b", "%s")
"""Keys that no model has, including attribute names of Python objects."""


def _limits(metadata: Sequence[Any]) -> dict[str, Any]:
    """Return the limits in the metadata of a field."""
    limits: dict[str, Any] = {}
    for item in metadata:
        for inner in item.metadata if isinstance(item, FieldInfo) else (item,):
            if isinstance(inner, StringConstraints):
                limits |= {name: value for name in ("min_length", "max_length", "pattern") if (value := getattr(inner, name)) is not None}
            for kind, name in _BOUNDS.items():
                if isinstance(inner, kind):
                    limits[name] = getattr(inner, name)
    return limits


_BOUNDS: dict[Any, str] = {
    annotated_types.Ge: "ge",
    annotated_types.Le: "le",
    annotated_types.MinLen: "min_length",
    annotated_types.MaxLen: "max_length",
}


@dataclass(frozen=True)
class Place:
    """The location of a value: a column, a part of a group of columns, or a path inside JSON."""

    table: Table[Any]
    path: tuple[str, ...]

    @property
    def column(self) -> Column | None:
        """The column that stores only this value, or None."""
        return self.table.stored(".".join(self.path))

    @property
    def inside(self) -> bool:
        """Whether the value is inside a JSON column."""
        return any(self.table.stored(".".join(self.path[:length])) for length in range(1, len(self.path)))

    @property
    def group(self) -> bool:
        """Whether the parts of the value are separate columns."""
        return any(column.public.startswith(f"{'.'.join(self.path)}.") for column in self.table.columns)

    def part(self, wire: str) -> Place:
        return Place(self.table, (*self.path, wire))


@cache
def field_values(table: Table[Any], wire: str) -> SearchStrategy[Any]:
    """Generate values for a field of the insert model that fit the column, but never None."""
    place = Place(table, (wire,))
    values = _values(wire_fields(insert_of(table))[wire].rebuild_annotation(), place)
    column = place.column
    if column is not None and column.codec.kind.startswith("json"):
        limit = column.size or 65_535
        return values.filter(lambda value: len(json.dumps(value, ensure_ascii=False).encode()) <= limit)
    return values


def _values(annotation: Any, place: Place, metadata: tuple[Any, ...] = ()) -> SearchStrategy[Any]:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _values(arguments[0], place, (*metadata, *arguments[1:]))
    if origin is Literal:
        return st.sampled_from(arguments)
    if origin in (Union, types.UnionType):
        members = {plain(member): member for member in arguments if member is not type(None)}
        if {int, float} <= members.keys() and not place.inside:
            del members[float]
        return st.one_of([_values(member, place, metadata) for member in members.values()])
    if origin in (list, dict):
        inner = _nullable(arguments[-1], place.part("*"))
        return st.lists(inner, max_size=3) if origin is list else objects(inner)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return _models(annotation, place)
    return _scalars(annotation, place, _limits(metadata))


def plain(annotation: Any) -> Any:
    """Return an annotation without its metadata."""
    return get_args(annotation)[0] if get_origin(annotation) is Annotated else annotation


def _scalars(kind: Any, place: Place, limits: Mapping[str, Any]) -> SearchStrategy[Any]:
    column = place.column
    if kind is str:
        if "pattern" in limits:
            return st.text("abcxyz0189_-", min_size=1, max_size=column.size if column else 20)
        widths = [width for width in (limits.get("max_length"), column.size if column else None) if width is not None]
        return texts(min(widths) if widths else None, limits.get("min_length", 0))
    if kind is int:
        least, most = limits.get("ge", -(2**31)), limits.get("le", 2**31 - 1)
        inner = st.integers(least, most) | st.sampled_from([least, most])
        return inner if column or limits else inner | st.sampled_from([2**53 + 1, 2**70, -(2**70)])
    if kind is float:
        return st.floats(min_value=limits.get("ge"), allow_nan=False, allow_infinity=False)
    plain: dict[Any, Callable[[], SearchStrategy[Any]]] = {bool: st.booleans, AwareDatetime: instants, datetime: instants, Any: json_values}
    return plain[kind]()


def _nullable(annotation: Any, place: Place) -> SearchStrategy[Any]:
    """Generate values inside JSON, including None if the model allows it."""
    values = _values(annotation, place)
    allowed = get_origin(annotation) in (Union, types.UnionType) and type(None) in get_args(annotation)
    return st.one_of(values, values, st.none()) if allowed else values


@cache
def _models(model: type[BaseModel], place: Place) -> SearchStrategy[dict[str, Any]]:
    """Generate the input of a nested model, by wire name, with unknown keys if the model stores them."""
    fields = wire_fields(model)
    inner = {wire: _nullable(info.rebuild_annotation(), place.part(wire)) for wire, info in fields.items()}
    unstored = {wire for wire in inner if place.group and not (place.part(wire).column or place.part(wire).group)}
    required = [wire for wire, info in fields.items() if info.is_required()]
    optional = [wire for wire in inner if wire not in required and wire not in unstored]
    stores_extras = model.model_config.get("extra") == "allow" and not place.group

    @st.composite
    def build(draw: st.DrawFn) -> dict[str, Any]:
        chosen = draw(st.lists(st.sampled_from(optional), max_size=3, unique=True)) if optional else []
        value = {wire: draw(inner[wire]) for wire in (*required, *chosen)}
        if stores_extras and draw(st.booleans()):
            value[draw(st.sampled_from(EXTRA_KEYS))] = draw(json_values())
        return value

    return build()


def wire_fields(model: type[BaseModel]) -> dict[str, FieldInfo]:
    """Return the fields of a model by wire name."""
    return {info.serialization_alias or name: info for name, info in model.model_fields.items()}


# --- values that must be rejected ----------------------------------------------------------------------------------------------

SURROGATE = "a\ud800b"
TOO_DEEP: Any = json.loads("[" * 300 + "]" * 300)


def invalid_values(column: Column) -> list[Any]:
    """Return values of the column's type that the column cannot store."""
    kind = column.codec.kind
    if kind == "text":
        long = [] if column.truncate else ["x" * ((column.size or (16_777_215 if column.medium else 65_535)) + 1)]
        return [NUL, SURROGATE, *long]
    if kind.startswith("json"):
        # NUL is valid here, because JSON escapes it.
        return [{"a": SURROGATE}, {SURROGATE: 1}, [SURROGATE], {"a": math.nan}, {"a": math.inf}, TOO_DEEP]
    if kind == "int":
        return [2**31, -(2**31) - 1, 2**70, 1e300, 0.5, math.nan]
    edge = datetime.max.replace(tzinfo=timezone(timedelta(hours=-12))), datetime.min.replace(tzinfo=timezone(timedelta(hours=12)))
    return [*edge, datetime(2026, 1, 1)] if kind in ("instant", "epoch_ms") else []  # noqa: DTZ001  # naive on purpose


# --- comparing -----------------------------------------------------------------------------------------------------------------


def same(given: Any, got: Any) -> bool:
    """Return whether a value was stored unchanged.

    The types, the sign of zero and the order of free keys must be the same. Times are truncated to milliseconds and in UTC.
    """
    if isinstance(given, datetime):
        return bool(got == truncated(given)) and got.utcoffset() == timedelta(0)
    if isinstance(given, dict):
        if not isinstance(got, dict) or (list(given) != list(got) if isinstance(given, FreeObject) else set(given) != set(got)):
            return False
        return all(same(value, got[key]) for key, value in given.items())
    if isinstance(given, list):
        return isinstance(got, list) and len(given) == len(got) and all(map(same, given, got))
    if isinstance(given, float):
        return isinstance(got, float) and given == got and math.copysign(1, given) == math.copysign(1, got)
    return type(got) is type(given) and bool(given == got)


def same_parts(given: Any, got: Any) -> bool:
    """Return whether an object in several columns was stored unchanged. Parts that are None or empty are absent."""
    if isinstance(given, dict):
        return all(same_parts(value, (got or {}).get(key)) for key, value in given.items())
    return got is None if given is None else same(given, got)
