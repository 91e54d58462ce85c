"""The encoding of values: what is stored unchanged, truncated or rejected."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from enum import StrEnum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic_core import from_json

from authhero_sql import InvalidValueError
from authhero_sql.codecs import (
    BOOL,
    EPOCH_MS,
    FLAG,
    INSTANT,
    INT,
    JSON,
    JSON_DEPTH,
    JSON_OR_TEXT,
    MARK,
    MEDIUMTEXT_BYTES,
    SWITCH,
    TEXT,
    TEXT_BYTES,
    Codec,
    dump_json,
)
from authhero_sql.schema import Column, Columns, Table

storable = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
surrogates = st.characters(categories=["Cs"])
scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(10**30), 10**30)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"]))
)
documents = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner, max_size=4),
    max_leaves=12,
)
NOW = datetime(2026, 1, 31, 10, 0, 0, 123456, tzinfo=UTC)
SECRET = "s3cret-value"


class Color(StrEnum):
    """An enum of text."""

    RED = "red"


# --- text ------------------------------------------------------------------------------------------------------------------------


@given(storable)
def test_text_is_kept(value: str) -> None:
    assert TEXT.encode(value) == value


@given(storable, st.just("\0") | surrogates, storable)
def test_text_that_no_engine_can_store_is_refused(before: str, bad: str, after: str) -> None:
    for codec, value in ((TEXT, before + bad + after), (JSON, {"a": [bad]}), (JSON, {bad: 1}), (JSON_OR_TEXT, bad)):
        if codec is not TEXT and bad == "\0":
            # JSON text escapes NUL, so it contains none itself.
            assert "\0" not in codec.encode(value)
        else:
            with pytest.raises(ValueError, match="cannot be stored"):
                codec.encode(value)


@pytest.mark.parametrize("value", [1, 1.5, True, b"bytes", ["a"], {}, NOW])
def test_what_is_no_text_is_refused(value: Any) -> None:
    with pytest.raises(TypeError):
        TEXT.encode(value)


def test_an_enum_is_stored_as_plain_text() -> None:
    stored = TEXT.encode(Color.RED)
    assert stored == "red"
    assert type(stored) is str


# --- numbers and booleans --------------------------------------------------------------------------------------------------------


@given(st.integers(-(2**31), 2**31 - 1))
def test_whole_numbers_of_32_bits_are_kept(value: int) -> None:
    assert INT.encode(value) == value
    stored = INT.encode(float(value))
    assert stored == value
    assert type(stored) is int


@given(st.integers(max_value=-(2**31) - 1) | st.integers(min_value=2**31))
def test_larger_numbers_are_refused(value: int) -> None:
    with pytest.raises(ValueError, match="32 bits"):
        INT.encode(value)


@pytest.mark.parametrize("value", [True, False, "1", 1.5, math.nan, math.inf, -math.inf, None, [1]])
def test_what_is_no_whole_number_is_refused(value: Any) -> None:
    with pytest.raises((TypeError, ValueError)):
        INT.encode(value)


@pytest.mark.parametrize("codec", [BOOL, FLAG, MARK, SWITCH], ids=lambda codec: codec.kind)
def test_booleans_are_stored_as_numbers(codec: Codec) -> None:
    for value in (True, False):
        stored = codec.encode(value)
        assert stored == int(value)
        assert type(stored) is int
    for wrong in (0, 1, "true", None):
        with pytest.raises(TypeError):
            codec.encode(wrong)


# --- instants --------------------------------------------------------------------------------------------------------------------


def test_instants_are_stored_as_text_or_number() -> None:
    local = NOW.astimezone(timezone(timedelta(hours=-7)))
    assert INSTANT.encode(local) == INSTANT.encode(NOW) == "2026-01-31T10:00:00.123Z"
    assert EPOCH_MS.encode(local) == EPOCH_MS.encode(NOW) == 1769853600123


@pytest.mark.parametrize("codec", [INSTANT, EPOCH_MS], ids=lambda codec: codec.kind)
@pytest.mark.parametrize("value", ["2026-01-31T10:00:00Z", 0, None, NOW.date(), NOW.replace(tzinfo=None)], ids=str)
def test_what_is_no_instant_is_refused(codec: Codec, value: Any) -> None:
    with pytest.raises((TypeError, ValueError)):
        codec.encode(value)


# --- JSON ------------------------------------------------------------------------------------------------------------------------


def same(one: Any, other: Any) -> bool:
    """Return whether two values are equal, with the same types and the same order throughout."""
    if isinstance(one, dict) and isinstance(other, dict):
        return list(one) == list(other) and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    return type(one) is type(other) and one == other


@given(documents)
def test_json_comes_back_as_it_was(value: Any) -> None:
    stored = dump_json(value)
    assert same(json.loads(stored), value)
    assert "\0" not in stored


def test_json_is_compact_and_readable() -> None:
    value = {"z": 1, "a": [1.5, None, True], "key with space": "Ωmega 🔐"}
    assert dump_json(value) == '{"z":1,"a":[1.5,null,true],"key with space":"Ωmega 🔐"}'


def test_json_writes_instants_as_everywhere() -> None:
    assert dump_json({"at": NOW}) == '{"at":"2026-01-31T10:00:00.123Z"}'


@pytest.mark.parametrize("value", [math.nan, math.inf, [-math.inf], {"a": {"b": math.nan}}])
def test_numbers_that_json_has_not_are_refused(value: Any) -> None:
    with pytest.raises(ValueError, match="must be valid JSON"):
        dump_json(value)


def test_a_value_inside_itself_is_refused() -> None:
    value: list[Any] = []
    value.append(value)
    with pytest.raises(ValueError, match="must be valid JSON"):
        dump_json(value)


def nested(depth: int) -> Any:
    """Return a nested list."""
    value: Any = [0]
    for level in range(depth - 1):
        value = [value] if level % 2 else {"a": value}
    return value


@pytest.mark.parametrize("depth", [JSON_DEPTH + 1, 500, 3000, 100_000])
def test_what_is_nested_too_deeply_to_be_read_is_refused(depth: int) -> None:
    with pytest.raises(ValueError, match="nested too deeply"):
        dump_json(nested(depth))


def test_depth_is_not_width() -> None:
    values: list[Any] = [nested(JSON_DEPTH), [[]] * 1000, "[" * 1000, {"{" * 300: nested(JSON_DEPTH - 1)}]
    for value in values:
        # Rows are decoded by pydantic-core.
        assert from_json(dump_json(value)) == value


# --- widths ----------------------------------------------------------------------------------------------------------------------


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40), st.integers(1, 20))
def test_a_width_counts_characters(value: str, size: int) -> None:
    column = Column(TEXT, size, name="a")
    cutting = Column(TEXT, size, truncate=True, name="a")
    if len(value) <= size:
        assert column.encode(value) == cutting.encode(value) == value
    else:
        with pytest.raises(ValueError, match=f"^at most {size} characters, got {len(value)}$"):
            column.encode(value)
        assert cutting.encode(value) == value[:size]


@given(st.text(st.sampled_from("aé€🔐"), min_size=1, max_size=9), st.integers(-6, 6), st.booleans())
def test_text_without_a_width_is_cut_between_characters(tail: str, around: int, medium: bool) -> None:
    limit = MEDIUMTEXT_BYTES if medium else TEXT_BYTES
    if medium and around:
        # Each value has sixteen megabytes, so a few are enough.
        return
    value = "a" * (limit - len(tail.encode()) + around) + tail
    column, cutting = Column(TEXT, medium=medium, name="a"), Column(TEXT, medium=medium, truncate=True, name="a")
    size = len(value.encode())
    stored = cutting.encode(value)
    assert value.startswith(stored)
    if size <= limit:
        assert column.encode(value) == stored == value
    else:
        with pytest.raises(ValueError, match=f"^at most {limit:,} bytes, got "):
            column.encode(value)
        assert limit - 4 < len(stored.encode()) <= limit


def test_the_widths_are_mysql_s() -> None:
    assert (TEXT_BYTES, MEDIUMTEXT_BYTES) == (2**16 - 1, 2**24 - 1)


@pytest.mark.parametrize(
    "column",
    [Column(TEXT, 3, name="a"), Column(JSON, name="a"), Column(EPOCH_MS, name="a"), Column(INT, name="a")],
    ids=lambda column: column.codec.kind,
)
def test_null_is_kept_where_it_may_be(column: Column) -> None:
    assert column.encode(None) is None
    with pytest.raises(ValueError, match="must not be null"):
        Column(column.codec, column.size, null=False, name="a").encode(None)


def test_an_operand_may_be_longer_than_the_column() -> None:
    # The value equals no row. A query for it is not an error.
    assert Column(TEXT, 3, name="a").operand("four") == "four"


def test_an_error_names_the_place_and_not_the_value() -> None:
    class Notes(Columns):
        id = Column(TEXT, 3, field="noteId")

    table = Table("notes", Notes, key=("id",))
    refused: tuple[Callable[[], Any], ...] = (
        lambda: table.encode(table["id"], SECRET),
        lambda: table.encode(table["id"], f"{SECRET}\0"),
        lambda: table.encode_operand("id", f"{SECRET}\ud800"),
        lambda: table.encode_operand("id", [SECRET]),
    )
    for refuse in refused:
        with pytest.raises(InvalidValueError) as caught:
            refuse()
        assert (caught.value.table, caught.value.field) == ("notes", "noteId")
        assert SECRET not in str(caught.value)
        assert caught.value.__cause__ is None
        assert caught.value.__suppress_context__
